// The task that follows when a recurring task is completed: when it is due, and where it is in its
// series. Only the date recurs. The time of day and the zone of `due` stay as they are written, so a
// task at 09:30 in Berlin is due at 09:30 in Berlin on both sides of a change of the clocks.
import { calendarDate, type Day, formatDay, lastDay, parseDay } from '../calendar.ts';
import { countDays, firstDayLater, horizonDays, nextDay } from './occurrence.ts';
import {
  explicitRule,
  longestRule,
  namesDays,
  parseRule,
  type Rule,
  type RuleResult,
  ruleText,
} from './rule.ts';

/** What the next date is counted from. */
export type Anchor = 'schedule' | 'completion';

/** Whether dates that have passed by the day of completion are left out. Only under `schedule`. */
export type Missed = 'skip' | 'keep';

/**
 * What is stored of a series, with its open task. Changing `due` changes none of it: INTERVAL still
 * counts from the same start, COUNT runs down, and a task that is done on another day than planned
 * does not become due for the same date a second time.
 */
export interface Series {
  /** The canonical text, as `canonicalRule` returns it. */
  readonly rrule: string;
  readonly anchor: Anchor;
  readonly missed: Missed;
  /** The date from which INTERVAL counts under `schedule`: that of `due` when the rule was written. */
  readonly start: string;
  /** The date for which the series has this task (RECURRENCE-ID in RFC 5545), wherever `due` is. */
  readonly date: string;
  /** Which one of COUNT this task is, from 1. Dates that were left out count under `schedule`. */
  readonly number: number;
}

/** A rule as it is stored, or what the text has to be instead. */
export type CanonicalRule =
  | { readonly rule: Rule; readonly text: string; readonly fault?: undefined }
  | { readonly fault: string; readonly rule?: undefined; readonly text?: undefined };

// BYSETPOS of a rule without days chooses among its months: each of them has one day.
const monthsAtPositions = ({ frequency, months, positions }: Rule): readonly number[] | null => {
  if (positions.length === 0) return months;
  const places = frequency === 'YEARLY' ? months : [0];
  const chosen = places.filter((_, index) =>
    positions.some((position) => position === index + 1 || position === index - places.length),
  );
  if (chosen.length === 0) return null;
  return frequency === 'YEARLY' ? chosen : months;
};

/**
 * The dates of a rule that counts from a day of completion, apart from INTERVAL. A month after 31
 * January is the last day of February: the day is not a part of the rule, so there is no month
 * without it. Null if there are none.
 */
const fromCompletion = (rule: Rule, completedOn: string): Rule | null => {
  const each = { ...rule, interval: 1 };
  if (namesDays(rule)) return explicitRule(each, completedOn);
  const months = monthsAtPositions(rule);
  if (months === null) return null;
  const explicit = explicitRule({ ...each, months, positions: [] }, completedOn);
  if (rule.frequency === 'DAILY' || rule.frequency === 'WEEKLY') return explicit;
  const { dayOfMonth } = calendarDate(parseDay(completedOn));
  if (dayOfMonth <= 28) return explicit;
  // Of each month, the last one of these days.
  const monthDays = Array.from({ length: dayOfMonth - 27 }, (_, index) => 28 + index);
  return { ...explicit, frequency: 'MONTHLY', monthDays, positions: [-1] };
};

/** The first day of a rule after a day, but not `done`, for which the series has had its task. */
const nextOtherDay = (rule: Rule, after: Day, done: Day | null): Day | null => {
  const next = nextDay(rule, after, after);
  return next !== null && next === done ? nextDay(rule, next, next) : next;
};

/**
 * The first date of a rule after a completion. With INTERVAL above 1, from as many periods after
 * that of the completion on, whatever they are, so that there always is one. Every third Saturday
 * that is done in another week than planned is three weeks away. But within the planned week, its
 * other days still follow.
 */
const afterCompletion = (rule: Rule, completedOn: string, done: Day): Day | null => {
  const each = fromCompletion(rule, completedOn);
  if (each === null) return null;
  const day = parseDay(completedOn);
  const namesDates = namesDays(rule) || (rule.frequency === 'YEARLY' && rule.months.length > 0);
  const other = namesDates ? done : null;
  if (rule.interval === 1) return nextOtherDay(each, day, other);
  const end = firstDayLater(rule, day, 1);
  if (rule.frequency !== 'DAILY' && firstDayLater(rule, done, 1) === end) {
    const next = nextOtherDay(each, day, other);
    if (next !== null && next < end) return next;
  }
  const next = nextOtherDay(each, firstDayLater(rule, day, rule.interval) - 1, other);
  return next === null || next > day + horizonDays ? null : next;
};

/**
 * The rule that a client writes for a task that is due on the date `start`. Under `schedule`, the
 * day and the month that the rule takes from that date become parts of it. Under `completion`, they
 * are those of each day of completion, so they do not.
 *
 * The text is the same for the canonical text, whatever the start. UNTIL is not before `first`: the
 * date that an occurrence of the series has, of which `due` can have been put off.
 */
export const canonicalRule = (text: string, start: string, anchor: Anchor, first = start): CanonicalRule => {
  const { rule: parsed, fault }: RuleResult = parseRule(text);
  if (fault !== undefined) return { fault };
  const rule = anchor === 'schedule' ? explicitRule(parsed, start) : parsed;
  const canonical = ruleText(rule);
  if (canonical.length > longestRule) return { fault: `must have at most ${longestRule} characters` };
  const { until, ...endless } = rule;
  if (until !== undefined && until < first) return { fault: 'must not have UNTIL before the date of `due`' };
  const day = parseDay(start);
  const next = anchor === 'schedule' ? nextDay(endless, day, day) : afterCompletion(endless, start, day);
  if (next === null) {
    return { fault: 'must have an occurrence in the 100 years after `due`' };
  }
  return { rule, text: canonical };
};

/** A completed task, of which the texts are canonical. */
export interface Completion {
  /** The moment when the task was due. */
  readonly due: string;
  /** The moment before which it was not to be worked on. */
  readonly start: string | null;
  readonly series: Series;
  /** The day of completion where its owner is, such as `2026-03-01`. */
  readonly completedOn: string;
}

/** The moments of the task that follows, and its place in the series. */
export type Successor = Omit<Completion, 'completedOn'>;

const nextDate = (rule: Rule, { due, series, completedOn }: Completion): Day | null => {
  const done = parseDay(series.date);
  if (series.anchor === 'completion') return afterCompletion(rule, completedOn, done);
  const planned = Math.max(parseDay(due), done);
  const after = series.missed === 'skip' ? Math.max(planned, parseDay(completedOn)) : planned;
  return nextDay(rule, parseDay(series.start), after);
};

/**
 * The number of the task for `next`; null if it is beyond COUNT. All dates count that `next` leaves
 * out. How many there are in more than 100 years is not counted: that is beyond COUNT as well.
 */
const numberOf = (rule: Rule, { anchor, start, date, number }: Series, next: Day): number | null => {
  const { count } = rule;
  if (count === undefined) return number + 1;
  const after = parseDay(date);
  if (anchor === 'completion') return number < count ? number + 1 : null;
  if (number >= count || next > after + horizonDays) return null;
  const passed = countDays(rule, parseDay(start), { after, last: next, most: count - number });
  return number + passed > count ? null : number + passed;
};

/** A moment some days later; undefined outside the years 0001 to 9999. */
const later = (moment: string, days: number): string | undefined => {
  const day = parseDay(moment) + days;
  return day < 0 || day > lastDay ? undefined : formatDay(day) + moment.slice(10);
};

/**
 * What follows a completed task, or null at the end of its series: when COUNT or UNTIL is reached,
 * or nothing follows within 100 years, or beyond the year 9999.
 *
 * - `schedule` and `skip`: the first date of the rule after the due date, the date that the
 *   completed task had in the series, and the completion.
 * - `schedule` and `keep`: the first one after the first two.
 * - `completion`: the first one after the completion, of which it is INTERVAL periods away at least.
 *   A rule that names no day, such as FREQ=MONTHLY, is a time after completion. It is never the
 *   date that the completed task had in the series, unless that is exactly as long after the
 *   completion as a rule without days requires.
 *
 * `start` moves by as many days as `due`.
 */
export const successorOf = (completion: Completion): Successor | null => {
  const { due, start, series } = completion;
  const { rule, fault } = parseRule(series.rrule);
  if (rule === undefined) throw new Error(`The stored rule ${fault}`);
  const next = nextDate(rule, completion);
  if (next === null) return null;
  const number = numberOf(rule, series, next);
  if (number === null) return null;
  const days = next - parseDay(due);
  const [nextDue, nextStart] = [later(due, days), start === null ? null : later(start, days)];
  if (nextDue === undefined || nextStart === undefined) return null;
  return { due: nextDue, start: nextStart, series: { ...series, date: formatDay(next), number } };
};

/** The series of a task that is due on the date `start`, whose rule has this canonical text. */
export const newSeries = (rrule: string, anchor: Anchor, missed: Missed, start: string): Series => ({
  rrule,
  anchor,
  missed,
  start,
  date: start,
  number: 1,
});
