// The values of the contract's `format`s, which requests are checked against and the database can
// store. A validator ignores a format that is not listed here, so the service does not start if a
// request has one.

/** The form that Postgres reads, without the URN prefix (RFC 9562, section 4). */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

// Postgres accepts microseconds and offsets below 16 hours, but no leap seconds and no year 0000, not
// even where the instant is in the year 0001.
const dateTime =
  /^((?!0000)\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/i;

// The years 1 to 9999 in UTC: RFC 3339 cannot represent others.
const [first, end] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('+010000-01-01T00:00:00Z')];

/**
 * Whether a text is a `date-time` (RFC 3339, section 5.6) that Postgres stores unchanged: a valid
 * day, at most six digits after the second, and within the years 1 to 9999 in UTC.
 */
export const isDateTime = (text: string): boolean => {
  const [, date, time] = dateTime.exec(text) ?? [];
  if (date === undefined || time === undefined) return false;
  // Date.parse reads the 31st of February as a day in March.
  const local = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(date)) return false;
  const instant = Date.parse(text.toUpperCase());
  return instant >= first && instant < end;
};

/** Whether a text is a `full-date` (RFC 3339, section 5.6): a day of the years 1 to 9999. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && isDateTime(`${text}T00:00:00Z`);

export const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  'date-time': isDateTime,
  uuid,
};
