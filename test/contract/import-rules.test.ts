import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { breaches, cyclesOf, importGraph, picture, rules, sourceFiles } from './import-rules.ts';

const root = new URL('../../src/', import.meta.url);
const files = sourceFiles();

test.each(files)('%s keeps to the import rules', (file) => {
  expect(breaches(file, readFileSync(new URL(file, root), 'utf8'))).toEqual([]);
});

test('every folder has a rule', () => {
  const folders = files.map((file) => file.split('/')[0]?.replace(/\.[jt]s$/, ''));
  expect([...new Set(folders)].sort()).toEqual(Object.keys(rules).sort());
});

test('no file imports itself by way of others, types included', () => {
  console.log(picture());
  expect(cyclesOf(importGraph())).toEqual([]);
});

test('no folder may import itself by way of others', () => {
  // `client` takes a type of the generated types of `publish`; nothing else is outside of src/.
  const graph = Object.entries(rules).map(
    ([folder, may]) =>
      [folder, may.map((one) => one.replace('type ', '')).filter((one) => one in rules)] as const,
  );
  expect(cyclesOf(new Map(graph))).toEqual([]);
});

test('a cycle is found', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['a']],
  ]);
  expect(cyclesOf(graph)).toEqual(['a -> b -> d -> a']);
});

describe('it would be noticed if', () => {
  test.each([
    ['a handler opened the pool', 'tasks/handlers.ts', "import { openDatabase } from '../postgres/pool.ts';"],
    ['a handler knew the pool', 'tasks/handlers.ts', "import type { Database } from '../postgres/pool.ts';"],
    ['a handler wrote SQL', 'tasks/handlers.ts', "import { sql } from 'slonik';"],
    ['a handler knew Slonik', 'service/handlers.ts', "import type { DatabasePool } from 'slonik';"],
    ['a task handler did', 'tasks/handlers.ts', "import { type DatabasePool } from 'slonik';"],
    ['another handler did', 'tasks/batch-handlers.ts', "import { sql } from 'slonik';"],
    ['the store opened the pool', 'tasks/store.ts', "import { openDatabase } from '../postgres/pool.ts';"],
    ['it did so later', 'tasks/store.ts', "const { openDatabase } = await import('../postgres/pool.ts');"],
    ['it did so by a name', 'tasks/store.ts', 'const pool = await import(name);'],
    ['the store made a pool', 'tasks/store.ts', "import { createPool, sql } from 'slonik';"],
    ['it gave it another name', 'tasks/store.ts', "import { createPool as sql } from 'slonik';"],
    ['it took all of Slonik', 'tasks/store.ts', "import * as slonik from 'slonik';"],
    ['the store used the driver', 'tasks/store.ts', "import pg from 'pg';"],
    ['it was passed on', 'tasks/fragments.ts', "export { createPool } from 'slonik';"],
    ['tasks knew http', 'tasks/handlers.ts', "import type { AnyReply } from '../http/backend.ts';"],
    ['http knew tasks', 'http/backend.ts', "import { taskHandlers } from '../tasks/handlers.ts';"],
    [
      'http verified tokens itself',
      'http/backend.ts',
      "import { createAuthenticate } from '../auth/verify.ts';",
    ],
    ['the contract looked up', 'contract/problem.ts', "import { Task } from '../tasks/columns.ts';"],
    ['a type did', 'contract/problem.ts', "type T = import('../tasks/columns.ts').Task;"],
    ['handlers saw Koa', 'tasks/handlers.ts', "import type { Context } from 'koa';"],
    ['main put parts together', 'server/main.ts', "import { taskHandlers } from '../tasks/handlers.ts';"],
    ['a library read the environment', 'postgres/pool.ts', 'const url = process.env.DATABASE_URL;'],
    ['it did so by parts', 'postgres/pool.ts', 'const { DATABASE_URL } = process.env;'],
    ['it imported the environment', 'postgres/pool.ts', "import { env } from 'node:process';"],
    ['the root built the driver', 'app.ts', "import { OpenAPIBackend } from 'openapi-backend';"],
    ['the tests ran in production', 'app.ts', "import { startApi } from '../test/support/app.ts';"],
    ['a folder were added', 'cache/cache.ts', ''],
  ])('%s', (_name, file, text) => {
    expect(breaches(file, text)).not.toEqual([]);
  });
});
