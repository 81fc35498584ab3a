// Occurrences of a rule: arithmetic on whole days, without times and zones. The search begins at the
// period near the date, and ends at the horizon, so its cost does not depend on when the series
// started. Which days of a period are on the rule depends on what kind of period it is (a month by
// its number, its length and the weekday of its first day), of which there are few: so the days of
// each kind are examined once.
import { calendarDate, type Day, dayOf, daysIn, lastDay, parseDay } from '../calendar.ts';
import type { Rule } from './rule.ts';

/** How far an occurrence is searched for: 100 years. A rule without one in that time has ended. */
export const horizonDays = 36_525;

/** Periods that are numbered one after the other: weeks, months or years. */
interface Periods {
  /** The number of the period with a day. */
  readonly numberOf: (day: Day) => number;
  readonly firstDayOf: (period: number) => Day;
  /** Periods of one kind have the same days on the rule, counted from their first one. */
  readonly kindOf: (period: number, first: Day, length: number) => number;
}

// 0001-01-01 can be within a week, so there are days before it.
const weekdayOf = (day: Day): number => ((day % 7) + 7) % 7;

const weeksOf = ({ weekStart, months: inMonths }: Rule): Periods => ({
  numberOf: (day) => Math.floor((day - weekStart) / 7),
  firstDayOf: (period) => period * 7 + weekStart,
  // How many of its days are in the month in which it begins, if that makes a difference.
  kindOf: (_period, first) => {
    if (inMonths.length === 0) return 0;
    const { year, month, dayOfMonth } = calendarDate(first);
    const before = daysIn(year, month) - dayOfMonth + 1;
    const begins = inMonths.includes(month);
    const isWhole = before >= 7 || begins === inMonths.includes((month % 12) + 1);
    return (isWhole ? 0 : before * 2) + Number(begins);
  },
});

const months: Periods = {
  numberOf: (day) => {
    const { year, month } = calendarDate(day);
    return year * 12 + month - 1;
  },
  firstDayOf: (period) => dayOf(0, period + 1, 1),
  kindOf: (period, first, length) => ((period % 12) * 7 + weekdayOf(first)) * 32 + length,
};

const years: Periods = {
  numberOf: (day) => calendarDate(day).year,
  firstDayOf: (period) => dayOf(period, 1, 1),
  kindOf: (_period, first, length) => weekdayOf(first) * 366 + length,
};

/** What is searched at a time: for FREQ=DAILY a month as well. */
const periodsOf = (rule: Rule): Periods => {
  if (rule.frequency === 'WEEKLY') return weeksOf(rule);
  return rule.frequency === 'YEARLY' ? years : months;
};

/** The first day of the period that is so many periods, of those that INTERVAL counts, after that of a day. */
export const firstDayLater = (rule: Rule, day: Day, count: number): Day => {
  if (rule.frequency === 'DAILY') return day + count;
  const { numberOf, firstDayOf } = periodsOf(rule);
  return firstDayOf(numberOf(day) + count);
};

/** Whether a place is in the list, which counts from the beginning of a range, or from its end. */
const isInList = (list: ReadonlySet<number>, place: number, length: number): boolean =>
  list.has(place) || list.has(place - length - 1);

type DayFilter = (day: Day, year: number, month: number, dayOfMonth: number) => boolean;

/** Which days of a period are on the rule, before BYSETPOS. */
const dayFilter = (rule: Rule): DayFilter => {
  const { frequency, weekdays } = rule;
  const monthDays = new Set(rule.monthDays);
  const ordinals = Array.from(
    { length: 7 },
    (_, weekday) => new Set(weekdays.filter((day) => day.weekday === weekday).map(({ nth }) => nth)),
  );
  const inYear = frequency === 'YEARLY' && rule.months.length === 0;
  return (day, year, month, dayOfMonth) => {
    if (monthDays.size > 0 && !isInList(monthDays, dayOfMonth, daysIn(year, month))) return false;
    if (weekdays.length === 0) return true;
    const nths = ordinals[weekdayOf(day)];
    if (nths === undefined || nths.size === 0) return false;
    if (nths.has(0)) return true;
    const first = inYear ? dayOf(year, 1, 1) : day - dayOfMonth + 1;
    const last = inYear ? dayOf(year, 12, 31) : first + daysIn(year, month) - 1;
    return nths.has(Math.floor((day - first) / 7) + 1) || nths.has(-Math.floor((last - day) / 7) - 1);
  };
};

/** The days from `first` to `last` that are on the rule, in order: a month at a time. */
const filteredDays = (
  { months: inMonths }: Rule,
  isOnRule: DayFilter,
  first: Day,
  last: Day,
): readonly Day[] => {
  const found: Day[] = [];
  for (let day = first; day <= last; ) {
    const { year, month, dayOfMonth } = calendarDate(day);
    const beforeMonth = day - dayOfMonth;
    const end = Math.min(last, beforeMonth + daysIn(year, month));
    if (inMonths.length === 0 || inMonths.includes(month)) {
      for (; day <= end; day += 1) if (isOnRule(day, year, month, day - beforeMonth)) found.push(day);
    }
    day = end + 1;
  }
  return found;
};

/** What BYSETPOS leaves of the days of a period. */
const atPositions = (positions: ReadonlySet<number>, days: readonly Day[]): readonly Day[] =>
  positions.size === 0 ? days : days.filter((_, index) => isInList(positions, index + 1, days.length));

/** The periods of a rule that INTERVAL counts, each with its days on the rule, from its first day. */
const searchOf = (rule: Rule, start: Day) => {
  const { numberOf, firstDayOf, kindOf } = periodsOf(rule);
  const interval = rule.frequency === 'DAILY' ? 1 : rule.interval;
  const base = numberOf(start);
  const positions = new Set(rule.positions);
  const isOnRule = dayFilter(rule);
  const known = new Map<number, readonly number[]>();
  return {
    firstDayOf,
    interval,
    /** The first one that has the day or is after it. */
    from: (day: Day) => base + Math.ceil((numberOf(day) - base) / interval) * interval,
    offsetsIn: (period: number, first: Day, end: Day): readonly number[] => {
      const kind = kindOf(period, first, end - first);
      const before = known.get(kind);
      if (before !== undefined) return before;
      const days = atPositions(positions, filteredDays(rule, isOnRule, first, end - 1));
      const offsets = days.map((day) => day - first);
      known.set(kind, offsets);
      return offsets;
    },
  };
};

/** How many days after another one a day of FREQ=DAILY is; the interval of others is that of periods. */
const stepOf = ({ frequency, interval }: Rule): number => (frequency === 'DAILY' ? interval : 1);

/**
 * The days of a rule after a day, until the horizon, in order. `start` is the day from whose period
 * INTERVAL counts, in both directions. The day of the start itself need not be on the rule. COUNT is
 * the series' affair.
 */
export function* daysAfter(rule: Rule, start: Day, after: Day): Generator<Day, void> {
  const { firstDayOf, interval, from, offsetsIn } = searchOf(rule, start);
  const step = stepOf(rule);
  const end = Math.min(after + horizonDays, rule.until === undefined ? lastDay : parseDay(rule.until));
  for (let period = from(after); ; period += interval) {
    const first = firstDayOf(period);
    if (first > end) return;
    for (const offset of offsetsIn(period, first, firstDayOf(period + 1))) {
      const day = first + offset;
      if (day > after && day <= end && (day - start) % step === 0) yield day;
    }
  }
}

/** The first day of a rule after a day, or null if the rule has ended by the horizon. */
export const nextDay = (rule: Rule, start: Day, after: Day): Day | null => {
  for (const day of daysAfter(rule, start, after)) return day;
  return null;
};

const hasOnlySteps = ({ frequency, months: inMonths, monthDays, weekdays }: Rule): boolean =>
  frequency === 'DAILY' && inMonths.length + monthDays.length + weekdays.length === 0;

/**
 * How many days of a rule are after a day, up to and with `last`; counted no further than beyond
 * `most`. UNTIL is not considered.
 */
export const countDays = (
  rule: Rule,
  start: Day,
  { after, last, most }: { readonly after: Day; readonly last: Day; readonly most: number },
): number => {
  const step = stepOf(rule);
  if (hasOnlySteps(rule)) return Math.floor((last - start) / step) - Math.floor((after - start) / step);
  const { firstDayOf, interval, from, offsetsIn } = searchOf(rule, start);
  const areAlike = rule.frequency === 'WEEKLY' && rule.months.length === 0;
  let found = 0;
  for (let period = from(after); found <= most; period += interval) {
    const first = firstDayOf(period);
    if (first > last) break;
    const end = firstDayOf(period + 1);
    const offsets = offsetsIn(period, first, end);
    if (step === 1 && first > after && end <= last) {
      // As many whole weeks as there are until the last day, at once.
      const more = areAlike ? Math.floor((last - end) / (7 * interval)) : 0;
      found += offsets.length * (more + 1);
      period += more * interval;
      continue;
    }
    for (const offset of offsets) {
      const day = first + offset;
      if (day > after && day <= last && (day - start) % step === 0) found += 1;
    }
  }
  return found;
};
