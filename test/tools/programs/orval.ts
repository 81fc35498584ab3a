import assert from 'node:assert/strict';
import {
  createTask,
  deleteTask,
  exportTasks,
  getTask,
  listTaskChanges,
  listTasks,
  updateTask,
} from './client';

const headers = { Authorization: `Bearer ${process.env.TOKEN}` };
const ok = (step: string) => console.log(`ok ${step}`);

const created = await createTask('me', { title: 'Buy milk' }, { headers });
assert(created.status === 201);
assert.equal(created.data.version, 1);
ok('create');

const page = await listTasks('me', { sort: '-created_at', limit: 1 }, { headers });
assert(page.status === 200);
assert.equal(page.data.items[0]?.title, 'Buy milk');
ok('list');

const { id } = created.data;
const update = () =>
  updateTask(
    'me',
    id,
    { description: null, completed: true },
    { headers: { ...headers, 'If-Match': '"1"' } },
  );
const updated = await update();
assert(updated.status === 200 && updated.data.completed);
ok('update');

const stale = await update();
assert(stale.status === 412);
assert.match(stale.data.type, /precondition-failed$/);
ok('412');

const invalid = await createTask('me', { title: ' ' }, { headers });
assert(invalid.status === 422);
assert.deepEqual(invalid.data.errors?.[0]?.loc, ['body', 'title']);
ok('422');

const changes = await listTaskChanges('me', {}, { headers });
assert(changes.status === 200);
const [change] = changes.data.items;
assert(change?.type === 'task' && change.task.id === id);
ok('changes');

assert.equal((await deleteTask('me', id, {}, { headers })).status, 204);
assert.equal((await getTask('me', id, { headers })).status, 404);
ok('delete');

for (const title of ['one', 'two']) await createTask('me', { title }, { headers });
const exported = await exportTasks('me', {}, { headers });
assert(exported.status === 200);
assert.match(await new Response(exported.stream.body).text(), /\{"type":"end","lists":0,"tasks":2\}\n$/);
ok('export');
