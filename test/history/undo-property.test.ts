// Random writes by several clients, and the undo of all of them. In reverse order, every undo leads to
// exactly the state before the change, down to nothing; in random order, each is either refused and
// changes nothing, or changes nothing but the rows of the change. Throughout, a client that follows the
// change feed in small pages has what the lists show, and the history has every state that was ever
// shown. `SEED` and `RUNS` choose other writes, and more of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../../src/contract/operation.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { contentOf, followerOf, type State, stateOf, undo } from '../support/history.ts';
import { isRealPostgres } from '../support/postgres.ts';
import { queryPostgres } from '../support/query.ts';
import { type Random, randomOf } from '../support/random-keys.ts';
import { randomWrite, type Write, worldOf } from '../support/random-writes.ts';
import { newOwner } from '../support/tokens.ts';

type RecordedChange = components['schemas']['RecordedChange'];
type TaskVersion = components['schemas']['TaskVersion'];

const firstSeed = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? (isRealPostgres ? 3 : 2));
const rounds = 14;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const clients = [null, 'phone', 'agent'] as const;

/** A change that a response has named. */
interface Made {
  readonly change: string;
  readonly write: Write;
  readonly client: string | null;
  /** The state before and after, where no other client wrote at the same time. */
  readonly before?: State;
  readonly after?: State;
}

const pages = async <Item>(user: User, path: string): Promise<Item[]> => {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, json } = await user.send('GET', `${path}?limit=37${cursor && `&cursor=${cursor}`}`);
    expect([path, status]).toEqual([path, 200]);
    items.push(...json.items);
    cursor = json.next_cursor;
  }
  return items;
};

const changesOf = (user: User) => pages<RecordedChange>(user, 'changes');

/** What is not as it must be, in words. */
const broken = async (user: User): Promise<string[]> => {
  const rows = await queryPostgres<{ fault: string }>(
    api.postgres.url,
    `WITH own AS (SELECT * FROM tasks WHERE owner_id = $1)
    SELECT task.id || ' ' || fault AS fault
    FROM own AS task
    LEFT JOIN own AS parent ON parent.id = task.parent_id
    LEFT JOIN lists ON lists.owner_id = task.owner_id AND lists.id = task.list_id
    CROSS JOIN LATERAL (VALUES
      ('is an orphan', task.parent_id IS NOT NULL AND parent.id IS NULL),
      ('is below a subtask', parent.parent_id IS NOT NULL),
      ('is not in the list of its parent', parent.id IS NOT NULL AND parent.list_id IS DISTINCT FROM task.list_id),
      ('is in no list that is there', task.list_id IS NOT NULL AND lists.id IS NULL),
      ('is completed without a time', task.completed <> (task.completed_at IS NOT NULL)),
      ('has too many subtasks', (SELECT count(*) FROM own AS child WHERE child.parent_id = task.id) > 100),
      ('shares its position', EXISTS (
        SELECT true FROM own AS other WHERE other.position = task.position AND other.id <> task.id
      )),
      ('recurs beside another task of its series', task.recurrence IS NOT NULL AND EXISTS (
        SELECT true FROM own AS other
        WHERE other.series_id = task.series_id AND other.recurrence IS NOT NULL AND other.id <> task.id
      ))
    ) AS faults (fault, is_there)
    WHERE is_there
    UNION ALL
    SELECT 'lists share a position' FROM lists WHERE owner_id = $1 GROUP BY position HAVING count(*) > 1`,
    [user.id],
  );
  return rows.map(({ fault }) => fault);
};

/** What no refused request may change. */
const traceOf = async (user: User): Promise<unknown> =>
  queryPostgres(
    api.postgres.url,
    `SELECT (SELECT seq FROM owner_clock WHERE owner_id = $1) AS seq,
      (SELECT count(*) FROM history WHERE owner_id = $1) AS history,
      (SELECT count(*) FROM task_tombstones WHERE owner_id = $1) AS tombstones`,
    [user.id],
  );

/** Keeps every version of every task that was ever shown, and fails where one was shown with another content. */
const createWitness = () => {
  const seen = new Map<string, Map<number, Task>>();
  const see = (task: Task) => {
    const versions = seen.get(task.id) ?? new Map<number, Task>();
    const known = versions.get(task.version);
    if (known !== undefined) expect(task).toEqual(known);
    seen.set(task.id, versions.set(task.version, task));
  };
  return {
    see,
    seeAll: (state: State) => {
      for (const row of state.values()) if ('title' in row) see(row);
    },
    seen,
    known: () => new Map([...seen].map(([id, versions]) => [id, Math.max(...versions.keys())])),
  };
};

/** One user, the clients, and what they have done. */
const startScene = async (random: Random) => {
  const id = newOwner();
  const users = await Promise.all(
    clients.map((client) => api.newUser(id, client === null ? {} : { client_id: client })),
  );
  const [user] = users as [User];
  const witness = createWitness();
  const follow = followerOf(user);
  const made: Made[] = [];
  let state: State = new Map();

  const note = (response: ApiResponse, rest: Omit<Made, 'change'>): void => {
    const { status, json } = response;
    const { method, path } = rest.write;
    if (![200, 201, 204, 403, 404, 409, 422].includes(status)) {
      throw new Error(`${method} ${path}: ${status} ${response.text}`);
    }
    const change = response.headers.get('change');
    if (status >= 300) expect([path, change]).toEqual([path, null]);
    if (status < 300 && json?.title !== undefined) witness.see(json);
    if (change !== null) made.push({ change, ...rest });
  };

  const look = async (): Promise<State> => {
    state = await stateOf(user);
    witness.seeAll(state);
    return state;
  };

  /** One write, or several at once by several clients while another one reads the feed. */
  const write = async (): Promise<void> => {
    const before = state;
    const world = worldOf(before, { known: witness.known(), changes: made.map(({ change }) => change) });
    const count = random(4) === 0 ? 2 + random(3) : 1;
    const writes = Array.from({ length: count }, () => ({
      write: randomWrite(random, world),
      by: random(clients.length),
    }));
    const first = made.length;
    await Promise.all([
      ...writes.map(async ({ write: one, by }) => {
        const { method, path, json } = one;
        const response = await (users[by] as User).send(method, path, json === undefined ? {} : { json });
        note(response, { write: one, client: clients[by] ?? null, ...(count === 1 && { before }) });
      }),
      ...(random(3) === 0 ? [follow(1 + random(4))] : []),
    ]);
    const after = await look();
    if (made.length === first) expect(after).toEqual(before);
    const [only] = made.splice(first, count === 1 ? 1 : 0);
    if (only !== undefined) made.push({ ...only, after });
  };

  return { user, witness, follow, made, write, look, state: () => state };
};

type Scene = Awaited<ReturnType<typeof startScene>>;

/** The undo that a change is undone by: its latest one, if that is in effect; `changes` are newest first. */
const undoOf = (changes: readonly RecordedChange[], change: string): string | null => {
  const latest = changes.find(({ undoes }) => undoes === change);
  return latest === undefined || undoOf(changes, latest.change) !== null ? null : latest.change;
};

/** The history has the changes that were made, and every version that was ever shown. */
const expectHistory = async ({ user, made, witness }: Scene): Promise<void> => {
  const changes = await changesOf(user);
  const own = changes.filter(({ operation }) => operation !== 'renewPositions');
  const inOrder = made.toSorted((a, b) => Number(b.change) - Number(a.change));
  expect(own.map(({ change, operation, client_id: client }) => ({ change, operation, client }))).toEqual(
    inOrder.map(({ change, write: { operation }, client }) => ({ change, operation, client })),
  );
  for (const { change, undone_by } of own) expect(undone_by).toBe(undoOf(own, change));
  for (const [id, seen] of witness.seen) {
    const items = await pages<TaskVersion>(user, `tasks/${id}/versions`);
    const numbers = items.map(({ change }) => Number(change));
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    const tasks = items.flatMap(({ task }) => (task === undefined ? [] : [task]));
    const versions = tasks.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => b - a));
    const listed = new Map(tasks.map((task) => [task.version, task]));
    for (const [version, task] of seen) expect(listed.get(version)).toEqual(task);
  }
};

const undoing = (change: string): Write => ({
  operation: 'undoChange',
  method: 'POST',
  path: `changes/${change}/undo`,
});

const noteUndo = ({ made, witness }: Scene, change: string, response: ApiResponse): void => {
  made.push({ change: response.json.change, write: undoing(change), client: null });
  for (const { task } of response.json.items) if (task !== undefined) witness.see(task);
};

const undoAll = async (scene: Scene): Promise<number> => {
  const { user, follow, look } = scene;
  const before = new Map(scene.made.map((one) => [one.change, one.before]));
  let count = 0;
  for (const { change } of await changesOf(user)) {
    const present = (await changesOf(user)).find((one) => one.change === change);
    if (present?.undone_by !== null) continue;
    const undone = await undo(user, change);
    expect([change, undone.status, undone.text]).toEqual([change, 200, undone.text]);
    noteUndo(scene, change, undone);
    count += 1;
    const state = await look();
    expect(await broken(user)).toEqual([]);
    const expected = before.get(change);
    if (expected !== undefined) expect([change, contentOf(state)]).toEqual([change, contentOf(expected)]);
    if (count % 5 === 0) expect(await follow(3)).toEqual(state);
  }
  expect(scene.state()).toEqual(new Map());
  return count;
};

/** The rows that a change has written. */
const rowsOf = ({ before, after }: Made): ReadonlySet<string> | null =>
  before === undefined || after === undefined
    ? null
    : new Set(
        [...before.keys(), ...after.keys()].filter(
          (key) => before.get(key)?.version !== after.get(key)?.version,
        ),
      );

const withoutPlace = (row: object | undefined): unknown => {
  if (row === undefined) return undefined;
  const { version: _v, updated_at: _u, position: _p, ...rest } = row as Task;
  // A subtask comes to the list where its parent is now.
  return rest.parent_id ? { ...rest, list_id: null } : rest;
};

const expectUndone = (one: Made, now: State, later: State): void => {
  const rows = rowsOf(one);
  if (rows === null) return;
  for (const key of new Set([...now.keys(), ...later.keys()])) {
    if (rows.has(key)) {
      expect([key, withoutPlace(later.get(key))]).toEqual([key, withoutPlace(one.before?.get(key))]);
      expect(later.get(key)?.version ?? 0).not.toBe(now.get(key)?.version ?? -1);
    } else expect([key, later.get(key)]).toEqual([key, now.get(key)]);
  }
};

const expectRefused = (
  one: Made,
  now: State,
  { response, changes }: { readonly response: ApiResponse; readonly changes: readonly RecordedChange[] },
): void => {
  const { type, errors } = response.json;
  expect(['/problems/changed-since', '/problems/already-undone']).toContain(type);
  const undo = undoOf(changes, one.change);
  if (type === '/problems/already-undone') {
    expect(undo).not.toBeNull();
    return;
  }
  expect(undo).toBeNull();
  expect(errors.length).toBeGreaterThan(0);
  const rows = rowsOf(one);
  for (const { loc, msg } of errors) {
    const key = loc.join(' ');
    if (rows !== null) expect(rows).toContain(key);
    if (msg.startsWith('was changed later'))
      expect(now.get(key)?.version).not.toBe(one.after?.get(key)?.version);
    if (msg.startsWith('is there again')) expect(now.has(key)).toBe(true);
    if (msg.startsWith('was deleted later')) expect(now.has(key)).toBe(false);
  }
};

const undoSome = async (scene: Scene, random: Random): Promise<{ undone: number; refused: number }> => {
  const { user, made, follow, look } = scene;
  const counts = { undone: 0, refused: 0 };
  for (let n = 0; n < rounds; n += 1) {
    const one = made[random(made.length)];
    if (one === undefined) break;
    const now = scene.state();
    const trace = await traceOf(user);
    const response = await undo(user, one.change);
    const later = await look();
    if (response.status === 409) {
      expectRefused(one, now, { response, changes: await changesOf(user) });
      expect(later).toEqual(now);
      expect(await traceOf(user)).toEqual(trace);
      counts.refused += 1;
    } else {
      expect([one.change, response.status, response.text]).toEqual([one.change, 200, response.text]);
      expectUndone(one, now, later);
      noteUndo(scene, one.change, response);
      made.push({ ...(made.pop() as Made), before: now, after: later });
      expect(await broken(user)).toEqual([]);
      counts.undone += 1;
    }
    if (random(4) === 0) expect(await follow(1 + random(4))).toEqual(later);
  }
  return counts;
};

const seeds = Array.from({ length: runs }, (_, n) => firstSeed + n);

const total = { written: 0, undone: 0, refused: 0 };
afterAll(() => {
  if (process.env.RUNS) console.log(JSON.stringify(total));
});

const writeAll = async (random: Random): Promise<Scene> => {
  const scene = await startScene(random);
  for (let n = 0; n < rounds; n += 1) await scene.write();
  expect(await broken(scene.user)).toEqual([]);
  expect(await scene.follow(2)).toEqual(scene.state());
  total.written += scene.made.length;
  return scene;
};

test.each(seeds)('undo in reverse order leads through every state to nothing, seed %i', async (seed) => {
  const scene = await writeAll(randomOf(seed));
  total.undone += await undoAll(scene);
  expect(await scene.follow(2)).toEqual(new Map());
  await expectHistory(scene);
});

test.each(seeds)('undo in random order is exact or refused, seed %i', async (seed) => {
  const random = randomOf(seed + 1_000_000);
  const scene = await writeAll(random);
  const { undone, refused } = await undoSome(scene, random);
  total.undone += undone;
  total.refused += refused;
  expect(await scene.follow(2)).toEqual(scene.state());
  await expectHistory(scene);
});
