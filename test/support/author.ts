// Whoever makes the changes of a store that a test builds by itself.
import { authorOf } from '../../src/tasks/history/author.ts';

/** Options of a store whose changes are recorded. */
export const someone = {
  author: authorOf('updateTask', { clientId: 'some-client', isRecorded: true }),
};
