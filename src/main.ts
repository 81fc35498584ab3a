// The process edge: environment, listening, and the end on a signal.
import { createApp } from './app.ts';
import { mintToken } from './auth/development.ts';
import { createAuthenticate } from './auth/verify.ts';
import { ConfigError, readConfig } from './config.ts';
import { loadContract } from './contract/document.ts';
import { connect, tokenKey } from './db/connect.ts';
import { EmbeddedDatabaseMissing } from './db/embedded.ts';
import { DataDirectoryInUse } from './db/lock.ts';
import { createSchemaCheck } from './db/migrate.ts';
import { listen } from './http/server.ts';
import { createLogger } from './log.ts';

/** How long requests in flight may take to finish after SIGTERM, in milliseconds. */
const grace = 10_000;

const banner = (address: string, directory: string, token: string | null): string =>
  [
    '',
    'Tasks API on an embedded DEVELOPMENT database: one process, one connection, not for production.',
    `  API       ${address}`,
    `  Contract  ${address}/openapi.yaml`,
    `  Data      ${directory}`,
    ...(token === null
      ? []
      : [
          `  Token     ${token}`,
          '            (user "dev", good for 30 days; another one: npm run token -- alice)',
          '',
          'Try it:',
          '',
          `curl -X POST ${address}/api/v1/users/me/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy milk"}'`,
        ]),
    '',
    '',
  ].join('\n');

const start = async (): Promise<void> => {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const { database, embedded, close } = await connect(config, log);
  const key = await tokenKey(config);
  const { issuer, audience } = config;
  const schemaIsCurrent = await createSchemaCheck(database);
  let draining = false;
  const app = await createApp({
    contract: await loadContract(),
    authenticate: createAuthenticate({ key, issuer, audience }),
    database,
    isReady: async () => !draining && (await schemaIsCurrent()),
    log,
  });
  const server = await listen(app.callback(), config.host, config.port);

  const stop = async (signal: string): Promise<void> => {
    if (draining) return;
    draining = true;
    log.info({ signal }, 'draining');
    await server.drain(grace);
    await close();
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  log.info({ host: config.host, port: server.port, embedded: embedded !== null }, 'listening');
  if (embedded !== null) {
    const token =
      'secret' in key ? await mintToken({ secret: key.secret, subject: 'dev', issuer, audience }) : null;
    // Not a log line: it holds a token, and is for the person who started the server.
    process.stderr.write(banner(`http://${config.host}:${server.port}`, embedded.directory, token));
  }
};

const plainly = (error: unknown): string | null => {
  if (error instanceof ConfigError || error instanceof DataDirectoryInUse) return error.message;
  if (error instanceof EmbeddedDatabaseMissing) return error.message;
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Set PORT to another one.`;
  return null;
};

try {
  await start();
} catch (error) {
  const message = plainly(error);
  if (message === null) throw error;
  console.error(message);
  process.exit(1);
}
