// The operations on many tasks at once: batches, the change feed, the export, and the end of it
// all.
import type { components, Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import type { LiveContext } from '../live/live.ts';
import { streamChanges, waitForChanges } from './change-stream.ts';
import type { ChangePage, Position } from './feed.ts';
import { idempotent } from './idempotent.ts';
import type { OwnerContext } from './owner-context.ts';
import { type ExportPage, maxExportPage } from './user-data.ts';

type SyncOperation = 'applyTaskBatch' | 'listTaskChanges' | 'exportTasks' | 'deleteUserData';

type ExportLine = components['schemas']['ExportLine'];

const lineOf = (line: ExportLine): string => `${JSON.stringify(line)}\n`;

/**
 * The lines of one kind, a page at a time: the next one is read when the one before has been taken,
 * so a slow reader sets the pace, and only one is in memory. Rejects when the first page cannot be
 * read.
 */
const linesOf = async <Row, Place>(
  read: (after: Place | null, most: number) => Promise<ExportPage<Row>>,
  placeOf: (row: Row) => Place,
  toLine: (row: Row) => ExportLine,
) => {
  // Outside of the generator, which would hold the first page until its end.
  let page: ExportPage<Row> | null = await read(null, maxExportPage);
  let count = 0;
  async function* pages(): AsyncGenerator<string, void> {
    while (page !== null) {
      const { isLast, rows } = page;
      const text = rows.map((row) => lineOf(toLine(row))).join('');
      const last = rows.at(-1);
      const after = last === undefined ? null : placeOf(last);
      // Where texts are long, Postgres is not asked for rows that it would only leave out again.
      const most = rows.length * 2;
      count += rows.length;
      page = null;
      yield text;
      if (!isLast) page = await read(after, most);
    }
  }
  return { pages: pages(), count: () => count };
};

const idOf = ({ id }: { readonly id: string }): string => id;

/** The lines of an export. Rejects when its first page cannot be read. */
const exportLines = async (
  store: OwnerContext['tasks'],
  { hasHistory }: { readonly hasHistory: boolean },
): Promise<AsyncIterable<string>> => {
  const lists = await linesOf(store.listPage, idOf, (list) => ({ type: 'list', list }));
  async function* lines(): AsyncIterable<string> {
    yield* lists.pages;
    const tasks = await linesOf(store.page, idOf, (task) => ({ type: 'task', task }));
    yield* tasks.pages;
    const end = { type: 'end', lists: lists.count(), tasks: tasks.count() } as const;
    if (!hasHistory) {
      yield lineOf(end);
      return;
    }
    const changes = await linesOf(
      store.historyPage,
      ({ place }) => place,
      ({ line }) => line,
    );
    yield* changes.pages;
    yield lineOf({ ...end, changes: changes.count() });
  }
  return lines();
};

export const syncHandlers = {
  applyTaskBatch: idempotent('applyTaskBatch', async ({ body, context }) => {
    const outcome = await context.tasks.applyBatch(body.operations);
    if (!outcome.applicable) throw problems.batchNotApplicable(outcome.faults);
    return { status: 200, body: { results: outcome.results } };
  }),

  listTaskChanges: async ({ query: { since, limit = 100, wait = 0 }, headers, mediaType, context }) => {
    const { changeTokens, tasks, live } = context;
    const token = headers['last-event-id'] ?? since;
    const after = token === undefined ? null : await changeTokens.open(token);
    const read = (position: Position | null) => tasks.changes(position, limit);
    const toBody = async ({ items, next, hasMore }: ChangePage) => ({
      items,
      next_since: await changeTokens.seal(next),
      has_more: hasMore,
    });
    if (mediaType === 'text/event-stream') {
      const body = await streamChanges(live, read, toBody, after);
      return { status: 200, mediaType, body };
    }
    const page = wait > 0 ? await waitForChanges(live, read, { after, seconds: wait }) : await read(after);
    if (page === null) throw problems.changeTokenExpired();
    return { status: 200, body: await toBody(page) };
  },

  // The first page is read before the response begins, so that a database out of reach is still a
  // 503.
  exportTasks: async ({ query: { history = false }, context: { tasks } }) => ({
    status: 200,
    body: await exportLines(tasks, { hasHistory: history }),
  }),

  deleteUserData: async ({ context }) => {
    let finished = false;
    try {
      finished = await context.tasks.deleteAll();
    } finally {
      if (!finished) context.finishErasures();
    }
    return finished
      ? { status: 200, body: { status: 'complete' } }
      : { status: 202, body: { status: 'in_progress' } };
  },
} satisfies Handlers<SyncOperation, OwnerContext & LiveContext>;
