// `node bench/overload.ts`: does the service stay useful under more load than it can serve? It finds the load that
// saturates one instance, then offers one, two and four times as much whether or not answers come ("open loop", as the
// world does), and counts the good answers. The database is a real Postgres some milliseconds away, as Neon is; it
// needs Debian's Postgres, and asks nobody but this machine.
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { SignJWT } from 'jose';
import { migrate } from '../src/db/migrate.ts';
import { createLogger } from '../src/log.ts';
import { startBed } from '../test/support/bed/bed.ts';

/** One way of the network to the database, in milliseconds; and the connections of the service. */
const latency = 10;
const poolMax = 4;

/** How long each load lasts, in milliseconds. */
const duration = 6000;

const secret = 'a secret for the benchmark, 32 bytes and more';
const token = await new SignJWT({ sub: 'bench', exp: Math.floor(Date.now() / 1000) + 3600 })
  .setProtectedHeader({ alg: 'HS256' })
  .sign(new TextEncoder().encode(secret));

const bed = await startBed();
await migrate({ url: bed.url, direction: 'up' }, createLogger('warn'));
// In a process of its own: beside the clients it would be late when they are busy.
const script = `
  import { startProxy } from '${new URL('../test/support/bed/proxy.ts', import.meta.url)}';
  const { port } = await startProxy(${bed.port}, { latency: ${latency} });
  console.log(port);
`;
const network = spawn(process.execPath, ['--input-type=module', '--eval', script], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const networkPort = await new Promise<number>((found) =>
  network.stdout.once('data', (line) => found(Number(line))),
);
const service = spawn(process.execPath, ['src/start.js'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    PATH: process.env.PATH,
    DATABASE_URL: bed.urlAt(networkPort),
    DATABASE_POOL_MAX: String(poolMax),
    HOST: '127.0.0.1',
    PORT: '0',
    JWT_SECRET: secret,
    RATE_LIMIT: '0',
    SHUTDOWN_DELAY_MS: '0',
  },
});
const port = await new Promise<number>((found) => {
  let said = '';
  service.stdout.on('data', (text) => {
    said = said.length < 10_000 ? said + text : said;
    const match = /"port":(\d+)/.exec(said);
    if (match) found(Number(match[1]));
  });
});

const agent = new Agent({ keepAlive: true, maxSockets: 2000 });

/** The status of one list request, and how long it took, in milliseconds; status 0 for no answer. */
const ask = (): Promise<{ status: number; took: number }> =>
  new Promise((answered) => {
    const started = performance.now();
    const end = (status: number) => answered({ status, took: performance.now() - started });
    request(
      {
        port,
        host: '127.0.0.1',
        path: '/api/v1/users/me/tasks',
        headers: { authorization: `Bearer ${token}` },
        agent,
      },
      (response) => response.resume().on('end', () => end(response.statusCode ?? 0)),
    )
      .on('error', () => end(0))
      .end();
  });

const closedLoop = async (clients: number): Promise<number> => {
  const until = performance.now() + duration;
  let good = 0;
  const client = async () => {
    while (performance.now() < until) if ((await ask()).status === 200) good += 1;
  };
  await Promise.all(Array.from({ length: clients }, client));
  return good / (duration / 1000);
};

const openLoop = async (rate: number) => {
  const answers: Promise<{ status: number; took: number }>[] = [];
  const started = performance.now();
  while (performance.now() - started < duration) {
    const due = ((performance.now() - started) / 1000) * rate;
    while (answers.length < due) answers.push(ask());
    await new Promise((later) => setTimeout(later, 5));
  }
  const all = await Promise.all(answers);
  const good = all
    .filter(({ status }) => status === 200)
    .map(({ took }) => took)
    .sort((a, b) => a - b);
  const refused = all.filter(({ status }) => status === 503).map(({ took }) => took);
  refused.sort((a, b) => a - b);
  const at = (sorted: number[], share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return {
    offered: Math.round(all.length / (duration / 1000)),
    goodput: Math.round(good.length / (duration / 1000)),
    refused: refused.length,
    other: all.length - good.length - refused.length,
    'good p50 ms': at(good, 0.5),
    'good p99 ms': at(good, 0.99),
    'refused p50 ms': at(refused, 0.5),
  };
};

try {
  await closedLoop(poolMax);
  const peak = await closedLoop(poolMax * 4);
  console.log(
    `saturated at ${Math.round(peak)} requests a second (${poolMax} connections, ${latency} ms away)`,
  );
  for (const times of [1, 2, 4]) console.log(`${times}x`, JSON.stringify(await openLoop(peak * times)));
} finally {
  agent.destroy();
  service.kill('SIGTERM');
  network.kill();
  await bed.close();
}
