// `npm run sandbox`: the real service on a temporary embedded database, with the data of the
// contract's examples and tokens that never change, so that a consumer's tests can run against it
// with known data.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../app.ts';
import { createAuthenticate } from '../auth/verify.ts';
import { readConfig } from '../config.ts';
import { loadContract } from '../contract/document.ts';
import { connect } from '../db/connect.ts';
import { createReadiness } from '../db/readiness.ts';
import { addressOf, listen } from '../http/server.ts';
import { createLogger } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { consoleAddress } from '../server/addresses.ts';
import { onSignals } from '../server/signals.ts';
import {
  deletedTask,
  deletionChange,
  exampleList,
  exampleTasks,
  sandboxSecret,
  sandboxTokens,
} from './data.ts';
import { plantDeletion, plantList, plantTask } from './plant.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const directory = await mkdtemp(join(tmpdir(), 'tasks-sandbox-'));
// Nothing is left, however it ends. A signal during the start ends it at once.
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const signals = onSignals();

const config = readConfig({
  PORT: process.env.PORT ?? '4010',
  HOST: process.env.HOST,
  // No limit unless one is set: tests send many requests, and often bad tokens.
  RATE_LIMIT: process.env.RATE_LIMIT ?? '0',
  MCP: process.env.MCP,
  DATA_DIR: directory,
});
const log = createLogger(process.env.LOG_LEVEL ?? 'warn');
const { database, close } = await connect(config, log);
for (const [index, task] of exampleTasks.entries()) await plantTask(database, task, index + 1);
await plantList(database, exampleList, exampleTasks.length + 1);
await plantDeletion(database, deletedTask, deletionChange);
const app = await createApp({
  contract: await loadContract(),
  authenticate: createAuthenticate({ key: { secret: sandboxSecret } }),
  database,
  isReady: await createReadiness(database),
  log,
  metrics: createMetrics(),
  showMetrics: true,
  rateLimit: config.rateLimit,
  mcp: config.mcp,
  ...(config.rateLimit === 0 && { badTokens: Number.POSITIVE_INFINITY }),
});
const { host, port } = config;
const server = await listen(app.callback(), { host, port }).catch((error: NodeJS.ErrnoException) =>
  fail(error.code === 'EADDRINUSE' ? `Port ${port} is in use: set PORT to another one.` : error.message),
);

signals.stop = async (_signal, hurry) => {
  await server.drain(1000, hurry);
  await close();
};

const tokens = Object.entries(await sandboxTokens());
const [[, firstToken = null] = []] = tokens;
const address = addressOf(host, server.port);
const lines = [
  `Sandbox of the Tasks API at ${address}`,
  `Docs at ${address}/docs`,
  `Console at ${consoleAddress(address, host, firstToken)}`,
  `Agents at ${address}/mcp`,
  'Tokens by user:',
  ...tokens.map(([owner, token]) => `  ${owner}  ${token}`),
];
process.stdout.write(`${lines.join('\n')}\n`);
