// Before all tests: one embedded cluster that tests copy, empty and migrated, because creating one
// takes seconds. With TEST_DATABASE_URL that Postgres is migrated as well, and only what tests the
// embedded one copies.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { templates } from './template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The data directory to copy: a migrated cluster. */
    template: string;
    /** The same before the migrations. */
    emptyTemplate: string;
    /** Where the copies are made. */
    copies: string;
  }
}

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const directory = await templates();
  provide('template', join(directory, 'migrated'));
  provide('emptyTemplate', join(directory, 'empty'));
  const copies = await mkdtemp(join(tmpdir(), 'tasks-clusters-'));
  provide('copies', copies);
  const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? process.env.TEST_DATABASE_URL;
  if (url) await migrate({ url, direction: 'up' }, createLogger('warn'));
  return () => rm(copies, { recursive: true, force: true });
};
