// Rules: what is accepted, which text it becomes, and what is refused with which message.
import { describe, expect, test } from 'vitest';
import { parseRule, ruleText } from '../../../src/tasks/recurrence/rule.ts';
import { canonicalRule } from '../../../src/tasks/recurrence/successor.ts';

// A Tuesday, the last day of its month.
const start = '2026-03-31';

const canonical = (text: string, from = start) => canonicalRule(text, from, 'schedule');

describe('a bare rule takes its day from the start', () => {
  test.each([
    ['FREQ=DAILY', 'FREQ=DAILY'],
    ['FREQ=DAILY;BYMONTH=1', 'FREQ=DAILY;BYMONTH=1'],
    ['FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=TU'],
    ['FREQ=WEEKLY;BYMONTH=6', 'FREQ=WEEKLY;BYMONTH=6;BYDAY=TU'],
    ['FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;BYMONTH=1,3', 'FREQ=MONTHLY;BYMONTH=1,3;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;BYDAY=FR', 'FREQ=MONTHLY;BYDAY=FR'],
    ['FREQ=YEARLY', 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31'],
    ['FREQ=YEARLY;BYMONTH=5', 'FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31'],
    ['FREQ=YEARLY;BYDAY=20MO', 'FREQ=YEARLY;BYDAY=20MO'],
    // A day of each month by the RFC, and of one month by some calendars: nothing is left to guess.
    ['FREQ=YEARLY;BYMONTHDAY=7', 'FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=7'],
    ['FREQ=YEARLY;BYMONTHDAY=1;BYDAY=1MO', 'FREQ=YEARLY;BYMONTHDAY=1;BYDAY=1MO'],
  ])('%s becomes %s', (text, expected) => {
    expect(canonical(text)).toMatchObject({ text: expected });
  });

  test('from 29 February', () => {
    const text = 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29';
    expect(canonical('FREQ=YEARLY', '2024-02-29')).toMatchObject({ text });
  });

  test.each(['FREQ=WEEKLY', 'FREQ=MONTHLY;INTERVAL=2', 'FREQ=MONTHLY;BYMONTH=2', 'FREQ=YEARLY'])(
    'but not when it is counted from the completion: %s',
    (text) => {
      expect(canonicalRule(text, start, 'completion')).toMatchObject({ text });
    },
  );

  test('which can leave no dates', () => {
    expect(canonical('FREQ=MONTHLY;BYMONTH=2')).toEqual({ fault: never });
    expect(canonicalRule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', start, 'completion')).toEqual({
      fault: never,
    });
  });
});

describe('a rule has one text', () => {
  test.each([
    ['RRULE:FREQ=DAILY', 'FREQ=DAILY'],
    ['rrule:freq=weekly;byday=mo', 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=DAILY;INTERVAL=1', 'FREQ=DAILY'],
    ['COUNT=3;INTERVAL=02;FREQ=DAILY', 'FREQ=DAILY;INTERVAL=2;COUNT=3'],
    ['FREQ=WEEKLY;BYDAY=FR,MO,FR,WE', 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
    ['FREQ=MONTHLY;BYDAY=-1FR,+2MO,2MO,1SU,WE', 'FREQ=MONTHLY;BYDAY=WE,1SU,2MO,-1FR'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1,15,+1,-2,01', 'FREQ=MONTHLY;BYMONTHDAY=1,15,-2,-1'],
    ['FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=12,1,012', 'FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=1'],
    ['BYSETPOS=-1,1;FREQ=MONTHLY;BYDAY=MO,TU', 'FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1'],
    ['FREQ=DAILY;UNTIL=20261231', 'FREQ=DAILY;UNTIL=20261231'],
    ['FREQ=DAILY;UNTIL=20261231T235959Z', 'FREQ=DAILY;UNTIL=20261231'],
    ['FREQ=DAILY;UNTIL=20261231T000000Z', 'FREQ=DAILY;UNTIL=20261231'],
    ['FREQ=DAILY;UNTIL=20261231T235959', 'FREQ=DAILY;UNTIL=20261231'],
    // The day on which a week begins makes a difference in two kinds of weekly rules only.
    ['FREQ=WEEKLY;WKST=SU;BYDAY=MO', 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=WEEKLY;WKST=MO;INTERVAL=2;BYDAY=MO', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO'],
    ['FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=MO', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU'],
    ['FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO;BYSETPOS=1', 'FREQ=WEEKLY;BYDAY=SU,MO;BYSETPOS=1;WKST=SU'],
    ['FREQ=MONTHLY;WKST=SU;INTERVAL=2;BYDAY=1MO', 'FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO'],
  ])('%s becomes %s', (text, expected) => {
    const sorted = expected.replace('BYDAY=SU,MO', 'BYDAY=MO,SU');
    expect(canonical(text)).toMatchObject({ text: sorted });
    for (const other of ['2024-02-29', '2026-11-26', '2020-01-01']) {
      expect(canonical(sorted, other)).toMatchObject({ text: sorted });
    }
  });

  test.each([
    ['RRULE:FREQ=WEEKLY;WKST=SU;UNTIL=20261231T235959Z;BYDAY=MO', 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231'],
    ['RRULE:FREQ=YEARLY;WKST=MO;INTERVAL=1', 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;COUNT=12;BYDAY=TU;BYSETPOS=-1', 'FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1;COUNT=12'],
    ['RRULE:FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYDAY=MO;BYSETPOS=2', 'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2'],
    ['FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU'],
  ])('as calendars send it: %s', (text, expected) => {
    expect(canonical(text)).toMatchObject({ text: expected });
  });

  test('however long the lists are', () => {
    const days = Array.from({ length: 31 }, (_, index) => index + 1);
    const text = `FREQ=MONTHLY;BYMONTHDAY=${days.join(',')},${days
      .map((day) => -day)
      .reverse()
      .join(',')}`;
    expect(canonical(text)).toMatchObject({ text });
  });
});

const parts =
  'must consist of FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, WKST, COUNT, UNTIL, and no other parts';
const times = 'must not have BYHOUR, BYMINUTE or BYSECOND: the time of day is that of `due`';
const otherDays = 'must not have BYWEEKNO or BYYEARDAY: use BYMONTH, BYMONTHDAY or BYDAY';
const form = 'must consist of parts such as FREQ=WEEKLY, with one semicolon between two of them';
const characters = 'must be a rule such as FREQ=WEEKLY;BYDAY=MO,TH in one line, without white space';
const alone = 'must be a rule alone, without DTSTART, RDATE, EXDATE or EXRULE: the series starts at `due`';
const frequency =
  'must have DAILY, WEEKLY, MONTHLY or YEARLY as FREQ: INTERVAL=2 with WEEKLY is every second week';
const number = (name: string) => `must have a whole number from 1 to 9999 as ${name}`;
const monthDays = 'must have whole numbers from 1 to 31, or -31 to -1, as BYMONTHDAY';
const weekdays = 'must have days such as MO, or 2MO and -1FR with FREQ=MONTHLY or YEARLY, as BYDAY';
const until = 'must have a day of the calendar, without hyphens, such as 20261231 as UNTIL';
const untilTime =
  'must have the last day, such as 20261231, as UNTIL: the day of a time depends on the time zone';
const never = 'must have an occurrence in the 100 years after `due`';

describe('a rule is refused', () => {
  test.each([
    ['', characters],
    [' FREQ=DAILY', characters],
    ['FREQ=DAILY\n', characters],
    ['FREQ=WEEKLY; BYDAY=MO', characters],
    ['FREQ=WEEKLY;BYDAY=MÖ', characters],
    // Upper case would make ASCII letters of these.
    ['FREQ=DAıLY', characters],
    ['FREQ=DAILY\u0000', characters],
    ['every day', characters],
    ['DTSTART:20260301T000000Z\nRRULE:FREQ=DAILY', alone],
    ['FREQ=DAILY;DTSTART=20260301', alone],
    ['RRULE:FREQ=DAILY\r\nEXDATE:20260302', alone],
    ['FREQ', form],
    ['FREQ=DAILY;', form],
    [';FREQ=DAILY', form],
    ['FREQ=DAILY;;COUNT=2', form],
    ['FREQ=', form],
    ['=DAILY', form],
    ['FREQ=DAILY=DAILY', form],
    ['FREQ=DAILY;BYDAY=', form],
    ['RRULE:RRULE:FREQ=DAILY', parts],
    ['FREQ=DAILY;BYHOUR=9', times],
    ['FREQ=DAILY;BYMINUTE=0', times],
    ['FREQ=DAILY;BYSECOND=0', times],
    ['FREQ=YEARLY;BYWEEKNO=1', otherDays],
    ['FREQ=YEARLY;BYYEARDAY=1', otherDays],
    ['FREQ=YEARLY;RSCALE=GREGORIAN', parts],
    ['FREQ=MONTHLY;SKIP=BACKWARD', parts],
    ['FREQ=DAILY;X-NAME=1', parts],
    ['FREQ=DAILY;__PROTO__=1', characters],
    ['FREQ=DAILY;CONSTRUCTOR=1', parts],
    ['INTERVAL=2', frequency],
    ['FREQ=HOURLY', frequency],
    ['FREQ=MINUTELY', frequency],
    ['FREQ=SECONDLY', frequency],
    ['FREQ=DAILY,WEEKLY', frequency],
    ['FREQ=CONSTRUCTOR', frequency],
    ['FREQ=DAILY;FREQ=DAILY', 'must have FREQ only once'],
    ['FREQ=WEEKLY;BYDAY=MO;BYDAY=TU', 'must have BYDAY only once'],
    ['FREQ=DAILY;INTERVAL=0', number('INTERVAL')],
    ['FREQ=DAILY;INTERVAL=-1', number('INTERVAL')],
    ['FREQ=DAILY;INTERVAL=+1', number('INTERVAL')],
    ['FREQ=DAILY;INTERVAL=1,2', number('INTERVAL')],
    ['FREQ=DAILY;INTERVAL=1E3', number('INTERVAL')],
    ['FREQ=DAILY;INTERVAL=10000', number('INTERVAL')],
    ['FREQ=DAILY;COUNT=0', number('COUNT')],
    ['FREQ=DAILY;COUNT=-5', number('COUNT')],
    ['FREQ=DAILY;COUNT=1000000000', number('COUNT')],
    ['FREQ=DAILY;COUNT=2;UNTIL=20261231', 'must have COUNT or UNTIL, not both'],
    ['FREQ=YEARLY;BYMONTH=0', 'must have whole numbers from 1 to 12 as BYMONTH'],
    ['FREQ=YEARLY;BYMONTH=13', 'must have whole numbers from 1 to 12 as BYMONTH'],
    ['FREQ=YEARLY;BYMONTH=-1', 'must have whole numbers from 1 to 12 as BYMONTH'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=32', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=-32', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=1,', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=,1', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=--1', monthDays],
    ['FREQ=MONTHLY;BYMONTHDAY=MO', monthDays],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'must not have BYMONTHDAY with FREQ=WEEKLY'],
    ['FREQ=WEEKLY;BYDAY=MON', weekdays],
    ['FREQ=WEEKLY;BYDAY=MO,', weekdays],
    ['FREQ=WEEKLY;BYDAY=XX', weekdays],
    ['FREQ=MONTHLY;BYDAY=0MO', weekdays],
    ['FREQ=MONTHLY;BYDAY=100MO', weekdays],
    ['FREQ=MONTHLY;BYDAY=1', weekdays],
    ['FREQ=WEEKLY;BYDAY=1MO', 'must have days without a number as BYDAY with FREQ=WEEKLY'],
    ['FREQ=DAILY;BYDAY=-1MO', 'must have days without a number as BYDAY with FREQ=DAILY'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'must have numbers from 1 to 5, or -5 to -1, in BYDAY with FREQ=MONTHLY'],
    ['FREQ=YEARLY;BYDAY=-54MO', 'must have numbers from 1 to 53, or -53 to -1, in BYDAY with FREQ=YEARLY'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0', 'must have whole numbers from 1 to 366, or -366 to -1, as BYSETPOS'],
    [
      'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367',
      'must have whole numbers from 1 to 366, or -366 to -1, as BYSETPOS',
    ],
    ['FREQ=MONTHLY;BYSETPOS=1', 'must have BYDAY, BYMONTHDAY or BYMONTH with BYSETPOS'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=1', 'must not have BYSETPOS with FREQ=DAILY: a day has one occurrence'],
    ['FREQ=WEEKLY;WKST=1', 'must have a day such as MO as WKST'],
    ['FREQ=WEEKLY;WKST=1MO', 'must have a day such as MO as WKST'],
    ['FREQ=DAILY;UNTIL=20260230', until],
    ['FREQ=DAILY;UNTIL=00000101', until],
    ['FREQ=DAILY;UNTIL=2026-12-31', until],
    ['FREQ=DAILY;UNTIL=20261231T', until],
    ['FREQ=DAILY;UNTIL=20261231T120000Z', untilTime],
    ['FREQ=DAILY;UNTIL=20261230T230000Z', untilTime],
    ['FREQ=DAILY;UNTIL=20260330', 'must not have UNTIL before the date of `due`'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', never],
    ['FREQ=MONTHLY;BYMONTH=4,6,9,11;BYMONTHDAY=31', never],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31', never],
    ['FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3', never],
    ['FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR', never],
    ['FREQ=YEARLY;INTERVAL=101', never],
  ])('%j', (text, fault) => {
    expect(canonical(text)).toEqual({ fault });
  });

  test('longer than 500 characters, as it is sent or as it is stored', () => {
    const fault = 'must have at most 500 characters';
    expect(parseRule(`FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(500)}1`)).toEqual({ fault });
    const days = Array.from({ length: 143 }, (_, index) => index + 1).join(',');
    const text = `FREQ=YEARLY;BYMONTHDAY=1;BYSETPOS=${days}`;
    expect([text.length <= 500, canonical(text)]).toEqual([true, { fault }]);
  });
});

test('the last days of the calendar', () => {
  expect(canonical('FREQ=DAILY', '9999-12-30')).toMatchObject({ text: 'FREQ=DAILY' });
  expect(canonical('FREQ=DAILY', '9999-12-31')).toEqual({ fault: never });
  expect(canonical('FREQ=YEARLY', '0001-01-01')).toMatchObject({
    text: 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1',
  });
});

test('a series of a single task is legal', () => {
  expect(canonical('FREQ=DAILY;COUNT=1').text).toBe('FREQ=DAILY;COUNT=1');
  expect(canonical(`FREQ=DAILY;UNTIL=${start.replaceAll('-', '')}`).text).toBe('FREQ=DAILY;UNTIL=20260331');
});

test('a rule is plain data that its text is built from', () => {
  const { rule } = parseRule('FREQ=YEARLY;COUNT=5;BYDAY=-1SU;BYMONTH=3');
  expect(rule).toEqual({
    frequency: 'YEARLY',
    interval: 1,
    months: [3],
    monthDays: [],
    weekdays: [{ weekday: 6, nth: -1 }],
    positions: [],
    weekStart: 0,
    count: 5,
  });
  expect(rule && ruleText(rule)).toBe('FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=5');
});
