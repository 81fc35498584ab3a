// Before all tests: one embedded cluster that tests copy, empty and migrated, because creating one
// takes seconds. With TEST_DATABASE_URL that Postgres is migrated as well, and only what tests the
// embedded one copies.
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The data directory to copy: a migrated cluster. */
    template: string;
    /** The same before the migrations. */
    emptyTemplate: string;
  }
}

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const log = createLogger('warn');
  const directory = await mkdtemp(join(tmpdir(), 'tasks-template-'));
  const emptyTemplate = join(directory, 'empty');
  const template = join(directory, 'migrated');
  await (await startEmbedded(emptyTemplate)).close();
  cpSync(emptyTemplate, template, { recursive: true });
  const embedded = await startEmbedded(template);
  await migrate({ url: embedded.url, direction: 'up' }, log);
  await embedded.close();
  provide('template', template);
  provide('emptyTemplate', emptyTemplate);
  const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? process.env.TEST_DATABASE_URL;
  if (url) await migrate({ url, direction: 'up' }, log);
  return () => rm(directory, { recursive: true, force: true });
};
