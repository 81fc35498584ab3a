// No field of a task is lost on any way, in or out: each one that the contract lets a client write
// goes in by every operation that takes it, and is compared wherever tasks come out. A field that
// is added is tested without a line here.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchRequest } from '../../src/client/request.ts';
import { createReplica } from '../../src/client/sync.ts';
import { embeddedSettings } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { plantTask } from '../../src/sandbox/plant.ts';
import { callTool } from '../mcp/agent.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { violations } from '../support/contract.ts';
import { emptyOf, propertiesOf, requiredOf, valuesOf } from '../support/contract-values.ts';
import { isRealPostgres, queryPostgres, startEmptyPostgres } from '../support/postgres.ts';

type Fields = Readonly<Record<string, unknown>>;

// A task keeps its id, which test/tasks/chosen-id tests. A place is not a field of the task: places
// tests it. A recurrence needs due dates, and moves to another task: recurrence tests it.
const elsewhere: readonly string[] = ['id', 'place', 'recurrence'];
const fieldsOf = (schema: string) =>
  new Map([...propertiesOf(schema)].filter(([name]) => !elsewhere.includes(name)));
const creatable = fieldsOf('TaskCreate');
const schemas = new Map([...creatable, ...fieldsOf('TaskReplace'), ...fieldsOf('TaskUpdate')]);
const names = [...schemas.keys()];

const only = (fields: object, wanted: readonly string[] = names): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.includes(name)));

const values = new Map([...schemas].map(([name, schema]) => [name, valuesOf(name, schema)]));

// The lists and parents that these ids name: each user of the tests has chosen them. Both parents
// are in the first list, and a subtask is in the list of its parent.
const [listId] = values.get('list_id') ?? [];
const withList = (fields: Fields): Fields =>
  typeof fields.parent_id === 'string' ? { ...fields, list_id: listId } : fields;

/**
 * A task in which every field has a value, and no field that of a new task. It has no parent, so that
 * its list can change.
 */
const full: Fields = {
  ...Object.fromEntries(
    [...schemas].map(([name, schema]) => {
      const empty = JSON.stringify(emptyOf(schema));
      return [name, values.get(name)?.find((value) => JSON.stringify(value) !== empty)];
    }),
  ),
  parent_id: null,
};

/** What a new task has without its optional fields. */
const bare: Fields = {
  ...Object.fromEntries([...schemas].map(([name, schema]) => [name, emptyOf(schema)])),
  ...only(full, requiredOf('TaskCreate')),
};

/** Each value of each field by itself, null among them where it is one. */
const contents: Fields[] = [...schemas].flatMap(([name, { nullable }]) =>
  [...(values.get(name) ?? []), ...(nullable ? [null] : [])].map((value) => withList({ [name]: value })),
);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a merge patch makes of a task (RFC 7396): an object is merged, every other value replaced. */
const patched = (task: Fields, patch: Fields): Fields =>
  Object.fromEntries(
    Object.entries({ ...task, ...patch }).map(([name, value]) => {
      const before = task[name];
      return [name, isObject(value) && isObject(before) ? { ...before, ...value } : value];
    }),
  );

const replaced = (task: Fields, fields: Fields): Fields => ({ ...task, ...fields });

describe('each writable field', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ app: { mcp: true } });
  });
  afterAll(() => api.close());

  const send = async (user: User, method: string, path: string, json: unknown) => {
    const { status, text, json: body } = await user.send(method, path, { json });
    expect([status, text]).toEqual([status < 300 ? status : 200, text]);
    return body;
  };
  const inBatch = async (user: User, operation: object): Promise<Task> =>
    (await send(user, 'POST', 'task-batches', { operations: [operation] })).results[0].task;

  /** By a tool of an agent. */
  const byTool = (user: User, name: string, given: Record<string, unknown>) =>
    callTool(api.url, user.token, name, given);

  /** A user with the lists and the parents that the values name. */
  const newUser = async () => {
    const user = await api.newUser();
    for (const id of values.get('list_id') ?? []) {
      await send(user, 'POST', 'lists', { id, name: 'list' });
    }
    const parents: Task[] = [];
    for (const id of values.get('parent_id') ?? []) {
      parents.push(await user.create({ id, title: 'parent', list_id: listId }));
    }
    return { user, parents };
  };

  const read = async (user: User, path: string) => (await user.send('GET', path)).json;
  const replicaOf = (user: User) => createReplica(fetchRequest(api.url, () => user.token));

  /** Every way out, as the tasks that a user has. */
  const waysOut: Readonly<Record<string, (user: User, tasks: readonly Task[]) => Promise<Iterable<Task>>>> = {
    get: async (user, tasks) => {
      const found: Task[] = [];
      for (const { id } of tasks) found.push(await read(user, `tasks/${id}`));
      return found;
    },
    list: async (user) => (await read(user, 'tasks?limit=100')).items,
    'filtered list': async (user) => {
      const pages = ['true', 'false'].map((is) => read(user, `tasks?limit=100&sort=title&completed=${is}`));
      return (await Promise.all(pages)).flatMap(({ items }) => items);
    },
    find_tasks: async (user) => (await byTool(user, 'find_tasks', { limit: 100 })).items,
    feed: async (user) =>
      (await read(user, 'task-changes?limit=500')).items.flatMap(({ task }: { task?: Task }) => task ?? []),
    export: async (user) => {
      const lines = (await user.send('GET', 'task-export')).text.trimEnd().split('\n');
      return lines.flatMap((line) => JSON.parse(line).task ?? []);
    },
    replica: async (user) => {
      const replica = replicaOf(user);
      await replica.pull();
      return Object.values(replica.state().tasks) as Task[];
    },
  };

  /** Whether all ways out show these tasks of the user, and no others. */
  const expectEverywhere = async (user: User, tasks: readonly Task[]) => {
    const byId = (some: Iterable<Task>) => Object.fromEntries([...some].map((task) => [task.id, task]));
    for (const [way, out] of Object.entries(waysOut)) {
      expect({ way, tasks: byId(await out(user, tasks)) }).toEqual({ way, tasks: byId(tasks) });
    }
  };

  const creations: [string, (user: User, task: Fields) => Promise<Task>][] = [
    ['createTask', (user, task) => send(user, 'POST', 'tasks', task)],
    ['a creation in a batch', (user, task) => inBatch(user, { op: 'create', task })],
    ['add_tasks', async (user, task) => (await byTool(user, 'add_tasks', { tasks: [task] })).results[0].task],
  ];
  test.each(creations)('goes in by %s', async (_name, create) => {
    const { user, parents } = await newUser();
    const required = only(full, requiredOf('TaskCreate'));
    const tasks: Task[] = [];
    for (const content of [{}, ...contents.map((one) => only(one, [...creatable.keys()]))]) {
      const task = await create(user, { ...required, ...content });
      expect(only(task)).toEqual({ ...bare, ...content });
      tasks.push(task);
    }
    await expectEverywhere(user, [...parents, ...tasks]);
  });

  const changes: [
    string,
    string,
    typeof patched,
    (user: User, task: Task, fields: Fields) => Promise<Task>,
  ][] = [
    [
      'replaceTask',
      'TaskReplace',
      replaced,
      (user, task, fields) =>
        send(user, 'PUT', `tasks/${task.id}`, { ...only(task, requiredOf('TaskReplace')), ...fields }),
    ],
    [
      'updateTask',
      'TaskUpdate',
      patched,
      (user, task, fields) => send(user, 'PATCH', `tasks/${task.id}`, fields),
    ],
    [
      'an update in a batch',
      'TaskUpdate',
      patched,
      (user, { id }, changed) => inBatch(user, { op: 'update', id, changes: changed }),
    ],
    [
      'update_tasks',
      'TaskUpdate',
      patched,
      async (user, { id }, changed) => {
        const clear = Object.keys(changed).filter((name) => changed[name] === null);
        const values = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null));
        return (await byTool(user, 'update_tasks', { tasks: [{ id, ...values, clear }] })).results[0].task;
      },
    ],
  ];
  test.each(changes)('goes in by %s, and no other one with it', async (_name, schema, expected, change) => {
    const { user, parents } = await newUser();
    const properties = [...fieldsOf(schema).keys()];
    const tasks: Task[] = [];
    for (const content of contents.filter((one) =>
      Object.keys(one).every((name) => properties.includes(name)),
    )) {
      const task = await user.create(full as Record<string, unknown>);
      const changed = await change(user, task, content);
      expect(only(changed)).toEqual(expected(full, content));
      expect(changed).toMatchObject({ id: task.id, version: 2 });
      tasks.push(changed);
    }
    await expectEverywhere(user, [...parents, ...tasks]);
  });

  test('is there in the result of each operation of a batch on one task', async () => {
    const { user, parents } = await newUser();
    const { id } = await user.create(full as Record<string, unknown>);
    const operations = [...contents.map((changes) => ({ op: 'update', id, changes })), { op: 'delete', id }];
    const { results } = await send(user, 'POST', 'task-batches', { operations });
    let expected = full;
    for (const [index, content] of contents.entries()) {
      expected = patched(expected, content);
      expect(only(results[index].task)).toEqual(expected);
      expect(results[index].task.version).toBe(index + 2);
    }
    expect(results.at(-1)).toEqual({ op: 'delete', id });
    await expectEverywhere(user, parents);
  });

  test('goes in by a replica, also after a conflict with a deletion', async () => {
    const { user } = await newUser();
    for (const content of contents) {
      const task = await user.create(full as Record<string, unknown>);
      const replica = replicaOf(user);
      await replica.pull();
      replica.update(task.id, content);
      await user.send('DELETE', `tasks/${task.id}`);
      await replica.pull();
      replica.resolve(task.id, 'mine');
      expect(await replica.push()).toEqual([]);
      const { items } = await read(user, 'tasks?limit=1');
      expect(only(items[0])).toEqual(patched(full, content));
      await user.send('DELETE', `tasks/${items[0].id}`);
    }
  });

  test('goes in by the sandbox', async () => {
    const [{ user }, other] = [await newUser(), await api.newUser()];
    const tasks: Task[] = [];
    for (const [index, content] of contents.entries()) {
      const task = { ...(await user.create({ ...full, ...content })), id: randomUUID(), owner_id: other.id };
      await plantTask(api.database, task, index + 1);
      tasks.push(task);
    }
    await expectEverywhere(other, tasks);
  });

  // Of a field with a domain; the domain says what the contract says.
  test.each(names)('%s is never what the contract would refuse, whoever writes it', async (name) => {
    const { user } = await newUser();
    const { id } = await user.create(full as Record<string, unknown>);
    const schema = schemas.get(name) ?? {};
    const { maxLength = 0 } = schema;
    const odd = [
      ...['', ' ', '\u3000', 'x'.repeat(maxLength + 1), 'no such word', '{}', '[]', '{"a": 1}', '0', '-1'],
      ...[
        'infinity',
        '-infinity',
        '0001-12-31T23:59:59Z BC',
        '10000-01-01T00:00:00Z',
        '9999-12-31T23:59:59-01:00',
      ],
    ];
    for (const value of odd) {
      const taken = await queryPostgres(
        api.postgres.url,
        `UPDATE tasks SET ${name} = $1 WHERE id = $2 RETURNING id`,
        [value, id],
      ).catch(() => []);
      if (taken.length === 0) continue;
      const { status, json } = await user.send('GET', `tasks/${id}`);
      expect([value, status, violations(schema, json[name])]).toEqual([value, 200, []]);
    }
  });
});

test('the result of a batch is what the database has stored', async () => {
  const database = await startEmptyPostgres();
  await migrate({ url: database.url, direction: 'up' }, createLogger('silent'));
  const settings = isRealPostgres ? { poolMax: 2, preparedStatements: true } : embeddedSettings;
  const api = await startApi({ postgres: { ...settings, ...database } });
  try {
    const rewrite = `
      CREATE FUNCTION rewrite() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.title := 'stored: ' || NEW.title; RETURN NEW; END $$`;
    await queryPostgres(database.url, rewrite);
    await queryPostgres(
      database.url,
      'CREATE TRIGGER rewrite BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION rewrite()',
    );
    const user = await api.newUser();
    const operations = [{ op: 'create', task: { title: 'a' } }];
    const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
    expect(results[0].task.title).toBe('stored: a');
    expect((await user.send('GET', 'tasks')).json.items).toEqual([results[0].task]);
  } finally {
    await api.close();
  }
});
