// The servers that are measured: the service in its production form, the baseline, and on demand
// the rivals.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Server, startServer } from './process.ts';
import { secret, taskIdOf, tokenFor } from './seed.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A free port on the loopback interface. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  return address.port;
};

export type ServerName = 'service' | 'bare' | 'fastify' | 'fastapi';

/** The project of this benchmark. */
export const project = pathOf('..');

const commandOf = (name: ServerName, root: string): [command: string, ...args: string[]] => {
  switch (name) {
    case 'service':
      return [process.execPath, join(root, 'src/start.js')];
    case 'bare':
      return [process.execPath, pathOf('bare.ts')];
    case 'fastify':
      return [process.execPath, pathOf('rivals/fastify.js')];
    case 'fastapi':
      return [pathOf('rivals/node_modules/.venv/bin/python'), pathOf('rivals/fastapi_server.py')];
  }
};

export interface StartOptions {
  readonly databaseUrl: string;
  /** Where its standard output, the service's log, goes: a file descriptor. */
  readonly output: number;
  /** Another checkout of the service, to compare with. */
  readonly root?: string | undefined;
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Variables in addition to those of every measured server, or in their place. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one of the servers on a free port. */
export const start = async (
  name: ServerName,
  { databaseUrl, output, root, nodeArgs = [], env = {} }: StartOptions,
): Promise<Server> => {
  const [command, ...args] = commandOf(name, root ?? project);
  const task = `/api/v1/users/user-1/tasks/${taskIdOf('user-1', 1)}`;
  return startServer({
    name: root === undefined ? name : 'other',
    command,
    args: [...nodeArgs, ...args],
    port: await freePort(),
    // Owners are counted, but never refused.
    env: {
      DATABASE_URL: databaseUrl,
      JWT_SECRET: secret,
      NODE_ENV: 'production',
      RATE_LIMIT: '1000000',
      ...env,
    },
    path: name === 'service' ? '/readyz' : task,
    headers: { Authorization: `Bearer ${await tokenFor('user-1')}` },
    output,
  });
};

/** Installs what the rivals need, next to them, and returns those that can run here. */
export const installRivals = (): ServerName[] => {
  const cwd = pathOf('rivals');
  const install = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(`${cwd}/node_modules`)) install('npm', 'ci', '--silent');
  try {
    if (!existsSync(`${cwd}/node_modules/.venv`)) {
      install('python3', '-m', 'venv', 'node_modules/.venv');
      install(
        'node_modules/.venv/bin/pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '-r',
        'requirements.txt',
      );
    }
    return ['fastify', 'fastapi'];
  } catch {
    console.error('FastAPI is left out: python3 with venv and pip is needed for it.');
    return ['fastify'];
  }
};
