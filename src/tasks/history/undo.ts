// Takes a change back, all of it or nothing: one transaction that locks the clock, finds the change,
// finds what keeps it from being undone, and writes the rest set by set, however many rows there are.
import type { OwnerId } from '../../auth/principal.ts';
import type { components } from '../../contract/operation.ts';
import { type Fault, problems } from '../../contract/problem.ts';
import type { Statements } from '../../postgres/database.ts';
import { maxChange } from '../batch-store.ts';
import { taskOf } from '../columns.ts';
import { listOf } from '../lists/columns.ts';
import { maxLists } from '../lists/operations.ts';
import { lockClock } from '../lock-clock.ts';
import { renewal } from '../renewed-positions.ts';
import { type Author, valuesOfAuthor } from './author.ts';
import { type FoundChange, findChange } from './change-rows.ts';
import { listListConflicts, listPlacedBetween, listTaskConflicts, mostFaults } from './undo-conflicts.ts';
import { countLists, deleteCreated, mostItems, undoLists, undoTasks } from './undo-statements.ts';

export type Undone = components['schemas']['Undo'];
type Item = Undone['items'][number];

interface Undoing {
  readonly owner: OwnerId;
  readonly author: Author;
  readonly historyDays: number;
  /** The change to undo. */
  readonly change: bigint;
}

/** A change that is there, and can be referred to by its first and last number. */
interface Unit extends Omit<FoundChange, 'last' | 'seq'> {
  readonly owner: OwnerId;
  readonly change: bigint;
  readonly last: bigint;
}

const faultsOf = async (
  statements: Statements,
  { owner, change, last, tasks, lists, operation }: Unit,
): Promise<Fault[]> => {
  const unit = { owner, change, last };
  const inLists = lists === 0 ? [] : await statements.any(listListConflicts(unit));
  const inTasks = tasks === 0 ? [] : await statements.any(listTaskConflicts(unit));
  const faultOf = (table: string) => (row: { readonly id: string; readonly conflict: string }) => ({
    loc: [table, row.id],
    msg: row.conflict,
    type: 'changed_since',
  });
  const table = lists > 0 ? 'lists' : 'tasks';
  const between = operation === renewal ? await statements.any(listPlacedBetween[table](unit)) : [];
  return [
    ...inLists.map(faultOf('lists')),
    ...inTasks.map(faultOf('tasks')),
    ...between.map(faultOf(table)),
  ].slice(0, mostFaults);
};

const tooManyLists = async (statements: Statements, { owner, revived_lists: more }: Unit): Promise<boolean> =>
  more > 0 && (await statements.one(countLists({ owner }))).lists + more > maxLists;

// No change number has both tasks and lists, whose ids could be the same.
const write = async (statements: Statements, author: Author, unit: Unit, seq: bigint): Promise<Item[]> => {
  const { owner, change, last, at, tasks, lists } = unit;
  const values = { owner, change, last, at, first: seq, ...valuesOfAuthor(author) };
  const items: Item[] = [];
  if (tasks > 0) {
    const rows = await statements.any(undoTasks({ ...values, seq, before: 0 }));
    if (unit.created_tasks > 0) await statements.any(deleteCreated.tasks({ owner, change, last }));
    for (const row of rows) {
      items.push(
        row.is_gone ? { type: 'deleted', id: row.id, deleted_at: at } : { type: 'task', task: taskOf(row) },
      );
    }
  }
  if (lists > 0) {
    const own = { seq: tasks > 0 ? seq + 1n : seq, before: tasks };
    const rows = await statements.any(undoLists({ ...values, ...own }));
    if (unit.created_lists > 0) await statements.any(deleteCreated.lists({ owner, change, last }));
    for (const row of rows) {
      items.push(
        row.is_gone
          ? { type: 'list_deleted', id: row.id, deleted_at: at }
          : { type: 'list', list: listOf(row) },
      );
    }
  }
  return items.slice(0, mostItems);
};

/**
 * Undoes a change in the transaction of `statements`. Null if there is no such change. Throws a Problem
 * where it cannot be undone.
 */
export const undoIn = async (
  statements: Statements,
  { owner, author, historyDays, change }: Undoing,
): Promise<Undone | null> => {
  const clock = await statements.maybeOne(lockClock({ owner }));
  if (clock === null) return null;
  if (clock.erasing) throw problems.erasureInProgress();
  const { seq, last, ...found } = await statements.one(findChange({ owner, change, historyDays }));
  if (seq === null || last === null) return null;
  if (seq + 2n > maxChange) throw problems.changeLimitReached();
  const unit = { ...found, owner, change, last };
  const faults = await faultsOf(statements, unit);
  // A change is in effect again once its undo is undone.
  if (faults.length > 0) {
    throw found.undone_by === null ? problems.changedSince(faults) : problems.alreadyUndone(found.undone_by);
  }
  if (await tooManyLists(statements, unit)) throw problems.quotaExceeded();
  const items = await write(statements, author, unit, seq + 1n);
  author.made(seq + 1n);
  const count = unit.tasks + unit.lists;
  return {
    change: String(seq + 1n),
    undoes: String(change),
    count,
    items,
    has_more: count > items.length,
  };
};
