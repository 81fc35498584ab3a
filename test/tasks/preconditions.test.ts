// If-Match and If-None-Match as RFC 9110 writes them: lists with empty elements (section 5.6.1.2),
// and opaque tags with any byte that is not a control character, a space or a quote (section
// 8.8.3).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';

let api: Api;
let user: User;
let path: string;
beforeAll(async () => {
  api = await startApi();
  user = await api.newUser();
  path = `tasks/${(await user.create({ title: 'x' })).id}`;
});
afterAll(() => api.close());

const statusOf = async (name: string, value: string) =>
  (await user.send('GET', path, { headers: { [name]: value } })).status;

describe('a list with the task’s entity tag', () => {
  test.each([
    '"1"',
    '"1",,"2"',
    ', "1"',
    '"1",',
    ',\t, "1" ,, "x",',
    '"x","é\xff\x80","1"',
    '"",W/"7", "1"',
    '*',
  ])('%s', async (list) => {
    expect(await statusOf('If-Match', list)).toBe(200);
    expect(await statusOf('If-None-Match', list)).toBe(304);
  });

  test('of weak tags matches If-None-Match only', async () => {
    expect(await statusOf('If-Match', ',W/"1",')).toBe(412);
    expect(await statusOf('If-None-Match', ',W/"1",')).toBe(304);
  });
});

test.each(['"2"', ', "é"', '"2",,W/"3"', '"1é"', '"\xa01"'])('a list without it: %s', async (list) => {
  expect(await statusOf('If-Match', list)).toBe(412);
  expect(await statusOf('If-None-Match', list)).toBe(200);
});

test.each(['1', ',', '"1" "2"', '*, "1"', '"1", *', 'w/"1"', 'W/ "1"', '"1"2', '"a b"', '"', '"1'])(
  'what is not a list is 422: %s',
  async (value) => {
    for (const name of ['If-Match', 'If-None-Match']) expect(await statusOf(name, value)).toBe(422);
    expect((await user.send('GET', 'tasks', { headers: { 'If-None-Match': value } })).status).toBe(422);
  },
);

test('the entity tag of a list of tasks is found in such a list, too', async () => {
  const etag = (await user.send('GET', 'tasks')).headers.get('etag');
  for (const list of [`,${etag}`, `"é",, ${etag} ,`, `${etag?.replace('W/', '')},`]) {
    expect((await user.send('GET', 'tasks', { headers: { 'If-None-Match': list } })).status).toBe(304);
  }
});

test('a write with a header of 100 kB is made, or refused, all the same', async () => {
  const tags = (last: string) => `${'"9",, '.repeat(15_000)}${last}`;
  const update = (name: string, value: string) =>
    user.send('PATCH', path, { json: { title: 'y' }, headers: { [name]: value } });
  expect((await update('If-Match', tags('"8"'))).status).toBe(412);
  expect((await update('If-Match', tags('"1"'))).status).toBe(200);
  expect((await update('If-None-Match', tags('"2"'))).status).toBe(412);
  expect((await update('If-None-Match', tags('x'))).status).toBe(422);
});
