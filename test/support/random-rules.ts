// Random recurrence rules of every kind that the service accepts, with a start and a date to search
// from: for comparisons with other ways to find the same dates.
import fc from 'fast-check';

export const weekdayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** A rule as parts, of which each list may be empty. */
export interface RandomRule {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  /** The ordinal, or 0, and the name of the day. */
  readonly weekdays: readonly (readonly [nth: number, name: (typeof weekdayNames)[number]])[];
  readonly positions: readonly number[];
  readonly weekStart: (typeof weekdayNames)[number];
}

/** A rule, the date on which its series starts, and how many days later the search begins. */
export interface RandomCase {
  readonly rule: RandomRule;
  readonly start: string;
  readonly later: number;
}

export const textOf = (rule: RandomRule): string =>
  [
    `FREQ=${rule.frequency}`,
    `INTERVAL=${rule.interval}`,
    `WKST=${rule.weekStart}`,
    ...(rule.months.length > 0 ? [`BYMONTH=${rule.months}`] : []),
    ...(rule.monthDays.length > 0 ? [`BYMONTHDAY=${rule.monthDays}`] : []),
    ...(rule.weekdays.length > 0
      ? [`BYDAY=${rule.weekdays.map(([nth, name]) => `${nth === 0 ? '' : nth}${name}`)}`]
      : []),
    ...(rule.positions.length > 0 ? [`BYSETPOS=${rule.positions}`] : []),
  ].join(';');

const signed = (greatest: number) =>
  fc.tuple(fc.integer({ min: 1, max: greatest }), fc.boolean()).map(([n, end]) => (end ? -n : n));

/** No items in most cases, or a few of them. */
const few = <T>(item: fc.Arbitrary<T>, most: number, weight = 3) =>
  fc.oneof(
    { weight, arbitrary: fc.constant<T[]>([]) },
    { weight: 2, arbitrary: fc.uniqueArray(item, { minLength: 1, maxLength: most, selector: String }) },
  );

const anyRule: fc.Arbitrary<RandomRule> = fc
  .constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const, 'YEARLY' as const)
  .chain((frequency) => {
    const greatest = { DAILY: 0, WEEKLY: 0, MONTHLY: 5, YEARLY: 53 }[frequency];
    const plain = fc.constant(0);
    // With BYMONTH, ordinals count in the month, so small ones have to be frequent.
    const nth = greatest === 0 ? plain : fc.oneof(plain, signed(5), signed(5), signed(greatest));
    return fc.record({
      frequency: fc.constant(frequency),
      interval: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })),
      months: few(fc.integer({ min: 1, max: 12 }), 4),
      monthDays: frequency === 'WEEKLY' ? fc.constant([]) : few(signed(31), 4),
      weekdays: few(fc.tuple(nth, fc.constantFrom(...weekdayNames)), 5),
      positions:
        frequency === 'DAILY' ? fc.constant([]) : few(fc.oneof(signed(3), signed(31), signed(366)), 3, 5),
      weekStart: fc.constantFrom(...weekdayNames),
    });
  })
  .map((rule) =>
    rule.months.length + rule.monthDays.length + rule.weekdays.length > 0 ? rule : { ...rule, positions: [] },
  );

const dateOf = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** Any day, and the last ones of a month more often. */
const anyStart = fc
  .tuple(
    fc.integer({ min: 1890, max: 2110 }),
    fc.integer({ min: 0, max: 11 }),
    fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -2, max: 1 })),
  )
  .map(([year, month, day]) => dateOf(year, month, day));

export const anyCase: fc.Arbitrary<RandomCase> = fc.record({
  rule: anyRule,
  start: anyStart,
  later: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12_000 })),
});
