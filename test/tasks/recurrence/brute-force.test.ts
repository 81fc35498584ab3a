// Random rules against a search that only follows the RFC: period by period from the start, each
// expanded and limited as the table in RFC 5545, section 3.3.10 requires, by the calendar of `Date`.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDay, parseDay } from '../../../src/tasks/calendar.ts';
import { nextDay } from '../../../src/tasks/recurrence/occurrence.ts';
import { explicitRule, parseRule, ruleText } from '../../../src/tasks/recurrence/rule.ts';
import { anyCase, type RandomRule, textOf, weekdayNames } from '../../support/random-rules.ts';

const msOfDay = 86_400_000;
const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

// Days since 1970. Month 1 is January.
const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / msOfDay;
const dateOf = (days: number): Date => new Date(days * msOfDay);
const weekdayOf = (days: number) => weekdayNames[(dateOf(days).getUTCDay() + 6) % 7];
const monthOf = (days: number): number => dateOf(days).getUTCMonth() + 1;
const daysOfMonth = (year: number, month: number): readonly number[] =>
  range(day(year, month, 1), day(year, month + 1, 1) - 1);
const daysOfYear = (year: number): readonly number[] => range(day(year, 1, 1), day(year + 1, 1, 1) - 1);

/** The n-th of a list, or from its end, if there is one. */
const nthOf = (list: readonly number[], nth: number): readonly number[] => {
  const found = nth > 0 ? list[nth - 1] : list[list.length + nth];
  return found === undefined ? [] : [found];
};

const expandByMonthDay = ({ monthDays }: RandomRule, days: readonly number[]): readonly number[] =>
  monthDays.flatMap((monthDay) => nthOf(days, monthDay));

const expandByDay = ({ weekdays }: RandomRule, days: readonly number[]): readonly number[] =>
  weekdays.flatMap(([nth, name]) => {
    const each = days.filter((one) => weekdayOf(one) === name);
    return nth === 0 ? each : nthOf(each, nth);
  });

/** The days of a month or year that BYMONTHDAY, BYDAY or the start define: notes 1 and 2 of the table. */
const expandMonths = (
  rule: RandomRule,
  months: readonly (readonly number[])[],
  all: readonly number[],
  start: number,
): readonly number[] => {
  const spans = rule.frequency === 'YEARLY' && rule.months.length === 0 ? [all] : months;
  const byDay = new Set(spans.flatMap((span) => expandByDay(rule, span)));
  if (rule.monthDays.length > 0) {
    const byMonthDay = months.flatMap((month) => expandByMonthDay(rule, month));
    return rule.weekdays.length === 0 ? byMonthDay : byMonthDay.filter((one) => byDay.has(one));
  }
  if (rule.weekdays.length > 0) return [...byDay];
  const inMonths =
    spans === months ? months : months.filter((month) => monthOf(month[0] ?? 0) === monthOf(start));
  return inMonths.flatMap((month) => nthOf(month, dateOf(start).getUTCDate()));
};

/** A period by its number from that of the start, in the order of the calendar, before BYSETPOS. */
const expand = (rule: RandomRule, start: number, period: number): readonly number[] => {
  const [year, month] = [dateOf(start).getUTCFullYear(), monthOf(start)];
  const isInMonths = (one: number) => rule.months.length === 0 || rule.months.includes(monthOf(one));
  switch (rule.frequency) {
    case 'YEARLY': {
      const months = rule.months.length === 0 ? range(1, 12) : rule.months;
      const lists = months.map((one) => daysOfMonth(year + period, one));
      return expandMonths(rule, lists, daysOfYear(year + period), start);
    }
    case 'MONTHLY': {
      const days = daysOfMonth(year, month + period);
      return isInMonths(days[0] ?? 0) ? expandMonths(rule, [days], days, start) : [];
    }
    case 'WEEKLY': {
      let first = start;
      while (weekdayOf(first) !== rule.weekStart) first -= 1;
      const week = range(first + period * 7, first + period * 7 + 6);
      const days = rule.weekdays.length > 0 ? expandByDay(rule, week) : [start + period * 7];
      return days.filter(isInMonths);
    }
    case 'DAILY': {
      const one = start + period;
      const days = daysOfMonth(dateOf(one).getUTCFullYear(), monthOf(one));
      const isOnMonthDay = rule.monthDays.length === 0 || expandByMonthDay(rule, days).includes(one);
      const isOnDay = rule.weekdays.length === 0 || expandByDay(rule, [one]).length > 0;
      return isInMonths(one) && isOnMonthDay && isOnDay ? [one] : [];
    }
  }
};

const shortestPeriod = { DAILY: 1, WEEKLY: 7, MONTHLY: 28, YEARLY: 365 };
const longestPeriod = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 };

/** The first day after `after`, or undefined if there is none up to `last`. */
const search = (rule: RandomRule, start: number, after: number, last: number): number | undefined => {
  // Periods that certainly end before the date are left out, and those that begin after the end.
  const first = Math.floor((after - start) / longestPeriod[rule.frequency] / rule.interval) - 1;
  const end = (last - start) / shortestPeriod[rule.frequency] + 1;
  for (let period = Math.max(first, 0) * rule.interval; period <= end; period += rule.interval) {
    const days = [...new Set(expand(rule, start, period))].sort((a, b) => a - b);
    const chosen =
      rule.positions.length === 0 ? days : rule.positions.flatMap((position) => nthOf(days, position));
    const later = chosen.filter((one) => one > after && one <= last);
    if (later.length > 0) return Math.min(...later);
  }
  return undefined;
};

// What is beyond the brute force's patience must be later, or nowhere.
const window = 10 * 366;

test('the next date is that of a search by brute force', () => {
  const found = { within: 0, beyond: 0 };
  fc.assert(
    fc.property(anyCase, ({ rule, start, later }) => {
      const text = textOf(rule);
      const { rule: parsed } = parseRule(text);
      if (parsed === undefined) throw new Error(`refused: ${text}`);
      const [ours, theirs] = [parseDay(start), Date.parse(start) / msOfDay];
      const next = nextDay(explicitRule(parsed, start), ours, ours + later);
      const expected = search(rule, theirs, theirs + later, theirs + later + window);
      if (expected === undefined) {
        found.beyond += 1;
        return next === null || next > ours + later + window;
      }
      found.within += 1;
      expect(next === null ? null : formatDay(next)).toBe(dateOf(expected).toISOString().slice(0, 10));
      return true;
    }),
    { numRuns: 12_000 },
  );
  expect(found.within).toBeGreaterThan(9_000);
  expect(found.beyond).toBeGreaterThan(100);
});

test('the canonical text of a rule has the same dates, and is its own canonical text', () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 0, max: 800 }), ({ rule, start, later }, shift) => {
      const { rule: parsed } = parseRule(textOf(rule));
      if (parsed === undefined) throw new Error('refused');
      const explicit = explicitRule(parsed, start);
      const { rule: again } = parseRule(ruleText(explicit));
      if (again === undefined) throw new Error(`refused: ${ruleText(explicit)}`);
      const [day, other] = [parseDay(start), formatDay(parseDay(start) + shift)];
      expect(ruleText(explicitRule(again, other))).toBe(ruleText(explicit));
      expect(nextDay(again, day, day + later)).toBe(nextDay(explicit, day, day + later));
    }),
    { numRuns: 2_000 },
  );
});
