// Pages of the history as they are asked for and returned: cursors, entity tags, links.
import { z } from 'zod';
import { problems } from '../../contract/problem.ts';
import { decodePosition, encodePosition } from '../cursor.ts';
import { tagsIn } from '../precondition.ts';
import type { HistoryPage, HistoryPageOptions } from './reading.ts';

// The digits are as many as those of a change's id, and fewer than a number in Postgres can have.
const position = z.tuple([z.literal('history'), z.string(), z.string().regex(/^[1-9]\d{0,15}$/)]);

// What a cursor is bound to; a UUID in other letter case is the same one (RFC 9562, section 4).
const placeOf = (resource: string): string => resource.toLowerCase();

const numberIn = (resource: string, cursor: string | undefined): bigint | null => {
  if (cursor === undefined) return null;
  const [, place, number] = decodePosition(position, cursor);
  if (place !== placeOf(resource)) throw problems.malformed('The cursor belongs to another list');
  return BigInt(number);
};

interface Asked {
  readonly path: { readonly user_id: string };
  readonly query: { readonly limit?: number; readonly cursor?: string };
  readonly headers: { readonly 'if-none-match'?: string };
}

/**
 * What is asked for of a list of the history, such as `changes`, and the reply to it. Throws a Problem
 * for a cursor of another list.
 */
export const pageOf = (resource: string, { path, query: { limit = 50, cursor }, headers }: Asked) => {
  const options: HistoryPageOptions = {
    limit,
    before: numberIn(resource, cursor),
    known: tagsIn(headers['if-none-match']),
  };
  const reply = <Item>({ tag, known, items, next }: HistoryPage<Item>) => {
    const ETag = `W/"${tag}"`;
    if (known) return { status: 304, headers: { ETag } } as const;
    if (next === null) return { status: 200, headers: { ETag }, body: { items, next_cursor: null } } as const;
    const nextCursor = encodePosition(['history', placeOf(resource), String(next)]);
    const address = `/api/v1/users/${encodeURIComponent(path.user_id)}/${resource}`;
    const Link = `<${address}?limit=${limit}&cursor=${nextCursor}>; rel="next"`;
    return { status: 200, headers: { Link, ETag }, body: { items, next_cursor: nextCursor } } as const;
  };
  return { options, reply };
};
