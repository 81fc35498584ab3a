import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './contract';

const { API: baseUrl = '', TOKEN = '' } = process.env;
const tasks = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${TOKEN}` } });
const list = '/api/v1/users/{user_id}/tasks';
const one = '/api/v1/users/{user_id}/tasks/{task_id}';
const ok = (step: string) => console.log(`ok ${step}`);

const { data: created } = await tasks.POST(list, {
  params: { path: { user_id: 'me' } },
  body: { title: 'Buy milk' },
});
assert.equal(created?.version, 1);
ok('create');

const { data: page } = await tasks.GET(list, {
  params: { path: { user_id: 'me' }, query: { sort: '-created_at', limit: 1 } },
});
assert.equal(page?.items[0]?.title, 'Buy milk');
ok('list');

const path = { user_id: 'me', task_id: created.id };
const update = () =>
  tasks.PATCH(one, {
    params: { path, header: { 'If-Match': '"1"' } },
    body: { description: null, completed: true },
  });
assert.equal((await update()).data?.completed, true);
ok('update');

const stale = await update();
assert.equal(stale.response.status, 412);
assert.match(stale.error?.type ?? '', /precondition-failed$/);
ok('412');

const invalid = await tasks.POST(list, { params: { path: { user_id: 'me' } }, body: { title: ' ' } });
assert.deepEqual(invalid.error?.errors?.[0]?.loc, ['body', 'title']);
ok('422');

const { data: changes } = await tasks.GET('/api/v1/users/{user_id}/task-changes', {
  params: { path: { user_id: 'me' } },
});
const [change] = changes?.items ?? [];
assert(change?.type === 'task' && change.task.id === created.id);
ok('changes');

assert.equal((await tasks.DELETE(one, { params: { path } })).response.status, 204);
assert.equal((await tasks.GET(one, { params: { path } })).response.status, 404);
ok('delete');

for (const title of ['one', 'two']) {
  await tasks.POST(list, { params: { path: { user_id: 'me' } }, body: { title } });
}
const { data: exported } = await tasks.GET('/api/v1/users/{user_id}/task-export', {
  params: { path: { user_id: 'me' } },
  parseAs: 'text',
});
assert.match(String(exported), /\{"type":"end","lists":0,"tasks":2\}\n$/);
ok('export');
