import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Api, type ApiOptions, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { newOwner } from '../support/tokens.ts';

type Line = { type: 'task'; task: Task } | { type: 'end'; lists: number; tasks: number };

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const tasksOf = (text: string): Task[] =>
  linesOf(text).flatMap((line) => (line.type === 'task' ? [line.task] : []));

const fill = (owner: string, count: number, description: string) =>
  queryPostgres(
    postgres.url,
    `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
     SELECT $1, 't' || n, $3, false, now(), now(), n FROM generate_series(1, $2::int) AS n`,
    [owner, count, description],
  );

// One database for all, because filling it takes longest.
let postgres: TestPostgres;
/** Has more text than the buffers between the two ends can hold: 16 MB. */
const rich = newOwner();
const richTasks = 8000;
beforeAll(async () => {
  postgres = await startPostgres();
  await fill(rich, richTasks, 'd'.repeat(2000));
});
afterAll(() => postgres.close());

/** An API on that database; its `close` may be called again. */
const start = async (options: ApiOptions = {}): Promise<Api> => {
  const shared = { ...postgres, close: async () => {} };
  const api = await startApi({ logLevel: 'debug', postgres: shared, ...options });
  let closed: Promise<void> | undefined;
  return { ...api, close: () => (closed ??= api.close()) };
};

const pagesRead = (api: Api) =>
  api.logs.filter(({ statement }) => String(statement).startsWith('export_')).length;

/** The number of pages read, when there are some and it has stopped growing. */
const settled = async (api: Api): Promise<number> => {
  for (let before = -1, now = pagesRead(api); ; before = now, now = pagesRead(api)) {
    if (before === now && now > 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Begins an export and leaves its body unread. */
const begin = async (api: Api, user: User): Promise<IncomingMessage> => {
  const asked = request(`${api.url}/api/v1/users/me/task-export`, {
    headers: { Authorization: `Bearer ${user.token}` },
  });
  // A reset is an error of the request as well.
  asked.on('error', () => {}).end();
  const [response] = await once(asked, 'response');
  return response;
};

const exportLogs = (api: Api) =>
  api.logs.filter(({ msg, operation }) => msg === 'request' && operation === 'exportTasks');

describe('exportTasks', () => {
  let api: Api;
  const warnings: Error[] = [];
  const keep = (warning: Error) => warnings.push(warning);
  beforeAll(async () => {
    process.on('warning', keep);
    // With a limit on requests, which listens to responses as well.
    api = await start({ app: { rateLimit: 10_000 } });
  });
  afterAll(async () => {
    process.off('warning', keep);
    await api.close();
  });

  test('responds with every task of the user by id and nothing of others, and with their number', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await other.create({ title: 'not mine' });
    const text = 'two\nlines, "quotes", \\, \u2028 and 🎉';
    const made: Task[] = [];
    for (const description of [null, text, '']) made.push(await user.create({ title: 'x', description }));
    const answer = await user.send('GET', 'task-export');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(linesOf(answer.text)).toEqual([
      ...made.sort((a, b) => (a.id < b.id ? -1 : 1)).map((task) => ({ type: 'task', task })),
      { type: 'end', lists: 0, tasks: 3 },
    ]);
  });

  test('of nothing is its end', async () => {
    const answer = await (await api.newUser()).send('GET', 'task-export');
    expect([answer.status, answer.text]).toEqual([200, '{"type":"end","lists":0,"tasks":0}\n']);
  });

  test('responds to HEAD without a body, and reads no second page for it', async () => {
    const user = await api.newUser();
    await fill(user.id, 600, 'x');
    const before = pagesRead(api);
    const answer = await user.send('HEAD', 'task-export');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await settled(api)) - before).toBe(1);
  });

  test('passes page borders without losing or repeating a task, while others come and go', async () => {
    const user = await api.newUser();
    await fill(user.id, 1600, 'x');
    const writing = Promise.all(Array.from({ length: 20 }, () => user.create({ title: 'come' })));
    const answer = await user.send('GET', 'task-export');
    await writing;
    const tasks = tasksOf(answer.text);
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
    expect(tasks.filter(({ title }) => title !== 'come')).toHaveLength(1600);
    expect(linesOf(answer.text).at(-1)).toEqual({ type: 'end', lists: 0, tasks: tasks.length });
  });

  test.each([499, 500, 501, 1000])('of %d short tasks ends where their pages end', async (count) => {
    const user = await api.newUser();
    await fill(user.id, count, '');
    const before = pagesRead(api);
    const { text } = await user.send('GET', 'task-export');
    expect(tasksOf(text)).toHaveLength(count);
    expect(pagesRead(api) - before).toBe(1 + Math.max(1, Math.ceil(count / 500)));
  });

  // Where a page ends is worked out in Postgres, whose text of JSON is longer than that of JavaScript.
  test('is complete whatever the length of the metadata where a page ends', async () => {
    for (const length of [6440, 6480, 6520, 6525, 6530, 6535, 6540, 6545, 6550, 6555, 6560, 6600]) {
      const user = await api.newUser();
      const names = Array.from({ length: 16 }, (_, n) => `name${String.fromCharCode(97 + n)}`);
      const metadata = Object.fromEntries(names.map((name) => [name, 'x'.repeat((length - 192) / 16)]));
      metadata.namea += 'x'.repeat((length - 192) % 16);
      const labels = ['a', 'b', 'c'];
      const operations = Array.from({ length: 25 }, () => ({
        op: 'create',
        task: { title: 'x', metadata, labels },
      }));
      await user.send('POST', 'task-batches', { json: { operations } });
      const { text } = await user.send('GET', 'task-export');
      expect([length, tasksOf(text).length]).toEqual([length, 25]);
    }
  });

  test('sends pages of a bounded size, long and short tasks after one another', async () => {
    const user = await api.newUser();
    for (const description of ['\u{1F389}'.repeat(2000), 'x', '\u{1F389}'.repeat(2000), '']) {
      await fill(user.id, 300, description);
    }
    const bytes = `GET /api/v1/users/me/task-export HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${user.token}\r\n\r\n`;
    const { text } = await readRaw(api, bytes);
    // Each page is a chunk of its own.
    let rest = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
    let content = '';
    const sizes: number[] = [];
    for (;;) {
      const line = rest.indexOf('\r\n');
      const size = Number.parseInt(rest.subarray(0, line).toString(), 16);
      if (size === 0) break;
      sizes.push(size);
      content += rest.subarray(line + 2, line + 2 + size);
      rest = rest.subarray(line + 2 + size + 2);
    }
    expect(tasksOf(content)).toHaveLength(1200);
    // 64 kB of text, a task more, and what else a line has.
    expect(Math.max(...sizes)).toBeLessThan(200_000);
    expect(sizes.length).toBeLessThan(120);
  });

  describe('of many tasks', () => {
    let user: User;
    beforeAll(async () => {
      user = await api.newUser(rich);
    });

    test('reads no faster than its client', async () => {
      const before = pagesRead(api);
      const response = await begin(api, user);
      const whileUnread = (await settled(api)) - before;
      expect(whileUnread).toBeGreaterThan(0);
      let text = '';
      for await (const chunk of response) text += chunk;
      const all = pagesRead(api) - before;
      expect(whileUnread).toBeLessThan(all * 0.6);
      expect(text.endsWith(`{"type":"end","lists":0,"tasks":${richTasks}}\n`)).toBe(true);
    });

    test('stops reading when the client hangs up, and the service is well', async () => {
      const response = await begin(api, user);
      await once(response, 'readable');
      response.destroy();
      const read = await settled(api);
      expect((await user.send('GET', 'tasks?limit=1')).status).toBe(200);
      expect(pagesRead(api)).toBe(read);
      await expect.poll(() => exportLogs(api).filter(({ status }) => status === 499).length).toBe(1);
      expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });

  test('leaves no listeners behind: Node has warned of nothing', () => {
    expect(warnings).toEqual([]);
  });
});

interface RawEnd {
  readonly text: string;
  /** The error's code when the connection was reset, null when it was closed. */
  readonly reset: string | null;
}

/** Writes `bytes` and reads to the end of the connection, but nothing until `wait` has resolved. */
const readRaw = async (api: Api, bytes: string, wait = Promise.resolve()): Promise<RawEnd> => {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  socket.setEncoding('latin1').pause();
  let text = '';
  const ended = new Promise<RawEnd>((resolve) => {
    socket.on('data', (piece: string) => {
      text += piece;
    });
    socket.on('end', () => resolve({ text, reset: null }));
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve({ text, reset: code }));
  });
  await wait;
  socket.resume();
  const end = await ended;
  socket.destroy();
  return end;
};

// What a proxy sends that speaks HTTP/1.0 to the service: the end of the connection is the end of
// the response.
const http10 = (user: User) =>
  `GET /api/v1/users/me/task-export HTTP/1.0\r\nAuthorization: Bearer ${user.token}\r\n\r\n`;

describe('an export over HTTP/1.0', () => {
  test('ends with its last line and a closed connection when it is complete', async () => {
    const api = await start();
    onTestFinished(api.close);
    const user = await api.newUser();
    await fill(user.id, 600, 'x');
    const { text, reset } = await readRaw(api, http10(user));
    expect(reset).toBeNull();
    expect(text.startsWith('HTTP/1.1 200 OK\r\n')).toBe(true);
    expect(text.toLowerCase()).not.toContain('transfer-encoding');
    expect(text.endsWith('\n{"type":"end","lists":0,"tasks":600}\n')).toBe(true);
  });

  test('is reset when the database fails on the way, and the log and the metrics blame the server', async () => {
    const api = await start({ timeout: 2000 });
    onTestFinished(api.close);
    const user = await api.newUser(rich);
    const failed = (async () => {
      await settled(api);
      await api.database.close();
    })();
    const { text, reset } = await readRaw(api, http10(user), failed);
    expect(reset).toBe('ECONNRESET');
    expect(text).not.toContain('"type":"end"');
    await expect.poll(() => exportLogs(api)).toHaveLength(1);
    const [line] = exportLogs(api);
    expect(line).toMatchObject({ level: 'error', sent_status: 200, owner: user.id });
    expect(line?.status).toBeGreaterThanOrEqual(500);
    expect(line?.request_id).toBe(/^x-request-id: (.+)\r$/im.exec(text)?.[1]);
    expect(line?.err).toMatchObject({ message: expect.any(String) });
    const { text: metrics } = await api.send('GET', '/metrics');
    expect(metrics).toContain(
      `http_request_duration_seconds_count{operation="exportTasks",status="${line?.status}"} 1`,
    );
    expect(metrics).not.toMatch(/operation="exportTasks",status="[24]/);
  });

  test('is reset when its reader has paused for too long', async () => {
    // Longer than a page takes: a connection that moves nothing before its response is closed, not reset.
    const api = await start({ server: { stallTimeout: 2000 } });
    onTestFinished(api.close);
    const user = await api.newUser(rich);
    const stalled = expect.poll(() => exportLogs(api).length, { timeout: 40_000 }).toBe(1);
    const { text, reset } = await readRaw(api, http10(user), stalled);
    expect(reset).toBe('ECONNRESET');
    expect(text).not.toContain('"type":"end"');
    expect(exportLogs(api)[0]).toMatchObject({
      level: 'info',
      status: 499,
      reason: 'the client has stopped reading',
    });
  });

  test('is reset when the server stops before its end', async () => {
    const api = await start();
    onTestFinished(api.close);
    const user = await api.newUser(rich);
    const stopped = settled(api).then(api.close);
    const { text, reset } = await readRaw(api, http10(user), stopped);
    expect(reset).toBe('ECONNRESET');
    expect(text).not.toContain('"type":"end"');
    expect(exportLogs(api)[0]).toMatchObject({ level: 'error', status: 503, sent_status: 200 });
  });
});

test('an export over HTTP/1.1 that the server cannot finish is no export either', async () => {
  const api = await start({ timeout: 2000 });
  onTestFinished(api.close);
  const user = await api.newUser(rich);
  const response = await begin(api, user);
  await settled(api);
  await api.database.close();
  const rest = async () => {
    for await (const _ of response);
  };
  await expect(rest()).rejects.toThrow('aborted');
  await expect.poll(() => exportLogs(api)).toHaveLength(1);
  expect(exportLogs(api)[0]).toMatchObject({ level: 'error', sent_status: 200 });
});
