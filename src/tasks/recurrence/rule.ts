// Recurrence rules: the subset of RFC 5545, section 3.3.10, that makes sense for days. A rule is read
// in whatever order and letter case it comes, and has one canonical text. Whatever cannot be kept
// exactly is refused, so that a task never recurs in another way than its owner's calendar shows.
import { calendarDate, isDay, parseDay } from '../calendar.ts';

/** How often: the unit of INTERVAL. */
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A day of BYDAY. */
export interface WeekdayRule {
  /** 0 is Monday. */
  readonly weekday: number;
  /** Which one of the month or year, from its end if negative; 0 is each. */
  readonly nth: number;
}

/** A rule. An empty list is a part that the rule does not have. */
export interface Rule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** 1 to 12, ascending. */
  readonly months: readonly number[];
  /** 1 to 31, or from the end of the month: -1 to -31. */
  readonly monthDays: readonly number[];
  readonly weekdays: readonly WeekdayRule[];
  /** Which of the days of a period, from its end if negative. */
  readonly positions: readonly number[];
  /** The day on which a week begins; 0 is Monday. */
  readonly weekStart: number;
  /** How many tasks the series has, the first one included. */
  readonly count?: number;
  /** The last day that may be an occurrence, such as `2026-12-31`. */
  readonly until?: string;
}

/** A rule, or what a text has to be instead: the end of a sentence that begins with its field. */
export type RuleResult =
  | { readonly rule: Rule; readonly fault?: undefined }
  | { readonly rule?: undefined; readonly fault: string };

/** The most characters that a rule has. The longest that calendars send are of some 150. */
export const longestRule = 500;

const frequencies: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] satisfies Frequency[];
const weekdayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const parts = ['FREQ', 'INTERVAL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS', 'WKST', 'COUNT', 'UNTIL'];
const most = 9_999;
const noTimes = 'must not have BYHOUR, BYMINUTE or BYSECOND: the time of day is that of `due`';
const noOtherDays = 'must not have BYWEEKNO or BYYEARDAY: use BYMONTH, BYMONTHDAY or BYDAY';
const unsupported = new Map([
  ['BYHOUR', noTimes],
  ['BYMINUTE', noTimes],
  ['BYSECOND', noTimes],
  ['BYWEEKNO', noOtherDays],
  ['BYYEARDAY', noOtherDays],
]);

const noFrequency =
  'must have DAILY, WEEKLY, MONTHLY or YEARLY as FREQ: INTERVAL=2 with WEEKLY is every second week';

const isFrequency = (text: string | undefined): text is Frequency =>
  text !== undefined && frequencies.includes(text);

/** Thrown within this file only: a part that is not as it has to be. */
class RuleFault extends Error {}

const refuse = (fault: string): never => {
  throw new RuleFault(fault);
};

const characters = /^[A-Za-z0-9=;:,+-]+$/;
const otherProperties = /DTSTART|DTEND|RDATE|EXDATE|EXRULE/i;

/** The parts of a text by their names, all in upper case. */
const partsOf = (text: string): ReadonlyMap<string, string> => {
  if (text.length > longestRule) refuse(`must have at most ${longestRule} characters`);
  if (otherProperties.test(text)) {
    refuse('must be a rule alone, without DTSTART, RDATE, EXDATE or EXRULE: the series starts at `due`');
  }
  if (!characters.test(text)) {
    refuse('must be a rule such as FREQ=WEEKLY;BYDAY=MO,TH in one line, without white space');
  }
  const found = new Map<string, string>();
  for (const part of text
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')) {
    const [name = '', value = '', ...more] = part.split('=');
    if (name === '' || value === '' || more.length > 0) {
      refuse('must consist of parts such as FREQ=WEEKLY, with one semicolon between two of them');
    }
    if (!parts.includes(name))
      refuse(unsupported.get(name) ?? `must consist of ${parts.join(', ')}, and no other parts`);
    if (found.has(name)) refuse(`must have ${name} only once`);
    found.set(name, value);
  }
  return found;
};

/** A number without a sign. */
const numberOf = (found: ReadonlyMap<string, string>, name: string): number | undefined => {
  const text = found.get(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return number >= 1 ? number : refuse(`must have a whole number from 1 to ${most} as ${name}`);
};

// From the beginning, then from the end, as the days of a month follow one another.
const inOrder = (a: number, b: number): number => Number(a < 0) - Number(b < 0) || a - b;

/** A list of numbers, each once, from 1 to `greatest`, or from its negative to -1. */
const listOf = (
  found: ReadonlyMap<string, string>,
  name: string,
  greatest: number,
  signed: boolean,
): readonly number[] => {
  const text = found.get(name);
  if (text === undefined) return [];
  const numbers = text.split(',').map((item) => (/^[+-]?\d{1,3}$/.test(item) ? Number(item) : 0));
  if (
    !numbers.every(
      (number) => Math.abs(number) >= 1 && Math.abs(number) <= greatest && (signed || number > 0),
    )
  ) {
    refuse(
      `must have whole numbers from 1 to ${greatest}${signed ? `, or -${greatest} to -1,` : ''} as ${name}`,
    );
  }
  return [...new Set(numbers)].sort(inOrder);
};

// Days of BYDAY without an ordinal come first.
const weekdaysInOrder = (a: WeekdayRule, b: WeekdayRule): number =>
  inOrder(a.nth, b.nth) || a.weekday - b.weekday;

const weekdaysOf = (text: string | undefined, frequency: Frequency): readonly WeekdayRule[] => {
  if (text === undefined) return [];
  const greatest = { DAILY: 0, WEEKLY: 0, MONTHLY: 5, YEARLY: 53 }[frequency];
  const found = new Map<string, WeekdayRule>();
  for (const item of text.split(',')) {
    const [, ordinal, name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? [];
    const weekday = weekdayNames.indexOf(name);
    const nth = Number(ordinal ?? 0);
    if (weekday < 0 || (ordinal !== undefined && nth === 0)) {
      refuse('must have days such as MO, or 2MO and -1FR with FREQ=MONTHLY or YEARLY, as BYDAY');
    }
    if (Math.abs(nth) > greatest) {
      refuse(
        greatest === 0
          ? `must have days without a number as BYDAY with FREQ=${frequency}`
          : `must have numbers from 1 to ${greatest}, or -${greatest} to -1, in BYDAY with FREQ=${frequency}`,
      );
    }
    found.set(`${nth} ${weekday}`, { weekday, nth });
  }
  return [...found.values()].sort(weekdaysInOrder);
};

const weekStartOf = (text: string | undefined): number => {
  const weekStart = weekdayNames.indexOf(text ?? 'MO');
  return weekStart < 0 ? refuse('must have a day such as MO as WKST') : weekStart;
};

/**
 * The last day. Of a time, only the two are taken by which calendars write a whole day. Any other
 * time is an instant, whose day depends on the zone.
 */
const untilOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const [, year = '', month = '', day = '', time] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z?)?$/.exec(text) ?? [];
  if (!isDay(Number(year), Number(month), Number(day))) {
    refuse('must have a day of the calendar, without hyphens, such as 20261231 as UNTIL');
  }
  if (time !== undefined && time !== '000000' && time !== '235959') {
    refuse('must have the last day, such as 20261231, as UNTIL: the day of a time depends on the time zone');
  }
  return `${year}-${month}-${day}`;
};

const ruleOf = (text: string): Rule => {
  const found = partsOf(text);
  const frequency = found.get('FREQ');
  if (!isFrequency(frequency)) return refuse(noFrequency);
  const count = numberOf(found, 'COUNT');
  const until = untilOf(found.get('UNTIL'));
  if (count !== undefined && until !== undefined) refuse('must have COUNT or UNTIL, not both');
  const rule: Rule = {
    frequency,
    interval: numberOf(found, 'INTERVAL') ?? 1,
    months: listOf(found, 'BYMONTH', 12, false),
    monthDays: listOf(found, 'BYMONTHDAY', 31, true),
    weekdays: weekdaysOf(found.get('BYDAY'), frequency),
    positions: listOf(found, 'BYSETPOS', 366, true),
    weekStart: weekStartOf(found.get('WKST')),
    ...(count !== undefined && { count }),
    ...(until !== undefined && { until }),
  };
  if (frequency === 'WEEKLY' && rule.monthDays.length > 0) {
    refuse('must not have BYMONTHDAY with FREQ=WEEKLY');
  }
  if (rule.positions.length > 0) {
    if (frequency === 'DAILY') refuse('must not have BYSETPOS with FREQ=DAILY: a day has one occurrence');
    if (rule.months.length + rule.monthDays.length + rule.weekdays.length === 0) {
      refuse('must have BYDAY, BYMONTHDAY or BYMONTH with BYSETPOS');
    }
  }
  return rule;
};

/**
 * Reads a rule of RFC 5545, section 3.3.10, with or without `RRULE:`. What it takes from the start
 * of its series is not in it yet: see `explicitRule`.
 */
export const parseRule = (text: string): RuleResult => {
  try {
    return { rule: ruleOf(text) };
  } catch (error) {
    if (error instanceof RuleFault) return { fault: error.message };
    throw error;
  }
};

const everyMonth: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Whether a rule names days itself, so that they do not depend on the start of its series. */
export const namesDays = ({ monthDays, weekdays }: Rule): boolean => monthDays.length + weekdays.length > 0;

/**
 * The rule with the day and the month that it takes from the start of its series (a date) as parts
 * of its own. It means the same, and no longer depends on the day of the start.
 */
export const explicitRule = (rule: Rule, start: string): Rule => {
  const { frequency, months, monthDays, weekdays } = rule;
  const { month, dayOfMonth } = calendarDate(parseDay(start));
  if (frequency === 'DAILY') return rule;
  if (!namesDays(rule)) {
    if (frequency === 'WEEKLY') return { ...rule, weekdays: [{ weekday: parseDay(start) % 7, nth: 0 }] };
    const inMonths = frequency === 'YEARLY' && months.length === 0 ? [month] : months;
    return { ...rule, months: inMonths, monthDays: [dayOfMonth] };
  }
  // Days of each month, which others read as days of the month of the start. Ordinals would count
  // in the month instead of the year.
  if (frequency === 'YEARLY' && monthDays.length > 0 && months.length === 0) {
    return weekdays.some(({ nth }) => nth !== 0) ? rule : { ...rule, months: everyMonth };
  }
  return rule;
};

/** Whether the day on which a week begins makes a difference. */
const hasWeeks = ({ frequency, interval, positions }: Rule): boolean =>
  frequency === 'WEEKLY' && (interval > 1 || positions.length > 0);

/** The one text of a rule: its parts in one order, without those that make no difference. */
export const ruleText = (rule: Rule): string => {
  const { frequency, interval, months, monthDays, weekdays, positions, weekStart, count, until } = rule;
  const days = weekdays.map(({ weekday, nth }) => `${nth || ''}${weekdayNames[weekday]}`);
  const all: readonly (readonly [string, unknown, boolean])[] = [
    ['FREQ', frequency, true],
    ['INTERVAL', interval, interval > 1],
    ['BYMONTH', months, months.length > 0],
    ['BYMONTHDAY', monthDays, monthDays.length > 0],
    ['BYDAY', days, days.length > 0],
    ['BYSETPOS', positions, positions.length > 0],
    ['WKST', weekdayNames[weekStart], weekStart !== 0 && hasWeeks(rule)],
    ['COUNT', count, count !== undefined],
    ['UNTIL', until?.replaceAll('-', ''), until !== undefined],
  ];
  return all
    .filter(([, , isPresent]) => isPresent)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
};
