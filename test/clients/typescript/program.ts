import assert from 'node:assert/strict';
import { ApiError, connect, problemOf, readExport } from 'tasks-api/client';

const tasks = connect({ serverUrl: process.env.API ?? '', token: () => process.env.TOKEN ?? '' });
const user_id = 'me';
const passed = (what: string) => console.log(`ok ${what}`);
const failure = async (call: Promise<unknown>): Promise<ApiError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert(error instanceof ApiError);
  return error;
};

const created = [];
for (let n = 1; n <= 5; n++) {
  created.push(await tasks.createTask({ path: { user_id }, body: { title: `task ${n}` } }));
}
passed('create');

const titles: string[] = [];
const query = { sort: 'created_at', limit: 2 } as const;
for await (const task of tasks.listTasks.items({ path: { user_id }, query })) titles.push(task.title);
assert.deepEqual(titles, ['task 1', 'task 2', 'task 3', 'task 4', 'task 5']);
passed('list across pages');

const path = { user_id, task_id: created[0]?.id ?? '' };
const conditional = { path, body: { completed: true }, headers: { 'If-Match': '"1"' } };
const updated = await tasks.updateTask(conditional, { envelope: true });
assert.equal(updated.data.version, 2);
assert.equal(updated.headers.etag, '"2"');
passed('update with a precondition');

const stale = await failure(tasks.updateTask(conditional));
assert.equal(stale.status, 412);
assert.equal(problemOf(stale)?.type, '/problems/precondition-failed');
passed('412 as a typed error');

const invalid = problemOf(await failure(tasks.createTask({ path: { user_id }, body: { title: ' ' } })));
assert.equal(invalid?.status, 422);
assert.deepEqual(invalid.errors?.[0]?.loc, ['body', 'title']);
passed('422 as a typed error');

const flaky = await tasks.createTask({ path: { user_id }, body: { title: 'flaky' } });
assert.equal(flaky.title, 'flaky');
passed('retry through a 503');

const exported: string[] = [];
for await (const task of readExport(await tasks.exportTasks({ path: { user_id } })))
  exported.push(task.title);
assert.deepEqual(exported.sort(), ['flaky', ...titles]);
passed('complete export');

const { items } = await tasks.listTaskChanges({ path: { user_id } });
const changed = items.flatMap((change) => (change.type === 'task' ? [change.task.title] : []));
assert.deepEqual(changed.sort(), ['flaky', ...titles]);
passed('changes of a later version');

for (const { id } of [...created, flaky]) await tasks.deleteTask({ path: { user_id, task_id: id } });
assert.equal((await failure(tasks.getTask({ path }))).status, 404);
passed('delete');
