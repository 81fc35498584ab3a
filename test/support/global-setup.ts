// Before all tests: one embedded cluster, migrated, that tests copy, because making one takes seconds. With
// TEST_DATABASE_URL that Postgres is migrated as well, and only what tests the embedded one copies.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createLogger } from '../../src/observability/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The data directory to copy. */
    template: string;
  }
}

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const log = createLogger('warn');
  const template = await mkdtemp(join(tmpdir(), 'tasks-template-'));
  const embedded = await startEmbedded(template);
  await migrate({ url: embedded.url, direction: 'up' }, log);
  await embedded.close();
  provide('template', template);
  const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? process.env.TEST_DATABASE_URL;
  if (url) await migrate({ url, direction: 'up' }, log);
  return () => rm(template, { recursive: true, force: true });
};
