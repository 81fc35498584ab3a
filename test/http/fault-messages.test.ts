// What a client reads in `msg`: a sentence of this API, never the words of its validator.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainedFormats, explainedRules, setByServer } from '../../src/http/fault-messages.ts';
import { type Api, startApi } from '../support/app.ts';
import { document, operations, resolve } from '../support/contract.ts';
import { propertiesOf } from '../support/contract-values.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const id = '3f0c2c9e-7d53-4d7c-9a0f-0d8f2b6b6a11';
const placeForms = 'must be {"first": true}, {"last": true}, {"before": id} or {"after": id}';
const ruleForm =
  'must be a rule alone in one line of printable ASCII characters, such as FREQ=WEEKLY;BYDAY=MO,TH, without DTSTART';
const metadata = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`n${n}`, 'x']));
const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`n${n}`, 'x']));

test.each<[message: string, method: string, path: string, json?: unknown, tag?: string]>([
  ['must be a string', 'POST', 'tasks', { title: 7 }],
  ['must be a string or null', 'PATCH', `tasks/${id}`, { description: 7 }],
  ['must be true or false', 'PATCH', `tasks/${id}`, { completed: 'yes' }],
  ['must be an array: [] for none', 'POST', 'tasks', { title: 'x', labels: null }],
  ['must be an array', 'POST', 'tasks', { title: 'x', labels: 'a' }],
  ['must be an object: {} for none', 'POST', 'tasks', { title: 'x', metadata: null }],
  ['must be an object, in which null removes a name', 'PATCH', `tasks/${id}`, { metadata: null }],
  ['must be one of: none, low, medium, high, urgent', 'PATCH', `tasks/${id}`, { priority: null }],
  ['must be one of: none, low, medium, high, urgent', 'PATCH', `tasks/${id}`, { priority: 4 }],
  ['cannot be written', 'PATCH', `tasks/${id}`, { id }],
  ['cannot be written', 'POST', 'tasks', { title: 'x', version: 1 }],
  ['cannot be written: send place, such as {"first": true}', 'PATCH', `tasks/${id}`, { position: 'p1' }],
  ['cannot be written: send place, such as {"first": true}', 'PATCH', `lists/${id}`, { position: 'p1' }],
  ['cannot be written', 'PATCH', `lists/${id}`, { version: 1 }],
  [placeForms, 'POST', 'tasks', { title: 'x', place: 'first' }],
  [placeForms, 'PATCH', `tasks/${id}`, { place: null }],
  [placeForms, 'PATCH', `tasks/${id}`, { place: {} }],
  [placeForms, 'PATCH', `lists/${id}`, { place: { first: true, after: id } }],
  ['must be true', 'PATCH', `tasks/${id}`, { place: { first: false } }],
  [
    'is required, also with a new anchor or missed',
    'PATCH',
    `tasks/${id}`,
    { recurrence: { missed: 'keep' } },
  ],
  [ruleForm, 'PATCH', `tasks/${id}`, { recurrence: { rrule: 'DTSTART:20260101\nRRULE:FREQ=DAILY' } }],
  ['is not a known field', 'POST', 'label-renames', { label: 'a', new_label: 'b', version: 1 }],
  ['must be an object', 'POST', 'tasks', []],
  ['must be a whole number', 'GET', 'tasks?limit=1.5'],
  ['must be true', 'DELETE', 'tasks?completed=false'],
  ['must not be repeated', 'GET', 'tasks?q=a&q=b'],
  ['must not be empty', 'GET', 'tasks?q='],
  ['must have at most 200 characters', 'POST', 'tasks', { title: 'x'.repeat(201) }],
  ['must have at most 2,000 characters', 'POST', 'tasks', { title: 'x', description: 'x'.repeat(2001) }],
  ['must be at least 1', 'GET', 'tasks?limit=0'],
  ['must be at most 100', 'GET', 'tasks?limit=101'],
  ['must be a UUID, such as 3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7', 'GET', 'tasks/7'],
  ['must be a day of the calendar, without a time, such as 2026-03-01', 'GET', 'tasks?due_from=2026-02-31'],
  [
    'must be a date and time with seconds (00 to 59), at most six digits after them, and an offset, such as ' +
      '2026-03-01T09:30:00Z; in a URL, write + as %2B',
    'GET',
    'tasks?completed_from=2026-03-01',
  ],
  ['must have at least one field', 'PATCH', `tasks/${id}`, {}],
  ['must have at least one item', 'POST', 'task-batches', { operations: [] }],
  ['must have at most 20 items', 'POST', 'tasks', { title: 'x', labels: Array(50).fill('x') }],
  ['must have at most 16 fields', 'POST', 'tasks', { title: 'x', metadata }],
  ['must have at most 33 fields', 'POST', 'tasks', { title: 'x', ...unknown }],
  ['must not be empty', 'POST', 'tasks', { title: ' ' }],
  ['must be * or entity tags in double quotes, separated by commas', 'GET', `tasks/${id}`, undefined, '1'],
  ['has characters that are not allowed', 'GET', 'task-changes?since=%2F'],
  [
    'must be Unicode text without NUL and without lone surrogates',
    'POST',
    'tasks',
    { title: 'x', description: '\ud800' },
  ],
  ['is not a known parameter', 'GET', 'tasks?colour=red'],
  ['is not a known field', 'POST', 'tasks', { title: 'x', colour: 'red' }],
])('%s', async (message, method, path, json, tag) => {
  const user = await api.newUser();
  const refused = await user.send(method, path, {
    ...(json !== undefined && { json }),
    ...(tag !== undefined && { headers: { 'If-None-Match': tag } }),
  });
  expect(refused.status).toBe(422);
  expect(refused.json.errors.map(({ msg }: { msg: string }) => msg)).toEqual([message]);
});

/** Every keyword of the schemas that requests are checked against, with its values. */
const keywords = new Map<string, Set<unknown>>();
const collect = (schema: object): void => {
  for (const [name, value] of Object.entries(resolve<object>(schema))) {
    if (name === 'properties') for (const inner of Object.values(value)) collect(inner as object);
    else if (name === 'items') collect(value);
    else if (name === 'oneOf') for (const inner of value) collect(inner);
    else keywords.set(name, (keywords.get(name) ?? new Set()).add(value));
  }
};
for (const { definition, parameters } of operations) {
  for (const { schema = {} } of parameters) collect(schema);
  const { content = {} } = definition.requestBody ? resolve(definition.requestBody) : {};
  for (const { schema = {} } of Object.values(content)) collect(schema);
}

test('the fields that cannot be written are those that no change of a task has', () => {
  const writable = propertiesOf('TaskUpdate');
  const others = [...propertiesOf('Task').keys()].filter((name) => !writable.has(name));
  expect([...setByServer].sort()).toEqual(others.sort());
});

test('every keyword and every format that requests are checked against has a sentence', () => {
  const annotations = ['description', 'example', 'default', 'nullable', 'discriminator'];
  const rules = [...keywords.keys()].filter((name) => !/^x-(?!text)/.test(name));
  expect(document.openapi).toMatch(/^3\.0\./);
  expect(rules.filter((name) => !annotations.includes(name) && !explainedRules.has(name))).toEqual([]);
  expect([...(keywords.get('format') ?? [])].filter((name) => !explainedFormats.has(String(name)))).toEqual(
    [],
  );
});
