// Many writers of one user at once: the manual order stays one order, and families stay families. On
// the embedded Postgres they take turns; on a real one (TEST_DATABASE_URL) they truly race.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';
import { randomOf } from '../support/random-keys.ts';

const clients = 10;

describe('families and places under many writers', () => {
  let api: Api;
  beforeAll(async () => {
    // A trigger changes a table.
    api = await startApi({ postgres: await startOwnPostgres(), logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const batch = (user: User, ...operations: object[]) =>
    user.send('POST', 'task-batches', { json: { operations } });
  const atOnce = <Result>(count: number, work: (n: number) => Promise<Result>) =>
    Promise.all(Array.from({ length: count }, (_, n) => work(n)));
  const walk = async (user: User, sort: string, limit: number): Promise<Task[]> => {
    const tasks: Task[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `tasks?sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const { json } = await user.send('GET', path);
      tasks.push(...json.items);
      cursor = json.next_cursor;
    }
    return tasks;
  };
  /** The owner's tasks where something is not as the rules say. */
  const broken = (user: User) =>
    queryPostgres(
      api.postgres.url,
      `SELECT task.id
      FROM tasks AS task
      LEFT JOIN tasks AS parent ON parent.owner_id = task.owner_id AND parent.id = task.parent_id
      LEFT JOIN lists ON lists.owner_id = task.owner_id AND lists.id = task.list_id
      WHERE task.owner_id = $1 AND (
        task.parent_id IS NOT NULL AND (
          parent.id IS NULL OR parent.parent_id IS NOT NULL OR parent.list_id IS DISTINCT FROM task.list_id
        )
        OR task.list_id IS NOT NULL AND lists.id IS NULL
        OR (
          SELECT count(*) FROM tasks AS child WHERE child.owner_id = task.owner_id AND child.parent_id = task.id
        ) > 100
      )`,
      [user.id],
    );
  const sentStatements = (name: string) => api.logs.filter(({ statement }) => statement === name).length;

  /** A place that the service has acknowledged. */
  interface Moved {
    readonly id: string;
    readonly place: { readonly before?: string; readonly after?: string };
    readonly position: string;
    readonly version: number;
  }

  test('ten clients move, create and delete at random: one order, no equal positions, no 500', async () => {
    const user = await api.newUser();
    // The positions of every version that ever was, by a trigger that writes them down, in a schema of
    // its own: other tests look at the tables of the service's.
    const name = `moves_${user.id.replace(/\W/g, '_')}`;
    await queryPostgres(
      api.postgres.url,
      `CREATE SCHEMA ${name};
      CREATE TABLE ${name}.log (place bigserial, seq bigint, id uuid, version integer, position text COLLATE "C");
      CREATE FUNCTION ${name}.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
        IF TG_OP = ''DELETE'' THEN
          INSERT INTO ${name}.log (id) VALUES (OLD.id);
          RETURN OLD;
        END IF;
        INSERT INTO ${name}.log (seq, id, version, position) VALUES (NEW.change_seq, NEW.id, NEW.version, NEW.position);
        RETURN NEW;
      END';
      CREATE TRIGGER ${name}_written AFTER INSERT OR UPDATE ON tasks FOR EACH ROW
        WHEN (NEW.owner_id = '${user.id}') EXECUTE FUNCTION ${name}.note();
      CREATE TRIGGER ${name}_deleted AFTER DELETE ON tasks FOR EACH ROW
        WHEN (OLD.owner_id = '${user.id}') EXECUTE FUNCTION ${name}.note()`,
    );
    const started = await batch(
      user,
      ...Array.from({ length: 12 }, (_, n) => ({ op: 'create', task: { title: `t${n}` } })),
    );
    const ids: string[] = started.json.results.map(({ task }: { task: Task }) => task.id);
    const moves: Moved[] = [];
    const statuses = new Map<number, number>();
    const seen = sentStatements('lock_clock');
    try {
      await atOnce(clients, async (client) => {
        const random = randomOf(100 + client);
        const pick = () => ids[random(ids.length)] ?? '';
        for (let n = 0; n < 16; n++) {
          const [id, anchor] = [pick(), pick()];
          const place = random(2) === 0 ? { before: anchor } : { after: anchor };
          const kind = random(8);
          const fresh = randomUUID();
          const single = {
            method: kind < 2 ? 'POST' : kind === 2 ? 'DELETE' : 'PATCH',
            path: kind < 2 ? 'tasks' : `tasks/${id}`,
            json: kind < 2 ? { id: fresh, title: 'new', place } : kind === 2 ? undefined : { place },
          };
          const response = await (kind < 6
            ? user.send(single.method, single.path, single.json && { json: single.json })
            : batch(
                user,
                { op: 'create', task: { id: fresh, title: 'new', place } },
                { op: 'update', id, changes: { place: { after: fresh } } },
              ));
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
          if (response.status >= 300 || response.status === 204) continue;
          const tasks: Task[] = response.json.results?.map(({ task }: { task: Task }) => task) ?? [
            response.json,
          ];
          for (const [index, task] of tasks.entries()) {
            const at = index === 0 ? place : { after: fresh };
            moves.push({ id: task.id, place: at, position: task.position, version: task.version });
            if (task.version === 1) ids.push(task.id);
          }
        }
      });
      for (const status of statuses.keys()) expect([200, 201, 204, 404, 422]).toContain(status);
      expect(moves.length).toBeGreaterThan(50);
      // The second way was taken, where writers really came in between.
      if (isRealPostgres) expect(sentStatements('lock_clock')).toBeGreaterThan(seen);

      const whole = await walk(user, 'position', 100);
      expect(new Set(whole.map(({ position }) => position)).size).toBe(whole.length);
      for (const limit of [1, 7, 100]) {
        expect((await walk(user, 'position', limit)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
        expect((await walk(user, '-position', limit)).map(({ id }) => id)).toEqual(
          whole.map(({ id }) => id).reverse(),
        );
      }

      // Each acknowledged place, at the moment of its change: no other task was between.
      const log = await queryPostgres<{ id: string; version: number | null; position: string; seq: string }>(
        api.postgres.url,
        `SELECT id, version, position, seq FROM ${name}.log ORDER BY place`,
      );
      const byVersion = new Map(moves.map((move) => [`${move.id} ${move.version}`, move]));
      const now = new Map<string, string>();
      let checked = 0;
      const check = (id: string, { place, position }: Moved) => {
        expect(now.get(id)).toBe(position);
        const anchor = now.get(place.before ?? place.after ?? '') ?? '';
        const [low, high] = anchor < position ? [anchor, position] : [position, anchor];
        expect(anchor < position).toBe(place.after !== undefined);
        expect([...now.values()].filter((other) => other > low && other < high)).toEqual([]);
        checked += 1;
      };
      let latest: { id: string; version: number | null }[] = [];
      for (const [index, entry] of log.entries()) {
        if (entry.version === null) now.delete(entry.id);
        else now.set(entry.id, entry.position);
        latest.push(entry);
        // Rows of one statement come together: a batch is checked as its last operation left it.
        const next = log[index + 1];
        if (next !== undefined && Number(next.seq) === Number(entry.seq) + 1 && next.version !== null) {
          const both = byVersion.get(`${entry.id} ${entry.version}`);
          const after = byVersion.get(`${next.id} ${next.version}`);
          if (both !== undefined && after?.place.after === entry.id) continue;
        }
        for (const { id, version } of latest) {
          const move = byVersion.get(`${id} ${version}`);
          const isLast = id === latest.at(-1)?.id;
          if (move !== undefined && isLast) check(id, move);
        }
        latest = [];
      }
      expect(checked).toBeGreaterThan(40);
    } finally {
      await queryPostgres(api.postgres.url, `DROP SCHEMA ${name} CASCADE`);
    }
  });

  test('every client that moves to the same place gets one, even if all others keep coming before', async () => {
    const user = await api.newUser();
    const anchor = await user.create({ title: 'anchor' });
    const tasks = await atOnce(clients, (n) => user.create({ title: `t${n}` }));
    const responses = await atOnce(clients * 5, (n) =>
      user.send('PATCH', `tasks/${tasks[n % clients]?.id}`, { json: { place: { after: anchor.id } } }),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const whole = await walk(user, 'position', 100);
    expect(new Set(whole.map(({ position }) => position)).size).toBe(clients + 1);
    expect(whole[0]?.id).toBe(anchor.id);
  });

  test('a subtask is created while its parent is deleted: never an orphan', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 12; round++) {
      const parent = await user.create({ title: 'parent' });
      const id = randomUUID();
      const create = { id, title: 'child', parent_id: parent.id };
      const children = ['', '?children=delete', '?children=detach'][round % 3] ?? '';
      const [created, deleted] = await Promise.all([
        round % 2 === 0
          ? user.send('POST', 'tasks', { json: create })
          : batch(user, { op: 'create', task: create }),
        user.send('DELETE', `tasks/${parent.id}${children}`),
      ]);
      const wasCreated = created.status < 300;
      expect([200, 201, 422]).toContain(created.status);
      // Without `children`, one of the two is refused.
      if (children === '') expect([204, 409]).toContain(deleted.status);
      else expect(deleted.status).toBe(204);
      if (children === '') expect(wasCreated).toBe(deleted.status === 409);
      expect(await broken(user)).toEqual([]);
    }
  });

  test('one becomes a subtask while the other becomes its parent: never two levels', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 10; round++) {
      const [a, b, c] = await atOnce(3, (n) => user.create({ title: `t${n}` }));
      const become = (task: Task | undefined, parent: Task | undefined, isBatch: boolean) =>
        isBatch
          ? batch(user, { op: 'update', id: task?.id, changes: { parent_id: parent?.id } })
          : user.send('PATCH', `tasks/${task?.id}`, { json: { parent_id: parent?.id } });
      const responses = await Promise.all([
        become(a, b, round % 2 === 0),
        become(b, c, round % 3 === 0),
        become(c, a, false),
      ]);
      for (const { status } of responses) expect([200, 422]).toContain(status);
      expect(responses.some(({ status }) => status === 200)).toBe(true);
      expect(await broken(user)).toEqual([]);
    }
  });

  test('ten creations at the limit of a hundred subtasks: never 101', async () => {
    const user = await api.newUser();
    const parent = await user.create({ title: 'parent' });
    const create = () => ({ op: 'create', task: { title: 'child', parent_id: parent.id } });
    expect((await batch(user, ...Array.from({ length: 95 }, create))).status).toBe(200);
    const responses = await atOnce(clients, (n) =>
      n % 2 === 0 ? user.send('POST', 'tasks', { json: create().task }) : batch(user, create()),
    );
    expect(responses.filter(({ status }) => status < 300)).toHaveLength(5);
    for (const { status } of responses) expect([200, 201, 422]).toContain(status);
    expect(await broken(user)).toEqual([]);
  });

  test('a parent moves to other lists while it gets and loses subtasks: all are in its list', async () => {
    const user = await api.newUser();
    const lists = await atOnce(2, async (n) => {
      const { json } = await user.send('POST', 'lists', { json: { name: `l${n}` } });
      return json.id as string;
    });
    const parent = await user.create({ title: 'parent' });
    const others = await atOnce(6, (n) => user.create({ title: `t${n}` }));
    const responses = await atOnce(48, (n) => {
      const other = others[n % others.length];
      if (n % 4 === 0)
        return user.send('PATCH', `tasks/${parent.id}`, { json: { list_id: lists[(n / 4) % 2] } });
      if (n % 4 === 1) return user.send('PATCH', `tasks/${other?.id}`, { json: { parent_id: parent.id } });
      if (n % 4 === 2) return user.send('POST', 'tasks', { json: { title: 'x', parent_id: parent.id } });
      return batch(user, { op: 'update', id: other?.id, changes: { parent_id: null, list_id: null } });
    });
    for (const { status } of responses) expect([200, 201]).toContain(status);
    expect(await broken(user)).toEqual([]);
  });
});
