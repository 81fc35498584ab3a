// Days as integers: the calendar of `Date` is the second opinion.
import { expect, test } from 'vitest';
import {
  calendarDate,
  dayOf,
  daysIn,
  formatDay,
  isDay,
  lastDay,
  parseDay,
} from '../../src/tasks/calendar.ts';

const msOfDay = 86_400_000;
const epoch = parseDay('1970-01-01');
const byDate = (day: number): string => new Date((day - epoch) * msOfDay).toISOString().slice(0, 10);

test('each day of the years 0001 to 9999 has its number', () => {
  // All days of 400 years, after which the calendar repeats itself, and each 97th day of all years.
  const days = [
    ...Array.from({ length: 146_097 }, (_, index) => parseDay('1900-01-01') + index),
    ...Array.from({ length: Math.ceil(lastDay / 97) }, (_, index) => index * 97),
    lastDay,
  ];
  const wrong = days.filter((day) => formatDay(day) !== byDate(day) || parseDay(byDate(day)) !== day);
  expect(wrong).toEqual([]);
});

test('the first day is a Monday, and the last one is in 9999', () => {
  expect([parseDay('0001-01-01'), formatDay(0), formatDay(lastDay)]).toEqual([0, '0001-01-01', '9999-12-31']);
  expect(parseDay('2026-03-02') % 7).toBe(new Date('2026-03-02').getUTCDay() - 1);
});

test('months beyond December are those of the next years', () => {
  expect(dayOf(2026, 14, 1)).toBe(parseDay('2027-02-01'));
  expect(calendarDate(dayOf(2026, 25, 31))).toEqual({ year: 2028, month: 1, dayOfMonth: 31 });
});

test.each([
  [1900, 28],
  [2000, 29],
  [2024, 29],
  [2026, 28],
])('February %i has %i days', (year, days) => {
  expect(daysIn(year, 2)).toBe(days);
  expect([isDay(year, 2, days), isDay(year, 2, days + 1)]).toEqual([true, false]);
});

test.each([
  [0, 1, 1],
  [2026, 0, 1],
  [2026, 13, 1],
  [2026, 1, 0],
  [2026, 1, 32],
  [2026, 4, 31],
])('%i-%i-%i is not a day', (year, month, day) => {
  expect(isDay(year, month, day)).toBe(false);
});
