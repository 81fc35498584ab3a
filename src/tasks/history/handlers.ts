// The operations on the history.
import type { Handlers } from '../../contract/operation.ts';
import { idempotent } from '../idempotent.ts';
import type { OwnerContext } from '../owner-context.ts';
import { preconditionOf } from '../precondition.ts';
import { found, tagged, written } from '../replies.ts';
import { pageOf } from './pages.ts';

type HistoryOperation = 'listChanges' | 'listTaskVersions' | 'restoreTask' | 'undoChange';

export const historyHandlers = {
  listChanges: async ({ path, query, headers, context }) => {
    const page = pageOf('changes', { path, query, headers });
    return page.reply(await context.tasks.recordedChanges(page.options));
  },

  listTaskVersions: async ({ path, query, headers, context }) => {
    const page = pageOf(`tasks/${path.task_id}/versions`, { path, query, headers });
    return page.reply(found(await context.tasks.versions(path.task_id, page.options)));
  },

  restoreTask: idempotent('restoreTask', async ({ path, headers, body, context }) => {
    const restored = await context.tasks.restore(path.task_id, body.version, preconditionOf(headers));
    return tagged(written(restored));
  }),

  undoChange: idempotent('undoChange', async ({ path, context }) => {
    return { status: 200, body: found(await context.tasks.undo(path.change)) };
  }),
} satisfies Handlers<HistoryOperation, OwnerContext>;
