import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  type Context,
  clientSteps,
  npmInstall,
  npmProgram,
  programOf,
  runProgram,
  type Tool,
} from '../tool.ts';

const [name, version] = ['Prism', '5.16.0'] as const;

/** A port that is free now: Prism reports none when it is told to choose one. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Runs `use` while Prism passes requests on to the sandbox. */
const behindPrism = async ({ contract, url, work }: Context, use: (url: string) => Promise<string>) => {
  const port = await freePort();
  const options = ['--host', '127.0.0.1', '--port', String(port)];
  const prism = spawn(npmProgram(name, version, 'prism'), ['proxy', contract, url, ...options], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    // Its output is read to the end: without a reader, Prism ends.
    await new Promise<void>((resolve, reject) => {
      prism.stdout.on('data', (chunk) => /listening/.test(String(chunk)) && resolve());
      prism.on('exit', () => reject(new Error('Prism did not start')));
    });
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    prism.kill();
  }
};

export const prism: Tool = {
  name,
  version,
  makes: 'a validating proxy',
  install: () => npmInstall(name, version, `@stoplight/prism-cli@${version}`),
  phases: {
    run: (context) =>
      behindPrism(context, (url) => runProgram(['node', programOf('prism.ts')], context, { PRISM: url })),
  },
  steps: [...clientSteps, 'batch', '304', 'no violations'],
};
