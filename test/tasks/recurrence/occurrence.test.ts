// Occurrences: the dates of rules, of which several are examples of RFC 5545, section 3.8.5.3, or are
// known to have gone wrong in other programs; and what a search costs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDay, parseDay } from '../../../src/tasks/calendar.ts';
import { countDays, daysAfter, nextDay } from '../../../src/tasks/recurrence/occurrence.ts';
import { explicitRule, parseRule, type Rule } from '../../../src/tasks/recurrence/rule.ts';
import { anyCase, textOf } from '../../support/random-rules.ts';

const ruleOf = (text: string, start: string): Rule => {
  const { rule, fault } = parseRule(text);
  if (rule === undefined) throw new Error(`${text} ${fault}`);
  return explicitRule(rule, start);
};

/** The first dates after the start, or all, if there are fewer. */
const datesAfter = (text: string, start: string, count: number): readonly string[] => {
  const found: string[] = [];
  for (const day of daysAfter(ruleOf(text, start), parseDay(start), parseDay(start))) {
    found.push(formatDay(day));
    if (found.length === count) break;
  }
  return found;
};

const tables: Readonly<Record<string, readonly (readonly [start: string, rule: string, dates: string])[]>> = {
  'days and weeks': [
    ['2026-02-27', 'FREQ=DAILY', '2026-02-28 2026-03-01 2026-03-02'],
    ['2026-12-30', 'FREQ=DAILY;INTERVAL=2', '2027-01-01 2027-01-03'],
    ['2026-03-06', 'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', '2026-03-09 2026-03-10'],
    ['2026-03-06', 'FREQ=DAILY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR', '2026-03-09 2026-03-12 2026-03-18'],
    ['2026-01-31', 'FREQ=DAILY;BYMONTH=1', '2027-01-01 2027-01-02'],
    ['2026-03-02', 'FREQ=WEEKLY', '2026-03-09 2026-03-16'],
    ['2026-03-02', 'FREQ=WEEKLY;BYDAY=TU,TH', '2026-03-03 2026-03-05 2026-03-10'],
    ['2026-12-31', 'FREQ=WEEKLY;BYMONTH=1', '2027-01-07 2027-01-14 2027-01-21 2027-01-28 2028-01-06'],
  ],
  'every second week on several days': [
    ['2026-03-02', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR', '2026-03-04 2026-03-06 2026-03-16 2026-03-18'],
    // From a Saturday: its week has one more day, and the next week has none.
    ['2021-01-02', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SU', '2021-01-03 2021-01-15 2021-01-17 2021-01-29'],
    // From a Sunday, the last day of its week, or the first one.
    ['2019-11-03', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2019-11-12 2019-11-26'],
    ['2019-11-03', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU', '2019-11-05 2019-11-19'],
    ['1997-08-05', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO', '1997-08-10 1997-08-19 1997-08-24'],
    ['1997-08-05', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU', '1997-08-17 1997-08-19 1997-08-31'],
  ],
  'the 31st, and the last days of a month': [
    ['2026-01-31', 'FREQ=MONTHLY', '2026-03-31 2026-05-31 2026-07-31 2026-08-31'],
    ['2026-01-30', 'FREQ=MONTHLY', '2026-03-30 2026-04-30'],
    ['2026-08-31', 'FREQ=MONTHLY;INTERVAL=6', '2027-08-31 2028-08-31'],
    ['2026-01-31', 'FREQ=MONTHLY;BYMONTHDAY=-1', '2026-02-28 2026-03-31 2026-04-30'],
    ['2028-01-31', 'FREQ=MONTHLY;BYMONTHDAY=-1', '2028-02-29 2028-03-31'],
    ['2026-01-30', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1', '2026-02-28 2026-03-30 2026-04-30'],
    // The first day of the months that have 31.
    ['2026-01-01', 'FREQ=MONTHLY;BYMONTHDAY=-31', '2026-03-01 2026-05-01 2026-07-01 2026-08-01'],
    ['1997-09-28', 'FREQ=MONTHLY;BYMONTHDAY=-3', '1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26'],
    ['1997-09-30', 'FREQ=MONTHLY;BYMONTHDAY=1,-1', '1997-10-01 1997-10-31 1997-11-01 1997-11-30'],
    [
      '1997-09-10',
      'FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11',
      '1997-09-11 1999-03-10 1999-03-11 2000-09-10',
    ],
  ],
  '29 February': [
    ['2024-02-29', 'FREQ=YEARLY', '2028-02-29 2032-02-29'],
    ['2096-02-29', 'FREQ=YEARLY', '2104-02-29'],
    ['2024-02-29', 'FREQ=YEARLY;INTERVAL=3', '2036-02-29 2048-02-29'],
    ['2024-02-29', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1', '2025-02-28 2026-02-28 2027-02-28 2028-02-29'],
    ['2026-01-01', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2044-02-29 2072-02-29 2112-02-29'],
  ],
  'ordinal days': [
    ['1997-09-05', 'FREQ=MONTHLY;BYDAY=1FR', '1997-10-03 1997-11-07 1997-12-05'],
    ['1997-09-07', 'FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU', '1997-09-28 1997-11-02 1997-11-30 1998-01-04'],
    ['1997-09-22', 'FREQ=MONTHLY;BYDAY=-2MO', '1997-10-20 1997-11-17 1997-12-22'],
    ['2025-09-29', 'FREQ=MONTHLY;BYDAY=5MO', '2025-12-29 2026-03-30 2026-06-29'],
    ['2025-09-04', 'FREQ=MONTHLY;BYDAY=-5TH', '2025-10-02 2026-01-01 2026-04-02'],
    // All Thursdays but the last one.
    ['2015-03-05', 'FREQ=MONTHLY;BYDAY=-2TH,-3TH,-4TH,-5TH', '2015-03-12 2015-03-19 2015-04-02 2015-04-09'],
    ['1997-05-19', 'FREQ=YEARLY;BYDAY=20MO', '1998-05-18 1999-05-17'],
    ['1997-05-19', 'FREQ=YEARLY;BYDAY=-1MO', '1997-12-29 1998-12-28'],
    ['2026-01-01', 'FREQ=YEARLY;BYDAY=53TH', '2026-12-31 2032-12-30'],
    ['2026-01-01', 'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU', '2026-03-29 2026-10-25 2027-03-28'],
    ['1997-03-13', 'FREQ=YEARLY;BYMONTH=3;BYDAY=TH', '1997-03-20 1997-03-27 1998-03-05'],
    ['2026-01-01', 'FREQ=YEARLY;BYDAY=MO', '2026-01-05 2026-01-12'],
  ],
  'days with and without an ordinal: a union': [
    ['2026-03-02', 'FREQ=MONTHLY;BYDAY=MO,-1WE', '2026-03-09 2026-03-16 2026-03-23 2026-03-25 2026-03-30'],
    ['2026-12-20', 'FREQ=YEARLY;BYMONTH=1;BYDAY=2TU,FR', '2027-01-01 2027-01-08 2027-01-12 2027-01-15'],
    ['2026-03-02', 'FREQ=MONTHLY;BYDAY=MO,2MO', '2026-03-09 2026-03-16'],
  ],
  'days of the month on a day of the week': [
    ['1997-09-02', 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '1998-02-13 1998-03-13 1998-11-13 1999-08-13'],
    ['1997-09-13', 'FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13', '1997-10-11 1997-11-08 1997-12-13'],
    [
      '1996-11-05',
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '2000-11-07 2004-11-02',
    ],
    ['2026-01-01', 'FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR', '2026-02-13 2026-03-13 2026-11-13'],
    ['2026-01-01', 'FREQ=YEARLY;BYMONTHDAY=1;BYDAY=1MO', '2029-01-01 2035-01-01'],
  ],
  BYSETPOS: [
    ['1997-09-04', 'FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-10-07 1997-11-06'],
    ['1997-09-29', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', '1997-10-30 1997-11-27 1997-12-30'],
    ['2026-03-02', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1', '2026-03-31 2026-04-01 2026-04-30'],
    ['2016-01-04', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1', '2016-01-08 2016-01-11 2016-01-15'],
    ['2024-02-01', 'FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=2,3', '2024-02-07 2024-02-14 2024-02-21'],
    // The week of the start counts from its first day, so its second working day has passed.
    ['2026-03-04', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2', '2026-03-10 2026-03-17'],
    // A position that a month does not have is no position: not the first or last one instead.
    ['2010-01-01', 'FREQ=MONTHLY;BYMONTHDAY=20,31;BYSETPOS=-2', '2010-01-20 2010-03-20 2010-05-20'],
    // Two positions of one day are one occurrence.
    ['2023-01-01', 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15;BYSETPOS=1,-1', '2023-01-15 2024-01-15 2025-01-15'],
    ['2026-01-01', 'FREQ=YEARLY;BYMONTH=1,7;BYDAY=MO;BYSETPOS=-1', '2026-07-27 2027-07-26'],
    ['2026-01-01', 'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366', '2028-12-31 2032-12-31'],
    ['2026-01-01', 'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366', '2028-01-01 2032-01-01'],
  ],
  UNTIL: [
    ['2026-03-01', 'FREQ=DAILY;UNTIL=20260303', '2026-03-02 2026-03-03'],
    ['2026-03-02', 'FREQ=WEEKLY;UNTIL=20260315T235959Z', '2026-03-09'],
    ['2026-03-02', 'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;UNTIL=20260329', ''],
    ['2026-03-01', 'FREQ=DAILY;UNTIL=20260301', ''],
  ],
};

describe.each(Object.entries(tables))('%s', (_kind, rows) => {
  test.each(rows)('from %s, %s', (start, text, dates) => {
    const expected = dates === '' ? [] : dates.split(' ');
    expect(datesAfter(text, start, Math.max(expected.length, 1))).toEqual(expected);
  });
});

describe('the ends of the calendar', () => {
  test.each([
    ['0001-01-01', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU', ['0001-01-14', '0001-01-15']],
    ['9999-12-29', 'FREQ=DAILY', ['9999-12-30', '9999-12-31']],
    ['9999-12-29', 'FREQ=WEEKLY;BYDAY=FR,SA', ['9999-12-31']],
    ['9999-12-31', 'FREQ=DAILY', []],
    ['9999-12-31', 'FREQ=WEEKLY', []],
    ['9999-12-31', 'FREQ=MONTHLY', []],
    ['9999-12-31', 'FREQ=YEARLY', []],
  ])('from %s, %s', (start, text, dates) => {
    expect(datesAfter(text, start, 3).slice(0, Math.max(dates.length, 2))).toEqual(dates);
  });
});

test('the interval also counts backwards from the start', () => {
  const rule = ruleOf('FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1', '2026-06-01');
  const next = nextDay(rule, parseDay('2026-06-01'), parseDay('2025-07-15'));
  expect(next !== null && formatDay(next)).toBe('2025-09-01');
  const daily = nextDay(ruleOf('FREQ=DAILY;INTERVAL=7', '2026-06-01'), parseDay('2026-06-01'), 0);
  expect(daily !== null && (parseDay('2026-06-01') - daily) % 7).toBe(0);
});

test('an occurrence is found 100 years ahead, and not later', () => {
  const start = parseDay('2026-03-01');
  const every = (interval: number) =>
    nextDay(ruleOf(`FREQ=DAILY;INTERVAL=${interval}`, '2026-03-01'), start, start);
  expect(every(9_999)).toBe(start + 9_999);
  expect(nextDay(ruleOf('FREQ=YEARLY;INTERVAL=100', '2026-03-01'), start, start)).toBe(
    parseDay('2126-03-01'),
  );
  expect(nextDay(ruleOf('FREQ=YEARLY;INTERVAL=101', '2026-03-01'), start, start)).toBeNull();
});

describe('a search is bounded', () => {
  const weekdays = 'BYDAY=MO,TU,WE,TH,FR';
  test.each([
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31', 1_201],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 101],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 1_201],
    ['FREQ=DAILY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=30', 1_201],
    [`FREQ=WEEKLY;${weekdays};BYSETPOS=6`, 5_219],
    [`FREQ=WEEKLY;INTERVAL=9999;${weekdays};BYSETPOS=6`, 5],
    [`FREQ=MONTHLY;${weekdays};BYSETPOS=24`, 1_201],
    ['FREQ=YEARLY;BYMONTHDAY=1,2,3,4,5;BYSETPOS=-366', 101],
    ['FREQ=YEARLY;INTERVAL=101;BYMONTH=2;BYMONTHDAY=30', 1],
  ])('%s: %i periods at most', (text, most) => {
    for (const start of ['0001-01-01', '2026-03-31', '9950-01-01']) {
      const rule = ruleOf(text, start);
      let periods = 0;
      const counted: Rule = {
        ...rule,
        get months() {
          periods += 1;
          return rule.months;
        },
      };
      for (const after of [0, parseDay(start), parseDay('2026-03-31')]) {
        periods = 0;
        expect(nextDay(counted, parseDay(start), after)).toBeNull();
        // Once more for the rule as a whole.
        expect(periods).toBeLessThanOrEqual(most + 1);
      }
      expect(periods).toBeGreaterThan(0);
    }
  });
});

describe('a count of days', () => {
  const count = (text: string, start: string, last: string, most = 9_999) =>
    countDays(ruleOf(text, start), parseDay(start), { after: parseDay(start), last: parseDay(last), most });

  test('is that of the days one after the other', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 9_000 }), ({ rule, start, later }, length) => {
        const counted = ruleOf(textOf(rule), start);
        const [first, after] = [parseDay(start), parseDay(start) + later];
        let expected = 0;
        for (const day of daysAfter(counted, first, after)) if (day <= after + length) expected += 1;
        const found = countDays(counted, first, { after, last: after + length, most: 10_000 });
        expect(found).toBe(expected);
      }),
      { numRuns: 1_500 },
    );
  });

  // How often the parts of a rule are looked at: for each kind of period once.
  test.each([
    ['FREQ=DAILY;INTERVAL=4', 9_131, 0],
    ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 26_089, 91],
    ['FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR', 13_044, 91],
    ['FREQ=WEEKLY;INTERVAL=2', 2_609, 1],
    ['FREQ=WEEKLY;BYMONTH=1,5;BYDAY=MO,TU;BYSETPOS=1', 914, 14],
    ['FREQ=MONTHLY;BYDAY=1MO,2TU', 2_400, 91],
    ['FREQ=YEARLY;BYDAY=20MO', 100, 14],
  ])('of %s in 100 years: %i in all, %i periods examined', (text, days, most) => {
    const rule = ruleOf(text, '1926-01-01');
    let examined = 0;
    const watched: Rule = {
      ...rule,
      get months() {
        examined += 1;
        return rule.months;
      },
    };
    const range = { after: parseDay('1926-01-01'), last: parseDay('2026-01-01'), most: 40_000 };
    expect(Math.abs(countDays(watched, range.after, range) - days)).toBeLessThanOrEqual(days / 300 + 1);
    // More often for the rule as a whole.
    expect(examined).toBeLessThanOrEqual(most + 3);
  });

  test('ends soon after `most`', () => {
    expect(count('FREQ=MONTHLY;BYMONTHDAY=1', '1926-01-01', '2026-01-01')).toBe(1_200);
    expect(count('FREQ=MONTHLY;BYMONTHDAY=1', '1926-01-01', '2026-01-01', 7)).toBe(8);
  });
});
