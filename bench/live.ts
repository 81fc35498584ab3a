// What waiting for changes costs, and how soon a change arrives: `DATABASE_URL=… node bench/live.ts`
// on a migrated database. It starts two processes, opens streams in one and writes in either.
import { openSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuOf, type Server } from './process.ts';
import { tokenFor } from './seed.ts';
import { start } from './servers.ts';

const { DATABASE_URL: databaseUrl = '', BENCH_WAITERS = '1,100,1000' } = process.env;
const path = '/api/v1/users/me/tasks';
const feed = '/api/v1/users/me/task-changes';

/** Sends a request that waits for changes, again and again until the returned function is called. */
const poll = async (port: number, token: string): Promise<() => void> => {
  const closing = new AbortController();
  const headers = { Authorization: `Bearer ${token}` };
  const ask = async (query: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${feed}${query}`, {
      headers,
      signal: closing.signal,
    });
    return /"next_since":"([^"]+)"/.exec(await response.text())?.[1] ?? '';
  };
  let since = await ask('');
  const repeat = async (): Promise<void> => {
    while (!closing.signal.aborted) since = await ask(`?wait=30&since=${since}`);
  };
  // It ends when it is aborted, or with the process.
  repeat().catch(() => {});
  return () => closing.abort();
};

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

/** Writes for users that no one follows, one after the other, until the returned function is called. */
const load = async (servers: readonly Server[], writers: number): Promise<() => Promise<void>> => {
  let isOver = false;
  const tokens = await Promise.all(Array.from({ length: writers }, (_, at) => tokenFor(`load-${at}`)));
  const work = tokens.map(async (token, at) => {
    while (!isOver) await create(servers[at % servers.length]?.port ?? 0, token);
  });
  return async () => {
    isOver = true;
    await Promise.all(work);
  };
};

const polls = async (port: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^live_polls_total\{outcome="ok"\} (\d+)/m.exec(text)?.[1] ?? 0);
};

const memoryOf = async (port: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1] ?? 0);
};

type Kind = 'streams' | 'long polls';

const cost = async (server: Server, count: number, kind: Kind): Promise<void> => {
  const before = await memoryOf(server.port);
  const closes: (() => void)[] = [];
  for (let at = 0; at < count; at += 50) {
    const more = Array.from({ length: Math.min(50, count - at) }, async (_, n) => {
      const token = await tokenFor(`live-${at + n}`);
      return kind === 'streams' ? open(server.port, token, () => {}) : poll(server.port, token);
    });
    closes.push(...(await Promise.all(more)));
  }
  await sleep(1500);
  const [memory, asked, cpu] = [await memoryOf(server.port), await polls(server.port), cpuOf(server.pid)];
  await sleep(10_000);
  const used = (cpuOf(server.pid) - cpu) / 1e5;
  const questions = ((await polls(server.port)) - asked) / 10;
  console.log(
    `| ${count} ${kind} | ${questions.toFixed(1)} | ${used.toFixed(1)} % | ${((memory - before) / count / 1024).toFixed(0)} |`,
  );
  for (const close of closes) close();
  await sleep(500);
};

/** Transactions of the database so far: each statement of this bench is one. */
const transactions = async (): Promise<number> => {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  // What the processes have done arrives in the statistics within a second or so.
  const { rows } = await client.query(
    'SELECT xact_commit::float8 AS count FROM pg_stat_database WHERE datname = current_database()',
  );
  await client.end();
  return rows[0].count;
};

/** Statements a second while each of `writers` users, of those that are followed, writes ten times a second. */
const statements = async (here: Server, there: Server, streams: number, writers: number): Promise<void> => {
  const tokens = await Promise.all(Array.from({ length: streams }, (_, at) => tokenFor(`many-${at}`)));
  const closes = await Promise.all(tokens.map((token) => open(here.port, token, () => {})));
  let isOver = false;
  let writes = 0;
  const work = tokens.slice(0, writers).map(async (token, at) => {
    while (!isOver) {
      await create((at % 2 === 0 ? here : there).port, token);
      writes += 1;
      await sleep(100);
    }
  });
  await sleep(2000);
  const [before, written] = [await transactions(), writes];
  await sleep(10_000);
  const [count, own] = [(await transactions()) - before, writes - written];
  isOver = true;
  await Promise.all(work);
  for (const close of closes) close();
  console.log(`| ${streams} | ${writers} | ${(own / 10).toFixed(0)} | ${((count - own) / 10).toFixed(0)} |`);
  await sleep(500);
};

const output = openSync('/dev/null', 'w');
const env = { MAX_WAITING: '40000', MAX_CONNECTIONS: '60000', METRICS_ON_API: 'true', TRUST_PROXY: '1' };
const [here, there] = [
  await start('service', { databaseUrl, output, env }),
  await start('service', { databaseUrl, output, env }),
];
try {
  console.log('| written by | other writers | median ms | p99 ms |\n| --- | ---: | ---: | ---: |');
  const parallel = async (from: Server) =>
    (await Promise.all(Array.from({ length: 10 }, (_, at) => delays(here, from, 20, `delay-${at}`)))).flat();
  for (const writers of [0, 8]) {
    const unload = await load([here, there], writers);
    for (const [name, from] of [
      ['the same process', here],
      ['another process', there],
    ] as const) {
      const found = await parallel(from);
      console.log(`| ${name} | ${writers} | ${quantile(found, 0.5)} | ${quantile(found, 0.99)} |`);
    }
    await unload();
  }
  console.log('\n| streams | writers | writes/s | other statements/s |\n| ---: | ---: | ---: | ---: |');
  for (const [streams, writers] of [
    [1, 0],
    [100, 0],
    [1000, 0],
    [1000, 1],
    [1000, 10],
    [1000, 40],
  ] as const) {
    await statements(here, there, streams, writers);
  }
  console.log('\n| waiting | questions/s | CPU | kB for each |\n| ---: | ---: | ---: | ---: |');
  for (const kind of ['streams', 'long polls'] as const) {
    for (const count of BENCH_WAITERS.split(',').map(Number)) await cost(here, count, kind);
  }
} finally {
  await Promise.all([here.stop(), there.stop()]);
}
