// The day on which a recurring task is completed, where the client has not sent it. This is the only
// place that asks the runtime, and not the database, about a time zone: it needs no instant of a
// local time, only the date that a calendar on the wall shows now, and a statement of its own for
// that would be one more round trip. A client that wants to be sure sends `completed_on`.
import { zoneIn } from './moment.ts';

const dayIn = (zone: string, at: string): string => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(Date.parse(at)).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
};

/**
 * The date at the instant `at` (RFC 3339 in UTC): in the zone of the moment `due`, or in UTC if it
 * has none, or one that the runtime no longer knows.
 */
export const completionDay = (due: string, at: string): string => {
  const zone = zoneIn(due);
  if (zone === undefined) return at.slice(0, 10);
  try {
    return dayIn(zone, at);
  } catch (error) {
    if (error instanceof RangeError) return at.slice(0, 10);
    throw error;
  }
};
