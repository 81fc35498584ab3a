// The operations on many tasks at once: batches, the change feed, the export, and the end of it all.
import type { Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import { exportPageSize } from './everything.ts';
import { retriable } from './retriable.ts';
import type { Task } from './row.ts';
import type { TaskScope } from './scope.ts';

type SyncOperation = 'applyTaskBatch' | 'listTaskChanges' | 'exportTasks' | 'deleteUserData';

const lines = (tasks: readonly Task[]): string => tasks.map((task) => `${JSON.stringify(task)}\n`).join('');

// The next page is read when the one before has been taken, so a slow reader sets the pace.
async function* pagesFrom(first: readonly Task[], tasks: TaskScope['tasks']): AsyncIterable<string> {
  yield lines(first);
  for (let page = first; page.length === exportPageSize; ) {
    page = await tasks.page(page.at(-1)?.id ?? null);
    yield lines(page);
  }
}

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

  exportTasks: async ({ scope: { tasks } }) => {
    // Read before the answer begins, so that a database out of reach is still a 503.
    const first = await tasks.page(null);
    return { status: 200, body: pagesFrom(first, tasks) };
  },

  deleteUserData: async ({ scope }) => {
    await scope.tasks.deleteAll();
    return { status: 204 };
  },
} satisfies Handlers<SyncOperation, TaskScope>;
