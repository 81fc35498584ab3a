// The operations that count an owner's tasks, and those on its labels.
import { hash } from 'node:crypto';
import { z } from 'zod';
import { isDateTime } from '../contract/formats.ts';
import type { Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import { decodePosition, encodePosition } from './cursor.ts';
import { idempotent } from './idempotent.ts';
import type { Examined } from './label-renames.ts';
import type { OwnerContext } from './owner-context.ts';
import { tagsIn } from './precondition.ts';

type LabelOperation = 'getTaskSummary' | 'listLabels' | 'renameLabel';

// Postgres must be able to read whatever passes.
const labelPosition = z.tuple([
  z.string().refine((text) => text.length <= 400 && text.isWellFormed() && !text.includes('\0')),
]);
const taskPosition = z.tuple([z.string(), z.string().refine(isDateTime), z.guid()]);

// A cursor continues only the renaming that it came from.
const fingerprint = (label: string, newLabel: string | null): string =>
  hash('sha256', JSON.stringify([label, newLabel]), 'base64url').slice(0, 11);

const examinedIn = (renaming: string, cursor: string | undefined): Examined | null => {
  if (cursor === undefined) return null;
  const [made, createdAt, id] = decodePosition(taskPosition, cursor);
  if (made !== renaming) throw problems.malformed('The cursor belongs to a request with other labels');
  return { createdAt, id };
};

export const labelHandlers = {
  getTaskSummary: async ({ query: { overdue_at: overdueAt }, headers, context }) => {
    const known = tagsIn(headers['if-none-match']);
    const { tag, known: isKnown, summary } = await context.tasks.summary({ overdueAt, known });
    const ETag = `W/"${tag}"`;
    return isKnown ? { status: 304, headers: { ETag } } : { status: 200, headers: { ETag }, body: summary };
  },

  listLabels: async ({ path, query: { limit = 100, cursor }, headers, context }) => {
    const known = tagsIn(headers['if-none-match']);
    const [after] = cursor === undefined ? [null] : decodePosition(labelPosition, cursor);
    const page = await context.tasks.labels({ limit, after, known });
    const ETag = `W/"${page.tag}"`;
    if (page.known) return { status: 304, headers: { ETag } };
    const { labels: items, partial, next } = page;
    if (next === null) return { status: 200, headers: { ETag }, body: { items, partial, next_cursor: null } };
    const nextCursor = encodePosition([next]);
    const labels = `/api/v1/users/${encodeURIComponent(path.user_id)}/labels`;
    const Link = `<${labels}?limit=${limit}&cursor=${nextCursor}>; rel="next"`;
    return { status: 200, headers: { Link, ETag }, body: { items, partial, next_cursor: nextCursor } };
  },

  renameLabel: idempotent('renameLabel', async ({ body, context }) => {
    const { label, new_label: newLabel, cursor } = body;
    const renaming = fingerprint(label, newLabel);
    const after = examinedIn(renaming, cursor);
    const { changed, next } = await context.tasks.renameLabel({ label, newLabel, after });
    const nextCursor = next === null ? null : encodePosition([renaming, next.createdAt, next.id]);
    return { status: 200, body: { changed, next_cursor: nextCursor } };
  }),
} satisfies Handlers<LabelOperation, OwnerContext>;
