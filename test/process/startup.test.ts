// The first minute: what a start prints, and that it is correct.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { consoleAddress } from '../../src/server/addresses.ts';
import { sharedPostgres } from '../support/app.ts';
import { operations } from '../support/contract.ts';
import { newDataDirectory, newDirectory, runToEnd, startService } from '../support/process.ts';
import { testSecret } from '../support/tokens.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shell = (command: string) => promisify(execFile)('sh', ['-c', command], { cwd: root });

const postgres = sharedPostgres();

const hasScript = spawnSync('script', ['--version']).status === 0;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

const olderNode = [
  ...(process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'node')),
  '/usr/bin/node',
].find((node) => {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 && Number(stdout.slice(1).split('.')[0]) < 24;
});

const takenPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
};

describe('the first start', { timeout: 300_000 }, () => {
  test.skipIf(!hasCurl)('prints where everything is and a curl command that works as pasted', async () => {
    const directory = join(await newDirectory(), 'not', 'there', 'yet');
    const service = await startService({ DATA_DIR: directory });
    const banner = service.stderr();
    expect(banner.split('\n')[0]).toBe(
      `Creating the embedded database in ${directory}: this takes some seconds.`,
    );
    expect(banner).toContain('DEVELOPMENT database');
    expect(banner).toContain(`API       ${service.url}\n`);
    expect(banner).toContain(`Data      ${directory}\n`);
    expect(banner).toContain(`Docs      ${service.url}/docs\n`);
    expect(banner).toContain(`Console   ${service.url}/console#token=${service.token}\n`);
    const connecting = `claude mcp add --transport http tasks ${service.url}/mcp --header "Authorization: Bearer `;
    const [, token = ''] = banner.split(connecting);
    const agent = await service.send('GET', '/api/v1/session', { token: token.slice(0, token.indexOf('"')) });
    expect(agent.json).toMatchObject({
      user_id: 'dev',
      client_id: 'agent',
      scopes: ['tasks:read', 'tasks:write'],
    });
    for (const path of ['/docs', '/console']) expect((await service.send('GET', path)).status).toBe(200);
    const pasted = banner.split('\n').find((line) => line.startsWith('curl ')) ?? '';
    const { stdout } = await shell(pasted);
    const task = JSON.parse(stdout);
    expect(task).toMatchObject({ owner_id: 'dev', title: 'Buy milk', completed: false, version: 1 });
    expect((await service.send('GET', '/api/v1/users/dev/tasks')).json.items).toEqual([task]);
    expect((await service.send('GET', '/openapi.yaml')).status).toBe(200);
    const [line, ...more] = service.stdout().split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ msg: 'listening', embedded: true, host: '127.0.0.1' });
    expect(more.join('')).not.toContain(service.token);
  });

  // Pages of other origins, also through DNS rebinding, other users of the machine and others on
  // the network can send any request: what no response contains, none of them gets.
  test('no response to a request without a token contains one', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory() });
    const headers = { Origin: service.url, 'Sec-Fetch-Site': 'same-origin' };
    const open = operations.filter(({ secured, method }) => !secured && method === 'GET');
    expect(open.map(({ id }) => id)).toContain('getConsole');
    for (const { path } of open) {
      const address = path.replace('{slug}', 'not-found');
      const { text, headers: received } = await service.send('GET', address, { token: null, headers });
      const shown = text + JSON.stringify([...received]);
      expect(shown.includes(service.token), path).toBe(false);
      // Nor a later one: three parts, the first of which begins like a JSON object.
      expect(/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{43}/.test(shown), path).toBe(false);
    }
  });

  test.skipIf(!hasScript)('on a real database prints the addresses on a terminal, and no token', async () => {
    const env = { DATABASE_URL: postgres().url, JWT_SECRET: testSecret, HOST: '127.0.0.1' };
    const start = `${process.execPath} ${join(root, 'src/start.js')}`;
    const terminal = spawn('script', ['-qefc', start, '/dev/null'], {
      env: { PATH: process.env.PATH, PORT: '0', SHUTDOWN_DELAY_MS: '0', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void terminal.kill('SIGTERM'));
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text) => {
      shown += text.replaceAll('\r', '');
    });
    await expect.poll(() => shown, { timeout: 60_000 }).toContain('Console');
    await expect.poll(() => shown, { timeout: 60_000 }).toContain('"listening"');
    const [, port] = /"port":(\d+)/.exec(shown) ?? [];
    const address = `http://127.0.0.1:${port}`;
    expect(shown).toContain(`  API       ${address}\n  Docs      ${address}/docs\n`);
    expect(shown).toContain(`  Console   ${address}/console\n`);
    const piped = await startService(env);
    expect(piped.stderr()).toBe('');
  });

  test.each(['0.0.0.0', '::', '192.0.2.1', 'tasks.example.com'])(
    'prints no token in the address of the console when HOST is %s, which others reach',
    (host) => expect(consoleAddress('http://it', host, 'a.b.c')).toBe('http://it/console'),
  );

  test('prints no token when a key set verifies them', async () => {
    const env = { DATA_DIR: await newDataDirectory(), JWT_JWKS_URL: 'http://127.0.0.1:1/jwks' };
    const service = await startService(env);
    expect(service.token).toBe('');
    expect(service.stderr()).toMatch(/^ {2}Console {3}\S+\/console$/m);
    expect(service.stderr()).not.toContain('curl');
    expect(service.stderr()).not.toContain('Creating');
  });

  test('prints an address that works for every HOST', async () => {
    const env = { DATA_DIR: await newDataDirectory(), HOST: '::1' };
    const service = await startService(env);
    expect(service.stderr()).toContain(`API       http://[::1]:${service.port}\n`);
  });
});

// Optimising its code at once took 600 MB more.
test.skipIf(!existsSync('/proc/self/status'))('the embedded database starts in 400 MB', async () => {
  const service = await startService({ DATA_DIR: await newDataDirectory() });
  expect((await service.send('POST', '/api/v1/users/me/tasks', { json: { title: 'x' } })).status).toBe(201);
  const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
  expect(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThan(400_000);
});

describe('npm run token', { timeout: 300_000 }, () => {
  test('creates a token that the running service accepts', async () => {
    const directory = await newDataDirectory();
    const service = await startService({ DATA_DIR: directory });
    const [hint = ''] = /DATA_DIR='[^']+' npm run token -- alice/.exec(service.stderr()) ?? [];
    const { stdout } = await shell(hint.replace('npm run', 'npm run --silent'));
    const token = stdout.trim();
    expect((await service.send('GET', '/api/v1/session', { token })).json.user_id).toBe('alice');
    const tasks = '/api/v1/users/alice/tasks';
    expect((await service.send('POST', tasks, { token, json: { title: 'hers' } })).status).toBe(201);
    expect((await service.send('GET', tasks)).status).toBe(404);
  });

  test('creates, before the first start, the secret that the service then uses', async () => {
    const directory = join(await newDirectory(), 'not-there');
    const minted = await runToEnd('src/commands/token.ts', ['bob'], { DATA_DIR: directory });
    expect(minted.code).toBe(0);
    expect(minted.stderr).toBe(
      `Created a new secret in ${directory}. Only a service with the same DATA_DIR accepts this token.\n`,
    );
    const service = await startService({ DATA_DIR: directory });
    const token = minted.stdout.trim();
    expect((await service.send('GET', '/api/v1/session', { token })).json).toMatchObject({
      user_id: 'bob',
      client_id: null,
      scopes: ['tasks:read', 'tasks:write', 'tasks:erase'],
    });
    const args = ['bob', '--scope', 'tasks:write tasks:read', '--client', 'my agent'];
    const limited = await runToEnd('src/commands/token.ts', args, { DATA_DIR: directory });
    const session = await service.send('GET', '/api/v1/session', { token: limited.stdout.trim() });
    expect(session.json).toMatchObject({ client_id: 'my agent', scopes: ['tasks:read', 'tasks:write'] });
  });

  test('refuses `me`, which is not the name of a user', async () => {
    const minted = await runToEnd('src/commands/token.ts', ['me'], { DATA_DIR: await newDirectory() });
    expect(minted).toMatchObject({ code: 1, stdout: '' });
    expect(minted.stderr).toMatch(/^"me" stands for the user of a token[^\n]*\n$/);
  });

  test('reports what is missing', async () => {
    const env = { DATA_DIR: await newDirectory() };
    for (const args of [[], [''], ['\n'], ['a', 'b'], ['a', '--scopes', 'tasks:read']]) {
      const { code, stdout, stderr } = await runToEnd('src/commands/token.ts', args, env);
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'Usage: npm run token -- USER [--scope SCOPES] [--client NAME], for example: npm run token -- alice\n',
      });
    }
    const odd = await runToEnd('src/commands/token.ts', ['eve', '--scope', 'tasks:reed'], env);
    expect(odd).toMatchObject({ code: 1, stdout: '' });
    expect(odd.stderr).toMatch(/^The scopes are tasks:read, tasks:write, tasks:erase\./);
    const keySet = await runToEnd('src/commands/token.ts', ['eve'], {
      ...env,
      JWT_JWKS_URL: 'http://127.0.0.1:1/',
    });
    expect(keySet).toMatchObject({ code: 1, stdout: '' });
    expect(keySet.stderr).toBe('JWT_JWKS_URL is set: your identity provider issues the tokens.\n');
  });
});

describe('a start that fails', { timeout: 300_000 }, () => {
  const database = { DATABASE_URL: 'postgresql://127.0.0.1:1/none', JWT_SECRET: testSecret };

  test('because the port is in use reports that in one line', async () => {
    const PORT = String(await takenPort());
    const stderr = `Port ${PORT} is taken. Set PORT or METRICS_PORT to another one.\n`;
    const refused = { code: 1, signal: null, stdout: '', stderr };
    const directory = await newDataDirectory();
    expect(await runToEnd('src/start.js', [], { PORT, DATA_DIR: directory })).toEqual(refused);
    expect(await runToEnd('src/start.js', [], { PORT, HOST: '127.0.0.1', ...database })).toEqual(refused);
    await startService({ DATA_DIR: directory });
  });

  test('because the address does not exist reports that in one line', async () => {
    for (const HOST of ['192.0.2.1', 'no-such-host.invalid']) {
      const { code, stdout, stderr } = await runToEnd('src/start.js', [], { PORT: '0', HOST, ...database });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^Cannot listen there\. Check HOST and PORT: [^\n]+\n$/);
    }
  });

  test('in production without DATABASE_URL reports that, and creates no data directory', async () => {
    const env = { NODE_ENV: 'production', DATA_DIR: join(await newDirectory(), 'data') };
    const { code, stdout, stderr } = await runToEnd('src/start.js', [], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('  DATABASE_URL: is required in production');
    await expect(shell(`ls '${env.DATA_DIR}'`)).rejects.toThrow();
  });

  test.skipIf(olderNode === undefined)('on an older Node.js reports that in one line', async () => {
    const { status, stdout, stderr } = spawnSync(olderNode ?? '', [join(root, 'src/start.js')], {
      encoding: 'utf8',
      env: { PORT: '0' },
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Tasks API needs Node\.js 24 or newer; this is \d+\.\d+\.\d+\.\n$/);
  });
});
