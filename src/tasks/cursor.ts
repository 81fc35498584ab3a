// Where a page of a list ends: the sort key and the id of its last task, and a fingerprint of the
// sort and filters, so that a cursor cannot be carried over to another list. It is opaque to
// clients, not secret: whatever it is changed to, the owner predicate stands.
import { hash } from 'node:crypto';
import { z } from 'zod';
import { problems } from '../contract/problem.ts';
import { type Filters, filtersIn } from './filters.ts';
import { isKeyOf, type Keyset, type TaskSort } from './sorts.ts';

/** What a cursor is bound to. */
export interface ListShape {
  readonly sort: TaskSort;
  readonly filters: Filters;
}

/** What is asked of a list, for JSON: the same for the same list. */
export const partsOfShape = ({ sort, filters: { completed, q, ...others } }: ListShape): unknown[] => {
  const more = filtersIn(others);
  return [sort, completed ?? null, q ?? null, ...(more.length === 0 ? [] : [more])];
};

const fingerprint = (shape: ListShape): string =>
  hash('sha256', JSON.stringify(partsOfShape(shape)), 'base64url').slice(0, 11);

// Any UUID that Postgres takes, whatever version its bits name: who imports tasks brings their ids.
const position = z.tuple([z.string(), z.string().nullable(), z.guid()]);

const notOurs = () => problems.malformed('The cursor is not one that this API made');

/** A position as a cursor, in the characters of base64url. */
export const encodePosition = (position: readonly (string | null)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/**
 * Reads a position that `encodePosition` wrote. Throws a malformed-request Problem for any other
 * text.
 */
export const decodePosition = <Position>(schema: z.ZodType<Position>, cursor: string): Position => {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw notOurs();
  }
};

/** The cursor of the page after the one that ends at `keyset`. */
export const encodeCursor = (shape: ListShape, { key, id }: Keyset): string =>
  encodePosition([fingerprint(shape), key, id]);

/**
 * Reads a cursor for a list of this shape. Throws a malformed-request Problem when the list did not
 * make it.
 */
export const decodeCursor = (shape: ListShape, cursor: string): Keyset => {
  const [made, key, id] = decodePosition(position, cursor);
  if (made !== fingerprint(shape)) {
    throw problems.malformed('The cursor belongs to a list with another sort order or other filters');
  }
  if (!isKeyOf(shape.sort, key)) throw notOurs();
  return { key, id };
};
