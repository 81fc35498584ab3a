// A page that could not be read once must not stay broken until the next start.
import { expect, test } from 'vitest';
import { remember } from '../../src/service/remember.ts';

test('a failure is not remembered, and a success is', async () => {
  let calls = 0;
  const read = remember(async () => {
    calls += 1;
    if (calls === 1) throw new Error('EMFILE');
    return calls;
  });
  await expect(read()).rejects.toThrow('EMFILE');
  expect(await Promise.all([read(), read()])).toEqual([2, 2]);
  expect(await read()).toBe(2);
});
