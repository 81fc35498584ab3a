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
import { client } from './client/client.gen';

const { API: baseUrl = '', TOKEN: auth = '' } = process.env;
client.setConfig({ baseUrl, auth });
const ok = (step: string) => console.log(`ok ${step}`);
const user_id = 'me';

const { data: created } = await createTask({ path: { user_id }, body: { title: 'Buy milk' } });
assert.equal(created?.version, 1);
ok('create');

const { data: page } = await listTasks({ path: { user_id }, query: { sort: '-created_at', limit: 1 } });
assert.equal(page?.items[0]?.title, 'Buy milk');
ok('list');

const path = { user_id, task_id: created.id };
const update = () =>
  updateTask({ path, headers: { 'If-Match': '"1"' }, body: { description: null, completed: true } });
assert.equal((await update()).data?.completed, true);
ok('update');

const stale = await update();
assert.equal(stale.response?.status, 412);
assert.match(stale.error?.type ?? '', /precondition-failed$/);
ok('412');

const invalid = await createTask({ path: { user_id }, body: { title: ' ' } });
assert.deepEqual(invalid.error?.errors?.[0]?.loc, ['body', 'title']);
ok('422');

const { data: changes } = await listTaskChanges({ path: { user_id } });
const [change] = changes?.items ?? [];
assert(change?.type === 'task' && change.task.id === created.id);
ok('changes');

assert.equal((await deleteTask({ path })).response?.status, 204);
assert.equal((await getTask({ path })).response?.status, 404);
ok('delete');

for (const title of ['one', 'two']) await createTask({ path: { user_id }, body: { title } });
const { data: exported } = await exportTasks({ path: { user_id }, parseAs: 'text' });
assert.match(String(exported), /\{"type":"end","lists":0,"tasks":2\}\n$/);
ok('export');
