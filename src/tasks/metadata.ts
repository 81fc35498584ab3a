// Metadata changes as JSON merge patches do (RFC 7396): null removes a name, and absent names keep
// their values. The statement of an update does the same in SQL.
import type { Task, TaskUpdate } from './columns.ts';

/** How many names a task may have. */
export const maxNames = 16;

/** The metadata with the changes of a patch. */
export const patchedMetadata = (
  present: Task['metadata'],
  patch: TaskUpdate['metadata'],
): Task['metadata'] =>
  patch === undefined
    ? present
    : Object.fromEntries(
        Object.entries({ ...present, ...patch }).flatMap(([name, value]) =>
          value === null ? [] : [[name, value]],
        ),
      );

export const hasTooMany = (metadata: Task['metadata']): boolean => Object.keys(metadata).length > maxNames;

/** Why a patch is refused that leaves too many names. */
export const tooMany = `must leave at most ${maxNames} names`;
