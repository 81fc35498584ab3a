// Occurrences of a rule: arithmetic on whole days, without times and zones. The search begins at the
// period near the date, and ends at the horizon, so its cost does not depend on when the series
// started: it examines each day of a hundred years once at most.
import { calendarDate, type Day, dayOf, daysIn, lastDay, parseDay } from '../calendar.ts';
import type { Rule } from './rule.ts';

/** How far an occurrence is searched for: 100 years. A rule without one in that time has ended. */
export const horizonDays = 36_525;

/** Periods that are numbered one after the other: weeks, months or years. */
interface Periods {
  /** The number of the period with a day. */
  readonly numberOf: (day: Day) => number;
  readonly firstDayOf: (period: number) => Day;
}

/** What is searched at a time: for FREQ=DAILY a month as well. */
const periodsOf = ({ frequency, weekStart }: Rule): Periods => {
  switch (frequency) {
    case 'WEEKLY':
      return {
        numberOf: (day) => Math.floor((day - weekStart) / 7),
        firstDayOf: (period) => period * 7 + weekStart,
      };
    case 'YEARLY':
      return { numberOf: (day) => calendarDate(day).year, firstDayOf: (period) => dayOf(period, 1, 1) };
    default:
      return {
        numberOf: (day) => {
          const { year, month } = calendarDate(day);
          return year * 12 + month - 1;
        },
        firstDayOf: (period) => dayOf(0, period + 1, 1),
      };
  }
};

/** The last day of the period, of those that INTERVAL counts, with a day. */
export const endOfPeriod = (rule: Rule, day: Day): Day => {
  if (rule.frequency === 'DAILY') return day;
  const { numberOf, firstDayOf } = periodsOf(rule);
  return firstDayOf(numberOf(day) + 1) - 1;
};

/** Whether a place is in the list, which counts from the beginning of a range, or from its end. */
const isInList = (list: ReadonlySet<number>, place: number, length: number): boolean =>
  list.has(place) || list.has(place - length - 1);

type DayFilter = (day: Day, year: number, month: number, dayOfMonth: number) => boolean;

/** Which days of a period are on the rule, before BYSETPOS. */
const dayFilter = (rule: Rule, start: Day): DayFilter => {
  const { frequency, interval, weekdays } = rule;
  const monthDays = new Set(rule.monthDays);
  const ordinals = Array.from(
    { length: 7 },
    (_, weekday) => new Set(weekdays.filter((day) => day.weekday === weekday).map(({ nth }) => nth)),
  );
  const inYear = frequency === 'YEARLY' && rule.months.length === 0;
  return (day, year, month, dayOfMonth) => {
    if (frequency === 'DAILY' && (day - start) % interval !== 0) return false;
    if (monthDays.size > 0 && !isInList(monthDays, dayOfMonth, daysIn(year, month))) return false;
    if (weekdays.length === 0) return true;
    const nths = ordinals[day % 7];
    if (nths === undefined || nths.size === 0) return false;
    if (nths.has(0)) return true;
    const first = inYear ? dayOf(year, 1, 1) : day - dayOfMonth + 1;
    const last = inYear ? dayOf(year, 12, 31) : first + daysIn(year, month) - 1;
    return nths.has(Math.floor((day - first) / 7) + 1) || nths.has(-Math.floor((last - day) / 7) - 1);
  };
};

/** The days from `first` to `last` that are on the rule, in order: a month at a time. */
const filteredDays = ({ months }: Rule, isOnRule: DayFilter, first: Day, last: Day): readonly Day[] => {
  const found: Day[] = [];
  for (let day = first; day <= last; ) {
    const { year, month, dayOfMonth } = calendarDate(day);
    const beforeMonth = day - dayOfMonth;
    const end = Math.min(last, beforeMonth + daysIn(year, month));
    if (months.length === 0 || months.includes(month)) {
      for (; day <= end; day += 1) if (isOnRule(day, year, month, day - beforeMonth)) found.push(day);
    }
    day = end + 1;
  }
  return found;
};

/** What BYSETPOS leaves of the days of a period. */
const atPositions = (positions: ReadonlySet<number>, days: readonly Day[]): readonly Day[] =>
  positions.size === 0 ? days : days.filter((_, index) => isInList(positions, index + 1, days.length));

/**
 * The days of a rule after a day, until the horizon, in order. `start` is the day from whose period
 * INTERVAL counts, in both directions: days before it are on the rule as well, because a due date
 * can be set back. The day of the start itself need not be on the rule. COUNT is the series' affair.
 */
export function* daysAfter(rule: Rule, start: Day, after: Day): Generator<Day, void> {
  const { frequency, until } = rule;
  const positions = new Set(rule.positions);
  const interval = frequency === 'DAILY' ? 1 : rule.interval;
  const { numberOf, firstDayOf } = periodsOf(rule);
  const isOnRule = dayFilter(rule, start);
  const end = Math.min(after + horizonDays, until === undefined ? lastDay : parseDay(until));
  const base = numberOf(start);
  let period = base + Math.ceil((numberOf(after) - base) / interval) * interval;
  for (; firstDayOf(period) <= end; period += interval) {
    const days = filteredDays(rule, isOnRule, firstDayOf(period), firstDayOf(period + 1) - 1);
    for (const day of atPositions(positions, days)) if (day > after && day <= end) yield day;
  }
}

/** The first day of a rule after a day, or null if the rule has ended by the horizon. */
export const nextDay = (rule: Rule, start: Day, after: Day): Day | null => {
  for (const day of daysAfter(rule, start, after)) return day;
  return null;
};
