// The variables of the environment are the same everywhere: in the configuration, in .env.example and in the pages.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig, variables } from '../../src/config.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const sorted = (names: Iterable<string | undefined>) => [...new Set(names)].sort();

/** The names in the first column of a page's tables. */
const tabled = (page: string) =>
  [...read(page).matchAll(/^\| (`[A-Z][A-Z_]+`(?:, `[A-Z][A-Z_]+`)*) +\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );

describe('.env.example', () => {
  const entries = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );

  test('has every variable once, and no other', () => {
    expect(entries.map(([name]) => name).sort()).toEqual([...variables].sort());
  });

  test('has the defaults of a service with a database', () => {
    const required = { DATABASE_URL: 'postgresql://u@localhost/tasks', JWT_SECRET: 'x'.repeat(32) };
    expect(readConfig({ ...Object.fromEntries(entries), ...required })).toEqual(readConfig(required));
  });
});

test("the README's table has every variable, and no other", () => {
  expect(sorted(tabled('README.md'))).toEqual(sorted(variables));
});

test('the tables of OPERATIONS.md contain only variables that exist', () => {
  const names = sorted(tabled('OPERATIONS.md'));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !variables.includes(name ?? ''))).toEqual([]);
});

test('every variable that compose.yaml sets for the service is one that it reads', () => {
  const [, migrate = '', tasks = ''] =
    /\n {2}migrate:\n([\s\S]*?)\n {2}tasks:\n([\s\S]*?)\nvolumes:/.exec(read('compose.yaml')) ?? [];
  const names = [...(migrate + tasks).matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name]) => name);
  expect(names).toContain('JWT_SECRET');
  expect(names.filter((name) => !variables.includes(name ?? ''))).toEqual([]);
});
