// Moments: when a task is due, or starts. One text in one of three forms, which are forms of RFC
// 9557: a day, a local time, or a time in a zone. This module knows the calendar, and nothing of
// what a zone means: instants are computed in SQL only, because the zones of two systems differ in
// age.
import { isDay } from './calendar.ts';

/**
 * The spelling of a time zone that the service accepts, by its name in any letter case; undefined
 * for every other name.
 */
export type ZoneNames = (name: string) => string | undefined;

/** A moment in its one spelling, or what is wrong with it. */
export type MomentResult =
  | { readonly moment: string; readonly fault?: undefined }
  | { readonly moment?: undefined; readonly fault: string };

const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.0{1,9})?)?(?:(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)|\[([A-Za-z0-9_+/-]{1,40})\])?)?$/;

const expected =
  'a day (2026-03-01), a local time (2026-03-01T09:30), a time in a zone (2026-03-01T09:30[Europe/Berlin]) ' +
  'or an instant (2026-03-01T08:30Z)';

// The form with any numbers.
const clock = /^[\d-]{10}T\d\d:\d\d(?::\d\d(?:\.0{1,9})?)?(?:Z|[+-]\d\d:\d\d|\[[A-Za-z0-9_+/-]{1,40}\])?$/;
const outOfRange =
  'must have an hour from 00 to 23, minutes and seconds from 00 to 59, and an offset of less than 24 hours';

/** Minutes east of UTC. */
const minutesOf = (offset: string): number => {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return offset.startsWith('-') ? -minutes : minutes;
};

// Of a local time with seconds, such as `2026-03-01T09:30:00`.
const withoutZeroSeconds = (local: string): string => (local.endsWith(':00') ? local.slice(0, -3) : local);

// The years 1 to 9999 in UTC: no others can be written.
const inUtc = (local: string, offset: string): MomentResult => {
  const instant = new Date(Date.parse(`${local}Z`) - minutesOf(offset) * 60_000).toISOString();
  if (!/^(?!0000)\d{4}-/.test(instant)) return { fault: 'is not in the years 0001 to 9999 in UTC' };
  return { moment: `${withoutZeroSeconds(instant.slice(0, 19))}[UTC]` };
};

/** Whether a text has the form of a moment, whatever its day and zone. */
export const isMomentText = (text: string): boolean => form.test(text);

/** The name of the zone in a moment, if it has one. */
export const zoneIn = (text: string): string | undefined => form.exec(text)?.[8];

/**
 * The one spelling of a moment: seconds only where they are not zero, an instant in UTC, and a zone
 * in its usual letter case.
 */
export const canonicalMoment = (text: string, zones: ZoneNames): MomentResult => {
  const [, year, month, day, hour, minute, second = '00', offset, zone] = form.exec(text) ?? [];
  if (year === undefined) return { fault: clock.test(text) ? outOfRange : `must be ${expected}` };
  if (!isDay(Number(year), Number(month), Number(day))) {
    return { fault: 'is not a day of the calendar in the years 0001 to 9999' };
  }
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return { moment: date };
  const local = `${date}T${hour}:${minute}:${second}`;
  if (offset !== undefined) return inUtc(local, offset);
  if (zone === undefined) return { moment: withoutZeroSeconds(local) };
  const name = zones(zone);
  if (name === undefined) {
    return { fault: 'has a zone that is not a region of the IANA time zone database, such as Europe/Berlin' };
  }
  return { moment: `${withoutZeroSeconds(local)}[${name}]` };
};

// Postgres reads these as fixed offsets, or takes them from the machine that it runs on.
const refused = /^(?:posix\/.*|right\/.*|Factory|localtime|posixrules|CET|EET|EST|HST|MET|MST|WET)$/i;

const isKnownToRuntime = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/**
 * The zones that both this runtime and the database know, of whose names `names` are a list. The
 * runtime is asked for a zone when it is first named: that takes about 50 µs.
 */
export const zoneNamesOf = (names: readonly string[]): ZoneNames => {
  const spelled = new Map(
    names.filter((name) => !refused.test(name)).map((name) => [name.toLowerCase(), name]),
  );
  const known = new Set<string>();
  return (name) => {
    const spelling = spelled.get(name.toLowerCase());
    if (spelling === undefined || known.has(spelling)) return spelling;
    if (!isKnownToRuntime(spelling)) {
      spelled.delete(name.toLowerCase());
      return undefined;
    }
    known.add(spelling);
    return spelling;
  };
};
