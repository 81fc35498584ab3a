// Every operation of the SDK through Prism, which notes in a header what in a request or a response
// is not as the contract has it.
import assert from 'node:assert/strict';
import {
  connect,
  NotFoundError,
  PreconditionFailedError,
  ValidationError,
} from '../../../src/client/index.ts';

const violations: string[] = [];
const recorded: typeof fetch = async (...args) => {
  const response = await fetch(...args);
  const found: { location: string[] }[] = JSON.parse(response.headers.get('sl-violations') ?? '[]');
  // The faults of requests are intended.
  const inResponse = found.filter(({ location }) => location[0] === 'response');
  violations.push(
    ...inResponse.map((violation) => `${args[0]} ${response.status} ${JSON.stringify(violation)}`),
  );
  return response;
};
const { PRISM: serverUrl = '', TOKEN: token = '' } = process.env;
const tasks = connect({ serverUrl, token, fetch: recorded, maxRetries: 0 });
const ok = (step: string) => console.log(`ok ${step}`);

const created = await tasks.createTask({ title: 'Buy milk', description: 'Two cartons.' });
ok('create');

const { data: page, response } = await tasks.listTasks({ limit: 1, sort: '-created_at' }).withResponse();
assert.equal(page.items[0]?.id, created.id);
for await (const { id } of tasks.listTasks({ q: 'milk', completed: false })) assert.equal(id, created.id);
ok('list');

const update = () => tasks.updateTask(created.id, { description: null }, { ifMatch: 1 });
assert.equal((await update()).version, 2);
ok('update');

await assert.rejects(update(), PreconditionFailedError);
ok('412');

await assert.rejects(tasks.createTask({ title: ' ' }), ValidationError);
ok('422');

await tasks.replaceTask(created.id, { title: 'Buy oat milk', description: null, completed: false });
await tasks.completeTask(created.id);
const { results } = await tasks.applyTaskBatch({
  operations: [
    { op: 'create', task: { title: 'a batch' } },
    { op: 'update', id: created.id, changes: { completed: false }, if_version: 4 },
    { op: 'delete', id: created.id },
  ],
});
assert.equal(results.length, 3);
const { next_since } = await tasks.listTaskChanges();
let lines = 0;
for await (const { title } of tasks.exportTasks()) lines += title === 'a batch' ? 1 : 0;
assert.equal(lines, 1);
ok('export');
ok('batch');

const other = await tasks.createTask({ title: 'unchanged' });
assert.equal(await tasks.getTask(other.id, { ifNoneMatch: other.version }), undefined);
const etag = response.headers.get('ETag') ?? '';
assert.notEqual(await tasks.listTasks({ limit: 1, sort: '-created_at' }, { ifNoneMatch: etag }), undefined);
ok('304');

await tasks.deleteTask(other.id);
await assert.rejects(tasks.getTask(other.id), NotFoundError);
for await (const change of tasks.listTaskChanges({ since: next_since })) assert(change.type === 'deleted');
ok('changes');
await tasks.deleteCompletedTasks();
await tasks.getSession();
await tasks.deleteUserData();
ok('delete');

assert.deepEqual(violations, []);
ok('no violations');
