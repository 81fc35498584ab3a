// What waiting for changes costs, and how soon a change arrives: `DATABASE_URL=… node bench/live.ts`
// on a migrated database. It starts two processes, opens streams in one and writes in either.

import { openSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, type Server } from './process.ts';
import { tokenFor } from './seed.ts';
import { start } from './servers.ts';

const { DATABASE_URL: databaseUrl = '', BENCH_WAITERS = '1,100,1000' } = process.env;
const path = '/api/v1/users/me/tasks';
const feed = '/api/v1/users/me/task-changes';

/** Opens a stream; calls `arrived` for each piece that has come. Resolves with the first piece. */
const open = (port: number, token: string, arrived: (text: string) => void): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
    const sent = request({ port, host: '127.0.0.1', path: feed, headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
      response.setEncoding('utf8').on('data', (text: string) => {
        resolve(() => sent.destroy());
        arrived(text);
      });
    });
    sent.on('error', reject).end();
  });

const create = async (port: number, token: string): Promise<void> => {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: '{"title":"x"}',
  });
  await response.arrayBuffer();
};

const quantile = (values: readonly number[], share: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN).toFixed(1);

/** Milliseconds from the response to a write until its event has arrived; negative if it is earlier. */
const delays = async (to: Server, from: Server, count: number, owner: string): Promise<number[]> => {
  const token = await tokenFor(owner);
  let arrived = (): void => {};
  const close = await open(to.port, token, (text) => text.includes('event: changes') && arrived());
  const found: number[] = [];
  for (let at = 0; at < count; at++) {
    await sleep(120 + Math.random() * 900);
    const event = new Promise<number>((resolve) => {
      arrived = () => resolve(performance.now());
    });
    await create(from.port, token);
    const committed = performance.now();
    found.push((await event) - committed);
  }
  close();
  return found;
};

const polls = async (port: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^live_polls_total\{outcome="ok"\} (\d+)/m.exec(text)?.[1] ?? 0);
};

const memoryOf = async (port: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1] ?? 0);
};

const cost = async (server: Server, count: number): Promise<void> => {
  const before = await memoryOf(server.port);
  const closes: (() => void)[] = [];
  for (let at = 0; at < count; at += 50) {
    const more = Array.from({ length: Math.min(50, count - at) }, async (_, n) =>
      open(server.port, await tokenFor(`live-${at + n}`), () => {}),
    );
    closes.push(...(await Promise.all(more)));
  }
  await sleep(1500);
  const [memory, asked, cpu] = [await memoryOf(server.port), await polls(server.port), cpuOf(server.pid)];
  await sleep(10_000);
  const used = (cpuOf(server.pid) - cpu) / 1e5;
  const questions = ((await polls(server.port)) - asked) / 10;
  console.log(
    `| ${count} | ${questions.toFixed(1)} | ${used.toFixed(1)} % | ${((memory - before) / count / 1024).toFixed(0)} |`,
  );
  for (const close of closes) close();
  await sleep(500);
};

const output = openSync('/dev/null', 'w');
const env = { MAX_WAITING: '40000', MAX_CONNECTIONS: '60000', METRICS_ON_API: 'true', TRUST_PROXY: '1' };
const [here, there] = [
  await start('service', { databaseUrl, output, env }),
  await start('service', { databaseUrl, output, env }),
];
try {
  console.log('| writer | median ms | p99 ms |\n| --- | ---: | ---: |');
  const parallel = async (from: Server) =>
    (await Promise.all(Array.from({ length: 10 }, (_, at) => delays(here, from, 10, `delay-${at}`)))).flat();
  for (const [name, from] of [
    ['same process', here],
    ['another process', there],
  ] as const) {
    const found = await parallel(from);
    console.log(`| ${name} | ${quantile(found, 0.5)} | ${quantile(found, 0.99)} |`);
  }
  console.log('\n| streams | questions/s | CPU | kB for each |\n| ---: | ---: | ---: | ---: |');
  for (const count of BENCH_WAITERS.split(',').map(Number)) await cost(here, count);
} finally {
  await Promise.all([here.stop(), there.stop()]);
}
