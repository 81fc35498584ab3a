import { sql } from 'slonik';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Slots, statement } from '../../src/tasks/statement.ts';

const select = statement(
  'select',
  z.object({}),
  ({ a, b }: Slots<'a' | 'b'>) => sql.fragment`SELECT ${b}, ${a}, ${b}`,
);

test('a statement has one parameter for each slot, whatever its value', () => {
  expect(select({ a: null, b: 2 })).toMatchObject({ sql: 'SELECT $1, $2, $1', values: [2, null] });
});

test('a value that is missing is not sent as null', () => {
  const missing = { a: 1, b: undefined } as unknown as { a: number; b: number };
  expect(() => select(missing)).toThrow('select has no value for b');
});

test('a value that the text would keep for ever is refused', () => {
  const bound = statement('bound', z.object({}), () => sql.fragment`SELECT ${1}`);
  expect(() => bound({})).toThrow('bound binds a value that is in no slot');
});
