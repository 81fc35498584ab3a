// `DATABASE_URL=… node bench/bodies.ts`: how long one request body can block the process. It sends,
// for each operation with a body, the largest bodies that it accepts, in every shape that is bad
// for a parser, a validator or a regular expression. The service runs in this thread and its
// clients in another, so only the service blocks this thread. The best of several rounds counts,
// because the others include other work of the machine. Exits with 1 if a body blocks for longer
// than the goal.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createApp } from '../src/app.ts';
import { createAuthenticate } from '../src/auth/verify.ts';
import { loadContract } from '../src/contract/document.ts';
import { migrate } from '../src/db/migrations.ts';
import { listen } from '../src/http/server.ts';
import { createLogger } from '../src/observability/log.ts';
import { createMetrics } from '../src/observability/metrics.ts';
import { openDatabase } from '../src/postgres/pool.ts';
import { secret, tokenFor } from './seed.ts';

/** Milliseconds for which one body may block the process. */
const goal = 50;
const rounds = 7;

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** `unit` repeated as often as it fits into `size` bytes between `before` and `after`. */
const fill = (size: number, before: string, unit: string, after: string): string => {
  const room = size - Buffer.byteLength(before + after);
  return before + unit.repeat(Math.floor(room / Buffer.byteLength(unit))) + after;
};

const names = (size: number): string => {
  const parts: string[] = [];
  for (let length = 10, n = 0; length < size - 20; n += 1) {
    parts.push(`"${n.toString(36)}":0`);
    length += (parts.at(-1)?.length ?? 0) + 1;
  }
  return `{${parts.join(',')}}`;
};

type Shapes = Readonly<Record<string, (size: number) => string>>;

/** Values that are bad wherever they are. */
const values: Shapes = {
  'arrays in arrays': (size) => fill(size, '', '[', ''),
  'objects in objects': (size) => fill(size, '', '{"a":', ''),
  'empty objects': (size) => fill(size, '[', '{},', '{}]'),
  numbers: (size) => fill(size, '[', '1,', '1]'),
  'distinct names': names,
  'one name again and again': (size) => fill(size, '{', '"a":0,', '"a":0}'),
  'a long name': (size) => fill(size, '{"', 'n', '":0}'),
  'names of a kilobyte': (size) => fill(size, '{"a":0', `,"${'n'.repeat(1000)}\\u0041":0`, '}'),
  __proto__: (size) => fill(size, '{"__proto__":{', '"__proto__":0,', '"__proto__":0}}'),
  'a long number': (size) => fill(size, '', '9', ''),
  'a long fraction': (size) => fill(size, '0.', '1', 'e9999'),
  'white space': (size) => fill(size, '', ' ', '0'),
  quotes: (size) => fill(size, '"', '\\"', '"'),
  'an open string': (size) => fill(size, '"', 'a', ''),
  'bytes that are not UTF-8': (size) => fill(size - 1, '"', 'é', '"').replace('é', '\uFFFD'),
};

/** Strings that are bad where a title belongs. */
const strings: Shapes = {
  letters: (size) => fill(size, '"', 'a', '"'),
  spaces: (size) => fill(size, '"', ' ', '"'),
  'spaces around': (size) => fill(size, fill(size / 2, '"', ' ', 'a'), ' ', '"'),
  'escaped spaces': (size) => fill(size, '"', '\\u2003', '"'),
  'code points in pairs': (size) => fill(size, '"', '\\ud83c\\udf89', '"'),
  'halves of pairs': (size) => fill(size, '"', '\\ud83c', '"'),
  'three-byte letters': (size) => fill(size, '"', '語', '"'),
  NUL: (size) => fill(size, '"', '\\u0000', '"'),
};

const hundred = (size: number, operation: (size: number) => string): string =>
  `{"operations":[${Array.from({ length: 100 }, () => operation((size - 20) / 100 - 1)).join(',')}]}`;

const manyNames = (count: number) => Array.from({ length: count }, (_, n) => `"f${n}":0`).join(',');

const batches: Shapes = {
  'many empty operations': (size) => fill(size, '{"operations":[', '{},', '{}]}'),
  'many deletions': (size) =>
    fill(size, '{"operations":[', '{"op":"delete","id":"x"},', '{"op":"delete","id":"x"}]}'),
  '1200 creations without title': () =>
    fill(35 * 1200, '{"operations":[', '{"op":"create","task":{"a":1}},', '{}]}'),
  'a hundred with as many unknown fields': () =>
    hundred(0, () => `{"op":"create","task":{${manyNames(90)}}}`),
  'a hundred unknown kinds': (size) => hundred(size, (each) => fill(each, '{"op":"', 'x', '"}')),
  'a hundred long titles': (size) =>
    hundred(size, (each) => fill(each, '{"op":"create","task":{"title":"', 'a', '"}}')),
  'a hundred of spaces': (size) =>
    hundred(size, (each) => fill(each, '{"op":"create","task":{"title":"', ' ', '"}}')),
  'a hundred long ids': (size) => hundred(size, (each) => fill(each, '{"op":"delete","id":"', 'a', '"}')),
  'the largest that is legal': () =>
    hundred(
      0,
      () =>
        `{"op":"create","task":{"title":"${'\\ud83c\\udf89'.repeat(200)}","description":"${'\\ud83c\\udf89'.repeat(2000)}","completed":false}}`,
    ),
};

interface Operation {
  readonly method: string;
  readonly path: string;
  /** The largest body, in kB. */
  readonly limit: number;
  /** The text around a title. */
  readonly before: string;
  readonly after: string;
}

const task = 'tasks/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';
const operations: Readonly<Record<string, Operation>> = {
  createTask: { method: 'POST', path: 'tasks', limit: 100, before: '{"title":', after: '}' },
  replaceTask: { method: 'PUT', path: task, limit: 100, before: '{"title":', after: '}' },
  updateTask: { method: 'PATCH', path: task, limit: 100, before: '{"title":', after: '}' },
  completeTask: { method: 'PATCH', path: `${task}/complete`, limit: 1, before: '{"title":', after: '}' },
  applyTaskBatch: {
    method: 'POST',
    path: 'task-batches',
    limit: 2700,
    before: '{"operations":[{"op":"create","task":{"title":',
    after: '}}]}',
  },
};

const bodiesOf = (name: string, { limit, before, after }: Operation): [shape: string, text: string][] => {
  const size = limit * 1024;
  const inside = size - before.length - after.length;
  return [
    ...Object.entries(values).map(([shape, make]): [string, string] => [shape, make(size)]),
    ...Object.entries({ ...values, ...strings }).map(([shape, make]): [string, string] => [
      `title: ${shape}`,
      before + make(inside) + after,
    ]),
    ...Object.entries(name === 'applyTaskBatch' ? batches : {}).map(([shape, make]): [string, string] => [
      shape,
      make(size),
    ]),
  ];
};

// The client's thread: sends the requests that it receives and reports the status.
if (!isMainThread) {
  parentPort?.on('message', async ({ url, method, headers, body }: Sent) => {
    const response = await fetch(url, { method, headers, body: Buffer.from(body) });
    const text = await response.text();
    parentPort?.postMessage([response.status, text.length]);
  });
} else {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('DATABASE_URL is required: the Postgres for the legal batches');
  const log = createLogger('silent');
  await migrate({ url, direction: 'up' }, log);
  const metrics = createMetrics();
  const database = await openDatabase(
    { url, poolMax: 4, preparedStatements: true, timeout: 15_000, connectTimeout: 15_000 },
    log,
    metrics.database,
  );
  const app = await createApp({
    contract: await loadContract(),
    authenticate: createAuthenticate({ key: { secret } }),
    database,
    isReady: async () => true,
    log,
    metrics,
  });
  const server = await listen(app.callback(), { host: '127.0.0.1', port: 0 });
  const client = new Worker(new URL(import.meta.url));
  const token = await tokenFor('bench-bodies');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();

  /**
   * Sends a request. Returns its status, the size of the response, the longest time that it blocked
   * this thread, and the processor time that it used.
   */
  const measure = async (
    sent: Sent,
  ): Promise<[status: number, length: number, blocked: number, used: number]> => {
    await sleep(5);
    delay.reset();
    const before = process.threadCpuUsage();
    const received = new Promise<[number, number]>((resolve) => client.once('message', resolve));
    client.postMessage(sent);
    const [status, length] = await received;
    await sleep(5);
    const { user, system } = process.threadCpuUsage(before);
    return [status, length, delay.max / 1e6, (user + system) / 1000];
  };

  const rows: (string | number)[][] = [];
  for (const [name, operation] of Object.entries(operations)) {
    const keyed =
      name === 'applyTaskBatch'
        ? ([
            ['the largest that is legal, with a key', batches['the largest that is legal']?.(0) ?? ''],
          ] as const)
        : [];
    for (const [shape, text] of [...bodiesOf(name, operation), ...keyed]) {
      const body = new Uint8Array(Buffer.from(text, shape.includes('not UTF-8') ? 'latin1' : 'utf8'));
      const results: [number, number, number, number][] = [];
      for (let round = 0; round < rounds; round += 1) {
        results.push(
          await measure({
            url: `http://127.0.0.1:${server.port}/api/v1/users/me/${operation.path}`,
            method: operation.method,
            headers: {
              Authorization: `Bearer ${token}`,
              'Content-Type': 'application/json',
              ...(shape.endsWith('with a key') && { 'Idempotency-Key': `${process.pid}-${round}` }),
            },
            body,
          }),
        );
      }
      const [status, length] = results[0] ?? [0, 0];
      const used = Math.min(...results.map(([, , , ms]) => ms));
      // Nothing blocks for longer than its processor time; the rest is other work of the machine.
      const blocked = Math.min(used, ...results.map(([, , ms]) => ms));
      const rounded = [used, blocked].map((ms) => Math.round(ms * 10) / 10);
      rows.push([name, shape, body.length, status, length, ...rounded]);
    }
  }
  await client.terminate();
  await fetch(`http://127.0.0.1:${server.port}/api/v1/users/me`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  await server.drain(1000);
  await database.close();
  console.log('| operation | body | bytes | status | bytes back | ms of work | ms blocked |');
  console.log('| --- | --- | --: | --: | --: | --: | --: |');
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  const worst = Math.max(...rows.map((row) => Number(row.at(-1))));
  console.log(`\nthe longest: ${worst} ms; the goal: at most ${goal} ms`);
  process.exitCode = worst > goal ? 1 : 0;
}
