// Takes one task back to an earlier version, whatever happened since: what no longer fits is left out.
import type { OwnerId } from '../../auth/principal.ts';
import { problems } from '../../contract/problem.ts';
import type { Statements } from '../../postgres/database.ts';
import { maxChange } from '../batch-store.ts';
import { type Task, taskOf } from '../columns.ts';
import { lockClock } from '../lock-clock.ts';
import { maxVersion, meets, type Precondition } from '../precondition.ts';
import type { Written } from '../single-write.ts';
import { type Author, valuesOfAuthor } from './author.ts';
import { findHome, findVersion, restoreTask } from './restore-statements.ts';

interface Restoring {
  readonly owner: OwnerId;
  readonly author: Author;
  readonly historyDays: number;
  readonly id: string;
  readonly version: number;
  readonly precondition: Precondition;
}

interface Found {
  readonly seq: bigint;
  readonly at: string;
  /** The task as it is, or as it was when it was deleted. */
  readonly last: Task;
  /** The number of its deletion; null if it is there. */
  readonly deletion: bigint | null;
  readonly wanted: Task;
}

const find = async (
  statements: Statements,
  { owner, historyDays, id, version }: Restoring,
): Promise<Found | null> => {
  const rows = await statements.any(findVersion({ owner, id, version, historyDays }));
  const tasks = rows.flatMap((row) => (row.id === null ? [] : [row]));
  const last = tasks.find(({ kind }) => kind !== 'wanted');
  const isPresent = last?.kind === 'present' && last.version === version;
  const wanted = isPresent ? last : tasks.find(({ kind }) => kind === 'wanted');
  if (last === undefined || wanted === undefined) return null;
  const { seq, at, deletion } = last;
  return { seq, at, last: taskOf(last), deletion, wanted: taskOf(wanted) };
};

type Home = Pick<Task, 'list_id' | 'parent_id' | 'recurrence' | 'series_id' | 'occurrence' | 'next_id'>;

// Where a version names nothing, there is nothing to look up.
const homeOf = async (statements: Statements, { last, wanted }: Found): Promise<Home> => {
  const { id, owner_id: owner, list_id: list, parent_id: parent, recurrence, series_id: series } = wanted;
  const { series_id, occurrence, next_id } = last;
  const alone = { list_id: null, parent_id: null, recurrence: null, series_id, occurrence, next_id };
  if (list === null && parent === null && recurrence === null) return alone;
  const home = await statements.one(
    findHome({ owner, id, list_id: list, parent_id: parent, series_id: series }),
  );
  const isSubtask = home.has_parent && !home.has_subtasks;
  const rule =
    recurrence === null || home.is_continued
      ? {}
      : { recurrence, series_id: series, occurrence: wanted.occurrence, next_id: wanted.next_id };
  return {
    ...alone,
    ...rule,
    ...(isSubtask
      ? { list_id: home.parent_list, parent_id: parent }
      : { list_id: home.has_list ? list : null }),
  };
};

/**
 * Makes a version of a task its newest one, in the transaction of `statements`. Null if there is none.
 * Throws a Problem where it cannot be written.
 */
export const restoreIn = async (
  statements: Statements,
  restoring: Restoring,
): Promise<Written<Task> | null> => {
  const { owner, author, precondition } = restoring;
  const clock = await statements.maybeOne(lockClock({ owner }));
  if (clock === null) return null;
  if (clock.erasing) throw problems.erasureInProgress();
  const found = await find(statements, restoring);
  if (found === null) return null;
  const { seq, at, last, deletion, wanted } = found;
  if (deletion !== null && precondition.mustExist) throw problems.preconditionFailed(null);
  if (deletion === null && !meets(precondition, last.version)) return { met: false, row: last };
  if (deletion === null && wanted.version === last.version) return { met: true, row: last };
  if (last.version === maxVersion || seq + 1n > maxChange) throw problems.changeLimitReached();
  const home = await homeOf(statements, found);
  const { version, position } = last;
  const row = await statements.one(
    restoreTask({
      owner,
      id: last.id,
      seq: seq + 1n,
      at,
      deletion,
      list_id: home.list_id,
      record: JSON.stringify([{ ...wanted, ...home, version, position }]),
      first: seq + 1n,
      before: 0,
      ...valuesOfAuthor(author),
    }),
  );
  author.made(seq + 1n);
  return { met: true, row };
};
