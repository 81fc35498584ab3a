// The operations on lists. A handler says what the contract says: which store function is called, and
// which problem stands for its null.
import { z } from 'zod';
import type { Handlers } from '../../contract/operation.ts';
import { decodePosition, encodePosition } from '../cursor.ts';
import { idempotent } from '../idempotent.ts';
import type { OwnerContext } from '../owner-context.ts';
import { keyPattern } from '../position.ts';
import { etagOf, preconditionOf, tagsIn } from '../precondition.ts';
import { read, tagged, written } from '../replies.ts';

type ListOperation = 'listLists' | 'createList' | 'getList' | 'updateList' | 'deleteList';

// Postgres must be able to read whatever passes.
const listPosition = z.tuple([z.string().regex(new RegExp(keyPattern)), z.guid()]);

const pathOf = (userId: string) => `/api/v1/users/${encodeURIComponent(userId)}/lists`;

export const listHandlers = {
  listLists: async ({ path, query: { limit = 50, cursor }, headers, context }) => {
    const known = tagsIn(headers['if-none-match']);
    const [position, id] = cursor === undefined ? [] : decodePosition(listPosition, cursor);
    const after = position === undefined || id === undefined ? null : { position, id };
    const page = await context.tasks.listLists({ limit, after, known });
    const ETag = `W/"${page.tag}"`;
    if (page.known) return { status: 304, headers: { ETag } };
    const { lists: items, next } = page;
    if (next === null) return { status: 200, headers: { ETag }, body: { items, next_cursor: null } };
    const nextCursor = encodePosition([next.position, next.id]);
    const Link = `<${pathOf(path.user_id)}?limit=${limit}&cursor=${nextCursor}>; rel="next"`;
    return { status: 200, headers: { Link, ETag }, body: { items, next_cursor: nextCursor } };
  },

  createList: idempotent('createList', async ({ body, context }) => {
    const list = await context.tasks.createList(body);
    const location = `${pathOf(list.owner_id)}/${list.id}`;
    return { status: 201, headers: { Location: location, ETag: etagOf(list) }, body: list };
  }),

  getList: async ({ path, headers, context }) =>
    read(await context.tasks.getList(path.list_id), headers, 'list'),

  updateList: idempotent('updateList', async ({ path, headers, body, context }) => {
    return tagged(
      written(await context.tasks.updateList(path.list_id, body, preconditionOf(headers)), 'list'),
    );
  }),

  deleteList: idempotent('deleteList', async ({ path, query, headers, context }) => {
    const outcome = await context.tasks.deleteList(path.list_id, query.tasks, preconditionOf(headers));
    const { tasks, hasMore } = written(outcome, 'list');
    return { status: 200, body: { tasks, has_more: hasMore } };
  }),
} satisfies Handlers<ListOperation, OwnerContext>;
