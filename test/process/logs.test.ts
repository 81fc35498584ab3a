// The log: one JSON line for each request and, at debug level, for each statement; no line contains
// a secret.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, open } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  linesOf,
  newDataDirectory,
  newDirectory,
  type Program,
  run,
  runToEnd,
  startService,
} from '../support/process.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';

const tasksPath = '/api/v1/users/me/tasks';

const requestsOf = (program: Program) => linesOf(program.stdout()).filter(({ msg }) => msg === 'request');
const statementsOf = (program: Program) => linesOf(program.stdout()).filter(({ msg }) => msg === 'database');

/** The id with which a test finds the log lines of a request. */
const numbered = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Fails if any of the secrets, or half of one, is in the text. */
const expectNone = (text: string, secrets: readonly string[]) => {
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(secret.slice(0, Math.ceil(secret.length / 2)));
    expect(text).not.toContain(secret.slice(Math.floor(secret.length / 2)));
  }
};

/**
 * A database that accepts connections and refuses every login, with a message that repeats the
 * login.
 */
const refusingDatabase = async (): Promise<number> => {
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        const fields = `SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed: ${data.toString('latin1').replaceAll('\0', ' ')}\0\0`;
        const head = Buffer.from('E\0\0\0\0');
        head.writeInt32BE(Buffer.byteLength(fields, 'latin1') + 4, 1);
        socket.end(Buffer.concat([head, Buffer.from(fields, 'latin1')]));
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

describe('the log', { timeout: 120_000 }, () => {
  test('has one line for each request, with its owner, operation and result', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory() });
    const created = await service.send('POST', tasksPath, { json: { title: 'x' } });
    const path = `${tasksPath}/${created.json.id}`;
    const headers = { 'X-Request-Id': numbered(1) };
    await service.send('GET', path, { headers });
    await service.send('POST', tasksPath, { json: {} });
    await service.send('GET', tasksPath, { token: null });
    await service.send('GET', '/healthz', { token: null });
    await service.send('GET', '/nowhere');
    await service.end('SIGTERM');

    const lines = requestsOf(service);
    const expected = [
      { operation: 'createTask', method: 'POST', status: 201, owner: 'dev' },
      { operation: 'getTask', method: 'GET', status: 200, owner: 'dev', request_id: numbered(1) },
      { operation: 'createTask', method: 'POST', status: 422, owner: 'dev', problem: 'validation-error' },
      { operation: 'listTasks', method: 'GET', status: 401, problem: 'not-authenticated' },
      { operation: 'getLiveness', method: 'GET', status: 200 },
      { method: 'GET', status: 404, problem: 'not-found' },
    ];
    expect(lines).toHaveLength(expected.length);
    for (const [n, line] of lines.entries()) {
      expect(line).toMatchObject(expected[n] ?? {});
      expect(line.level).toBe('info');
      expect(line.owner).toBe(expected[n]?.owner);
      expect(line.duration_ms).toEqual(expect.any(Number));
      expect(line.request_id).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(lines[0]?.request_id).toBe(created.headers.get('x-request-id'));
    expect(statementsOf(service)).toEqual([]);
  });

  test('at level warn has no line for successful requests', async () => {
    const env = { DATA_DIR: await newDataDirectory(), PORT: '0', LOG_LEVEL: 'warn' };
    const service = run('src/start.js', [], env);
    const [url] = await service.until(() => /http:\/\/[\w.]+:\d+/.exec(service.stderr()));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    await service.end('SIGTERM');
    expect(service.stdout()).toBe('');
  });

  test('has the time of each line', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory() });
    for (const n of [1, 2]) {
      const sent = new Date().toISOString();
      await service.send('GET', '/healthz', { token: null, headers: { 'X-Request-Id': numbered(n) } });
      const { time } = await service.until(() =>
        requestsOf(service).find(({ request_id }) => request_id === numbered(n)),
      );
      const seen = new Date().toISOString();
      expect([sent, time, seen].toSorted()).toEqual([sent, time, seen]);
    }
  });

  test('does not stop the service when it cannot be written', async () => {
    const full = await open('/dev/full', 'w');
    const service = run(
      'src/start.js',
      [],
      { DATA_DIR: await newDataDirectory(), PORT: '0' },
      { output: full.fd },
    );
    const [url] = await service.until(() => /http:\/\/[\w.]+:\d+/.exec(service.stderr()));
    for (let n = 0; n < 3; n++) {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      // A line is written within a tenth of a second.
      await sleep(150);
    }
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await full.close();
  });

  test('does not stop the service when no one reads it, and later continues with whole lines', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory() });
    service.child.stdout?.pause();
    const send = () => fetch(`${service.url}/healthz`).then(({ status }) => status);
    // About half a megabyte in total: more than a pipe or a socket holds, less than is kept.
    for (let n = 0; n < 100; n++) {
      expect(new Set(await Promise.all(Array.from({ length: 20 }, send)))).toEqual(new Set([200]));
    }
    expect(requestsOf(service).length).toBeLessThan(2000);
    service.child.stdout?.resume();
    await service.send('GET', '/healthz', { headers: { 'X-Request-Id': numbered(1) } });
    await service.until(() => requestsOf(service).length === 2001);

    service.child.stdout?.pause();
    for (let n = 0; n < 100; n++) await Promise.all(Array.from({ length: 20 }, send));
    service.child.kill('SIGTERM');
    const [code] = await once(service.child, 'exit');
    expect(code).toBe(0);
    service.child.stdout?.resume();
  });

  test('has whole lines of all workers, even on a full pipe', async () => {
    const file = join(await newDirectory(), 'log');
    execFileSync('mkfifo', [file]);
    const pipe = await open(file, constants.O_RDWR | constants.O_NONBLOCK);
    const env = {
      WEB_CONCURRENCY: '2',
      DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d',
      JWT_SECRET: testSecret,
      PORT: '0',
    };
    run('src/start.js', [], env, { output: pipe.fd });
    let text = '';
    const readUntil = async <T>(find: () => T | null | undefined | false): Promise<T> => {
      for (;;) {
        // Not a divisor of a pipe's capacity, so that it has room for parts of a write.
        const { buffer, bytesRead } = await pipe.read(Buffer.alloc(3000)).catch(async (error) => {
          if (error.code !== 'EAGAIN') throw error;
          await sleep(10);
          return { buffer: Buffer.alloc(0), bytesRead: 0 };
        });
        text += buffer.toString('utf8', 0, bytesRead);
        const found = find();
        if (found) return found;
      }
    };
    const [, port] = await readUntil(() => /"port":(\d+),.*"msg":"listening"}\n/.exec(text));
    const send = async () => {
      for (let n = 0; n < 100; n++)
        expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    };
    // Half of them before anyone reads on, the others while the log is being read.
    await Promise.all(Array.from({ length: 10 }, send));
    const others = Promise.all(Array.from({ length: 10 }, send));
    await readUntil(() => text.split('"msg":"request"').length > 2000);
    await others;
    expect(linesOf(text).filter(({ msg }) => msg === 'request')).toHaveLength(2000);
    await pipe.close();
  });

  test('at debug level has one line for each statement, under the id of its request', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory(), LOG_LEVEL: 'debug' });
    const created = await service.send('POST', tasksPath, { json: { title: 'x' } });
    const kinds = [
      { statement: 'create_task', send: ['POST', tasksPath, { title: 'y' }] },
      { statement: 'get_task', send: ['GET', `${tasksPath}/${created.json.id}`, undefined] },
      { statement: 'update_task', send: ['PATCH', `${tasksPath}/${created.json.id}`, { title: 'z' }] },
      { statement: 'complete_task', send: ['PATCH', `${tasksPath}/${created.json.id}/complete`, undefined] },
    ] as const;
    // All at once: a line must not end up under the id of another request.
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const [method, path, json] = kinds[n % kinds.length]?.send ?? [];
        const headers = { 'X-Request-Id': numbered(n) };
        return service.send(method ?? '', path ?? '', { headers, ...(json && { json }) });
      }),
    );
    await service.end('SIGTERM');
    const lines = statementsOf(service);
    for (let n = 0; n < 40; n++) {
      const own = lines.filter(({ request_id }) => request_id === numbered(n));
      expect(own).toEqual([
        {
          level: 'debug',
          time: expect.any(String),
          request_id: numbered(n),
          statement: kinds[n % kinds.length]?.statement,
          rows: 1,
          duration_ms: expect.any(Number),
          msg: 'database',
        },
      ]);
    }
  });

  test('contains no token and no secret, whatever is sent and at every level', async () => {
    const secret = 'Zq7-a-shared-secret-that-no-one-may-see-8Kx';
    const env = { DATA_DIR: await newDataDirectory(), JWT_SECRET: secret, LOG_LEVEL: 'trace' };
    const service = await startService(env);
    const good = service.token;
    const [head = '', claims = '', signature = ''] = good.split('.');
    const [, agent = ''] = /mcp --header "Authorization: Bearer ([\w.-]+)"/.exec(service.stderr()) ?? [];
    expect(agent).not.toBe('');
    const expired = await new SignJWT({ sub: 'dev', exp: 1 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret));
    const foreign = await tokenFor(newOwner());
    const tokens = [
      good,
      expired,
      foreign,
      agent,
      `${head}.${claims}x.${signature}`,
      `${head}.bm90IGpzb24tbm90LWpzb24tbm90LWpzb24.${signature}`,
      `bm90IGpzb24tYS1oZWFkZXItdGhhdC1pcy1ub3Q.${claims}.${signature}`,
      `${head}.${claims}`,
      'opaque-token-that-means-nothing-here-5f2e',
      `${head}.${claims}.${signature.repeat(600)}`,
    ];
    const created = await service.send('POST', tasksPath, { json: { title: 'x' } });
    const path = `${tasksPath}/${created.json.id}`;
    for (const token of tokens) {
      await service.send('GET', tasksPath, { token });
      await service.send('GET', `/${token.slice(0, 8000)}`);
      await service.send('GET', `${tasksPath}?access_token=${token.slice(0, 8000)}`);
      await service.send('GET', path, { token: null, headers: { Authorization: `Basic ${token}` } });
      await service.send('GET', path, { headers: { 'X-Request-Id': token, Cookie: `session=${token}` } });
      await service.send('GET', path, { headers: { 'If-Match': token, 'If-None-Match': `"${token}"` } });
      await service.send('GET', `${tasksPath}?cursor=${token.slice(0, 2000)}`);
      await service.send('POST', tasksPath, { json: { title: 'x', token } });
      await service.send('POST', tasksPath, {
        body: `{"title": "x", "token": ${token}}`,
        headers: { 'Content-Type': 'application/json' },
      });
    }
    await service.end('SIGTERM');

    expect(linesOf(service.stdout()).length).toBeGreaterThan(tokens.length * 9);
    const seen = [secret, signature, expired.split('.')[2] ?? '', foreign.split('.')[2] ?? '', claims];
    expectNone(service.stdout(), [...tokens, ...seen]);
    // Only the banner, on the other stream, shows the development token (alone, in the console's
    // address, and in the command for curl) and that of an agent, and nothing else secret.
    expect(service.stderr().split(good)).toHaveLength(4);
    expect(service.stderr().split(agent)).toHaveLength(2);
    const others = [good, agent].reduce((text, token) => text.replaceAll(token, ''), service.stderr());
    expectNone(others, [secret, ...tokens.slice(1, 3)]);
  });

  test('contains no part of a connection string, whether no server responds or the login fails', async () => {
    const password = 'hunter2-and-a-half-9dQw';
    const user = 'the-user-name-7Tq';
    for (const port of [1, await refusingDatabase()]) {
      const DATABASE_URL = `postgresql://${user}:${password}@127.0.0.1:${port}/the-database-name?application_name=app-3Vz`;
      const env = { DATABASE_URL, JWT_SECRET: testSecret, LOG_LEVEL: 'trace' };
      const service = await startService(env);
      const token = await tokenFor(newOwner());
      for (const [method, path, json] of [
        ['GET', '/readyz', undefined],
        ['GET', tasksPath, undefined],
        ['POST', tasksPath, { title: 'x' }],
      ] as const) {
        const answer = await service.send(method, path, { token, ...(json && { json }) });
        expect(answer.status).toBeGreaterThanOrEqual(500);
        expectNone(JSON.stringify([answer.text, ...answer.headers]), [password, user, '127.0.0.1', '28P01']);
      }
      await service.end('SIGTERM');
      const migration = await runToEnd('src/commands/migrate.ts', [], env);
      expect(migration.code).toBe(1);
      linesOf(migration.stdout);
      const said = service.stdout() + service.stderr() + migration.stdout + migration.stderr;
      expect(requestsOf(service)).toHaveLength(3);
      expectNone(said, [password, testSecret, token]);
      expect(said).not.toContain(DATABASE_URL);
      expect(said).not.toMatch(/postgres(ql)?:\/\//);
    }
  });

  test('contains no part of the address of a key set', async () => {
    const withPassword = {
      DATA_DIR: await newDirectory(),
      JWT_JWKS_URL: 'http://id:hunter2@127.0.0.1:1/jwks',
    };
    const refused = await runToEnd('src/start.js', [], withPassword);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).not.toContain('hunter2');

    const service = await startService({
      DATABASE_URL: 'postgresql://127.0.0.1:1/none',
      JWT_JWKS_URL: 'http://127.0.0.1:1/jwks?key=a-key-in-the-query-4Rt',
      LOG_LEVEL: 'trace',
    });
    const token = await new SignJWT({ sub: 'x', exp: Math.floor(Date.now() / 1000) + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(new TextEncoder().encode(testSecret));
    const [, claims, signature] = token.split('.');
    const asked = `${Buffer.from('{"alg":"EdDSA","kid":"k"}').toString('base64url')}.${claims}.${signature}`;
    expect((await service.send('GET', tasksPath, { token: asked })).status).toBe(503);
    await service.end('SIGTERM');
    expectNone(service.stdout() + service.stderr(), [asked, 'a-key-in-the-query-4Rt']);
  });
});
