import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { breaches, floors } from './floors.ts';

const root = new URL('../../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.[jt]s$/.test(file));

test.each(files)('%s keeps to its floor', (file) => {
  expect(breaches(file, readFileSync(new URL(file, root), 'utf8'))).toEqual([]);
});

test('every floor is there', () => {
  expect([...new Set(files.map((file) => file.split('/')[0]?.replace(/\.[jt]s$/, '')))].sort()).toEqual(
    Object.keys(floors).sort(),
  );
});

describe('it would be noticed if', () => {
  test.each([
    ['a handler opened the pool', 'tasks/handlers.ts', "import { openDatabase } from '../db/pool.ts';"],
    ['a handler knew the pool', 'tasks/handlers.ts', "import type { Database } from '../db/pool.ts';"],
    ['a handler wrote SQL', 'tasks/handlers.ts', "import { sql } from 'slonik';"],
    ['a handler knew Slonik', 'service/handlers.ts', "import type { DatabasePool } from 'slonik';"],
    ['a task handler did', 'tasks/handlers.ts', "import { type DatabasePool } from 'slonik';"],
    ['another handler did', 'tasks/batch-handlers.ts', "import { sql } from 'slonik';"],
    ['the store opened the pool', 'tasks/store.ts', "import { openDatabase } from '../db/pool.ts';"],
    ['it did so later', 'tasks/store.ts', "const { openDatabase } = await import('../db/pool.ts');"],
    ['it did so by a name', 'tasks/store.ts', 'const pool = await import(name);'],
    ['the store made a pool', 'tasks/store.ts', "import { createPool, sql } from 'slonik';"],
    ['it gave it another name', 'tasks/store.ts', "import { createPool as sql } from 'slonik';"],
    ['it took all of Slonik', 'tasks/store.ts', "import * as slonik from 'slonik';"],
    ['the store used the driver', 'tasks/store.ts', "import pg from 'pg';"],
    ['it was passed on', 'tasks/row.ts', "export { createPool } from 'slonik';"],
    ['tasks knew http', 'tasks/handlers.ts', "import type { AnyReply } from '../http/backend.ts';"],
    ['http knew tasks', 'http/backend.ts', "import { taskHandlers } from '../tasks/handlers.ts';"],
    [
      'http verified tokens itself',
      'http/backend.ts',
      "import { createAuthenticate } from '../auth/verify.ts';",
    ],
    ['the contract looked up', 'contract/problem.ts', "import { Task } from '../tasks/row.ts';"],
    ['a type did', 'contract/problem.ts', "type T = import('../tasks/row.ts').Task;"],
    ['handlers saw Koa', 'tasks/handlers.ts', "import type { Context } from 'koa';"],
    ['main put parts together', 'main.ts', "import { taskHandlers } from './tasks/handlers.ts';"],
    ['a library read the environment', 'db/pool.ts', 'const url = process.env.DATABASE_URL;'],
    ['it did so by parts', 'db/pool.ts', 'const { DATABASE_URL } = process.env;'],
    ['it imported the environment', 'db/pool.ts', "import { env } from 'node:process';"],
    ['the root built the driver', 'app.ts', "import { OpenAPIBackend } from 'openapi-backend';"],
    ['the tests ran in production', 'app.ts', "import { startApi } from '../test/support/app.ts';"],
    ['a folder were added', 'cache/cache.ts', ''],
  ])('%s', (_name, file, text) => {
    expect(breaches(file, text)).not.toEqual([]);
  });
});
