// `node bench/sync.ts`: what search, unchanged lists, export and the change feed cost on a real
// Postgres, with 10,000 tasks per owner and 1,000,000 in the table. It creates its own Postgres,
// and writes the figures to standard output as JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { query, startPostgres } from './postgres.ts';
import type { Server } from './process.ts';
import { type Dataset, seed, tokenFor } from './seed.ts';
import { freePort, start } from './servers.ts';

const dataset: Dataset = { database: 'tasks_bench_sync', owners: 0, big: 0 };
const [owners, perOwner, exported] = [100, 10_000, 100_000];

const owner = (n: number | string) => `bench-sync-${n}`;
const fill = (url: string, prefix: string, count: number, among: number, description: number) =>
  query(
    url,
    `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
     SELECT '${prefix}' || (n % ${among}), 'Task number ' || n || ' ' || md5(n::text),
       repeat(md5(n::text), ${description} + n % 12), false, now() - n * interval '1 second', now(), n
     FROM generate_series(1, ${count}) AS n`,
  );

const apiOf = ({ port }: Server) => `http://127.0.0.1:${port}/api/v1/users/me`;
const authorization = async (subject: string) => ({ Authorization: `Bearer ${await tokenFor(subject)}` });

/** The current memory of a process, in MB (resident). */
const megabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const milliseconds = async (
  times: number,
  work: () => Promise<unknown>,
): Promise<{ median: number; max: number }> => {
  const taken: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  const rounded = (value = 0) => Math.round(value * 10) / 10;
  return { median: rounded(taken[Math.floor(times / 2)]), max: rounded(taken.at(-1)) };
};

const search = async (server: Server) => {
  const headers = await authorization(owner(7));
  const get = async (parameters: string, more = {}) => {
    const response = await fetch(`${apiOf(server)}/tasks?${parameters}`, {
      headers: { ...headers, ...more },
    });
    await response.text();
    return response;
  };
  const tag = (await get('limit=50')).headers.get('etag') ?? '';
  return {
    nothing_found: await milliseconds(20, () => get('q=zzzz')),
    first_page_found: await milliseconds(20, () => get('q=NUMBER%207')),
    list: await milliseconds(50, () => get('limit=50')),
    list_unchanged_304: await milliseconds(50, () => get('limit=50', { 'If-None-Match': tag })),
  };
};

const exportAll = async (server: Server, pause: number) => {
  const { pid } = server;
  const response = await fetch(`${apiOf(server)}/task-export`, {
    headers: await authorization(owner('export-0')),
  });
  const before = megabytes(pid);
  let [bytes, lines, peak] = [0, 0, before];
  const started = performance.now();
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    lines += chunk.filter((byte: number) => byte === 10).length;
    peak = Math.max(peak, megabytes(pid));
    if (pause > 0) await sleep(pause);
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    lines,
    megabytes: Math.round(bytes / 1e6),
    seconds: Math.round(seconds * 10) / 10,
    server_rss_before: Math.round(before),
    server_rss_peak: Math.round(peak),
  };
};

const follow = async (server: Server) => {
  const api = apiOf(server);
  const headers = { ...(await authorization(owner('feed'))), 'Content-Type': 'application/json' };
  const [writers, followers, rounds] = [16, 4, 150];
  let [writing, written, reads] = [true, 0, 0];
  const ids: string[] = [];
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${api}/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok && method !== 'GET') written += 1;
    return text === '' ? undefined : JSON.parse(text);
  };
  const write = async (writer: number) => {
    for (let round = 0; round < rounds; round += 1) {
      const id = ids[Math.floor(Math.random() * ids.length)];
      if (round % 3 === 0 || id === undefined)
        ids.push((await send('POST', 'tasks', { title: `w${writer} r${round}` })).id);
      else if (round % 3 === 1) await send('PATCH', `tasks/${id}`, { title: `w${writer} r${round}` });
      else if (round % 6 === 2) await send('DELETE', `tasks/${id}`);
      else
        await send('POST', 'task-batches', {
          operations: [
            { op: 'create', task: { title: 'b' } },
            { op: 'create', task: { title: 'c' } },
          ],
        });
    }
  };
  const replicate = async (limit: number) => {
    const replica = new Map<string, number>();
    for (let since = '', last = false; ; ) {
      const page = await send('GET', `task-changes?limit=${limit}${since && `&since=${since}`}`);
      reads += 1;
      for (const item of page.items) {
        if (item.type === 'deleted') replica.delete(item.id);
        else replica.set(item.task.id, item.task.version);
      }
      since = page.next_since;
      if (page.has_more) continue;
      if (last) return replica;
      last = !writing;
    }
  };
  const started = performance.now();
  const replicas = Array.from({ length: followers }, (_, n) => replicate(1 + n * 20));
  await Promise.all(Array.from({ length: writers }, (_, n) => write(n)));
  writing = false;
  const copies = await Promise.all(replicas);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const response = await fetch(`${api}/task-export`, { headers });
  const table = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (line === '') continue;
    const { task } = JSON.parse(line);
    if (task !== undefined) table.set(task.id, task.version);
  }
  const differences = (copy: Map<string, number>) =>
    [...table].filter(([id, version]) => copy.get(id) !== version).length +
    [...copy.keys()].filter((id) => !table.has(id)).length;
  return {
    writers,
    followers,
    writes: written,
    feed_reads: reads,
    tasks_left: table.size,
    seconds,
    differences: copies.map(differences),
  };
};

const postgres = await startPostgres(await freePort());
let server: Server | undefined;
try {
  const databaseUrl = postgres.urlOf(dataset.database);
  await seed(postgres.urlOf('postgres'), databaseUrl, dataset);
  await fill(databaseUrl, owner(''), owners * perOwner, owners, 0);
  await fill(databaseUrl, owner('export-'), exported, 1, 50);
  await query(databaseUrl, 'VACUUM ANALYZE tasks');
  // Its log goes to standard error, and contains only errors.
  server = await start('service', { databaseUrl, output: 2, env: { LOG_LEVEL: 'error' } });
  const [searched, followed] = [await search(server), await follow(server)];
  // One after the other, so that memory that is not released shows.
  const exports = [];
  for (const pause of [0, 0, 0, 0, 2]) exports.push({ pause, ...(await exportAll(server, pause)) });
  const figures = { search: searched, feed: followed, exports };
  console.log(JSON.stringify(figures, null, 2));
} finally {
  await server?.stop();
  await postgres.stop();
}
