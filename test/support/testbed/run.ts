// `npm run test:postgres` and `npm run test:pgbouncer`: the tests on a real Postgres that is made
// for them, directly or through PgBouncer. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findPgBouncer, findPostgres } from './programs.ts';
import { startTestbed } from './testbed.ts';

const [way, ...args] = process.argv.slice(2);
// These start the embedded database themselves, or use none: `npm test` has run them.
const elsewhere = [
  'test/auth/start.test.ts',
  'test/process/{config,kill,lock,logs,npm,persistence,readiness,sandbox,shutdown}.test.ts',
  'test/process/{drain-waiting,signals,startup,telemetry}.test.ts',
  'test/client/{connect,errors,export,pager,retries}.test.ts',
  'test/contract/{distributed,drift,examples,sharding-key}.test.ts',
  'test/deployment/{pages,variables}.test.ts',
  'test/docs/*.test.ts',
  'test/http/{deprecation,metrics-server,pace,patterns,wiring}.test.ts',
  'test/postgres/{failure,fair-queue,retry-policy}.test.ts',
  'test/tasks/{cursor,statement}.test.ts',
].flatMap((files) => ['--exclude', files]);
// What never reaches the database, or not by the pooler, has run on Postgres already.
const withoutPooler = [
  'test/auth/*.test.ts',
  'test/deployment/*.test.ts',
  'test/contract/{formats,import-rules,owner-predicate,third-party-tools}.test.ts',
  'test/db/{migration-files,schema}.test.ts',
  'test/http/{anonymous-turns,bad-tokens,body,compression,connections,cors,hostile-body}.test.ts',
  'test/http/{hostile-requests,largest-body,parser,protocol}.test.ts',
  'test/postgres/{address,internals}.test.ts',
  'test/process/descriptors.test.ts',
].flatMap((files) => ['--exclude', files]);
const missing = [findPostgres(), ...(way === 'pgbouncer' ? [findPgBouncer()] : [])].find(
  (found) => 'missing' in found,
);
if (missing && 'missing' in missing) {
  console.error(missing.missing);
  process.exit(1);
}

const bed = await startTestbed();
let code: unknown = 1;
try {
  const bouncer = way === 'pgbouncer' ? await bed.pgBouncer() : null;
  if (bouncer !== null) {
    console.log(
      `PgBouncer ${bouncer.version}, transaction mode, TLS, prepared statements ${bouncer.preparedStatements ? 'on' : 'off'}`,
    );
  }
  const options = ['--typecheck.enabled=false', ...elsewhere, ...(bouncer === null ? [] : withoutPooler)];
  const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...options, ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_DATABASE_URL: bouncer?.url ?? bed.url,
      TEST_DATABASE_URL_UNPOOLED: bed.url,
      DATABASE_PREPARED_STATEMENTS: String(bouncer?.preparedStatements ?? true),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
  [code] = await once(vitest, 'exit');
} finally {
  await bed.close();
}
process.exit(typeof code === 'number' ? code : 1);
