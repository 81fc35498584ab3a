// Everything that the store can send: each of its functions called in every way that leads to
// another statement, on a database that only writes down.
import type { QuerySqlToken } from 'slonik';
import type { OwnerId } from '../../src/auth/principal.ts';
import { InvalidArgument, Problem, problems } from '../../src/contract/problem.ts';
import type { Statements } from '../../src/postgres/database.ts';
import { newTask } from '../../src/tasks/content.ts';
import { type Retries, retriesOf } from '../../src/tasks/idempotency.ts';
import { newList } from '../../src/tasks/lists/operations.ts';
import type { ListsOptions } from '../../src/tasks/lists/store.ts';
import { lockClock } from '../../src/tasks/lock-clock.ts';
import type { BatchOperation } from '../../src/tasks/operation.ts';
import type { Precondition } from '../../src/tasks/precondition.ts';
import { clearSpace } from '../../src/tasks/renewed-positions.ts';
import type { TaskSort } from '../../src/tasks/sorts.ts';
import { type TaskStore, tasksOf } from '../../src/tasks/store.ts';
import { someone } from '../support/author.ts';
import { propertiesOf, valuesOf, wordsOf } from '../support/contract-values.ts';
import type { Statement } from './owner-predicate.ts';

/** The owner of the store that is called; the calls hold this text nowhere else. */
export const owner = 'the-owner-of-this-store' as OwnerId;
/** The id of what the calls name. */
export const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

const other = '9b2f6d0e-51c4-4c39-8a0f-0d6c1f1b7e55';
const recurringId = 'a1b6f7f0-25c1-4f4e-8d52-6f1f5f0f7c02';
const endedId = 'b7d1c2a4-3e0f-4c55-9d51-0a6f3c2b1e04';

const at = '2026-01-12T09:30:00.123456Z';

/** Tags that a client has. */
const known = [[], ['0123456789abcdef0123456789abcdef'], null];

const preconditions: readonly Precondition[] = [null, [], [1, 2]].flatMap((match) =>
  [[], [3]].flatMap((noneMatch) => [false, true].map((mustNotExist) => ({ match, noneMatch, mustNotExist }))),
);

const texts = ['title', undefined].flatMap((title) =>
  ['description', null, undefined].flatMap((description) =>
    [true, false, undefined].map((completed) => ({
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(completed !== undefined && { completed }),
    })),
  ),
);

const whereabouts = [
  { list_id: id },
  { parent_id: other },
  { place: { first: true as const } },
  { place: { after: other } },
];

const contents = [...texts, ...whereabouts];

const replacement = { title: 'title', description: null, completed: false };

const isSort = (word: string): word is TaskSort => wordsOf('TaskSort').includes(word);

const position = 'p0000000000003000';

const keyOf = (sort: TaskSort): string => {
  const name = sort.replace('-', '');
  if (name === 'position') return position;
  const schema = propertiesOf('TaskCreate').get(name);
  return schema === undefined ? '2026-01-12T09:30:00.123456Z' : String(valuesOf(name, schema)[0]);
};

// In the manual order, an index has the tasks of a list, and of a parent.
const narrowings = (sort: TaskSort) =>
  sort.endsWith('position') ? [{}, { list_id: id }, { parent_id: id }] : [{}];

const lists = wordsOf('TaskSort')
  .filter(isSort)
  .flatMap((sort) =>
    [{ completed: true }, { completed: false }, {}].flatMap((completed) =>
      [{ q: 'milk' }, ...narrowings(sort)].flatMap((q) =>
        [{ key: keyOf(sort), id }, undefined].flatMap((after) =>
          known.map((tags) => ({
            sort,
            filters: { ...completed, ...q },
            after,
            limit: 51,
            page: 'page',
            known: tags,
          })),
        ),
      ),
    ),
  );

const summaries = ['2026-03-01T09:30:00Z', undefined].flatMap((overdueAt) =>
  known.map((tags) => ({ overdueAt, known: tags })),
);

const renamings = [null, { createdAt: at, id }].flatMap((after) =>
  ['House', null].map((newLabel) => ({ label: 'Home', newLabel, after })),
);

const historyPages = [null, 2n].flatMap((before) =>
  known.map((tags) => ({ limit: 50, before, known: tags })),
);

/**
 * The arguments to call each function of a store with: each way to a different statement is among
 * them.
 */
export const calls: { readonly [Name in keyof Store]: readonly Parameters<Store[Name]>[] } = {
  list: lists.map((options) => [options]),
  create: contents.flatMap((content) => [
    [{ title: 'title', ...content }],
    [{ id, title: 'title', ...content }],
    [{ title: 'title', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' }, ...content }],
  ]),
  get: [[id]],
  update: preconditions.flatMap((precondition) =>
    contents.map((fields) => [id, fields, precondition] as const),
  ) as Parameters<TaskStore['update']>[],
  replace: preconditions.flatMap((precondition) =>
    contents.map((fields) => [id, { ...replacement, ...fields }, precondition] as const),
  ) as Parameters<TaskStore['replace']>[],
  complete: preconditions.map((precondition) => [id, undefined, precondition]),
  delete: preconditions.flatMap((precondition) => [
    [id, undefined, precondition],
    [id, 'detach', precondition],
  ]),
  deleteCompleted: [[]],
  recordedChanges: historyPages.map((options) => [options]),
  versions: historyPages.map((options) => [id, options]),
  restore: preconditions.map((precondition) => [id, 1, precondition]),
  undo: [['61']],
  summary: summaries.map((options) => [options]),
  labels: known.map((tags) => [{ limit: 100, after: 'home', known: tags }]),
  renameLabel: renamings.map((renaming) => [renaming]),
  applyBatch: [
    [[{ op: 'create_list', list: { id, name: 'name' } }]],
    [[{ op: 'create', task: { title: 'title' } }]],
    [[{ op: 'create', task: { id, title: 'title' } }]],
    [[{ op: 'delete', id }]],
    [[{ op: 'delete', id, children: 'detach' }]],
    [[{ op: 'complete', id }]],
    [[{ op: 'complete', id: recurringId }]],
    [[{ op: 'update', id: recurringId, changes: { recurrence: { rrule: 'FREQ=WEEKLY' } } }]],
    [[{ op: 'update', id: endedId, changes: { recurrence: { rrule: 'FREQ=WEEKLY' } } }]],
    [[{ op: 'update', id, changes: { title: 'title' }, if_version: 1 }]],
    ...whereabouts.map((changes): [BatchOperation[]] => [[{ op: 'update', id, changes }]]),
    [[{ op: 'create_list', list: { name: 'name', place: { first: true } } }]],
    [[{ op: 'update_list', id, changes: { name: 'name' } }]],
    [[{ op: 'delete_list', id }]],
  ],
  listLists: known.flatMap((tags) =>
    [null, { position: 'p0000000000001000', id }].map((after): [ListsOptions] => [
      { limit: 50, after, known: tags },
    ]),
  ),
  getList: [[id]],
  createList: [[{ name: 'name' }], [{ id, name: 'name', place: { last: true } }]],
  updateList: preconditions.flatMap((precondition) => [
    [id, { name: 'name', metadata: { key: 'text' } }, precondition] as const,
    [id, { place: { first: true } }, precondition] as const,
  ]),
  deleteList: preconditions.flatMap((precondition) =>
    ([undefined, 'delete', 'detach'] as const).map(
      (tasks): Parameters<TaskStore['deleteList']> => [id, tasks, precondition],
    ),
  ),
  changes: [
    [null, 10],
    [{ epoch: id, base: 1n, seq: 2n, id }, 10],
  ],
  page: [
    [null, 500],
    [id, 500],
  ],
  historyPage: [
    [null, 500],
    [{ seq: 2n, id }, 500],
  ],
  listPage: [
    [null, 500],
    [id, 500],
  ],
  deleteAll: [[]],
  continueErasure: [[]],
  once: [null, problems.notFound()].map((problem) => [
    'key',
    'fingerprint',
    async () => {
      if (problem !== null) throw problem;
      return { status: 204 };
    },
  ]),
};

/** All that a context has of the database: the store, and what makes its writes happen once. */
export type Store = TaskStore & Retries<TaskStore>;

export const storeOn = (database: Statements): Store => ({
  ...tasksOf(database, owner, { ...someone, announcesErasure: true }),
  ...retriesOf(database, owner, (statements) => tasksOf(statements, owner, someone)),
});

export interface Recorded extends Statement {
  readonly name: string | undefined;
  /** False after a transaction has locked the clock: then Postgres plans without sorts. */
  readonly mayBeSorted: boolean;
  /** Which transaction of the recorder it belongs to; null for none. */
  readonly transaction: number | null;
}

const third = '0c9f7a43-6a0b-4f0e-b3de-1e1b5ab1d2a9';

const taskOf = (one: string) =>
  newTask(one, { owner, given: { title: 'title' }, at, position: 'p0000000000001000' });

/** A task that recurs again after its completion. */
const recurringTask = {
  ...newTask(recurringId, { owner, given: { title: 'title', due: '2026-03-01' }, at, position }),
  recurrence: { rrule: 'FREQ=DAILY', anchor: 'schedule', missed: 'skip' },
  next_id: third,
};

/** An occurrence of a series without its rule. */
const endedTask = { ...recurringTask, id: endedId, recurrence: null, series_id: recurringId };

const listOf = (one: string) =>
  newList(one, { owner, given: { name: 'name' }, at, position: 'p0000000000001000' });

const piece = { count: 1, ids: `{${id}}`, seq: 1n, at };

/** What some statements return, where nothing would end what is sent. */
const rows: Readonly<Record<string, object | readonly object[]>> = {
  begin_batch: [
    { at, erasing: false, seq: 1n, id: null },
    ...[taskOf(id), taskOf(other), recurringTask, endedTask].map((task) => ({
      ...task,
      at,
      erasing: false,
      seq: 1n,
    })),
  ],
  list_subtasks: { id: third, list_id: null, parent_id: id },
  list_places_of_lists: { id, position },
  list_places_of_all_lists: { id, position },
  list_named_lists: listOf(id),
  claim_idempotency_key: { claimed: true, erasing: false, fingerprint: null },
  record_completed_tasks: {
    ...piece,
    more: false,
    created_at: null,
    id: null,
    freed: false,
  },
  find_change: {
    seq: 61n,
    at,
    last: 62n,
    tasks: 1,
    lists: 1,
    created_tasks: 1,
    created_lists: 1,
    revived_lists: 1,
    undone_by: null,
  },
  count_lists: { lists: 1 },
  find_version: [
    { seq: 61n, at, kind: 'present', deletion: null, ...recurringTask, version: 2 },
    { seq: 61n, at, kind: 'wanted', deletion: null, ...recurringTask },
  ],
  find_home: {
    has_list: true,
    has_parent: false,
    parent_list: null,
    has_subtasks: false,
    is_continued: false,
  },
  get_task_summary: { clock: '', by_label: [], by_list: [] },
  list_labels: { clock: '', labels: [] },
  lock_clock: { erasing: false, planning: 'offoff' },
  record_renaming: { ...piece, more: false, created_at: null, id: null },
  erase_piece: { finished: true, at: null, seq: null, recorded: null },
  write_batch: { id: null },
  // A task that is there and has not been written: then the store asks why.
  get_task_now: { ...recurringTask, id, read_at: at },
  get_list: listOf(id),
  list_has_tasks: { found: false },
  record_deletion: { ...piece, more: false },
  record_detachment: { ...piece, more: false },
  'record_renewal:tasks': { seq: 2n, at },
  'record_renewal:lists': { seq: 2n, at },
};

/** A statement that the store sends once more, with another text, if it fails at a time zone. */
const failsAtZone = ({ name, sql }: Pick<Recorded, 'name' | 'sql'>): boolean =>
  sql.includes('AT TIME ZONE') && !name?.endsWith(':unknown_zones');

/**
 * A database that records what it is sent, and responds as if nothing were stored. `knowsZones`:
 * whether it knows the time zones that it would read.
 */
export const recorder = ({
  knowsZones = true,
} = {}): {
  readonly database: Statements;
  readonly sent: Recorded[];
} => {
  const sent: Recorded[] = [];
  let mayBeSorted = true;
  let [transaction, transactions]: [number | null, number] = [null, 0];
  const record = ({ sql, values, name = '' }: QuerySqlToken & { readonly name?: string }): never | null => {
    // Slonik's own placeholders become those of Postgres when it sends the statement.
    sent.push({
      sql: sql.replaceAll('$slonik_', '$'),
      values,
      name: name || undefined,
      mayBeSorted,
      transaction,
    });
    if (name === 'begin_batch' || name === 'lock_clock') mayBeSorted = false;
    if (!knowsZones && failsAtZone({ sql, name })) {
      throw problems.internal(new InvalidArgument(null));
    }
    return (rows[name.replace(':unknown_zones', '')] ?? null) as never;
  };
  const database: Statements = {
    any: async (query) => [record(query) ?? []].flat(),
    one: async (query) => record(query) as never,
    maybeOne: async (query) => record(query),
    turn: (work) => work(database),
    transaction: async (work) => {
      transactions += 1;
      transaction = transactions;
      try {
        return await work(database);
      } finally {
        mayBeSorted = true;
        transaction = null;
      }
    },
  };
  return { database, sent };
};

/** What is sent to make room for a row, where the positions of two others leave none. */
export const renewalOf = async (of: 'tasks' | 'lists'): Promise<Recorded[]> => {
  const { database, sent } = recorder();
  const near = ['p0000000000001000', `p0000000000001000${'0'.repeat(199)}1`].map((one) => ({
    id,
    position: one,
  }));
  const any: Statements['any'] = async (query) => {
    await database.any(query);
    return near as never;
  };
  const crowded = { position: `p0000000000001000${'0'.repeat(200)}1`, of, index: 0 };
  await database.transaction(async (statements) => {
    // Like the statement that begins a batch, which makes room before it writes.
    await statements.maybeOne(lockClock({ owner }));
    return clearSpace({ ...statements, any }, { owner, author: someone.author }, crowded);
  });
  return sent;
};

/** Waits for a call of the store: a refusal is a result like any other. */
export const tolerant = async (call: Promise<unknown>): Promise<void> => {
  await call.catch((error: unknown) => {
    if (error instanceof Problem) return;
    // Nothing that was written comes back.
    if (!(error instanceof Error) || !error.message.includes('has not returned')) throw error;
  });
};

/** Calls one function of the store in every listed way, and returns what it sent. */
export const statementsOf = async (name: keyof Store): Promise<Recorded[]> => {
  const all: Recorded[] = [];
  for (const knowsZones of [true, false]) {
    const { database, sent } = recorder({ knowsZones });
    const run = storeOn(database)[name] as (...parameters: unknown[]) => Promise<unknown>;
    for (const parameters of calls[name]) await tolerant(run(...parameters));
    all.push(...(knowsZones ? sent : sent.filter((statement) => statement.name?.endsWith(':unknown_zones'))));
  }
  return all;
};
