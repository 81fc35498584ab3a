// Named statements that a pooler has lost: they go out of use for a while, not for good.
import { expect, test } from 'vitest';
import { createLogger } from '../../src/observability/log.ts';
import { ConnectionNotOpened } from '../../src/postgres/failure.ts';
import { createRetry } from '../../src/postgres/retry-policy.ts';

const lost = (code: string) => Object.assign(new Error('prepared statement "a" does not exist'), { code });

/** A retry on a clock that the test sets, in milliseconds, with the lines that it logs. */
const start = () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line).msg) });
  const clock = { now: 0 };
  const retry = createRetry(true, log, () => clock.now);
  return { clock, lines, retry };
};

const second = 1000;
const hour = 3_600_000;

test.each(['26000', '42P05'])(
  'one %s: names are used again after a while, with a line each way',
  async (code) => {
    const { clock, lines, retry } = start();
    expect(retry.named()).toBe(true);
    // Several statements are under way when it happens.
    for (const _ of [1, 2, 3]) expect(await retry.isDue(lost(code), 1, false)).toBe(true);
    expect(retry.named()).toBe(false);
    clock.now = 9 * second;
    expect(retry.named()).toBe(false);
    clock.now = 11 * second;
    expect(retry.named()).toBe(true);
    expect(lines).toEqual([expect.stringContaining('DATABASE_PREPARED_STATEMENTS=false')]);
    clock.now = 60 * second;
    expect(retry.named()).toBe(true);
    expect(lines.slice(1)).toEqual(['named statements are in use again']);
    // It begins from the beginning.
    await retry.isDue(lost(code), 1, false);
    clock.now = 71 * second;
    expect(retry.named()).toBe(true);
    expect(lines).toHaveLength(3);
  },
);

test('a pooler that never keeps them is tried ever less often, and reported once', async () => {
  const { clock, lines, retry } = start();
  let losses = 0;
  for (; clock.now < 24 * hour; clock.now += second) {
    if (!retry.named()) continue;
    losses += 1;
    await retry.isDue(lost('26000'), 1, false);
  }
  expect(losses).toBeGreaterThan(24);
  expect(losses).toBeLessThan(40);
  expect(lines).toHaveLength(1);
});

test('a connection that does not open is tried again where waiting can help', async () => {
  const { retry } = start();
  const notOpened = (message: string) => new ConnectionNotOpened(new Error(message));
  expect(await retry.isDue(notOpened('timeout expired'), 100, false)).toBe(true);
  expect(await retry.isDue(notOpened('no such database: a'), 1, true)).toBe(false);
  expect(await retry.isDue(notOpened('Connection pool has ended.'), 1, true)).toBe(false);
});
