// A sandbox as a process of its own, on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Sandbox {
  readonly url: string;
  /** The token of the owner of the contract's examples. */
  readonly token: string;
  /** The token of another owner, who has a task as well. */
  readonly otherToken: string;
  close(): Promise<void>;
}

/** Starts it; rejects with what it said when it ends before it listens. */
export const startSandbox = async (): Promise<Sandbox> => {
  const child = spawn(process.execPath, ['src/sandbox/main.ts'], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    const [, url] = /at (\S+)\n/.exec(said) ?? [];
    const [token, otherToken] = [...said.matchAll(/^ {2}\S+ {2}(\S+)\n/gm)].map(([, found]) => found);
    if (url === undefined || token === undefined || otherToken === undefined) continue;
    return {
      url,
      token,
      otherToken,
      close: async () => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      },
    };
  }
  throw new Error(`the sandbox did not start: ${said}`);
};
