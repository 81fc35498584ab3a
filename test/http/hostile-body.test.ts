// Bodies that were made to cost the service something: what the faults of one are worth is bounded,
// whatever its shape.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxDepth, maxValues } from '../../src/http/json-size.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { costRatio } from '../support/cpu.ts';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi();
  user = await api.newUser();
});
afterAll(() => api.close());

const send = (path: string, body: string) =>
  user.send('POST', path, { body, headers: { 'Content-Type': 'application/json' } });
const operations = (count: number, operation: string): string =>
  `{"operations":[${Array.from({ length: count }, () => operation).join(',')}]}`;

const placesOf = ({ json }: ApiResponse): string[] =>
  json.errors.map(({ loc, type }: { loc: unknown[]; type: string }) => `${type} ${loc.join('.')}`);

describe('a list that is too long', () => {
  test('is one fault, and its items are not validated', async () => {
    const refused = await send('task-batches', operations(101, '{"op":"no such","a":1}'));
    expect(refused.status).toBe(422);
    expect(placesOf(refused)).toEqual(['maxItems body.operations']);
  });

  test('with one item less has the faults of its items, a hundred of them', async () => {
    const refused = await send('task-batches', operations(100, '{"op":"create","task":{"a":1,"b":2}}'));
    expect(placesOf(refused)).toHaveLength(100);
    expect(placesOf(refused).slice(0, 3)).toEqual([
      'required body.operations.0.task.title',
      'additionalProperties body.operations.0.task.a',
      'additionalProperties body.operations.0.task.b',
    ]);
  });
});

describe('an object with too many members', () => {
  const members = (count: number) => Array.from({ length: count }, (_, n) => `"m${n}":0`).join(',');

  test('is one fault, and its members are not validated', async () => {
    const refused = await send('tasks', `{${members(900)}}`);
    expect(placesOf(refused)).toEqual(['maxProperties body']);
  });

  test('in a list is one fault, too', async () => {
    const task = `{"op":"create","task":{"title":"a",${members(90)}}}`;
    const refused = await send('task-batches', operations(2, task));
    expect(placesOf(refused)).toEqual([
      'maxProperties body.operations.0.task',
      'maxProperties body.operations.1.task',
    ]);
  });

  test('with fewer has a fault for each of them, and for what is missing', async () => {
    const refused = await send('tasks', `{${members(10)}}`);
    expect(placesOf(refused)).toHaveLength(11);
    expect(placesOf(refused)[0]).toBe('required body.title');
  });
});

describe('too many values', () => {
  const whole = (refused: ApiResponse) => {
    expect(refused.status).toBe(422);
    expect(placesOf(refused)).toEqual(['maxValues body']);
    expect(refused.text.length).toBeLessThan(500);
  };

  test.each([
    ['empty operations', operations(600_000, '{}')],
    ['deletions', operations(60_000, '{"op":"delete","id":"x"}')],
    ['arrays in arrays', '['.repeat(1_000_000)],
    ['objects in objects', '{"a":'.repeat(400_000)],
    ['arrays, one deeper than allowed', '['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1)],
    ['numbers', `[${'1,'.repeat(1_000_000)}1]`],
    ['members', `{${Array.from({ length: maxValues }, (_, n) => `"${n}":0`).join(',')}}`],
    ['members of one name', `{${'"a":0,'.repeat(300_000)}"a":0}`],
  ])('%s are one fault', async (_name, body) => {
    whole(await send('task-batches', body));
  });

  test('are found in any piece of a body', async () => {
    // The brackets are in strings in the first megabyte, and outside of them in the second.
    const body = `["${'[,\\"{'.repeat(200_000)}",${'[],'.repeat(maxValues)}1]`;
    whole(await send('task-batches', body));
  });

  test('are not brackets and commas in strings', async () => {
    const text = '[{,\\"\\\\'.repeat(maxValues);
    const refused = await send('task-batches', `{"operations":"${text}"}`);
    expect(placesOf(refused)).toEqual(['type body.operations']);
  });

  test('are not those of the deepest and fullest body that is allowed', async () => {
    const nested = '['.repeat(maxDepth - 1) + ']'.repeat(maxDepth - 1);
    const filler = Array.from({ length: maxValues - maxDepth - 1 }, () => '1').join(',');
    const refused = await send('task-batches', `[${nested},${filler}]`);
    expect(placesOf(refused)).toEqual(['type body']);
  });

  test('are fewer in the body of a single task', async () => {
    const values = Array(maxValues / 10)
      .fill(1)
      .join(',');
    whole(await send('tasks', `{"title":"a","description":[${values}]}`));
    const fewer = await send('tasks', `{"title":"a","description":[${values.slice(20)}]}`);
    expect(placesOf(fewer)).toEqual(['type body.description']);
  });
});

describe('what a fault repeats of a request', () => {
  const text = '\u{1F389}'.repeat(150_000);

  test.each([
    ['a name', `{"${text}":1}`],
    ['an unknown kind', `{"operations":[{"op":"${text}"}]}`],
    ['an id', `{"operations":[{"op":"delete","id":"${text}"}]}`],
    ['a title', `{"operations":[{"op":"create","task":{"title":"${text}"}}]}`],
    ['a name in an operation', `{"operations":[{"op":"create","task":{"title":"a","${text}":1}}]}`],
  ])('%s of 600 kB is a few hundred bytes', async (_name, body) => {
    const refused = await send('task-batches', body);
    expect(refused.status).toBe(422);
    expect(Buffer.byteLength(refused.text)).toBeLessThan(1000);
    // A pair of UTF-16 units is not cut in two by it.
    expect(refused.text).not.toMatch(/\\ud[89a-f]/);
  });

  test('a hundred names of 25 kB are a hundred short ones', async () => {
    const members = Array.from({ length: 20 }, (_, n) => `"${n}-${'n'.repeat(25_000)}":0`);
    const task = `{"title":"a",${members.join(',')}}`;
    const refused = await send('task-batches', operations(5, `{"op":"create","task":${task}}`));
    expect(refused.json.errors).toHaveLength(100);
    expect(refused.text.length).toBeLessThan(30_000);
  });

  test('the name of a parameter is shortened, too', async () => {
    const refused = await user.send('GET', `tasks?${'p'.repeat(20_000)}=1`);
    expect(refused.status).toBe(422);
    expect(refused.text.length).toBeLessThan(1000);
  });

  test.each(['__proto__', 'constructor', 'toString', 'a/b~c', '\\ud800', '1e400'])(
    'a field called %s is an unknown one',
    async (name) => {
      const refused = await send('tasks', `{"title":"a","${name}":{"x":1}}`);
      expect(refused.json.errors).toEqual([
        {
          loc: ['body', name.replace('\\ud800', '\uFFFD')],
          msg: 'is not a known field',
          type: 'additionalProperties',
        },
      ]);
    },
  );
});

describe('a label whose combining marks are out of order', () => {
  const [above, below] = ['\u0301', '\u0316'];
  const inOrder = (count: number) => `a${below.repeat(count)}${above.repeat(count)}`;
  const outOfOrder = (count: number) => `a${above.repeat(count)}${below.repeat(count)}`;
  const bodies: Readonly<Record<string, (label: string) => [path: string, body: unknown]>> = {
    'of a new task': (label) => ['tasks', { title: 'a', labels: [label] }],
    'in a batch': (label) => [
      'task-batches',
      { operations: [{ op: 'create', task: { title: 'a', labels: [label] } }] },
    ],
    'to rename': (label) => ['label-renames', { label, new_label: label }],
  };

  test.each(Object.entries(bodies))('costs no more than its length: %s', async (_name, bodyOf) => {
    const refuse = async (label: string) => {
      const [path, json] = bodyOf(label);
      expect((await user.send('POST', path, { json })).json.errors[0].type).toBe('maxLength');
    };
    await refuse(inOrder(100));
    const ratio = await costRatio(
      () => refuse(outOfOrder(8000)),
      () => refuse(inOrder(8000)),
      4,
    );
    expect(ratio).toBeLessThan(4);
  });

  test('costs no more than its length in a list', async () => {
    const refuse = async (label: string) => {
      const refused = await user.send('GET', `tasks?labels_all=${encodeURIComponent(label)}`);
      expect(placesOf(refused)).toEqual(['maxLength query.labels_all']);
    };
    const costOf = (label: string) => () => refuse(label);
    // Compiled by now, which would count as much.
    await costRatio(costOf(inOrder(1300)), costOf(inOrder(1300)), Number.POSITIVE_INFINITY);
    const ratio = await costRatio(costOf(outOfOrder(1300)), costOf(inOrder(1300)), 1.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test('is composed up to the longest one, whose characters are four code points each', async () => {
    const [one, composed] = ['\u03b1\u0313\u0300\u0345', '\u1f82'];
    const white = ' '.repeat(5000);
    const task = await user.create({ title: 'a', labels: [white + one.repeat(50) + white] });
    expect(task.labels).toEqual([composed.repeat(50)]);
    const found = await user.send('GET', `tasks?labels_all=${encodeURIComponent(one.repeat(50))}`);
    expect(found.json.items).toEqual([task]);
    const refused = await user.send('POST', 'tasks', { json: { title: 'a', labels: [one.repeat(51)] } });
    expect(placesOf(refused)).toEqual(['maxLength body.labels.0']);
  });
});

test('numbers that no language can represent are not versions', async () => {
  const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';
  for (const number of ['1e400', '9'.repeat(100_000), `0.${'1'.repeat(100_000)}`, '-0.5', '1e-400']) {
    const refused = await send(
      'task-batches',
      operations(1, `{"op":"delete","id":"${id}","if_version":${number}}`),
    );
    expect([refused.status, refused.json.type]).toEqual([422, '/problems/validation-error']);
  }
});
