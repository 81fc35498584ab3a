// How Postgres runs each statement of the store where many owners have tasks and one has very many:
// by index, and without sorting or reading more of a list than was asked for. Only a real Postgres
// plans for real rows.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { calls, id, owner, type Recorded, recorder, type Store, storeOn } from '../contract/store-calls.ts';
import { compiledOn, differentOf, executionWith, planModes } from '../support/planning.ts';
import { isRealPostgres, startEmptyPostgres } from '../support/postgres.ts';

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'CTE Name'?: string;
  readonly 'Subplan Name'?: string;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

// What was cut off by a limit, there or in the WITH query that is read, is at most a page.
const isCut = (plan: Plan, whole: Plan): boolean =>
  nodes(plan).some(
    ({ 'Node Type': type, 'CTE Name': cte }) =>
      type === 'Limit' ||
      (cte !== undefined &&
        nodes(whole).some((node) => node['Subplan Name'] === `CTE ${cte}` && isCut(node, whole))),
  );

// An owner has 500 lists at most.
const isRead = (plan: Plan): boolean =>
  nodes(plan).some(
    ({ 'Node Type': type, 'Relation Name': relation }) =>
      type.endsWith(' Scan') &&
      type !== 'Function Scan' &&
      type !== 'Bitmap Index Scan' &&
      relation !== 'lists',
  );

// A task has 100 subtasks, and a series one task that recurs.
const isOfFew = (plan: Plan): boolean =>
  plan['Relation Name'] === 'lists' ||
  nodes(plan).some(({ 'Index Name': index }) => index === 'tasks_by_parent' || index === 'tasks_by_series');

/**
 * What is wrong with a plan; `whole` says that the statement reads all of an owner's tasks in any
 * case.
 */
const faultsOf = (plan: Plan, whole: boolean): string[] =>
  nodes(plan).flatMap((node) => {
    const { 'Node Type': type, 'Relation Name': relation } = node;
    if (type === 'Seq Scan') return [`reads all of ${relation}`];
    if (type === 'Bitmap Heap Scan' && !whole && !isOfFew(node)) return [`reads ${relation} without order`];
    // An incremental sort puts only equals in order: the tasks of one change. What is not read from a
    // table are the labels of one task.
    if (type === 'Sort' && !whole && !isCut(node, plan) && isRead(node))
      return ['sorts what no limit has cut'];
    return [];
  });

/** What reads all that an owner has, by its nature: deleting it, or counting it. */
const whole: readonly (keyof Store)[] = ['deleteAll', 'continueErasure', 'summary', 'labels'];
const isWhole = (name: keyof Store): boolean => whole.includes(name);

// One that the calls name, of this owner; others have several of their own.
const ownId = (which: string) =>
  `CASE WHEN owner_id = '${owner}' THEN '${id}'::uuid ELSE md5(owner_id || ${which})::uuid END`;

// Changes of ten rows each, all of one task.
const historyRows = (owners: string, each: number) => `
  INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion, former_seq)
  SELECT owner_id, n, '${id}', n - (n - 1) % 10, (n - 1) % 10 + 1, now(), 'updateTask', false, nullif(n - 1, 0)
  FROM (${owners}) AS owners, generate_series(1, ${each}) AS n`;

const rows = (owners: string, each: number) => `
  INSERT INTO owner_clock (owner_id, seq) SELECT owner_id, ${each} FROM (${owners}) AS owners;
  INSERT INTO lists (owner_id, id, name, position, created_at, updated_at, change_seq)
  SELECT owner_id, ${ownId('n::text')}, 'List ' || n, task_creation_key(n, 0), now(), now(), n + 1
  FROM (${owners}) AS owners, generate_series(0, 2) AS n
  ON CONFLICT DO NOTHING;
  INSERT INTO tasks (
    owner_id, title, completed, completed_at, created_at, updated_at, change_seq, position, list_id, parent_id, due, priority
  )
  SELECT owner_id, 'Task ' || n, n % 3 = 0, CASE WHEN n % 3 = 0 THEN at END, at, at, n,
    task_creation_key(n, 0), CASE WHEN n % 2 = 0 THEN ${ownId('(n % 3)::text')} END,
    CASE WHEN n % 5 = 0 THEN ${ownId('(n % 7)::text')} END,
    CASE WHEN n % 4 = 0 THEN to_char(at, 'YYYY-MM-DD') END,
    (CASE WHEN n % 5 = 0 THEN 'high' ELSE 'none' END)::task_priority
  FROM (${owners}) AS owners, generate_series(1, ${each}) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS t;
  INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
  SELECT owner_id, gen_random_uuid(), n, now() FROM (${owners}) AS owners, generate_series(1, ${each} / 4) AS n;
  INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at)
  SELECT owner_id, 'key ' || n, 'fingerprint', now() FROM (${owners}) AS owners, generate_series(1, ${each} / 4) AS n;
  ${historyRows(owners, each)}`;

const tables = ['owner_clock', 'lists', 'tasks', 'task_tombstones', 'idempotency_keys', 'history'];

/**
 * How much of the tables all transactions see, as vacuum would note it: where it is all, an index that
 * has every column of a statement can be read without the table.
 */
const seeAll = async (client: pg.Client, isSeen: boolean): Promise<void> => {
  await client.query(
    'UPDATE pg_class SET relallvisible = CASE WHEN $2 THEN relpages ELSE 0 END WHERE oid = ANY ($1::regclass[])',
    [tables, isSeen],
  );
};

/** A client of a database of its own, because plans depend on every row in the tables. */
const clientOf = (...fill: readonly string[]) => {
  let database: Awaited<ReturnType<typeof startEmptyPostgres>>;
  let client: pg.Client;
  beforeAll(async () => {
    database = await startEmptyPostgres();
    await migrate({ url: database.url, direction: 'up' }, createLogger('silent'));
    client = new pg.Client(database.url);
    await client.connect();
    for (const each of fill) await client.query(each);
    for (const table of tables) await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    await client.query(`ANALYZE ${tables.join()}`);
  });
  afterAll(async () => {
    await client.end();
    await database.close();
  });
  return () => client;
};

const owners = (count: number): string =>
  `SELECT 'plans-' || o AS owner_id FROM generate_series(1, ${count}) AS o`;

const thisOwner = `SELECT '${owner}' AS owner_id`;

const execution = ({ values }: Recorded): string => executionWith(values);

describe.skipIf(!isRealPostgres)('plans, on a real Postgres only (TEST_DATABASE_URL)', () => {
  const client = clientOf(rows(owners(4000), 25), rows(thisOwner, 2_500));

  const planOf = async (statement: Recorded, mode: string): Promise<Plan> => {
    await client().query(`SET plan_cache_mode = ${mode}`);
    await client().query(`SET enable_sort = ${statement.mayBeSorted ? 'on' : 'off'}`);
    await client().query(`PREPARE planned AS ${statement.sql}`);
    const { rows: explained } = await client().query(`EXPLAIN (FORMAT JSON) ${execution(statement)}`);
    await client().query('DEALLOCATE planned');
    return explained[0]['QUERY PLAN'][0].Plan;
  };

  test('none is compiled', async () => expect(await compiledOn(client())).toEqual([]));

  for (const [mode, isSeen] of planModes.flatMap((mode) => [[mode, false] as const, [mode, true] as const])) {
    test.each(Object.keys(calls) as (keyof Store)[])(
      `%s, ${mode}${isSeen ? ', vacuumed' : ''}`,
      async (name) => {
        await seeAll(client(), isSeen);
        const found: Record<string, string[]> = {};
        for (const statement of await differentOf(name)) {
          const plan = await planOf(statement, mode);
          const faults = faultsOf(plan, isWhole(name));
          // The statistics are a sample, so the plan is kept: it may not come again.
          if (faults.length > 0) found[statement.sql] = [...faults, JSON.stringify(plan)];
        }
        expect(found, Object.values(found).flat().join('\n')).toEqual({});
      },
    );
  }
});

/** The day of so many minutes ago. */
const day = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 10);

describe.skipIf(!isRealPostgres)('plans where owners have many tasks, on a real Postgres only', () => {
  const client = clientOf(rows(owners(10), 10_000), rows(thisOwner, 10_000));

  // Planning takes longer than what these do. A page of the export has a thousand tasks.
  const small = [
    ...(['list', 'get', 'changes', 'create', 'update', 'complete', 'delete'] as const),
    ...(['listLists', 'getList', 'createList', 'updateList', 'recordedChanges', 'versions'] as const),
  ] as const;

  test.each(small)('%s is planned once and for all', async (name) => {
    // What a creation with an id falls back on.
    const ofBatches = new Set((await differentOf('applyBatch')).map(({ sql }) => sql));
    for (const statement of await differentOf(name)) {
      if (isWhole(name) || ofBatches.has(statement.sql)) continue;
      await client().query(`PREPARE planned AS ${statement.sql}`);
      // Five times Postgres plans for the parameters in any case, to compare.
      for (let n = 0; n < 6; n++) await client().query(`EXPLAIN ${execution(statement)}`);
      const { rows: counts } = await client().query(
        `SELECT generic_plans::int, custom_plans::int FROM pg_prepared_statements WHERE name = 'planned'`,
      );
      await client().query('DEALLOCATE planned');
      expect(counts, statement.sql).toEqual([{ generic_plans: 1, custom_plans: 5 }]);
    }
  });

  test('none is compiled', async () => expect(await compiledOn(client())).toEqual([]));

  // The lists that clients show first; every other one passes over tasks, up to a bound.
  const cheap = [
    { sort: '-created_at', filters: {} },
    { sort: '-created_at', filters: { completed: false } },
    { sort: 'due', filters: {} },
    { sort: 'due', filters: { completed: false } },
    { sort: '-due', filters: { completed: true } },
    { sort: 'due', filters: { completed: false, has_due: true, due_from: day(5000), due_to: day(4000) } },
    { sort: '-due', filters: { due_to: day(4000) } },
    { sort: 'due', filters: { overdue_at: new Date().toISOString() } },
    { sort: '-priority', filters: { completed: false } },
    { sort: '-priority', filters: {} },
    { sort: 'position', filters: {} },
    { sort: '-position', filters: { list_id: id } },
    { sort: 'position', filters: { list_id: id, completed: false } },
    { sort: 'position', filters: { list_id: id, completed: true } },
    { sort: '-position', filters: { parent_id: id } },
  ] as const;
  test.each(cheap)('a page of %j reads hardly more tasks than it has', async (list) => {
    const { database, sent } = recorder();
    await storeOn(database).list({ ...list, limit: 50, after: undefined, page: 'page', known: [] });
    const [statement] = sent;
    if (statement === undefined) throw new Error('no statement was sent');
    for (const mode of planModes) {
      await client().query(`SET plan_cache_mode = ${mode}`);
      await client().query(`PREPARE planned AS ${statement.sql}`);
      const { rows: explained } = await client().query(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${execution(statement)}`,
      );
      await client().query('DEALLOCATE planned');
      const read = nodes(explained[0]['QUERY PLAN'][0].Plan)
        .filter((node) => node['Relation Name'] === 'tasks')
        .reduce(
          (sum, node) =>
            sum + node['Actual Rows'] * node['Actual Loops'] + (node['Rows Removed by Filter'] ?? 0),
          0,
        );
      // Open and completed ones are read apart, and merged.
      expect([mode, read]).toEqual([mode, expect.toSatisfy((count: number) => count >= 51 && count <= 120)]);
    }
    await client().query('RESET plan_cache_mode');
  });

  const unconditional = { match: null, noneMatch: [], mustNotExist: false };
  /** What is sent where tasks of the middle are placed, moved, given a parent or deleted. */
  const placings: [string, string, (store: Store, task: string, anchor: string) => Promise<unknown>][] = [
    [
      'create_task_at',
      'after another one',
      (store, _task, anchor) => store.create({ title: 'x', list_id: id, place: { after: anchor } }),
    ],
    ['create_task_in', 'as a subtask', (store, _, anchor) => store.create({ title: 'x', parent_id: anchor })],
    ...[{ first: true as const }, { last: true as const }].map((place): (typeof placings)[number] => [
      'move_task:place',
      JSON.stringify(place),
      (store, task) => store.update(task, { place }, unconditional),
    ]),
    [
      'move_task:place',
      'before another one',
      (store, task, anchor) => store.update(task, { place: { before: anchor } }, unconditional),
    ],
    [
      'move_task:place',
      'after another one',
      (store, task, anchor) => store.update(task, { place: { after: anchor } }, unconditional),
    ],
    [
      'move_task:home',
      'below another one',
      (store, task, anchor) => store.update(task, { parent_id: anchor }, unconditional),
    ],
    [
      'move_task',
      'to another list and place',
      (store, task, anchor) => store.update(task, { list_id: id, place: { after: anchor } }, unconditional),
    ],
    [
      'delete_task',
      'with or without subtasks',
      (store, task) => store.delete(task, undefined, unconditional),
    ],
    [
      'list_near_positions',
      'in a batch',
      (store, task, anchor) =>
        store.applyBatch([{ op: 'update', id: task, changes: { place: { after: anchor } } }]),
    ],
  ];
  test.each(placings)(
    '%s, %s, reads a handful of rows of an owner of ten thousand',
    async (name, _, call) => {
      const { rows: middle } = await client().query<{ id: string }>(
        `SELECT id FROM tasks WHERE owner_id = $1 AND parent_id IS NULL ORDER BY position OFFSET 4000 LIMIT 2`,
        [owner],
      );
      const [task = '', anchor = ''] = middle.map((row) => row.id);
      const { database, sent } = recorder();
      await call(storeOn(database), task, anchor).catch(() => undefined);
      const statement = sent.find((each) => each.name === name);
      if (statement === undefined) throw new Error(`${name} was not sent`);
      for (const mode of planModes) {
        await client().query('BEGIN');
        await client().query(`SET LOCAL plan_cache_mode = ${mode}`);
        await client().query(`PREPARE planned AS ${statement.sql}`);
        const { rows: explained } = await client().query(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${execution(statement)}`,
        );
        await client().query('DEALLOCATE planned');
        await client().query('ROLLBACK');
        const read = nodes(explained[0]['QUERY PLAN'][0].Plan)
          .filter((node) => ['tasks', 'task_tombstones'].includes(node['Relation Name'] ?? ''))
          .reduce(
            (sum, node) =>
              sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
            0,
          );
        expect([mode, read]).toEqual([mode, expect.toSatisfy((count: number) => count > 0 && count <= 12)]);
      }
    },
  );
});
