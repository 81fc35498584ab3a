// `node bench/mcp.ts`: what a tool call costs the service's process beside the same request over
// HTTP, in processor time (Linux), and what the library costs the start. It starts its own Postgres,
// or creates a database at BENCH_DATABASE_URL. Requests are sent one after the other, in rounds that
// alternate; the medians of the rounds are printed.
import { openSync } from 'node:fs';
import { SignJWT } from 'jose';
import { startPostgres } from './postgres.ts';
import { cpuOf, peakMemory, type Server } from './process.ts';
import { type Dataset, secret, seed, taskIdOf } from './seed.ts';
import { freePort, start } from './servers.ts';

const dataset: Dataset = { database: 'tasks_bench_mcp', owners: 20, big: 0 };
const owner = 'user-1';
const rounds = 5;
const requests = 600;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const postgres = await startPostgres(await freePort());
const databaseUrl = postgres.urlOf(dataset.database);
await seed(postgres.urlOf('postgres'), databaseUrl, dataset);
const output = openSync('/dev/null', 'w');
const audience = 'https://tasks.example.com';
const env = { PUBLIC_URL: audience, JWT_AUDIENCE: audience, LOG_LEVEL: 'info' };
const token = await new SignJWT({ aud: audience, client_id: 'bench' })
  .setProtectedHeader({ alg: 'HS256' })
  .setSubject(owner)
  .setExpirationTime('1d')
  .sign(new TextEncoder().encode(secret));
const authorization = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

type Send = (server: Server) => Promise<Response>;

const toolCall =
  (name: string, given: object, isCurrent: boolean): Send =>
  ({ port }) =>
    fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: {
        ...authorization,
        ...(isCurrent && {
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': 'tools/call',
          'Mcp-Name': name,
        }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: given, ...(isCurrent && { _meta: meta }) },
      }),
    });

const get =
  (path: string): Send =>
  ({ port }) =>
    fetch(`http://127.0.0.1:${port}/api/v1/users/me/${path}`, { headers: authorization });

const kinds: Readonly<Record<string, readonly [http: Send, name: string, given: object]>> = {
  'one task': [get(`tasks/${taskIdOf(owner, 1)}`), 'get_task', { task_id: taskIdOf(owner, 1) }],
  'a page of 20 tasks': [get('tasks?limit=20'), 'find_tasks', { limit: 20 }],
};

/** Processor time of the process for each request, in microseconds. */
const measure = async (server: Server, send: Send): Promise<number> => {
  const before = cpuOf(server.pid);
  for (let sent = 0; sent < requests; sent += 1) {
    const response = await send(server);
    const text = await response.text();
    if (response.status !== 200 || text.includes('isError')) throw new Error(`${response.status} ${text}`);
  }
  return (cpuOf(server.pid) - before) / requests;
};

const started = async (mcp: boolean) => {
  const server = await start('service', { databaseUrl, output, env: { ...env, MCP: String(mcp) } });
  return { server, cpu: cpuOf(server.pid), memory: peakMemory(server.pid) };
};

try {
  const more: { readonly cpu: number; readonly memory: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [without, withMcp] = [await started(false), await started(true)];
    for (const { server } of [without, withMcp]) await server.stop();
    more.push({ cpu: withMcp.cpu - without.cpu, memory: withMcp.memory - without.memory });
  }
  console.log(
    `at start, with MCP=true: ${Math.round(median(more.map(({ cpu }) => cpu)) / 1000)} ms of processor time and ` +
      `${Math.round(median(more.map(({ memory }) => memory)))} MB more`,
  );
  const { server } = await started(true);
  for (const [kind, [http, name, given]] of Object.entries(kinds)) {
    const sends = {
      HTTP: http,
      '2025-11-25': toolCall(name, given, false),
      '2026-07-28': toolCall(name, given, true),
    };
    const taken: Record<string, number[]> = {};
    for (const send of Object.values(sends)) await measure(server, send);
    for (let round = 0; round < rounds; round += 1) {
      for (const [way, send] of Object.entries(sends)) {
        taken[way] = [...(taken[way] ?? []), await measure(server, send)];
      }
    }
    const texts = Object.entries(taken).map(([way, times]) => `${way} ${Math.round(median(times))} µs`);
    console.log(`${kind}: ${texts.join(', ')}`);
  }
  await server.stop();
} finally {
  await postgres.stop();
}
