// The image without a container engine: runs the steps of the Dockerfile by hand, then the
// migrations of compose.yaml, and starts the service with its CMD, on the Postgres of the tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { newDirectory } from '../support/process.ts';
import { testSecret } from '../support/tokens.ts';
import { build, copyOf, environmentOf, lastOf, project, readDockerfile } from './dockerfile.ts';

const instructions = readDockerfile();
const read = (file: string) => readFileSync(join(project, file), 'utf8');
const manifest = JSON.parse(read('package.json'));

describe('the Dockerfile', () => {
  test('uses the Node version of .nvmrc, which the tests use as well', () => {
    const version = read('.nvmrc').trim();
    expect(manifest.devDependencies.node).toBe(version);
    expect(lastOf(instructions, 'FROM')).toBe(`node:${version}-slim`);
  });

  test('copies what .dockerignore allows, and nothing else', () => {
    const sources = instructions
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ value }) => copyOf(value).sources);
    const let_through = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(sources.toSorted()).toEqual(let_through.toSorted());
    for (const source of sources) expect(existsSync(join(project, source)), source).toBe(true);
  });

  test('runs as a user that is not root, after everything is in place', () => {
    expect(lastOf(instructions, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const user = instructions.findIndex(({ name }) => name === 'USER');
    const changes = instructions.findLastIndex(({ name }) => ['COPY', 'RUN', 'ADD'].includes(name));
    expect(changes).toBeLessThan(user);
  });
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

describe('what the Dockerfile builds', { timeout: 180_000 }, () => {
  let postgres: TestPostgres;
  let directory: string;
  // The image has the Node of .nvmrc, which the tests run on.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  const start = (command: readonly string[], env: Readonly<Record<string, string>>) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      cwd: directory,
      env: { PATH, ...environmentOf(instructions), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = once(child, 'close').then(([code]) => ({ code, stderr }));
    return { child, exited };
  };

  test('migrates, serves, passes its health check, and ends at its signal', async () => {
    directory = await newDirectory();
    build(instructions, directory, {
      PATH,
      HOME: process.env.HOME ?? directory,
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
    });
    const installed = readdirSync(join(directory, 'node_modules'));
    const scopes = Object.keys(manifest.dependencies).map((name) => name.split('/')[0]);
    expect(installed).toEqual(expect.arrayContaining(scopes));
    expect(installed).not.toContain('node');
    expect(installed).not.toContain('@electric-sql');

    const [, migrate = ''] = /^ {4}command: \[(.+)\]$/m.exec(read('compose.yaml')) ?? [];
    const direct = process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url;
    const migration = start(migrate.split(', '), { DATABASE_URL: direct });
    expect(await migration.exited).toEqual({ code: 0, stderr: '' });

    const port = String(await freePort());
    const service = start(JSON.parse(lastOf(instructions, 'CMD')), {
      PORT: port,
      DATABASE_URL: postgres.url,
      DATABASE_POOL_MAX: String(postgres.poolMax),
      DATABASE_PREPARED_STATEMENTS: String(postgres.preparedStatements),
      JWT_SECRET: testSecret,
      SHUTDOWN_DELAY_MS: '0',
    });
    const readiness = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ status }) => status,
        () => null,
      );
    await expect.poll(readiness, { timeout: 60_000 }).toBe(200);
    // The docs, the console and the contract are part of the image.
    for (const path of ['docs', 'console', 'openapi.json', 'openapi.yaml'])
      expect((await fetch(`http://127.0.0.1:${port}/${path}`)).status).toBe(200);

    const [, check = ''] = /CMD (.+)$/.exec(lastOf(instructions, 'HEALTHCHECK')) ?? [];
    const isHealthy = () => start(JSON.parse(check), { PORT: port }).exited;
    expect(await isHealthy()).toEqual({ code: 0, stderr: '' });
    service.child.kill(lastOf(instructions, 'STOPSIGNAL') as NodeJS.Signals);
    expect(await service.exited).toEqual({ code: 0, stderr: '' });
    expect(await isHealthy()).toEqual({ code: 1, stderr: '' });
  });
});
