// Moments in SQL: whether one is before a given time. Only here a moment becomes an instant, by the
// database's time zones.
import { type FragmentSqlToken, type IdentifierSqlToken, sql } from 'slonik';
import { hideFromPlanner } from './fragments.ts';
import type { Slots } from './statement.ts';

/** An RFC 3339 time as moments are compared with it: the values of the slots of the same names. */
export interface TimeOfReference {
  /** Its day, where its offset is in force. */
  readonly atDay: string;
  /** Its local time there, spelled as a moment. */
  readonly atLocal: string;
  /** Itself. */
  readonly atInstant: string;
}

/** `text` is a `date-time` of the contract. */
export const timeOfReference = (text: string): TimeOfReference => {
  const local =
    text.slice(0, 10) +
    text
      .slice(10)
      .toUpperCase()
      .replace(/(?:Z|[+-]\d\d:\d\d)$/, '');
  // Moments are compared as texts, in which a time that begins another one is the earlier one.
  const atLocal = local.replace(/\.0*$|(\.\d*[1-9])0*$/, '$1').replace(/:00$/, '');
  return { atDay: text.slice(0, 10), atLocal, atInstant: text };
};

/** No time of reference: no moment is before it. */
export const noTime: Readonly<Record<keyof TimeOfReference, null>> = {
  atDay: null,
  atLocal: null,
  atInstant: null,
};

// The names are read once in a statement: Postgres opens a file for each of them. A proxy that
// routes by the owner sees a function here, and not another table.
const zoneOf = (moment: FragmentSqlToken | IdentifierSqlToken, hasUnknownZones: boolean) => {
  const zone = sql.fragment`rtrim(split_part(${moment}, '[', 2), ']')`;
  return hasUnknownZones
    ? sql.fragment`CASE WHEN ${zone} IN (SELECT name FROM pg_timezone_names()) THEN ${zone} ELSE 'UTC' END`
    : zone;
};

const text = sql.fragment`text`;

/**
 * Whether a moment is before the time of reference (`<`), or not after it (`<=`): a day by the
 * date, a local time by the local time, and a time in a zone as an instant. Null if it is null, or
 * the time of reference is: then no time zone is read. With `hasUnknownZones`, a zone that the
 * database does not know is UTC; without it, the statement fails.
 */
export const compareMoment = (
  moment: FragmentSqlToken | IdentifierSqlToken,
  comparison: '<' | '<=',
  { atDay, atLocal, atInstant }: Slots<keyof TimeOfReference>,
  hasUnknownZones: boolean,
): FragmentSqlToken => {
  const operator = comparison === '<' ? sql.fragment`<` : sql.fragment`<=`;
  return sql.fragment`
    CASE
      WHEN ${hideFromPlanner(atDay, text)} IS NULL THEN NULL
      WHEN right(${moment}, 1) = ']' THEN
        split_part(${moment}, '[', 1)::timestamp AT TIME ZONE ${zoneOf(moment, hasUnknownZones)}
          ${operator} ${hideFromPlanner(atInstant, sql.fragment`timestamptz`)}
      WHEN length(${moment}) = 10 THEN ${moment} ${operator} ${hideFromPlanner(atDay, text)}
      ELSE ${moment} ${operator} ${hideFromPlanner(atLocal, text)}
    END
  `;
};
