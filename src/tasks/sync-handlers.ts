// The operations on many tasks at once: batches, the change feed, the export, and the end of it all.
import type { components, Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import { type ExportPage, maxExportPage } from './everything.ts';
import { retriable } from './retriable.ts';
import type { TaskScope } from './scope.ts';

type SyncOperation = 'applyTaskBatch' | 'listTaskChanges' | 'exportTasks' | 'deleteUserData';

type ExportLine = components['schemas']['ExportLine'];

const lineOf = (line: ExportLine): string => `${JSON.stringify(line)}\n`;

/**
 * The lines of an export, a page at a time: the next one is read when the one before has been taken, so a slow reader
 * sets the pace, and only one is in memory. Rejects when the first page cannot be read.
 */
const linesOf = async (tasks: TaskScope['tasks']): Promise<AsyncIterable<string>> => {
  // Outside of the generator, which would hold the first page until its end.
  let page: ExportPage | null = await tasks.page(null, maxExportPage);
  let count = 0;
  async function* pages(): AsyncIterable<string> {
    while (page !== null) {
      const text = page.tasks.map((task) => lineOf({ type: 'task', task })).join('');
      const { isLast } = page;
      const after = page.tasks.at(-1)?.id ?? null;
      // Where texts are long, Postgres is not asked for tasks that it would only leave out again.
      const most = page.tasks.length * 2;
      count += page.tasks.length;
      page = null;
      yield text;
      if (!isLast) page = await tasks.page(after, most);
    }
    yield lineOf({ type: 'end', tasks: count });
  }
  return pages();
};

export const syncHandlers = {
  applyTaskBatch: retriable('applyTaskBatch', async ({ body, scope }) => {
    const outcome = await scope.tasks.applyBatch(body.operations);
    if (!outcome.applicable) throw problems.batchNotApplicable([outcome.fault]);
    return { status: 200, body: { results: outcome.results } };
  }),

  listTaskChanges: async ({ query: { since, limit = 100 }, scope }) => {
    const start = since === undefined ? null : await scope.changeTokens.open(since);
    const page = await scope.tasks.changes(start, limit);
    if (page === null) throw problems.changeTokenExpired();
    const { items, next, hasMore } = page;
    return {
      status: 200,
      body: { items, next_since: await scope.changeTokens.seal(next), has_more: hasMore },
    };
  },

  // The first page is read before the response begins, so that a database out of reach is still a 503.
  exportTasks: async ({ scope: { tasks } }) => ({ status: 200, body: await linesOf(tasks) }),

  deleteUserData: async ({ scope }) => {
    let finished = false;
    try {
      finished = await scope.tasks.deleteAll();
    } finally {
      if (!finished) scope.finishErasures();
    }
    return finished ? { status: 204 } : { status: 202 };
  },
} satisfies Handlers<SyncOperation, TaskScope>;
