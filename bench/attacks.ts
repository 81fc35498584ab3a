// The requests of a hostile neighbour. Each attack runs in a separate process, so that its sending
// does not slow the measured clients: `node bench/attacks.ts NAME PORT SECONDS`. It prints the
// responses as JSON.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenFor } from './seed.ts';

/**
 * The owners whose data the attacks use: texts that are expensive to search, and many tasks to
 * export and clear.
 */
export const searched = 'hostile-searched';
export const searchedToo = ['hostile-searched-2', 'hostile-searched-3', 'hostile-searched-4'];
export const exported = 'hostile-exported';
export const cleared = 'hostile-cleared';

const statuses: Record<string, number> = {};
const count = (text: string) => {
  for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3})/g))
    statuses[status] = (statuses[status] ?? 0) + 1;
};

interface Target {
  readonly port: number;
  /** When the attack ends, on performance.now()'s clock. */
  readonly until: number;
}

const isOver = ({ until }: Target) => performance.now() >= until;

// The attackers have their own address, unless the attack is on neighbours at the same address.
const open = ({ port }: Target, localAddress = '127.0.0.2'): Socket =>
  connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});

/**
 * Sends `bytes` again after each last response, on `connections` connections, and reopens each
 * connection when it ends.
 */
const repeat = async (
  target: Target,
  connections: number,
  bytes: string | Buffer,
  { responses = 1, localAddress }: { responses?: number; localAddress?: string } = {},
): Promise<void> => {
  const one = async () => {
    while (!isOver(target)) {
      await new Promise<void>((ended) => {
        const socket = open(target, localAddress);
        let received = 0;
        let rest = '';
        socket.on('data', (chunk: Buffer) => {
          const text = rest + chunk.toString('latin1');
          const heads = text.split('HTTP/1.1 ');
          rest = text.slice(-12);
          count(text.slice(0, -12));
          received += heads.length - 1;
          if (isOver(target)) socket.destroy();
          else if (received >= responses) {
            received = 0;
            socket.write(bytes);
          }
        });
        socket.on('close', () => ended());
        socket.write(bytes);
        setTimeout(() => socket.destroy(), target.until - performance.now());
      });
      await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
};

/**
 * Opens `connections` connections that send `bytes` and read nothing, and reopens each when it is
 * cut.
 */
const stall = async (target: Target, connections: number, bytes: string | Buffer): Promise<void> => {
  const one = async () => {
    while (!isOver(target)) {
      await new Promise<void>((ended) => {
        const socket = open(target);
        // Writing detects a cut connection, because nothing is read.
        socket.on('close', () => ended()).pause();
        socket.write(bytes);
        setTimeout(() => socket.destroy(), target.until - performance.now());
      });
      await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
};

const head = (method: string, path: string, ...fields: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...fields].join('\r\n')}\r\n\r\n`;

const bearer = async (owner: string, id?: string) => `Authorization: Bearer ${await tokenFor(owner, id)}`;

const posted = (path: string, body: string, ...fields: string[]) =>
  head(
    'POST',
    path,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...fields,
  ) + body;

const tasks = '/api/v1/users/me/tasks';
const batches = '/api/v1/users/me/task-batches';

/** The attacks by name. Each ends at `until`. */
export const attacks: Readonly<Record<string, (target: Target) => Promise<void>>> = {
  'repeated query parameters': (target) => repeat(target, 4, head('GET', `/healthz?${'a&'.repeat(32_000)}`)),
  'distinct query parameters': (target) =>
    repeat(
      target,
      4,
      head('GET', `/healthz?${Array.from({ length: 12_000 }, (_, n) => `p${n}=1`).join('&')}`),
    ),
  'many header fields': (target) =>
    repeat(
      target,
      4,
      head('GET', '/healthz', ...Array.from({ length: 1900 }, (_, n) => `X-${n}: ${'v'.repeat(40)}`)),
    ),
  // More than MAX_REQUESTS, and than the kernel's buffers take.
  'slow readers of the docs': (target) => stall(target, 64, head('GET', '/docs').repeat(16)),
  'pipelined health checks': (target) =>
    repeat(target, 4, head('GET', '/readyz').repeat(16), { responses: 16 }),
  // From the measured address, whose own checks must get through.
  'health checks of forty connections': (target) =>
    repeat(target, 40, head('GET', '/healthz').repeat(16), { responses: 16, localAddress: '127.0.0.1' }),
  'paths that do not exist, a thousand connections': (target) =>
    repeat(target, 1000, head('GET', '/nowhere')),
  'malformed tokens, a thousand connections': (target) =>
    repeat(target, 1000, head('GET', '/api/v1/session', 'Authorization: Bearer x')),
  'preflights of a thousand connections': (target) => repeat(target, 1000, head('OPTIONS', tasks)),
  'requests beyond the rate of their owner': async (target) =>
    repeat(target, 500, head('GET', '/api/v1/session', await bearer('hostile-rate'))),
  'pipelined metrics': (target) => repeat(target, 4, head('GET', '/metrics').repeat(16), { responses: 16 }),
  'idle connections': (target) => stall(target, 2000, ''),
  'slow header fields': (target) => stall(target, 1000, 'GET /healthz HTTP/1.1\r\nHost: x\r\n'),
  'expensive searches of one owner': async (target) =>
    repeat(target, 40, head('GET', `${tasks}?q=${'a'.repeat(99)}b`, await bearer(searched))),
  // Three each, again and again: what once took all connections until nothing was ready any more.
  'expensive searches of four owners': async (target) => {
    const search = async (owner: string) =>
      repeat(target, 3, head('GET', `${tasks}?q=${'a'.repeat(99)}b`, await bearer(owner)));
    await Promise.all([searched, ...searchedToo].map(search));
  },
  'keyed batches of one owner': async (target) => {
    const operations = Array.from({ length: 100 }, (_, n) => ({
      op: 'create',
      task: { title: `batch ${n}` },
    }));
    const authorization = await bearer('hostile-batches');
    await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        for (let turn = 0; !isOver(target); turn += 1) {
          const key = `Idempotency-Key: key-${n}-${turn}-${process.pid}`;
          const bytes = posted(
            batches,
            JSON.stringify({ operations }),
            authorization,
            key,
            'Connection: close',
          );
          await new Promise<void>((ended) => {
            const socket = open(target);
            socket.on('data', (chunk: Buffer) => count(chunk.toString('latin1'))).on('close', () => ended());
            socket.write(bytes);
          });
          await sleep(20);
        }
      }),
    );
  },
  'slow readers of an export': async (target) =>
    stall(target, 125, head('GET', '/api/v1/users/me/task-export', await bearer(exported))),
  'exports of one owner': async (target) =>
    repeat(target, 2, head('GET', '/api/v1/users/me/task-export', await bearer(exported))),
  'long pages of one owner': async (target) =>
    repeat(target, 3, head('GET', '/api/v1/users/me/task-changes?limit=500', await bearer(searched))),
  'unread long pages of one owner': async (target) =>
    stall(
      target,
      125,
      head('GET', '/api/v1/users/me/task-changes?limit=500', await bearer(searched)).repeat(12),
    ),
  'invalid chunks': (target) =>
    stall(target, 500, `${head('POST', '/healthz', 'Transfer-Encoding: chunked')}ZZZ\r\n`),
  'batches of empty objects': async (target) => {
    const body = `{"operations":[${Array.from({ length: 600_000 }, () => '{}').join()}]}`;
    await repeat(target, 4, posted(batches, body, await bearer('hostile-bodies')));
  },
  'the largest batches that are legal': async (target) => {
    const letter = '\\ud83c\\udf89';
    const task = `{"title":"${letter.repeat(200)}","description":"${letter.repeat(2000)}"}`;
    const body = `{"operations":[${Array.from({ length: 100 }, () => `{"op":"create","task":${task}}`).join()}]}`;
    await repeat(target, 4, posted(batches, body, await bearer('hostile-bodies')));
  },
  'deeply nested bodies': async (target) =>
    repeat(target, 4, posted(batches, '['.repeat(1_000_000), await bearer('hostile-bodies'))),
  'slow bodies of four owners': async (target) => {
    const fields = ['Content-Type: application/json', 'Content-Length: 1000'];
    const owners = ['hostile-1', 'hostile-2', 'hostile-3', 'hostile-4'];
    const slow = async (owner: string) =>
      stall(target, 125, `${head('POST', tasks, ...fields, await bearer(owner))}{`);
    await Promise.all(owners.map(slow));
  },
  'bad tokens from the same address': async (target) => {
    const good = await tokenFor('hostile-tokens');
    const forged = `${good.slice(0, -6)}AAAAAA`;
    const bytes = head('GET', '/api/v1/session', `Authorization: Bearer ${forged}`);
    await repeat(target, 8, bytes, { localAddress: '127.0.0.1' });
  },
  'clearing many tasks': async (target) =>
    repeat(target, 4, head('DELETE', `${tasks}?completed=true`, await bearer(cleared))),
};

if (import.meta.main) {
  const [name = '', port, seconds] = process.argv.slice(2);
  const attack = attacks[name];
  if (attack === undefined) throw new Error(`unknown attack: ${name}`);
  await attack({ port: Number(port), until: performance.now() + Number(seconds) * 1000 });
  console.log(JSON.stringify(statuses));
  process.exit(0);
}
