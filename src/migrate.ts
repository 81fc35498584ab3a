// `npm run migrate`, `npm run migrate -- down [steps]`: brings the database of the environment up to date, or back.
import { ConfigError, readConfig } from './config.ts';
import { migrate } from './db/migrate.ts';
import { createLogger, loggable } from './log.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

try {
  const [direction = 'up', steps] = process.argv.slice(2);
  if (direction !== 'up' && direction !== 'down')
    fail('Which way? npm run migrate, or npm run migrate -- down [steps]');
  const count = steps === undefined ? undefined : Number(steps);
  if (count !== undefined && !(Number.isInteger(count) && count > 0))
    fail('The number of steps must be 1 or more.');
  const config = readConfig(process.env);
  if (config.database === null)
    fail('DATABASE_URL is not set. The embedded database migrates itself on start.');
  else {
    const log = createLogger(config.logLevel);
    const { unpooledUrl: url } = config.database;
    const timeout = config.connectTimeout;
    const ran = await migrate({ url, direction: direction as 'up' | 'down', count, timeout }, log);
    log.info({ direction, ran }, ran.length === 0 ? 'nothing to migrate' : 'migrated');
  }
} catch (error) {
  fail(error instanceof ConfigError ? error.message : `Not migrated: ${loggable(error).message}`);
}
