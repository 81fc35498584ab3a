// Runs the tools of others against the contract and the sandbox, and compares what works with the
// tools' modules, from which the table in the documentation is written. See `run`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SignJWT } from 'jose';
import { sandboxSecret } from '../../src/sandbox/data.ts';
import { type Sandbox, startSandbox } from '../clients/sandbox.ts';
import { tools } from './all.ts';
import { currentTable, tableOf, writeTable } from './table.ts';
import type { Context, Tool } from './tool.ts';

let passed = 0;
let failed = 0;
const fail = (what: string, why: string) => {
  failed += 1;
  console.log(`FAILED ${what}\n${why.slice(-4000)}`);
};

const tokenFor = (owner: string) =>
  new SignJWT({ sub: owner, exp: 4_102_444_800 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(sandboxSecret));

/** The published contract, or the output of the tool's filter for it. */
const contractFor = ({ filter }: Tool, work: string): string => {
  const published = resolve('generated/openapi.json');
  if (filter === undefined) return published;
  const filtered = join(work, 'openapi.json');
  writeFileSync(filtered, execFileSync('jq', [filter, published], { maxBuffer: 1e8 }));
  return filtered;
};

interface Outcome {
  /** The steps that worked. */
  readonly works: readonly string[];
  /** All that was printed, and what was thrown. */
  readonly output: string;
}

const outcomeOf = async (tool: Tool, context: Context): Promise<Outcome> => {
  const works: string[] = [];
  let output = '';
  for (const [name, phase] of Object.entries(tool.phases)) {
    try {
      output += (await phase(context)) ?? '';
      works.push(name);
    } catch (error) {
      output += `${name}: ${error instanceof Error ? error.message : String(error)}\n`;
      break;
    }
  }
  return { works: [...works, ...tool.steps.filter((step) => output.includes(`ok ${step}\n`))], output };
};

/** Compares what works with what the tool's module declares, in both directions. */
const compare = (tool: Tool, { works, output }: Outcome): void => {
  const wrong: string[] = [];
  for (const step of [...Object.keys(tool.phases), ...tool.steps]) {
    const reason = tool.fails?.[step];
    if (works.includes(step) === (reason === undefined)) passed += 1;
    else wrong.push(reason === undefined ? step : `${step} (works now)`);
  }
  failed += wrong.length;
  if (wrong.length > 0) console.log(`FAILED ${tool.name}: ${wrong.join(', ')}\n${output.slice(-4000)}`);
};

const check = async (tool: Tool, sandbox: Sandbox): Promise<void> => {
  const started = performance.now();
  const before = failed;
  const work = mkdtempSync(join(tmpdir(), 'tasks-tool-'));
  try {
    await tool.install();
    const token = await tokenFor(`tool-${tool.name}`);
    const contract = contractFor(tool, work);
    const { url, token: exampleToken } = sandbox;
    compare(tool, await outcomeOf(tool, { work, contract, url, token, exampleToken }));
  } catch (error) {
    fail(`${tool.name}: install`, error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${tool.name} ${tool.version}: ${failed === before ? 'as expected' : 'NOT as expected'} (${seconds}s)`,
  );
};

const { argv } = process;
const names = argv.slice(2).filter((name) => !name.startsWith('--'));
const chosen = tools.filter(({ name, isSlow = false }) =>
  names.length > 0 ? names.includes(name) : !isSlow || argv.includes('--all'),
);

const sandbox = await startSandbox();
try {
  for (const tool of chosen) await check(tool, sandbox);
} finally {
  await sandbox.close();
}
if (argv.includes('--write')) writeTable();
if (currentTable() === tableOf(tools)) passed += 1;
else fail('the table', 'is not current: run `test/tools/run --write`');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
