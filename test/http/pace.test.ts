// What is dear to an owner is paced while others have requests in progress and the process is busy,
// and at no other time.
import { expect, test } from 'vitest';
import { ownerIdFrom } from '../../src/auth/principal.ts';
import { createPace } from '../../src/http/pace.ts';
import { newOwner } from '../support/tokens.ts';

const someone = () => {
  const owner = ownerIdFrom(newOwner());
  if (owner === null) throw new Error('not an owner');
  return owner;
};

/** How long the rest of an owner lasts, in milliseconds; 0 where there is none. */
const restOf = async (rest: Promise<void> | undefined): Promise<number> => {
  const began = performance.now();
  await rest;
  return rest === undefined ? 0 : performance.now() - began;
};

test('an owner rests for four times as long as the work took, and others do not', async () => {
  let now = 0;
  const pace = createPace(
    () => true,
    () => true,
    () => now,
  );
  const [exporting, other] = [someone(), someone()];
  // Two exports at once.
  pace.spent(exporting, 10);
  pace.spent(exporting, 10);
  expect(pace.rest(other)).toBeUndefined();
  // Timers are rounded down to a millisecond.
  expect(await restOf(pace.rest(exporting))).toBeGreaterThan(78);
  now = 80;
  expect(pace.rest(exporting)).toBeUndefined();
});

test('no rest is longer than two seconds', () => {
  let now = 0;
  const clock = () => now;
  const pace = createPace(
    () => true,
    () => true,
    clock,
  );
  const owner = someone();
  for (let n = 0; n < 10; n++) pace.spent(owner, 5000);
  now = 1999;
  expect(pace.rest(owner)).toBeDefined();
  now = 2000;
  expect(pace.rest(owner)).toBeUndefined();
});

test.each([
  ['no one else asks for anything', false, true],
  ['the process has time to spare', true, false],
])('an owner does not rest while %s', (_when, hasOthers, isBusy) => {
  const pace = createPace(
    () => hasOthers,
    () => isBusy,
  );
  const owner = someone();
  pace.spent(owner, 1000);
  expect(pace.rest(owner)).toBeUndefined();
});
