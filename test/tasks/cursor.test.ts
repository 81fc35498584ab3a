import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/tasks/cursor.ts';

describe('a cursor', () => {
  const shape = { sort: '-created_at' as const, filters: {} };
  const key = '2026-01-12T09:30:00.123456Z';

  test.each([
    ['of version 4', '0b1c9a44-0f0e-4c3d-9f52-1e6a0d6a1b00'],
    ['of version 7', '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b'],
    ['whose bits name no version', 'd41d8cd9-8f00-0204-e980-0998ecf8427e'],
  ])('leads on from a task with an id %s', (_what, id) => {
    expect(decodeCursor(shape, encodeCursor(shape, { key, id }))).toEqual({ key, id });
  });

  test('with what is no UUID is refused', () => {
    const cursor = encodeCursor(shape, { key, id: 'd41d8cd9' });
    expect(() => decodeCursor(shape, cursor)).toThrow('The cursor is not one that this API made');
  });
});
