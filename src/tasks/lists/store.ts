// The lists of one owner. Each operation is one statement where one can see all that it depends on;
// otherwise, and to find why a list was not written, it is a transaction that locks the owner's
// clock first.
import { randomUUID } from 'node:crypto';
import type { OwnerId } from '../../auth/principal.ts';
import { problems } from '../../contract/problem.ts';
import type { Statements } from '../../postgres/database.ts';
import { mostOfChange, type Pieces } from '../erasure.ts';
import { firstId } from '../fragments.ts';
import { valuesOfAuthor, type Writer } from '../history/author.ts';
import { grown, newUnit, type Unit } from '../history/unit.ts';
import { erasing, knownTags, tagOf } from '../list-tag.ts';
import { lockClock } from '../lock-clock.ts';
import { meets, type Precondition } from '../precondition.ts';
import { demands } from '../precondition-sql.ts';
import { singleWritesOf, type Written } from '../single-write.ts';
import { deletePiece } from '../tombstones.ts';
import {
  changesOf,
  listOf,
  listShape,
  type TaskList,
  type TaskListCreate,
  type TaskListUpdate,
  valuesOf,
} from './columns.ts';
import {
  createList,
  deleteEmptyList,
  detachTasks,
  getList,
  hasTasks,
  listLists,
  recordDeletion,
  recordDetachment,
  updateList,
} from './statements.ts';

/** Where a page begins: after this list. */
export interface ListKeyset {
  readonly position: string;
  readonly id: string;
}

export interface ListsOptions {
  readonly limit: number;
  readonly after: ListKeyset | null;
  /** The tags of the pages that the client has; null if any will do. */
  readonly known: readonly string[] | null;
}

/** A page of lists; `lists` is empty if its tag is a known one. */
export interface ListsPage {
  readonly tag: string;
  readonly known: boolean;
  readonly lists: readonly TaskList[];
  /** Where the next page begins; null on the last one. */
  readonly next: ListKeyset | null;
}

/** What happens to the tasks of a list that is deleted. */
export type TasksOfDeleted = 'delete' | 'detach';

/** The list as it was, how many of its tasks were deleted or detached, and whether there are more. */
export interface ListDeletion extends TaskList {
  readonly tasks: number;
  /** Then the list is still there. */
  readonly hasMore: boolean;
}

/** A write throws a Problem while everything is being deleted. */
export interface ListStore {
  listLists(options: ListsOptions): Promise<ListsPage>;
  getList(id: string): Promise<TaskList | null>;
  /** Throws a Problem also if the id is taken, or if there are too many lists. */
  createList(list: TaskListCreate): Promise<TaskList>;
  /** Writes the fields that are present. Null if there is no such list. */
  updateList(
    id: string,
    fields: TaskListUpdate,
    precondition: Precondition,
  ): Promise<Written<TaskList> | null>;
  /**
   * Deletes the list, and its tasks or their membership in it for a limited time. Null if there is
   * no such list. Throws a Problem if it has tasks and `tasks` is absent.
   */
  deleteList(
    id: string,
    tasks: TasksOfDeleted | undefined,
    precondition: Precondition,
  ): Promise<Written<ListDeletion> | null>;
}

const pageOf = async (
  database: Statements,
  owner: OwnerId,
  { limit, after, known }: ListsOptions,
): Promise<ListsPage> => {
  const page = `${listShape} ${JSON.stringify(['lists', limit, after?.position ?? null, after?.id ?? null])}`;
  const begin = after ?? { position: '0', id: firstId };
  const rows = await database.any(
    listLists({ owner, page, known: knownTags(known), ...begin, limit: limit + 1 }),
  );
  const clock = rows.flatMap((row) => row.clock ?? [])[0] ?? '';
  const lists = clock === erasing ? [] : rows.flatMap((row) => (row.id === null ? [] : listOf(row)));
  const shown = lists.slice(0, limit);
  const last = lists.length > limit ? shown.at(-1) : undefined;
  const tag = tagOf(clock === erasing ? '' : clock, page);
  return {
    tag,
    known: known === null || known.includes(tag),
    lists: shown,
    next: last === undefined ? null : { position: last.position, id: last.id },
  };
};

interface PieceOf extends Unit {
  readonly id: string;
  readonly rows: number;
  readonly tasks: TasksOfDeleted;
}

const writePiece = async (statements: Statements, { owner, author }: Writer, of: PieceOf) => {
  const { tasks, ...from } = of;
  const record = tasks === 'detach' ? recordDetachment : recordDeletion;
  const { more, ...piece } = await statements.one(record({ owner, ...from, ...valuesOfAuthor(author) }));
  const { count, ids, seq, at } = piece;
  if (tasks === 'delete') await deletePiece(statements, owner, piece);
  else if (count > 0) await statements.any(detachTasks({ owner, ids, seq, at }));
  return { unit: grown(of, piece), more };
};

/** Deletes a list that has tasks, or finds why it cannot be deleted. */
const deleteOf =
  (
    database: Statements,
    writer: Writer,
    { rows, most = mostOfChange, clearing }: Pieces,
  ): ListStore['deleteList'] =>
  async (id, tasks, precondition) => {
    const { owner, author } = writer;
    const outcome = await database.transaction(async (statements) => {
      const clock = await statements.maybeOne(lockClock({ owner }));
      if (clock?.erasing) return 'erasing';
      const list = clock && (await statements.maybeOne(getList({ owner, id })));
      if (list === null) return null;
      const done = { ...list, tasks: 0, hasMore: false };
      if (!meets(precondition, list.version)) return { met: false, row: done };
      if (tasks === undefined && (await statements.one(hasTasks({ owner, id }))).found) return 'not empty';
      const until = performance.now() + clearing;
      let unit = newUnit;
      for (let isMore = true; tasks !== undefined && isMore; ) {
        const piece = await writePiece(statements, writer, { id, rows, tasks, ...unit });
        [unit, isMore] = [piece.unit, piece.more];
        done.tasks = unit.written;
        if (isMore && (unit.written >= most || performance.now() >= until)) {
          if (unit.change !== null) author.made(unit.change);
          return { met: true, row: { ...done, hasMore: true } };
        }
      }
      const deleted = await statements.maybeOne(
        deleteEmptyList({ owner, id, ...demands(precondition), ...unit, ...valuesOfAuthor(author) }),
      );
      if (deleted === null) throw new Error('the statement has not returned the list');
      author.made(unit.change ?? deleted.change);
      return { met: true, row: done };
    });
    if (outcome === 'erasing') throw problems.erasureInProgress();
    if (outcome === 'not empty') throw problems.notEmpty('list');
    return outcome;
  };

/** The lists of one owner, for the author of what is written. */
export const listStoreOf = (database: Statements, writer: Writer, pieces: Pieces): ListStore => {
  const { owner, author } = writer;
  const recording = valuesOfAuthor(author);
  const single = singleWritesOf(database, writer, {
    name: 'list',
    read: getList,
    withoutChange: ({ change: _change, ...list }): TaskList => list,
    rowOf: (result): TaskList | undefined => ('list' in result ? result.list : undefined),
  });
  const deleteWithTasks = deleteOf(database, writer, pieces);
  return {
    listLists: (options) => pageOf(database, owner, options),

    getList: (id) => database.maybeOne(getList({ owner, id })),

    createList: (list) => {
      const { id = randomUUID(), place } = list;
      const statement =
        place === undefined ? createList({ owner, id, ...valuesOf(list), ...recording }) : null;
      return single.create(statement, { op: 'create_list', list: { ...list, id } });
    },

    updateList: (id, fields, precondition) =>
      single.write({
        id,
        statement:
          fields.place === undefined
            ? updateList({ owner, id, ...changesOf(fields), ...demands(precondition), ...recording })
            : null,
        isAsSeen: true,
        precondition,
        operation: (list) => ({
          op: 'update_list',
          id: list.id,
          changes: fields,
          if_version: list.version,
        }),
      }),

    deleteList: async (id, tasks, precondition) => {
      const whole = { change: null, written: 0 };
      const deleted = await database.maybeOne(
        deleteEmptyList({ owner, id, ...demands(precondition), ...whole, ...recording }),
      );
      if (deleted === null) return deleteWithTasks(id, tasks, precondition);
      const { change, ...list } = deleted;
      author.made(change);
      return { met: true, row: { ...list, tasks: 0, hasMore: false } };
    },
  };
};
