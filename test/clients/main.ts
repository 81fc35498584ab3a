// Runs the programs of test/clients/ against a sandbox, through a proxy that responds to the first
// creation of a task called "flaky" with 503, and the code samples straight against it. See `run`.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { sandboxSecret } from '../../src/sandbox/data.ts';
import { startFlakyProxy } from './flaky-proxy.ts';
import { startSandbox } from './sandbox.ts';

const work = process.env.WORK ?? '';
const classes = join(work, 'classes');
const root = process.cwd();
const sdk = join(root, 'generated/clients');

interface Language {
  readonly name: string;
  /** Prepares what the program and the samples need, and returns what is wrong with it. */
  readonly prepare?: () => string;
  readonly program: readonly string[];
  readonly directory?: string;
  /** The file name of a sample, and the command that runs it. */
  readonly sample: string;
  readonly runSample: readonly string[];
  /** Its client drops a body that is not JSON. */
  readonly dropsExport?: boolean;
}

const run = (
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });

const typescript = join(work, 'typescript');
const tsc = [
  join(root, 'node_modules/.bin/tsc'),
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--module',
  'nodenext',
  '--target',
  'es2022',
  '--lib',
  'es2022,dom,dom.iterable',
  '--types',
  'node',
  '--typeRoots',
  join(root, 'node_modules/@types'),
];

const languages: readonly Language[] = [
  {
    name: 'typescript',
    prepare: () => {
      cpSync('test/clients/typescript/program.ts', join(typescript, 'program.mts'));
      const checked = spawnSync(tsc[0] ?? '', [...tsc.slice(1), 'program.mts'], {
        cwd: typescript,
        encoding: 'utf8',
      });
      return checked.stdout;
    },
    program: ['node', 'program.mts'],
    directory: typescript,
    sample: 'sample.mts',
    runSample: ['node', 'sample.mts'],
  },
  {
    name: 'python',
    program: [join(work, 'venv/bin/python'), 'program.py'],
    dropsExport: true,
    sample: 'sample.py',
    runSample: [join(work, 'venv/bin/python'), 'sample.py'],
  },
  {
    name: 'go',
    prepare: () => spawnSync('go', ['vet', '.'], { cwd: 'test/clients/go', encoding: 'utf8' }).stderr,
    program: ['go', 'run', '.'],
    dropsExport: true,
    sample: 'sample.go',
    runSample: ['go', 'run', '.'],
  },
  {
    name: 'java',
    prepare: () =>
      spawnSync(
        'javac',
        [
          '-d',
          classes,
          join(sdk, 'java/src/main/java/tasksapi/Client.java'),
          'test/clients/java/Program.java',
        ],
        { encoding: 'utf8' },
      ).stderr,
    program: ['java', '-cp', classes, 'Program'],
    sample: 'Sample.java',
    runSample: ['java', '-cp', classes, 'Sample.java'],
  },
  {
    name: 'php',
    program: ['php', 'program.php'],
    sample: 'sample.php',
    runSample: ['php', '-d', `include_path=${join(sdk, 'php')}`, 'sample.php'],
  },
];

let passed = 0;
let failed = 0;
const fail = (what: string, why: string) => {
  failed += 1;
  console.log(`FAILED ${what}\n${why}`);
};

const tokenFor = (owner: string) =>
  new SignJWT({ sub: owner, exp: 4_102_444_800 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(sandboxSecret));

const everyStep = [
  'create',
  'list across pages',
  'update with a precondition',
  '412 as a typed error',
  '422 as a typed error',
  'retry through a 503',
  'complete export',
  'changes of a later version',
  'delete',
];

const runProgram = async (language: Language, url: string): Promise<void> => {
  const { name, prepare, program, directory, dropsExport = false } = language;
  const steps = everyStep.filter((step) => !(dropsExport && step === 'complete export'));
  const fault = prepare?.() ?? '';
  if (fault !== '') return fail(`${name}: build`, fault);
  const proxy = await startFlakyProxy(url);
  const env = { API: proxy.url, TOKEN: await tokenFor(`sdk-${name}`) };
  const { output } = await run(program, directory ?? `test/clients/${name}`, env);
  await proxy.close();
  const done = steps.filter((step) => output.includes(`ok ${step}\n`));
  passed += done.length;
  for (const step of steps) if (!done.includes(step)) fail(`${name}: ${step}`, output.slice(-2000));
  const [first, second, ...more] = proxy.attempts();
  // The SDK waits for Retry-After (one second) and repeats the call under its one key.
  const good =
    first !== undefined &&
    second !== undefined &&
    more.length === 0 &&
    Boolean(first.key) &&
    first.key === second.key &&
    second.at - first.at >= 1000;
  if (good) passed += 1;
  else fail(`${name}: one idempotency key, Retry-After`, JSON.stringify(proxy.attempts()));
  console.log(
    `${name}: ${proxy.requests()} calls, ${done.length + (good ? 1 : 0)} of ${steps.length + 1} passed`,
  );
};

interface Action {
  readonly target: string;
  readonly update: {
    readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[];
  };
}
const overlay: { actions: readonly Action[] } = JSON.parse(
  readFileSync('generated/code-samples.json', 'utf8'),
);

const place: Record<string, string> = { typescript };

// The samples all speak of the sandbox's one task: the batch wants its first version, deletions come last. `/` is for
// browsers; the SDKs follow no redirect.
const rank = ({ target }: Action) => {
  if (target.includes('task-batches')) return -1;
  if (target.endsWith("{task_id}'].delete")) return 1;
  return target.endsWith('.delete') ? 2 : 0;
};
const actions = overlay.actions
  .filter(({ target }) => target !== "$.paths['/'].get")
  .toSorted((a, b) => rank(a) - rank(b));

const runSamples = async (
  { name, sample, runSample }: Language,
  url: string,
  token: string,
): Promise<void> => {
  let good = 0;
  for (const [index, { target, update }] of actions.entries()) {
    const source = update['x-codeSamples'].find(({ label }) => label.toLowerCase() === name)?.source ?? '';
    const directory = place[name] ?? join(work, `${name}-${index}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, sample), source);
    if (name === 'go') {
      writeFileSync(
        join(directory, 'go.mod'),
        `module sample\n\ngo 1.24\n\nrequire tasks-api/tasks v0.0.0\n\nreplace tasks-api/tasks => ${sdk}/go\n`,
      );
    }
    const { code, output } = await run(runSample, directory, { API: url, TOKEN: token });
    if (code === 0) good += 1;
    else fail(`${name} sample of ${target}`, output.slice(-1500));
  }
  passed += good;
  console.log(`${name}: ${good} of ${actions.length} samples ran`);
};

for (const language of languages) {
  if (language.name === 'php' && spawnSync('php', ['--version']).status !== 0) {
    console.log('php: skipped, it is not installed');
    continue;
  }
  const sandbox = await startSandbox();
  try {
    await runProgram(language, sandbox.url);
    await runSamples(language, sandbox.url, sandbox.token);
  } finally {
    await sandbox.close();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
