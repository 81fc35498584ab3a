import { expect, test } from 'vitest';
import { successorId, uuidV5 } from '../../../src/tasks/recurrence/successor-id.ts';

const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const url = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

test.each([
  // RFC 9562, appendix A.4; then from Python's uuid.uuid5.
  [dns, 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
  [dns, 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
  [url, 'https://example.com/ä?q=€', '0e912c49-9bb1-5366-9c1c-f7b8175ac459'],
  ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '', '52e0e9d4-f46c-57ca-9bcb-0708d1863369'],
])('the UUID of %s and %j', (namespace, name, expected) => {
  expect(uuidV5(namespace, name)).toBe(expected);
});

test('the id of a successor depends on the task only, in whatever letter case', () => {
  const id = '0b1c9a44-0f0e-4c3d-9f52-1e6a0d6a1bcd';
  expect(successorId(id)).toBe('d6768e47-0098-5711-952d-ce9e80170561');
  expect(successorId(id.toUpperCase())).toBe(successorId(id));
  expect(successorId(successorId(id))).not.toBe(successorId(id));
});
