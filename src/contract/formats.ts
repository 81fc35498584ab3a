// The values of the contract's `format`s: what a request is held against, and what the database can store. A format that
// is not here is no rule at all to a validator, so the service does not start with one in a request.

/** The form that Postgres reads, without the URN prefix (RFC 9562, section 4). */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

// Postgres knows microseconds, no leap second, and offsets below 16 hours.
const dateTime =
  /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/i;

// The years 1 to 9999 in UTC: others have no text in RFC 3339.
const [first, end] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('+010000-01-01T00:00:00Z')];

/**
 * Whether a text is a `date-time` (RFC 3339, section 5.6) that Postgres stores as it is: a day of the calendar, no more
 * than six digits of a second, in UTC within the years 1 to 9999.
 */
export const isDateTime = (text: string): boolean => {
  const [, date, time] = dateTime.exec(text) ?? [];
  if (date === undefined || time === undefined) return false;
  // Date.parse takes the 31st of February for a day of March.
  const local = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(date)) return false;
  const instant = Date.parse(text.toUpperCase());
  return instant >= first && instant < end;
};

export const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  'date-time': isDateTime,
  uuid,
};
