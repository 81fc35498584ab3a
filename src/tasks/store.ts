// The tasks of one owner. A store is closed over one owner: every statement carries that owner's
// predicate, and "not there" and "not yours" are the same null.
//
// A write locks the owner's clock row first, so that the writes of an owner follow each other and no
// two of them deadlock; what it then sees of a task is the newest version, because UPDATE and DELETE
// read a row again that has changed since the snapshot. A write that changes nothing leaves the
// clock alone.
import { randomUUID } from 'node:crypto';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { type BatchStore, batchesOf } from './batch-store.ts';
import { type Clearing, clearingOf } from './clearing.ts';
import {
  changesOf,
  type Task,
  type TaskCreate,
  type TaskReplace,
  type TaskUpdate,
  valuesOf,
} from './columns.ts';
import { countsOf, type TaskCounts } from './counts-store.ts';
import { defaultPieces, type Erasure, erasureOf, type Pieces } from './erasure.ts';
import { type ChangeFeed, feedOf } from './feed.ts';
import { type Author, valuesOfAuthor } from './history/author.ts';
import { type HistoryExport, historyExportOf } from './history/export.ts';
import { type History, historyOf } from './history/store.ts';
import { type LabelRenames, labelRenamesOf } from './label-renames.ts';
import { listsOf, type TaskLists } from './list-store.ts';
import { type ListStore, listStoreOf } from './lists/store.ts';
import { completionOf, getTaskNow } from './occurrence-statements.ts';
import { valuesOfPlace } from './places-sql.ts';
import type { Precondition } from './precondition.ts';
import { demands } from './precondition-sql.ts';
import { isFieldFault } from './relations.ts';
import { firstOf } from './series.ts';
import { singleWritesOf, type Written } from './single-write.ts';
import {
  completeTask,
  createTask,
  createTaskAt,
  createTaskIn,
  deleteTask,
  getTask,
  moveTask,
  updateTask,
} from './task-statements.ts';
import { type Everything, everythingOf } from './user-data.ts';

/** What happens to the subtasks of a task that is deleted. */
export type Children = 'delete' | 'detach';

/** A write throws a Problem while everything is being deleted, and finds no task that has been. */
export interface TaskStore
  extends BatchStore,
    ChangeFeed,
    Clearing,
    Erasure,
    Everything,
    History,
    LabelRenames,
    HistoryExport,
    ListStore,
    TaskCounts,
    TaskLists {
  /** Throws a Problem also when the task has an id that is taken, or names what is not there. */
  create(task: TaskCreate): Promise<Task>;
  get(id: string): Promise<Task | null>;
  /**
   * Writes the fields that are present: those that the contract requires, and of the others what
   * the client knows. Null when there is no such task.
   */
  replace(id: string, task: TaskReplace, precondition: Precondition): Promise<Written<Task> | null>;
  /** Writes the fields that are present. Null when there is no such task. */
  update(id: string, fields: TaskUpdate, precondition: Precondition): Promise<Written<Task> | null>;
  /**
   * Completes a task; one that is complete stays as it is. `completedOn` is the day of completion.
   * Null when there is no such task.
   */
  complete(
    id: string,
    completedOn: string | undefined,
    precondition: Precondition,
  ): Promise<Written<Task> | null>;
  /**
   * Null when there is no such task; otherwise the task as it was. Throws a Problem when it has
   * subtasks and `children` is undefined.
   */
  delete(
    id: string,
    children: Children | undefined,
    precondition: Precondition,
  ): Promise<Written<Task> | null>;
}

/**
 * A replacement as changes of the task as it is: names of its metadata that are absent go, and what
 * is absent in `recurrence` has its default.
 */
const changesInstead = (task: Task, { metadata, recurrence, ...others }: TaskReplace): TaskUpdate => ({
  ...others,
  ...(recurrence !== undefined && {
    recurrence: recurrence && { anchor: 'schedule', missed: 'skip', ...recurrence },
  }),
  ...(metadata !== undefined && {
    metadata: { ...Object.fromEntries(Object.keys(task.metadata).map((name) => [name, null])), ...metadata },
  }),
});

const ifUnchanged = ({ id, version }: Task) => ({ id, if_version: version });

export interface StoreOptions {
  readonly author: Author;
  /** For how many days the history is kept; 0 for none. */
  readonly historyDays?: number;
  readonly pieces?: Pieces;
  /** Whether the webhook is to report that everything was deleted. */
  readonly announcesErasure?: boolean;
}

/** The tasks of one owner. */
export const tasksOf = (
  database: Statements,
  owner: OwnerId,
  { author, historyDays = 30, pieces = defaultPieces, announcesErasure = false }: StoreOptions,
): TaskStore => {
  const recording = valuesOfAuthor(author);
  const batches = batchesOf(database, owner, author);
  const writer = { owner, author };
  const single = singleWritesOf(database, writer, {
    name: 'task',
    read: getTaskNow,
    withoutChange: ({ change: _change, ...task }): Task => task,
    rowOf: (result): Task | undefined => ('task' in result ? result.task : undefined),
  });

  const statementFor = (
    id: string,
    fields: TaskUpdate | TaskReplace,
    precondition: Precondition,
    isReplacement: boolean,
  ) => {
    const { place, list_id: list, parent_id: parent, recurrence } = fields;
    if (recurrence) return { statement: null, isAsSeen: false };
    const values = {
      owner,
      id,
      ...changesOf(fields, { isReplacement }),
      ...demands(precondition),
      ...recording,
    };
    const isHoused = list !== undefined || parent !== undefined;
    const isPlaced = place !== undefined;
    return isHoused || isPlaced
      ? {
          statement: moveTask({ isHoused, isPlaced })({ ...values, ...valuesOfPlace(place) }),
          isAsSeen: true,
        }
      : { statement: updateTask(values), isAsSeen: true };
  };

  // Null for what the batch is to refuse.
  const creationOf = (task: TaskCreate) => {
    const { id = randomUUID(), list_id: list, parent_id: parent, place, recurrence } = task;
    if (!recurrence && !(task.id || list || parent || place))
      return createTask({ owner, ...valuesOf(task), ...recording });
    const first = firstOf(id, { owner, given: task, at: '', position: '' });
    if (isFieldFault(first)) return null;
    const { series_id, occurrence } = first;
    return (place === undefined ? createTaskIn : createTaskAt)({
      owner,
      ...valuesOf({ ...task, recurrence: first.recurrence }),
      ...valuesOfPlace(place),
      ...recording,
      id,
      series_id,
      occurrence: occurrence && JSON.stringify(occurrence),
    });
  };

  return {
    ...batches,
    ...feedOf(database, owner),
    ...everythingOf(database, owner),
    ...historyExportOf(database, owner, historyDays),
    ...erasureOf(database, owner, pieces, announcesErasure),
    ...listsOf(database, owner),
    ...countsOf(database, owner, pieces.counts),
    ...labelRenamesOf(database, writer, pieces),
    ...listStoreOf(database, writer, pieces),
    ...clearingOf(database, writer, pieces),
    ...historyOf(database, owner, { author, historyDays }),

    create: (task) => single.create(creationOf(task), { op: 'create', task }),

    get: (id) => database.maybeOne(getTask({ owner, id })),

    replace: (id, task, precondition) =>
      single.write({
        id,
        ...statementFor(id, task, precondition, true),
        statementFor: (present) => completionOf(present, changesInstead(present, task), { recording }),
        precondition,
        operation: (present) => ({
          op: 'update',
          ...ifUnchanged(present),
          changes: changesInstead(present, task),
        }),
      }),

    update: (id, fields, precondition) =>
      single.write({
        id,
        ...statementFor(id, fields, precondition, false),
        statementFor: (present) => completionOf(present, fields, { recording }),
        precondition,
        operation: (present) => ({ op: 'update', ...ifUnchanged(present), changes: fields }),
      }),

    complete: (id, completedOn, precondition) =>
      single.write({
        id,
        statement: completeTask({ owner, id, ...demands(precondition), ...recording }),
        isAsSeen: true,
        statementFor: (present) => completionOf(present, { completed: true }, { completedOn, recording }),
        precondition,
        operation: (present) => ({
          op: 'complete',
          ...ifUnchanged(present),
          ...(completedOn !== undefined && { completed_on: completedOn }),
        }),
      }),

    delete: (id, children, precondition) =>
      single.write({
        id,
        // Without subtasks it does not matter what becomes of them.
        statement: deleteTask({ owner, id, ...demands(precondition), ...recording }),
        // With `children`, it is likely that there are some.
        isAsSeen: children === undefined,
        precondition,
        operation: (present) => ({
          op: 'delete',
          ...ifUnchanged(present),
          ...(children !== undefined && { children }),
        }),
      }),
  };
};
