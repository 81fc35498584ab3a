import assert from 'node:assert/strict';
import { Api, type HttpResponse, type Problem, TaskSort } from './client';

const { API: baseUrl = '', TOKEN = '' } = process.env;
const { api } = new Api({
  baseUrl,
  baseApiParams: { headers: { Authorization: `Bearer ${TOKEN}` } },
});
const ok = (step: string) => console.log(`ok ${step}`);

/** It throws responses that are no success. */
const failure = (call: Promise<unknown>): Promise<HttpResponse<unknown, Problem>> =>
  call.then(
    () => Promise.reject(new Error('no error')),
    (response) => response,
  );

const { data: created } = await api.createTask('me', { title: 'Buy milk' });
assert.equal(created.version, 1);
ok('create');

const { data: page } = await api.listTasks('me', { sort: TaskSort.ValueCreatedAt, limit: 1 });
assert.equal(page.items[0]?.title, 'Buy milk');
ok('list');

const update = () =>
  api.updateTask(
    'me',
    created.id,
    { description: null, completed: true },
    { headers: { 'If-Match': '"1"' } },
  );
assert.equal((await update()).data.completed, true);
ok('update');

const stale = await failure(update());
assert.equal(stale.status, 412);
assert.match(stale.error.type, /precondition-failed$/);
ok('412');

const invalid = await failure(api.createTask('me', { title: ' ' }));
assert.deepEqual(invalid.error.errors?.[0]?.loc, ['body', 'title']);
ok('422');

const { data: changes } = await api.listTaskChanges('me');
const [change] = changes.items;
assert(change?.type === 'task' && change.task.id === created.id);
ok('changes');

assert.equal((await api.deleteTask('me', created.id)).status, 204);
assert.equal((await failure(api.getTask('me', created.id))).status, 404);
ok('delete');

for (const title of ['one', 'two']) await api.createTask('me', { title });
const exported = await api.exportTasks('me', {}, { format: 'text' });
assert.match(String(exported.data), /\{"type":"end","lists":0,"tasks":2\}\n$/);
ok('export');
