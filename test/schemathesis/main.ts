// Runs Schemathesis against a sandbox of its own. See `run`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../clients/sandbox.ts';

const [schemathesis = 'schemathesis'] = process.argv.slice(2);
const seed = process.env.SEED ?? '2026';
const directory = mkdtempSync(join(tmpdir(), 'tasks-schemathesis-'));
const sandbox = await startSandbox();
try {
  // Two users who must not see each other's tasks (Web Fuzzing Commons' form); the first one sends the requests.
  const bearer = (name: string, token: string) => ({
    name,
    fixedHeaders: [{ name: 'Authorization', value: `Bearer ${token}` }],
  });
  const users = join(directory, 'users.json');
  writeFileSync(
    users,
    JSON.stringify({ auth: [bearer('owner', sandbox.token), bearer('other', sandbox.otherToken)] }),
  );
  const config = join(directory, 'schemathesis.toml');
  const settings = readFileSync('test/schemathesis/schemathesis.toml', 'utf8');
  writeFileSync(
    config,
    `${settings}\n[auth.wfc]\npath = ${JSON.stringify(users)}\nuser = "owner"\npeers = ["owner", "other"]\n`,
  );
  const report = join(directory, 'report.json');
  const { status } = spawnSync(
    schemathesis,
    [
      '--config-file',
      config,
      'run',
      // The file and not its address: Schemathesis leaves out the operation that it reads the contract from.
      join(process.cwd(), 'generated/openapi.json'),
      '--url',
      sandbox.url,
      '--checks',
      'all',
      '--phases',
      'examples,coverage,fuzzing,stateful',
      '--max-examples',
      process.env.EXAMPLES ?? '250',
      ...(seed === 'random' ? [] : ['--seed', seed]),
      '--report-json-path',
      report,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      // It leaves a cache where it runs.
      cwd: directory,
      env: {
        ...process.env,
        PYTHONPATH: join(process.cwd(), 'test/schemathesis'),
        SCHEMATHESIS_HOOKS: 'hooks',
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  console.log(`${status === 0 ? 1 : 0} passed, ${status === 0 ? 0 : 1} failed`);
  process.exitCode = status ?? 1;
} finally {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}
