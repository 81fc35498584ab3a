// The task that follows when a recurring task is completed: when it is due, and where it is in its
// series. Only the date recurs. The time of day and the zone of `due` stay as they are written, so a
// task at 09:30 in Berlin is due at 09:30 in Berlin on both sides of a change of the clocks.
import { calendarDate, type Day, formatDay, lastDay, parseDay } from '../calendar.ts';
import { daysAfter, endOfPeriod, nextDay } from './occurrence.ts';
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

// As if the series started on the day of completion. A month after 31 January is the last day of
// February: the day is not a part of the rule, so there is no month without it.
const fromCompletion = (rule: Rule, completedOn: string): Rule => {
  const explicit = explicitRule(rule, completedOn);
  const { dayOfMonth } = calendarDate(parseDay(completedOn));
  const isOneDay = rule.frequency === 'MONTHLY' || (rule.frequency === 'YEARLY' && rule.months.length === 0);
  if (namesDays(rule) || !isOneDay || dayOfMonth <= 28) return explicit;
  return {
    ...explicit,
    monthDays: Array.from({ length: dayOfMonth - 27 }, (_, index) => 28 + index),
    positions: [-1],
  };
};

/**
 * The rule that a client writes for a task that is due on the date `start`. Under `schedule`, the
 * day and the month that the rule takes from that date become parts of it. Under `completion`, they
 * are those of each day of completion, so they do not.
 *
 * The text is the same for the canonical text, whatever the start.
 */
export const canonicalRule = (text: string, start: string, anchor: Anchor): CanonicalRule => {
  const { rule: parsed, fault }: RuleResult = parseRule(text);
  if (fault !== undefined) return { fault };
  const rule = anchor === 'schedule' ? explicitRule(parsed, start) : parsed;
  const canonical = ruleText(rule);
  if (canonical.length > longestRule) return { fault: `must have at most ${longestRule} characters` };
  const { until, ...endless } = anchor === 'schedule' ? rule : fromCompletion(rule, start);
  if (until !== undefined && until < start) return { fault: 'must not have UNTIL before the date of `due`' };
  if (nextDay(endless, parseDay(start), parseDay(start)) === null) {
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

/** The first day of a rule after a day, but not `done`, for which the series has had its task. */
const nextOtherDay = (rule: Rule, start: Day, after: Day, done: Day): Day | null => {
  const next = nextDay(rule, start, after);
  return next === done ? nextDay(rule, start, done) : next;
};

// Every third Saturday is three weeks away when it is done in another week than planned, not in the
// week of completion. Within the planned week, its other days still follow.
const afterCompletion = (rule: Rule, completionDay: Day, done: Day): Day => {
  const end = endOfPeriod(rule, completionDay);
  return rule.interval > 1 && end !== endOfPeriod(rule, done) ? end : completionDay;
};

const nextDate = (rule: Rule, { due, series, completedOn }: Completion): Day | null => {
  const [dueDay, completionDay, done] = [parseDay(due), parseDay(completedOn), parseDay(series.date)];
  if (series.anchor === 'schedule') {
    const after = series.missed === 'skip' ? Math.max(dueDay, completionDay) : dueDay;
    return nextOtherDay(rule, parseDay(series.start), after, done);
  }
  const counted = fromCompletion(rule, completedOn);
  // Three days after completion can be the day for which a task was due that is done early.
  if (!namesDays(rule)) return nextDay(counted, completionDay, completionDay);
  return nextOtherDay(counted, completionDay, afterCompletion(rule, completionDay, done), done);
};

/** The number of the task for `next`. All dates up to the horizon count that `next` leaves out. */
const numberOf = (rule: Rule, { anchor, start, date, number }: Series, next: Day): number => {
  let passed = 0;
  if (anchor === 'schedule' && rule.count !== undefined) {
    for (const day of daysAfter(rule, parseDay(start), parseDay(date))) {
      if (day > next) break;
      passed += 1;
    }
  }
  return number + Math.max(passed, 1);
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
 * - `schedule` and `skip`: the first date of the rule after both the due date and the completion.
 * - `schedule` and `keep`: the first one after the due date.
 * - `completion`: the first one after the completion. A rule that names no day, such as
 *   FREQ=MONTHLY, is a time after completion. INTERVAL counts from the completion.
 *
 * It is never the date that the completed task had in the series, unless that is exactly as long
 * after the completion as a rule without days requires.
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
  if (rule.count !== undefined && number > rule.count) return null;
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
