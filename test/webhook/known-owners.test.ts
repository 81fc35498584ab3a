// What a scan has read may be over when a write comes; what this process knows itself is not.
import { expect, test } from 'vitest';
import { createKnownOwners } from '../../src/webhook/known-owners.ts';

test('a write does not wait for the end of a time that a scan has read', () => {
  const known = createKnownOwners(10);
  known.add('alice', 0, 60_000);
  expect(known.next(1)).toBeNull();
  known.add('alice', 1, 1);
  expect(known.next(1)?.owner).toBe('alice');
  // A pause after a failure is known, and a write does not end it.
  known.settle('alice', 2, { at: 1000, failures: 1, isReported: false });
  known.add('alice', 3, 3);
  expect([known.next(3), known.next(1000)?.owner]).toEqual([null, 'alice']);
});

test('news during a turn is another turn, and there is a bound', () => {
  const known = createKnownOwners(2);
  known.add('alice', 0, 0);
  known.next(0);
  known.add('alice', 1, 1);
  known.settle('alice', 2, { at: null, failures: 0, isReported: true });
  expect(known.next(2)?.since).toBe(2);
  known.settle('alice', 3, { at: null, failures: 0, isReported: true });
  expect([known.size, known.oldest()]).toEqual([0, null]);
  for (const owner of ['alice', 'bob', 'carol']) known.add(owner, 4, 4);
  expect([known.size, known.takeOverflow(), known.takeOverflow()]).toEqual([2, true, false]);
});
