// `npm run limits`, `npm run limits -- reset`: puts the limits on statements on the role of the environment's database,
// or takes them away.
import { ConfigError, readConfig } from './config.ts';
import { changeLimits } from './db/limits.ts';
import { createLogger, loggable } from './log.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

try {
  const [action = 'set'] = process.argv.slice(2);
  const config = readConfig(process.env);
  if (action !== 'set' && action !== 'reset') fail('npm run limits, or npm run limits -- reset');
  else if (config.database === null) fail('DATABASE_URL is not set. The embedded database needs no limits.');
  else {
    const { unpooledUrl: url } = config.database;
    const { databaseTimeout: deadline, connectTimeout: timeout } = config;
    await changeLimits({ url, action, deadline, timeout }, createLogger(config.logLevel));
  }
} catch (error) {
  fail(error instanceof ConfigError ? error.message : `No limits changed: ${loggable(error).message}`);
}
