// Postgres keeps microseconds, JavaScript's Date milliseconds: a timestamp stays text on its whole way to the wire,
// or a keyset cursor would skip the tasks of a millisecond.

// The ISO DateStyle: 2026-01-12 09:30:00.123456+00, with a fraction only if it is not zero.
const iso = /^(\d{4,})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d)(?::?(\d\d))?$/;

// What a session in UTC writes, all but one time in ten: it needs no more than to be cut. No other text of a timestamp in
// the ISO DateStyle has this length and these characters in these places.
const isPlain = (text: string): boolean =>
  text.length === 29 && text[10] === ' ' && text[19] === '.' && text.endsWith('+00');

/**
 * From Postgres' text of a timestamptz to RFC 3339 in UTC with six digits of a second, whatever the session's time
 * zone. Throws on any other text.
 */
export const toRfc3339 = (text: string): string => {
  if (isPlain(text)) return `${text.slice(0, 10)}T${text.slice(11, 26)}Z`;
  const match = iso.exec(text);
  if (match === null) throw new TypeError('not a timestamp in the ISO DateStyle');
  const [, year, month, day, time, fraction = '', hours = '', minutes = '00'] = match;
  const micros = fraction.padEnd(6, '0');
  if (hours === '+00' && minutes === '00') return `${year}-${month}-${day}T${time}.${micros}Z`;
  const utc = new Date(`${year}-${month}-${day}T${time}${hours}:${minutes}`).toISOString();
  return `${utc.slice(0, 19)}.${micros}Z`;
};
