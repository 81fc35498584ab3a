// The process edge: environment, listening, and the end on a signal.
import { createApp } from './app.ts';
import { mintToken } from './auth/development.ts';
import { createAuthenticate } from './auth/verify.ts';
import { ConfigError, readConfig } from './config.ts';
import { loadContract } from './contract/document.ts';
import { connect, tokenKey } from './db/connect.ts';
import { EmbeddedDatabaseMissing } from './db/embedded.ts';
import { DataDirectoryInUse, DataDirectoryUnusable } from './db/lock.ts';
import { createSchemaCheck } from './db/migrate.ts';
import { listen } from './http/server.ts';
import { createLogger, loggable } from './log.ts';

/** How long requests in flight may take to finish after SIGTERM, in milliseconds. */
const grace = 10_000;

/** How long the database may take to close after that, in milliseconds; Slonik gives busy connections 5 s. */
const closing = 10_000;

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
  // Until there is something to drain a signal ends the process at once: the first process of a container would
  // otherwise not hear it at all.
  let stop: (signal: string) => Promise<void> = async () => process.exit(1);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () =>
      stop(signal).catch((error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      }),
    );
  }

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

  stop = async (signal) => {
    if (draining) return;
    draining = true;
    log.info({ signal }, 'draining');
    await server.drain(grace);
    setTimeout(() => {
      log.error('the database did not close in time');
      process.exit(1);
    }, closing).unref();
    await close();
    log.info('stopped');
  };

  log.info({ host: config.host, port: server.port, embedded: embedded !== null }, 'listening');
  if (embedded !== null) {
    const token =
      'secret' in key ? await mintToken({ secret: key.secret, subject: 'dev', issuer, audience }) : null;
    // Not a log line: it holds a token, and is for the person who started the server.
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    process.stderr.write(banner(`http://${host}:${server.port}`, embedded.directory, token));
  }
};

const plain = [ConfigError, DataDirectoryInUse, DataDirectoryUnusable, EmbeddedDatabaseMissing];

/** What to tell the person who started the server: one sentence for what they can mend, a stack for a bug. */
const explain = (error: unknown): string => {
  if (plain.some((kind) => error instanceof kind)) return (error as Error).message;
  const { name, message, stack, code } = loggable(error);
  if (code === 'EADDRINUSE')
    return `Port ${(error as { port?: unknown }).port} is taken. Set PORT to another one.`;
  const { syscall } = error as { syscall?: unknown };
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `Cannot listen there. Check HOST and PORT: ${message}.`;
  return stack ?? `${name}: ${message}`;
};

try {
  await start();
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
