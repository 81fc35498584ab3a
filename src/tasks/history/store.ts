// The history of one owner: what was changed, the versions of a task, and how both are taken back.
import type { OwnerId } from '../../auth/principal.ts';
import { problems } from '../../contract/problem.ts';
import type { Statements } from '../../postgres/database.ts';
import type { Task } from '../columns.ts';
import type { Precondition } from '../precondition.ts';
import type { Written } from '../single-write.ts';
import type { Author } from './author.ts';
import { type HistoryReading, readingOf } from './reading.ts';
import { restoreIn } from './restore.ts';
import { type Undone, undoIn } from './undo.ts';

/** Each throws a Problem if no history is kept. */
export interface History extends HistoryReading {
  /** Makes a version the newest one. Null if there is none. */
  restore(id: string, version: number, precondition: Precondition): Promise<Written<Task> | null>;
  /** Takes a change back. Null if there is no such change. Throws a Problem if it cannot be taken back. */
  undo(change: string): Promise<Undone | null>;
}

interface HistoryOptions {
  readonly author: Author;
  /** 0 for none. */
  readonly historyDays: number;
}

export const historyOf = (database: Statements, owner: OwnerId, options: HistoryOptions): History => {
  const reading = readingOf(database, owner, options);
  const off = async () => {
    throw problems.historyOff();
  };
  if (options.historyDays === 0) return { ...reading, restore: off, undo: off };
  const given = { owner, ...options };
  return {
    ...reading,
    restore: (id, version, precondition) =>
      database.transaction((statements) => restoreIn(statements, { ...given, id, version, precondition })),
    undo: (change) =>
      database.transaction((statements) => undoIn(statements, { ...given, change: BigInt(change) })),
  };
};
