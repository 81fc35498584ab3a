// The entity tag of what is computed from many of an owner's tasks: a list, or counts. It is a hash
// of the owner's clock and of the request, so the database knows without reading a task whether a
// client has the current one.
import { hash } from 'node:crypto';
import { sql } from 'slonik';
import { ownedBy } from './fragments.ts';
import type { Slots } from './statement.ts';

/** What stands for the clock while everything is being deleted: it costs no second look-up. */
export const erasing = 'erasing';

/** The owner's clock as a text; null when the owner has none yet. */
export const clockText = (slot: Slots<'owner'>) => sql.fragment`(
  SELECT CASE WHEN erasing THEN ${sql.literalValue(erasing)} ELSE epoch || ' ' || seq END
  FROM owner_clock
  WHERE ${ownedBy(slot, 'owner_clock')}
)`;

/**
 * The entity tag of a page: it changes with every change of the owner's tasks, and differs for each
 * page. `page` contains the request and the shape of the response, so that a client with pages of
 * an earlier shape gets them again. `clock` is '' for an owner without one.
 */
export const tagOf = (clock: string, page: string): string =>
  hash('sha256', clock === '' ? page : `${clock} ${page}`, 'hex').slice(0, 32);

/** `tagOf` in SQL: whether it is a known one. */
export const isKnown = (slot: Slots<'owner' | 'page' | 'known'>) => sql.fragment`coalesce(
  left(encode(sha256(convert_to(concat_ws(' ', ${clockText(slot)}, ${slot.page}::text), 'UTF8')), 'hex'), 32)
    = ANY (${slot.known}::text[]),
  true
)`;

/**
 * The value of the slot `known`, an array literal: one parameter of one type. It leaves out texts
 * that no list has as its tag.
 */
export const knownTags = (list: readonly string[] | null): string | null =>
  list === null ? null : `{${list.filter((tag) => /^[0-9a-f]{32}$/.test(tag)).join(',')}}`;
