// The calendar: days as integers, which makes weeks and intervals plain arithmetic. ISO 8601's
// calendar in the years 0001 to 9999, without times and zones.

/** The days in a month, 1 to 12, of a year. */
export const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/** Whether there is such a day. */
export const isDay = (year: number, month: number, day: number): boolean =>
  year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);

/** A day as an integer: 0 is 0001-01-01, a Monday, so `day % 7` is the day of the week from Monday. */
export type Day = number;

// The months from March to February have 153 days in each five, so with a leap day as the last of a
// year no table of months is needed: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.
const untilMarch = 306;
const daysIn400Years = 146_097;

/** The day with this place in the month. A month beyond 12 is one of the next years. */
export const dayOf = (year: number, month: number, dayOfMonth: number): Day => {
  const months = year * 12 + month - 3;
  const years = Math.floor(months / 12);
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const daysOfMonths = Math.floor(((months - years * 12) * 153 + 2) / 5);
  return years * 365 + leapDays + daysOfMonths + dayOfMonth - 1 - untilMarch;
};

/** The last day that has a date: 9999-12-31. */
export const lastDay: Day = dayOf(9999, 12, 31);

/** Year, month and day of the month. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
}

/** Where a day is in the calendar: the inverse of `dayOf`. */
export const calendarDate = (day: Day): CalendarDate => {
  const cycle = Math.floor((day + untilMarch) / daysIn400Years);
  const days = day + untilMarch - cycle * daysIn400Years;
  const withoutLeapDays =
    days - Math.floor(days / 1_460) + Math.floor(days / 36_524) - Math.floor(days / 146_096);
  const years = Math.floor(withoutLeapDays / 365);
  const daysOfYear = days - (years * 365 + Math.floor(years / 4) - Math.floor(years / 100));
  const months = Math.floor((daysOfYear * 5 + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  return {
    year: cycle * 400 + years + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: daysOfYear - Math.floor((months * 153 + 2) / 5) + 1,
  };
};

/** The day of a date such as `2026-03-01`, of which the text may only be the beginning. */
export const parseDay = (text: string): Day =>
  dayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));

/** The date of a day, such as `2026-03-01`. */
export const formatDay = (day: Day): string => {
  const { year, month, dayOfMonth } = calendarDate(day);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
};
