// A precondition in the statement of a write, which compares the version of the row by itself.
import { type FragmentSqlToken, sql } from 'slonik';
import type { Precondition } from './precondition.ts';
import type { Slots } from './statement.ts';

// An array literal: one parameter of one type, whether it is there or not.
const versions = (list: readonly number[] | null) => (list === null ? null : `{${list.join(',')}}`);

/** The values of a precondition. */
export const demands = ({ match, noneMatch, mustNotExist }: Precondition) => ({
  match: versions(mustNotExist ? [] : match),
  noneMatch: versions(noneMatch),
});

/** Whether the version of a row meets it. */
export const areMet = ({ match, noneMatch }: Slots<'match' | 'noneMatch'>): FragmentSqlToken => sql.fragment`
  coalesce(version = ANY (${match}::int4[]), true) AND NOT (version = ANY (${noneMatch}::int4[]))
`;
