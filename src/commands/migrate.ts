// `npm run migrate`, `npm run migrate -- down [steps]`: migrates the configured databases up or
// down.
import { migrate } from '../db/migrations.ts';
import { shareSyncSecret } from '../db/share-sync-secret.ts';
import { loggable } from '../observability/log.ts';
import { configOrFail, fail, onEach, targetsOf } from './maintenance.ts';

const [direction = 'up', steps] = process.argv.slice(2);
if (direction !== 'up' && direction !== 'down') {
  throw fail('Usage: npm run migrate, or npm run migrate -- down [steps]');
}
const count = steps === undefined ? undefined : Number(steps);
if (count !== undefined && !(Number.isInteger(count) && count > 0))
  fail('The number of steps must be 1 or more.');

const config = configOrFail(process.env, 'The embedded database migrates itself on start.');
const { connectTimeout: timeout } = config;
const targets = targetsOf(config);
const failures = await onEach(targets, 'Not migrated', async ({ url, log }) => {
  const ran = await migrate({ url, direction, count, timeout }, log);
  log.info({ direction, ran }, ran.length === 0 ? 'nothing to migrate' : 'migrated');
});
if (failures.length > 0) fail(failures.join('\n'));
if (targets.length > 1 && direction === 'up' && count === undefined) {
  await shareSyncSecret(targets, timeout).catch((error: unknown) =>
    fail(`Migrated, but change tokens of one database are not valid on another: ${loggable(error).message}`),
  );
}
