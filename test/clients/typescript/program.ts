// The steps of ../scenario.ts with the TypeScript SDK, as a consumer would write them.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ChangeTokenExpiredError,
  ConflictError,
  ConnectionError,
  type ConnectOptions,
  connect,
  ForbiddenError,
  IncompleteExportError,
  InvalidResponseError,
  NotFoundError,
  PreconditionFailedError,
  RateLimitError,
  ServerError,
  type Task,
  type TasksClient,
  TimeoutError,
  ValidationError,
} from 'tasks-api/client';

const { API = '', TOKEN = '', TOKEN_2 = '', OTHER_TOKEN = '' } = process.env;
const anyId = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

const failed: string[] = [];
const step = async (
  id: string,
  run: (tasks: TasksClient) => Promise<unknown>,
  options: Partial<ConnectOptions> = {},
): Promise<void> => {
  try {
    await run(connect({ serverUrl: `${API}/${id}`, token: TOKEN, ...options }));
    console.log(`ok ${id}`);
  } catch (error) {
    failed.push(id);
    console.log(`failed ${id}\n`, error);
  }
};

/** The error of a call, which must be of the class. */
const failure = async <E extends Error>(
  call: Promise<unknown>,
  type: new (...args: never) => E,
): Promise<E> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert(error instanceof type, `not a ${type.name}: ${inspect(error)}`);
  return error;
};

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

// Retries
// A value that may be undefined is accepted, too: this is compiled with exactOptionalPropertyTypes.
const due: string | undefined = process.env.DUE;
await step('retry-503', async (tasks) => {
  assert.equal((await tasks.createTask({ title: 'retry-503', due })).title, 'retry-503');
});
await step('retry-429', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'retry-429' });
  assert.equal((await tasks.updateTask(id, { description: 'changed' })).version, 2);
});
const creations = ['dropped-create', 'lost-create', 'gateway-502', 'gateway-504', 'empty-success'];
for (const title of ['retry-408', 'retry-409', ...creations]) {
  await step(title, async (tasks) => assert.equal((await tasks.createTask({ title })).title, title));
}
const lost = (id: string, run: (tasks: TasksClient, task: Task) => Promise<unknown>): Promise<void> =>
  step(id, async (tasks) => run(tasks, await tasks.createTask({ title: id })));
await lost('lost-update', async (tasks, { id, version }) => {
  const updated = await tasks.updateTask(id, { description: 'changed' }, { ifMatch: version });
  assert.equal(updated.version, 2);
});
await lost('lost-replace', async (tasks, { id, title, version }) => {
  const content = { title, description: 'changed', completed: false };
  assert.equal((await tasks.replaceTask(id, content, { ifMatch: version })).version, 2);
});
await lost('lost-delete', (tasks, { id }) => tasks.deleteTask(id));
await lost('lost-complete', async (tasks, { id }) => assert((await tasks.completeTask(id)).completed));
await step('lost-batch', async (tasks) => {
  const { results } = await tasks.applyTaskBatch({
    operations: [{ op: 'create', task: { title: 'lost-batch' } }],
  });
  assert.equal(results.length, 1);
});
await lost('lost-read', async (tasks, { id }) => assert.equal((await tasks.getTask(id)).id, id));
await step('retries-end', async (tasks) => {
  assert.equal((await failure(tasks.createTask({ title: 'retries-end' }), ServerError)).status, 503);
});
await step('backoff', (tasks) => failure(tasks.getTask(anyId), ConnectionError));
await step('long-retry-after', async (tasks) => {
  assert.equal((await failure(tasks.getTask(anyId), ServerError)).status, 503);
});
await step('huge-retry-after', async (tasks) => {
  assert.equal((await failure(tasks.getTask(anyId), ServerError)).status, 503);
});
await step('own-key', async (tasks) => {
  const create = () => tasks.createTask({ title: 'own-key' }, { idempotencyKey: 'a key of my own' });
  assert.equal((await create()).id, (await create()).id);
});

// Time-outs
await step('timeout-default', async () => {
  // The client's own clock: it sets no other timer than that of its time-out.
  const { setTimeout: original } = globalThis;
  const set: number[] = [];
  Object.assign(globalThis, {
    setTimeout: (run: () => void, milliseconds: number) => {
      set.push(milliseconds);
      return original(run, milliseconds);
    },
  });
  const session = { user_id: 'x', expires_at: '2026-01-12T21:30:00Z', client_id: null, scopes: [] };
  const respond = async () => Response.json(session);
  await connect({ serverUrl: API, fetch: respond }).getSession();
  Object.assign(globalThis, { setTimeout: original });
  assert.equal(set.length, 1);
  assert(set.every((milliseconds) => milliseconds <= 60_000));
});
await step('timeout-client', (tasks) => failure(tasks.getTask(anyId), TimeoutError), {
  timeout: 500,
  maxRetries: 0,
});
await step('timeout-call', (tasks) =>
  failure(tasks.getTask(anyId, { timeout: 500, maxRetries: 0 }), TimeoutError),
);
await step('timeout-wait', async (tasks) => {
  let since: string | undefined;
  for await (const page of tasks.listTaskChanges().pages()) since = page.next_since;
  const waiting = tasks.listTaskChanges({ since, wait: 2 }, { timeout: 1000, maxRetries: 0 });
  assert.deepEqual((await waiting).items, []);
});
await step('timeout-retry', async (tasks) => {
  const task = await tasks.createTask({ title: 'timeout-retry' }, { timeout: 500 });
  assert.equal(task.title, 'timeout-retry');
});

// Errors
const checkError = (
  status: number,
  type: new (...args: never) => ApiError,
  call: (tasks: TasksClient) => Promise<unknown>,
  check: (error: ApiError) => void = () => {},
  options: Partial<ConnectOptions> = {},
) =>
  step(
    `error-${status}`,
    async (tasks) => {
      const error = await failure(call(tasks), type);
      console.log(`text error-${status} ${error.message}`);
      assert.equal(error.status, status);
      assert.equal(error.problem?.status, status);
      assert.equal(error.headers.get('X-Request-Id'), error.requestId);
      check(error);
    },
    options,
  );
const getAny = (tasks: TasksClient) => tasks.getTask(anyId, { maxRetries: 0 });
await checkError(400, BadRequestError, getAny);
await checkError(403, ForbiddenError, getAny);
await checkError(401, AuthenticationError, getAny, () => {}, { token: 'not.a.token' });
await checkError(404, NotFoundError, (tasks) => tasks.getTask(anyId));
await checkError(409, ConflictError, getAny);
await checkError(410, ChangeTokenExpiredError, getAny);
await checkError(
  412,
  PreconditionFailedError,
  async (tasks) => {
    const { id } = await tasks.createTask({ title: 'error-412' });
    return tasks.updateTask(id, { completed: true }, { ifMatch: 7 });
  },
  ({ headers }) => assert.equal(headers.get('ETag'), '"1"'),
);
await checkError(413, ApiError, (tasks) =>
  tasks.createTask({ title: 'error-413', description: 'x'.repeat(200_000) }),
);
await checkError(415, ApiError, getAny);
await checkError(
  422,
  ValidationError,
  (tasks) => tasks.createTask({ title: ' ' }),
  ({ problem }) => assert.deepEqual(problem?.errors?.[0]?.loc, ['body', 'title']),
);
await checkError(429, RateLimitError, getAny, ({ headers }) => assert.equal(headers.get('Retry-After'), '1'));
await checkError(500, ServerError, getAny);
await checkError(503, ServerError, getAny);
await step('error-html', async (tasks) => {
  assert.equal((await failure(getAny(tasks), ServerError)).problem, undefined);
});
for (const id of ['error-html-success', 'redirect', 'unasked-304']) {
  await step(id, (tasks) => failure(tasks.deleteTask(anyId), InvalidResponseError));
}
await step('error-long', async (tasks) => {
  console.log(`text error-long ${(await failure(getAny(tasks), BadRequestError)).message}`);
});
await step('base-url', async () => {
  for (const serverUrl of [`${API}/base-url?x=1`, `http://user:${TOKEN}@127.0.0.1`]) {
    const error = await failure(
      Promise.resolve().then(() => connect({ serverUrl })),
      TypeError,
    );
    console.log(`text base-url ${String(error)}`);
  }
});
await step('error-connection', async (tasks) => {
  assert(!((await failure(getAny(tasks), ConnectionError)) instanceof TimeoutError));
});

// Null, headers of one call, later versions
await step('null', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'null', description: 'a text' });
  assert.equal((await tasks.updateTask(id, { completed: true })).description, 'a text');
  assert.equal((await tasks.updateTask(id, { description: null })).description, null);
});
await step('headers-per-call', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'headers-per-call' });
  const updated = await tasks.updateTask(
    id,
    { description: 'changed' },
    {
      ifMatch: '"1"',
      idempotencyKey: 'key of this call',
      headers: { 'X-Request-Id': '4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22' },
    },
  );
  assert.equal(updated.version, 2);
  await tasks.getTask(id);
});
await step('later-version', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'later-version' });
  assert.equal((await tasks.getTask(id)).title, 'later-version');
  const changes = await collect(tasks.listTaskChanges());
  const known = ['task', 'deleted', 'list', 'list_deleted'];
  for (const { type } of changes) assert(known.includes(type), type);
  assert(changes.some((change) => change.type === 'task' && change.task.id === id));
  assert((await collect(tasks.exportTasks())).some((task) => task.id === id));
  const { results } = await tasks.applyTaskBatch({
    operations: [{ op: 'create', task: { title: 'later-version 2' } }],
  });
  assert.equal(results[0]?.op === 'create' && results[0].task.title, 'later-version 2');
});
await step('batch-results', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'batch-results' });
  const { results } = await tasks.applyTaskBatch({
    operations: [
      { op: 'create', task: { title: 'batch-results 2' } },
      { op: 'update', id, changes: { completed: true } },
      { op: 'delete', id },
    ],
  });
  const seen = results.map((result) => {
    if (result.op === 'create') return result.task.title;
    if (result.op === 'update') return result.task.completed;
    return result.op === 'delete' && result.id;
  });
  assert.deepEqual(seen, ['batch-results 2', true, id]);
});
await step('deleted-change', async (tasks) => {
  let since: string | undefined;
  // Without a token, the feed lists the tasks that there are, and no deletions.
  for await (const page of tasks.listTaskChanges().pages()) since = page.next_since;
  const { id } = await tasks.createTask({ title: 'deleted-change' });
  await tasks.deleteTask(id);
  const changes = await collect(tasks.listTaskChanges({ since }));
  const deleted = changes.flatMap((change) => (change.type === 'deleted' ? [change] : []));
  assert.match(deleted.find((change) => change.id === id)?.deleted_at ?? '', /^\d{4}-\d\d-\d\dT/);
});

// Export
const titlesOf = async (id: string, tasks: TasksClient): Promise<string[]> =>
  (await collect(tasks.exportTasks()))
    .map(({ title }) => title)
    .filter((title) => title.startsWith(`${id} `));
const createTwo = async (id: string, tasks: TasksClient) => {
  for (const n of [1, 2]) await tasks.createTask({ title: `${id} ${n}` });
};
await step('export', async (tasks) => {
  await createTwo('export', tasks);
  assert.deepEqual((await titlesOf('export', tasks)).sort(), ['export 1', 'export 2']);
});
await step('export-streams', async (tasks) => {
  await createTwo('export-streams', tasks);
  let count = 0;
  for await (const { id } of tasks.exportTasks()) {
    if (count === 0) await tasks.getTask(id);
    count += 1;
  }
  assert(count >= 2);
});
for (const id of ['export-cut', 'export-shorten']) {
  await step(id, async (tasks) => {
    await createTwo(id, tasks);
    await failure(titlesOf(id, tasks), IncompleteExportError);
  });
}
for (const name of ['continues', 'blank', 'rest', 'unterminated']) {
  await step(`export-${name}`, (tasks) => failure(collect(tasks.exportTasks()), IncompleteExportError));
}

// Lists, order and series
await step('lists', async (tasks) => {
  const { id: first } = await tasks.createList({ name: 'lists 1' });
  const { id: second } = await tasks.createList({ name: 'lists 2' });
  const task = await tasks.createTask({ title: 'lists', list_id: second });
  const all = await collect(tasks.listLists({ limit: 1 }));
  assert.deepEqual(
    all.map(({ id }) => id).filter((id) => [first, second].includes(id)),
    [first, second],
  );
  assert.deepEqual(await collect(tasks.listTasks({ list_id: second })), [task]);
  const exported = tasks.exportTasks();
  for await (const { id } of exported) {
    assert.equal(exported.lists.length, all.length);
    if (id === task.id) return;
  }
  assert.fail('the export does not have the task');
});
await step('places', async (tasks) => {
  const ids: string[] = [];
  for (const n of [1, 2, 3]) ids.push((await tasks.createTask({ title: `places ${n}` })).id);
  const [first = '', second = '', third = ''] = ids;
  await tasks.updateTask(third, { place: { before: first } });
  const listed = await collect(tasks.listTasks({ q: 'places', sort: 'position' }));
  assert.deepEqual(
    listed.map(({ id }) => id),
    [third, first, second],
  );
});
await step('subtasks', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'subtasks' });
  await tasks.createTask({ title: 'subtasks 1', parent_id: id });
  const error = await failure(tasks.deleteTask(id), ConflictError);
  assert.equal(error.problem?.type, '/problems/not-empty');
  await tasks.deleteTask(id, { children: 'detach' });
});
await step('lost-occurrence', async (tasks) => {
  const { id } = await tasks.createTask({
    title: 'lost-occurrence',
    due: '2026-03-01',
    recurrence: { rrule: 'FREQ=DAILY', anchor: 'completion' },
  });
  const completed = await tasks.completeTask(id, { completed_on: '2026-03-09' });
  assert(completed.completed && completed.recurrence === null);
  assert.equal((await tasks.getTask(completed.next_id ?? '')).due, '2026-03-10');
});

// History and undo
const completed = async (tasks: TasksClient, title: string) => {
  const { id } = await tasks.createTask({ title });
  const { response } = await tasks.completeTask(id).withResponse();
  return { id, change: response.headers.get('Change') ?? '' };
};
await step('undo', async (tasks) => {
  const { id, change } = await completed(tasks, 'undo');
  const reopened = await tasks.undoChange(change);
  assert.deepEqual(
    reopened.items.map((item) => item.type === 'task' && [item.task.id, item.task.completed]),
    [[id, false]],
  );
  const { response } = await tasks.deleteTask(id).withResponse();
  const { items } = await tasks.undoChange(response.headers.get('Change') ?? '');
  assert(items[0]?.type === 'task' && items[0].task.id === id);
  assert.equal((await tasks.getTask(id)).completed, false);
});
await step('lost-undo', async (tasks) => {
  const { change } = await completed(tasks, 'lost-undo');
  const { undoes, count } = await tasks.undoChange(change);
  assert.deepEqual([undoes, count], [change, 1]);
});
await step('undo-refused', async (tasks) => {
  const { id, change } = await completed(tasks, 'undo-refused');
  await tasks.updateTask(id, { description: 'changed' });
  const { problem } = await failure(tasks.undoChange(change), ConflictError);
  assert.equal(problem?.type, '/problems/changed-since');
  assert.deepEqual(
    problem.errors?.map(({ loc }) => loc),
    [['tasks', id]],
  );
});
await step('history', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'history' });
  await tasks.updateTask(id, { description: 'changed' });
  await tasks.completeTask(id);
  const operations: (string | null)[] = [];
  for await (const { operation } of tasks.listChanges({ limit: 2 })) {
    if (operations.push(operation) === 3) break;
  }
  assert.deepEqual(operations, ['completeTask', 'updateTask', 'createTask']);
  const versions = await collect(tasks.listTaskVersions(id, { limit: 1 }));
  assert.deepEqual(
    versions.map(({ task }) => task?.version),
    [3, 2, 1],
  );
});
await step('restore', async (tasks) => {
  const { id } = await tasks.createTask({ title: 'restore' });
  await tasks.updateTask(id, { description: 'changed' });
  await tasks.deleteTask(id);
  const { version, description } = await tasks.restoreTask(id, { version: 1 });
  assert.deepEqual([version, description], [3, null]);
});

// Pages, changes, conditional requests
await step('pages', async (tasks) => {
  const titles = ['pages 1', 'pages 2', 'pages 3', 'pages 4', 'pages 5'];
  for (const title of titles) await tasks.createTask({ title });
  const listed = await collect(tasks.listTasks({ q: 'pages', sort: 'created_at', limit: 2 }));
  assert.deepEqual(
    listed.map(({ title }) => title),
    titles,
  );
});
await step('changes', async (tasks) => {
  let since: string | undefined;
  const follow = async (): Promise<string[]> => {
    const titles: string[] = [];
    for await (const { items, next_since } of tasks.listTaskChanges({ since, limit: 2 }).pages()) {
      for (const change of items) if (change.type === 'task') titles.push(change.task.title);
      since = next_since;
    }
    return titles;
  };
  await follow();
  const titles = ['changes 1', 'changes 2', 'changes 3'];
  for (const title of titles) await tasks.createTask({ title });
  assert.deepEqual(await follow(), titles);
});
await step(
  'changes-expired',
  async (tasks) => {
    await tasks.createTask({ title: 'changes-expired' });
    const { next_since } = await tasks.listTaskChanges();
    await tasks.deleteUserData();
    await failure(collect(tasks.listTaskChanges({ since: next_since })), ChangeTokenExpiredError);
  },
  { token: OTHER_TOKEN },
);
await step('not-modified', async (tasks) => {
  const { id, version } = await tasks.createTask({ title: 'not-modified' });
  // The compiler knows whether there may be no result.
  const known: { ifNoneMatch?: number } = {};
  const task: Task | undefined = await tasks.getTask(id, known);
  // @ts-expect-error it may be undefined
  assert.equal((await tasks.getTask(id, known)).id, task?.id);
  assert.equal((await tasks.getTask(id, {})).id, id);
  assert.equal(await tasks.getTask(id, { ifNoneMatch: version }), undefined);
});
await step('not-modified-page', async (tasks) => {
  const { response } = await tasks.listTasks().withResponse();
  const ifNoneMatch = response.headers.get('ETag') ?? '';
  assert.equal(await tasks.listTasks({}, { ifNoneMatch }), undefined);
});

// Tokens
const tokens = [TOKEN, TOKEN_2];
await step(
  'token-function',
  async (tasks) => assert.equal((await tasks.getSession()).user_id, (await tasks.getSession()).user_id),
  { token: async () => tokens.shift() ?? '' },
);
await step('token-hidden', async (tasks) => {
  const show = (value: unknown) => {
    const inspected = inspect(value, { depth: 9, showHidden: true, getters: true });
    const text = `${String(value)} ${JSON.stringify(value)} ${inspected}`;
    console.log(`text token-hidden ${text.replaceAll('\n', ' ')}`);
  };
  show(tasks);
  const broken = connect({ serverUrl: `${API}/token-hidden`, token: `${TOKEN}\n` });
  show(await failure(broken.getTask(anyId), Error));
  show(await failure(tasks.getTask(anyId), NotFoundError));
});

if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
