// What follows a completed task: when it is due, when it starts, and where the series ends.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDay, parseDay } from '../../../src/tasks/calendar.ts';
import {
  type Anchor,
  canonicalRule,
  type Missed,
  newSeries,
  type Successor,
  successorOf,
} from '../../../src/tasks/recurrence/successor.ts';
import { anyCase, textOf } from '../../support/random-rules.ts';

const dateOf = (moment: string): string => moment.slice(0, 10);

/** A task with a new series. */
const task = (
  rrule: string,
  due: string,
  { anchor = 'schedule', missed = 'skip', start = null }: Partial<Settings> = {},
): Successor => {
  const { text, fault } = canonicalRule(rrule, dateOf(due), anchor);
  if (text === undefined) throw new Error(`${rrule} ${fault}`);
  return { due, start, series: newSeries(text, anchor, missed, dateOf(due)) };
};

interface Settings {
  readonly anchor: Anchor;
  readonly missed: Missed;
  readonly start: string | null;
}

/** The due moments of a series whose tasks are completed on these days; `null` is its end. */
const chain = (first: Successor, completions: readonly string[]): readonly (string | null)[] => {
  const dues: (string | null)[] = [];
  let open: Successor | null = first;
  for (const completedOn of completions) {
    open = open && successorOf({ ...open, completedOn });
    dues.push(open?.due ?? null);
  }
  return dues;
};

/** Each task completed on the day on which it is due, until the series ends. */
const punctually = (first: Successor, most = 50): readonly string[] => {
  const dues = [first.due];
  let open: Successor | null = first;
  while (open && dues.length < most) {
    open = successorOf({ ...open, completedOn: dateOf(open.due) });
    if (open) dues.push(open.due);
  }
  return dues;
};

describe('on the schedule, missed dates skipped', () => {
  test.each([
    ['on time', 'FREQ=WEEKLY', '2026-03-02', '2026-03-02', '2026-03-09'],
    ['early, on a day before', 'FREQ=WEEKLY', '2026-03-02', '2026-02-27', '2026-03-09'],
    ['early, by more than a period', 'FREQ=DAILY', '2026-03-20', '2026-03-02', '2026-03-21'],
    ['late, within the period', 'FREQ=WEEKLY', '2026-03-02', '2026-03-05', '2026-03-09'],
    ['late, on the day of the next date', 'FREQ=WEEKLY', '2026-03-02', '2026-03-09', '2026-03-16'],
    ['three years late', 'FREQ=WEEKLY', '2023-03-06', '2026-03-03', '2026-03-09'],
    ['late, with an interval', 'FREQ=WEEKLY;INTERVAL=2', '2026-03-02', '2026-03-18', '2026-03-30'],
    ['late, every third day', 'FREQ=DAILY;INTERVAL=3', '2026-03-01', '2026-03-05', '2026-03-07'],
    ['on the last day of the month', 'FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31', '2026-01-30', '2026-02-28'],
    ['two thousand years late', 'FREQ=DAILY', '0001-01-01', '2026-03-03', '2026-03-04'],
  ])('%s', (_when, rrule, due, completedOn, next) => {
    expect(chain(task(rrule, due), [completedOn])).toEqual([next]);
  });
});

describe('on the schedule, missed dates kept', () => {
  test.each([
    ['on time', '2026-03-02', '2026-03-09'],
    ['early', '2026-02-20', '2026-03-09'],
    ['late', '2026-03-25', '2026-03-09'],
    ['three years late', '2029-03-25', '2026-03-09'],
  ])('%s', (_when, completedOn, next) => {
    expect(chain(task('FREQ=WEEKLY', '2026-03-02', { missed: 'keep' }), [completedOn])).toEqual([next]);
  });

  test('one after the other on the same day', () => {
    const first = task('FREQ=DAILY', '2026-03-02', { missed: 'keep' });
    const days = Array.from({ length: 4 }, () => '2026-03-05');
    expect(chain(first, days)).toEqual(['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06']);
  });
});

describe('counted from the completion', () => {
  test.each([
    ['three days, late', 'FREQ=DAILY;INTERVAL=3', '2026-03-01', '2026-03-10', '2026-03-13'],
    ['three days, early', 'FREQ=DAILY;INTERVAL=3', '2026-03-20', '2026-03-16', '2026-03-19'],
    ['three days, early by three', 'FREQ=DAILY;INTERVAL=3', '2026-03-20', '2026-03-17', '2026-03-20'],
    ['three days from the 31st', 'FREQ=DAILY;INTERVAL=3', '2026-03-01', '2026-03-31', '2026-04-03'],
    [
      'a year from the 30th, in two months',
      'FREQ=YEARLY;BYMONTH=1,6',
      '2026-01-10',
      '2026-01-30',
      '2026-06-30',
    ],
    [
      'each third day, in another month',
      'FREQ=DAILY;INTERVAL=3;BYDAY=FR',
      '2026-02-27',
      '2026-03-03',
      '2026-03-06',
    ],
    ['two weeks', 'FREQ=WEEKLY;INTERVAL=2', '2026-03-02', '2026-03-05', '2026-03-19'],
    ['a month', 'FREQ=MONTHLY', '2025-08-29', '2025-09-10', '2025-10-10'],
    ['a month from the 31st', 'FREQ=MONTHLY', '2026-01-20', '2026-01-31', '2026-02-28'],
    ['a month from the 30th', 'FREQ=MONTHLY', '2028-01-20', '2028-01-30', '2028-02-29'],
    ['six months from the 31st', 'FREQ=MONTHLY;INTERVAL=6', '2026-08-01', '2026-08-31', '2027-02-28'],
    ['a year', 'FREQ=YEARLY', '2026-03-01', '2026-05-07', '2027-05-07'],
    ['a year from 29 February', 'FREQ=YEARLY', '2028-01-01', '2028-02-29', '2029-02-28'],
    ['a year, in two months', 'FREQ=YEARLY;BYMONTH=1,6', '2026-01-10', '2026-01-20', '2026-06-20'],
    ['the 1st, late', 'FREQ=MONTHLY;BYMONTHDAY=1', '2026-05-01', '2026-05-03', '2026-06-01'],
    ['the 1st, early', 'FREQ=MONTHLY;BYMONTHDAY=1', '2023-05-01', '2023-04-28', '2023-06-01'],
    ['the 1st, months early', 'FREQ=MONTHLY;BYMONTHDAY=1', '2026-05-01', '2026-01-10', '2026-02-01'],
    ['working days, on Friday', 'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', '2026-03-06', '2026-03-06', '2026-03-09'],
    ['Saturday, late', 'FREQ=WEEKLY;BYDAY=SA', '2024-04-20', '2024-05-28', '2024-06-01'],
    [
      'each third Saturday, late',
      'FREQ=WEEKLY;INTERVAL=3;BYDAY=SA',
      '2024-04-20',
      '2024-05-28',
      '2024-06-22',
    ],
    [
      'each third Saturday, on time',
      'FREQ=WEEKLY;INTERVAL=3;BYDAY=SA',
      '2024-04-20',
      '2024-04-20',
      '2024-05-11',
    ],
    [
      'each third Saturday, early',
      'FREQ=WEEKLY;INTERVAL=3;BYDAY=SA',
      '2024-04-20',
      '2024-04-16',
      '2024-05-11',
    ],
    ['the same week', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE', '2026-03-02', '2026-03-02', '2026-03-04'],
    ['a quarter, late', 'FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=25', '2026-01-25', '2026-04-20', '2026-07-25'],
    [
      'each third day, if a working day',
      'FREQ=DAILY;INTERVAL=3;BYDAY=MO',
      '2026-03-02',
      '2026-03-03',
      '2026-03-09',
    ],
  ])('%s', (_when, rrule, due, completedOn, next) => {
    expect(chain(task(rrule, due, { anchor: 'completion' }), [completedOn])).toEqual([next]);
    // What was missed makes no difference.
    expect(chain(task(rrule, due, { anchor: 'completion', missed: 'keep' }), [completedOn])).toEqual([next]);
  });
});

describe('counted from the completion, in a period without a date of the rule', () => {
  test.each([
    ['31 April', 'FREQ=YEARLY;BYMONTH=4', '2026-04-10', '2026-05-31', '2027-04-30'],
    ['29 February', 'FREQ=YEARLY;BYMONTH=2,3', '2026-01-31', '2026-01-31', '2026-02-28'],
    ['the same, monthly', 'FREQ=MONTHLY;BYMONTH=2,3', '2026-01-31', '2026-01-31', '2026-02-28'],
    [
      'two years, of two months',
      'FREQ=YEARLY;INTERVAL=2;BYMONTH=1,6',
      '2026-01-31',
      '2026-01-31',
      '2026-06-30',
    ],
    ['two years, late', 'FREQ=YEARLY;INTERVAL=2;BYMONTH=1,6', '2026-06-10', '2027-03-31', '2029-01-31'],
    [
      'the last of two months',
      'FREQ=YEARLY;BYMONTH=1,6;BYSETPOS=-1',
      '2026-01-31',
      '2026-01-31',
      '2026-06-30',
    ],
    [
      'each seventh day on Saturday',
      'FREQ=DAILY;INTERVAL=7;BYDAY=SA',
      '2026-03-07',
      '2026-03-10',
      '2026-03-21',
    ],
    [
      'three days, a weekday',
      'FREQ=DAILY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR',
      '2026-03-05',
      '2026-03-05',
      '2026-03-09',
    ],
    ['a year, the 31st', 'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31', '2026-01-31', '2026-02-01', '2027-03-31'],
    [
      'two months, in two months',
      'FREQ=MONTHLY;INTERVAL=2;BYMONTH=2,8',
      '2026-02-10',
      '2026-03-01',
      '2026-08-01',
    ],
    [
      'four years, 29 February',
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29',
      '2024-02-29',
      '2025-03-01',
      '2032-02-29',
    ],
  ])('%s', (_when, rrule, due, completedOn, next) => {
    expect(chain(task(rrule, due, { anchor: 'completion' }), [completedOn])).toEqual([next]);
  });

  test('a position that no period has is refused whatever the day', () => {
    for (const start of ['2026-01-10', '2026-01-31']) {
      const { fault } = canonicalRule('FREQ=MONTHLY;BYMONTH=1;BYSETPOS=2', start, 'completion');
      expect(fault).toBe('must have an occurrence in the 100 years after `due`');
    }
  });

  // Years and intervals of up to 40 of them are within the 100 years.
  test('no series ends that has neither COUNT nor UNTIL', () => {
    const found = { dates: 0 };
    fc.assert(
      fc.property(
        anyCase,
        fc.array(fc.integer({ min: -400, max: 800 }), { minLength: 6, maxLength: 6 }),
        ({ rule, start }, delays) => {
          const { text } = canonicalRule(textOf(rule), start, 'completion');
          if (text === undefined) return;
          let open = task(text, start, { anchor: 'completion' });
          for (const delay of delays) {
            const completedOn = formatDay(parseDay(open.due) + delay);
            const next = successorOf({ ...open, completedOn });
            if (next === null) throw new Error(`${text} ends with ${open.due}, completed on ${completedOn}`);
            expect(next.due > completedOn).toBe(true);
            // No year is later than INTERVAL and the rarest day, 29 February on a certain weekday, require.
            const periods = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[rule.frequency] * rule.interval;
            expect(parseDay(next.due) - parseDay(completedOn)).toBeLessThan(periods + 41 * 366);
            found.dates += 1;
            open = next;
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(found.dates).toBeGreaterThan(5_000);
  });
});

describe('the text of a moment', () => {
  const berlin = '2026-03-28T02:30[Europe/Berlin]';
  test.each([
    // Clocks go forward on 29 March and back on 25 October: the local time stays, in a gap as well.
    ['FREQ=DAILY', berlin, ['2026-03-29T02:30[Europe/Berlin]', '2026-03-30T02:30[Europe/Berlin]']],
    ['FREQ=DAILY', '2026-10-24T02:30[Europe/Berlin]', ['2026-10-25T02:30[Europe/Berlin]']],
    ['FREQ=WEEKLY', '2026-03-08T01:30[America/New_York]', ['2026-03-15T01:30[America/New_York]']],
    ['FREQ=MONTHLY', '2026-01-31T23:59:59', ['2026-03-31T23:59:59']],
    ['FREQ=YEARLY', '2024-02-29T00:00[UTC]', ['2028-02-29T00:00[UTC]']],
  ])('%s from %s', (rrule, due, next) => {
    expect(punctually(task(rrule, due), next.length + 1).slice(1)).toEqual(next);
  });

  test.each([
    ['days before', '2026-03-28T08:00', '2026-03-31T09:30', '2026-04-27T08:00'],
    ['in another form', '2026-03-30', '2026-03-31T09:30[UTC]', '2026-04-29'],
    ['after it', '2026-04-02', '2026-03-31', '2026-05-02'],
  ])('start moves by as many days: %s', (_kind, start, due, nextStart) => {
    const next = successorOf({
      ...task('FREQ=MONTHLY;BYMONTHDAY=-1', due, { start }),
      completedOn: '2026-03-31',
    });
    expect(next).toMatchObject({ due: due.replace('03-31', '04-30'), start: nextStart });
  });
});

describe('the end of a series', () => {
  test('COUNT counts all tasks', () => {
    expect(punctually(task('FREQ=DAILY;COUNT=3', '2026-03-01'))).toEqual([
      '2026-03-01',
      '2026-03-02',
      '2026-03-03',
    ]);
    expect(punctually(task('FREQ=DAILY;COUNT=1', '2026-03-01'))).toEqual(['2026-03-01']);
  });

  test('COUNT counts a first task that is not on the rule', () => {
    expect(punctually(task('FREQ=WEEKLY;BYDAY=MO;COUNT=3', '2026-03-03'))).toEqual([
      '2026-03-03',
      '2026-03-09',
      '2026-03-16',
    ]);
  });

  test('COUNT counts dates that were skipped', () => {
    const first = task('FREQ=DAILY;COUNT=5', '2026-03-01');
    expect(chain(first, ['2026-03-03', '2026-03-04', '2026-03-05'])).toEqual([
      '2026-03-04',
      '2026-03-05',
      null,
    ]);
    expect(chain(first, ['2026-03-04'])).toEqual(['2026-03-05']);
    expect(chain(first, ['2026-03-05'])).toEqual([null]);
  });

  test('COUNT is not used up faster by a date that is set back, or slower by one that is put off', () => {
    const first = task('FREQ=WEEKLY;COUNT=3', '2026-03-02');
    for (const due of ['2026-02-27', '2026-03-04']) {
      expect(punctually({ ...first, due })).toEqual([due, '2026-03-09', '2026-03-16']);
    }
    // Put off past the second date.
    expect(punctually({ ...first, due: '2026-03-10' })).toEqual(['2026-03-10', '2026-03-16']);
  });

  test('COUNT counts dates of more than 100 years', () => {
    expect(chain(task('FREQ=YEARLY;COUNT=200', '1700-01-01'), ['2026-01-01'])).toEqual([null]);
    expect(chain(task('FREQ=YEARLY;COUNT=9999', '1700-01-01'), ['2026-01-01'])).toEqual([null]);
    expect(chain(task('FREQ=YEARLY', '1700-01-01'), ['2026-01-01'])).toEqual(['2027-01-01']);
    const late = successorOf({ ...task('FREQ=YEARLY;COUNT=200', '1926-02-01'), completedOn: '2026-01-01' });
    expect(late?.series.number).toBe(101);
  });

  test('each completion uses one of COUNT when it counts from the completion', () => {
    const first = task('FREQ=DAILY;COUNT=3', '2026-03-01', { anchor: 'completion' });
    expect(chain(first, ['2026-03-20', '2026-04-20', '2026-05-20'])).toEqual([
      '2026-03-21',
      '2026-04-21',
      null,
    ]);
  });

  test('missed dates that are kept use up COUNT one by one', () => {
    const first = task('FREQ=DAILY;COUNT=3', '2026-03-01', { missed: 'keep' });
    expect(chain(first, ['2026-04-01', '2026-04-01', '2026-04-01'])).toEqual([
      '2026-03-02',
      '2026-03-03',
      null,
    ]);
  });

  test('UNTIL is the last date', () => {
    expect(punctually(task('FREQ=WEEKLY;UNTIL=20260316', '2026-03-02'))).toEqual([
      '2026-03-02',
      '2026-03-09',
      '2026-03-16',
    ]);
    expect(chain(task('FREQ=WEEKLY;UNTIL=20260315', '2026-03-02'), ['2026-03-09'])).toEqual([null]);
    const completion = task('FREQ=WEEKLY;UNTIL=20260316', '2026-03-02', { anchor: 'completion' });
    expect(chain(completion, ['2026-03-09', '2026-03-10'])).toEqual(['2026-03-16', null]);
  });

  test('the rule stays the same until the end', () => {
    const first = task('FREQ=DAILY;COUNT=3', '2026-03-01');
    const second = successorOf({ ...first, completedOn: '2026-03-01' });
    expect(second?.series).toEqual({ ...first.series, date: '2026-03-02', number: 2 });
  });

  test('the year 9999 is the last one', () => {
    expect(chain(task('FREQ=DAILY', '9999-12-30'), ['9999-12-30', '9999-12-31'])).toEqual([
      '9999-12-31',
      null,
    ]);
    expect(chain(task('FREQ=DAILY', '2026-03-01'), ['9999-12-31'])).toEqual([null]);
    const start = { start: '9999-12-31' };
    expect(chain(task('FREQ=DAILY', '9999-12-01', start), ['9999-12-01'])).toEqual([null]);
    const early = task('FREQ=DAILY', '2026-03-01', { anchor: 'completion', start: '0001-01-01' });
    expect(chain(early, ['2026-02-01'])).toEqual([null]);
  });

  test('no next date within 100 years', () => {
    const first = task('FREQ=YEARLY;INTERVAL=4', '2096-02-29');
    expect(chain(first, ['2096-02-29'])).toEqual(['2104-02-29']);
    const rare = task('FREQ=YEARLY;INTERVAL=100;BYMONTH=3', '2026-03-01', { anchor: 'completion' });
    expect(chain(rare, ['2026-03-01'])).toEqual(['2126-03-01']);
    expect(chain(rare, ['2025-01-01'])).toEqual([null]);
  });
});

describe('a due date that is changed by hand', () => {
  test('does not change the rule', () => {
    const first = task('FREQ=MONTHLY', '2026-01-31');
    expect(punctually({ ...first, due: '2026-02-05' }, 3)).toEqual([
      '2026-02-05',
      '2026-03-31',
      '2026-05-31',
    ]);
  });

  test('earlier does not bring the date of this task a second time', () => {
    const monday = task('FREQ=WEEKLY', '2026-03-09');
    for (const missed of ['skip', 'keep'] as const) {
      const moved = { ...monday, series: { ...monday.series, missed }, due: '2026-03-06' };
      expect(chain(moved, ['2026-03-06'])).toEqual(['2026-03-16']);
    }
  });

  test('earlier, by more than a period, brings no dates before it either', () => {
    const june = task('FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3', '2026-06-01');
    expect(punctually({ ...june, due: '2026-04-01' })).toEqual(['2026-04-01', '2026-07-01', '2026-08-01']);
    const daily = task('FREQ=DAILY;COUNT=3', '2026-03-10');
    expect(punctually({ ...daily, due: '2026-03-08' })).toEqual(['2026-03-08', '2026-03-11', '2026-03-12']);
  });

  test('does not move the weeks of an interval', () => {
    const first = task('FREQ=WEEKLY;INTERVAL=2', '2026-03-02');
    expect(punctually({ ...first, due: '2026-03-09' }, 2)).toEqual(['2026-03-09', '2026-03-16']);
  });
});

test('a stored rule that cannot be read is an error, not the end of a series', () => {
  const series = newSeries('FREQ=HOURLY', 'schedule', 'skip', '2026-03-01');
  expect(() => successorOf({ due: '2026-03-01', start: null, series, completedOn: '2026-03-01' })).toThrow(
    'The stored rule must have DAILY',
  );
});

const anySettings = fc.record({
  anchor: fc.constantFrom<Anchor>('schedule', 'completion'),
  missed: fc.constantFrom<Missed>('skip', 'keep'),
});

test('any series goes on in order, and ends with COUNT', () => {
  fc.assert(
    fc.property(
      anyCase,
      anySettings,
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: -40, max: 400 }), { minLength: 7, maxLength: 7 }),
      ({ rule, start }, settings, count, delays) => {
        const rrule = `${textOf(rule)};COUNT=${count}`;
        if (canonicalRule(rrule, start, settings.anchor).fault !== undefined) return;
        let open: Successor | null = task(rrule, start, settings);
        for (const delay of delays) {
          const completedOn: string = formatDay(parseDay(open.due) + delay);
          const next: Successor | null = successorOf({ ...open, completedOn });
          if (next === null) return;
          expect(next.series.number).toBeGreaterThan(open.series.number);
          expect(next.series.number).toBeLessThanOrEqual(count);
          expect(next.series.date).toBe(next.due);
          if (settings.anchor === 'completion' || settings.missed === 'skip') {
            expect(next.due > completedOn).toBe(true);
          }
          if (settings.anchor === 'schedule') expect(next.due > open.due).toBe(true);
          open = next;
        }
        throw new Error('the series has more tasks than COUNT');
      },
    ),
    { numRuns: 2_000 },
  );
});
