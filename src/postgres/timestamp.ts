// Postgres stores microseconds, and JavaScript's Date only milliseconds. So a timestamp stays text
// all the way to the response; otherwise a keyset cursor would skip tasks of the same millisecond.

// The ISO DateStyle: 2026-01-12 09:30:00.123456+00, with a fraction only if it is not zero.
const iso = /^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d)(?::?(\d\d))?$/;

// What replaces the end of the text in a session in UTC, by the length of the text: from no
// fraction to six digits.
const endings = new Map([
  [22, '.000000Z'],
  [24, '00000Z'],
  [25, '0000Z'],
  [26, '000Z'],
  [27, '00Z'],
  [28, '0Z'],
  [29, 'Z'],
]);

/**
 * From Postgres' text of a timestamptz to RFC 3339 in UTC with six digits of a second, whatever the
 * session's time zone. Throws a TypeError on any other text, and on years that RFC 3339 cannot
 * represent, before 0 and after 9999.
 */
export const toRfc3339 = (text: string): string => {
  const ending = endings.get(text.length);
  // No other text of a timestamp has one of these lengths and these characters in these places.
  if (
    ending !== undefined &&
    text[4] === '-' &&
    text[10] === ' ' &&
    text.endsWith('+00') &&
    (text[19] === '.' || text[19] === '+')
  ) {
    return `${text.slice(0, 10)}T${text.slice(11, -3)}${ending}`;
  }
  const match = iso.exec(text);
  if (match === null) throw new TypeError('not a timestamp in the ISO DateStyle');
  const [, year, month, day, time, fraction = '', hours = '', minutes = '00'] = match;
  const utc = new Date(`${year}-${month}-${day}T${time}${hours}:${minutes}`).toISOString();
  if (utc.length !== 24) throw new TypeError('a year beyond those of RFC 3339');
  return `${utc.slice(0, 19)}.${fraction.padEnd(6, '0')}Z`;
};
