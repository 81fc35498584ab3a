// Runs each SDK's program through the fault proxy, compares what it and the proxy saw with the
// scenario, and runs the code samples. See `run`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { sandboxSecret } from '../../src/sandbox/data.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { runFirstCall } from './first-call.ts';
import { type Language, type Program, run } from './language.ts';
import { go } from './languages/go.ts';
import { java } from './languages/java.ts';
import { python } from './languages/python.ts';
import { typescript } from './languages/typescript.ts';
import { missing } from './missing.ts';
import { runSamples } from './samples.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { packageSteps, type Step, type StoredTask, steps } from './scenario.ts';
import { runUndoExample } from './undo-example.ts';

const languages: readonly Language[] = [typescript, python, go, java];

let passed = 0;
let failed = 0;
const fail = (what: string, why: string) => {
  failed += 1;
  console.log(`FAILED ${what}\n${why}`);
};

/** Counts a step whose fault, if any, is `fault`. */
const count = (language: string, program: string, id: string, fault: string | undefined): void => {
  if (missing[language]?.includes(id)) {
    if (fault === undefined) fail(`${program}: ${id}`, 'passes: remove it from missing.ts');
  } else if (fault === undefined) passed += 1;
  else fail(`${program}: ${id}`, fault);
};

const tokenFor = (owner: string, exp = 4_102_444_800) =>
  new SignJWT({ sub: owner, exp })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(sandboxSecret));

const storedTasks = async (url: string, token: string): Promise<readonly StoredTask[]> => {
  const all: StoredTask[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await fetch(`${url}/api/v1/users/me/tasks?limit=100${query}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const { items, next_cursor } = JSON.parse(await page.text());
    all.push(...items);
    cursor = next_cursor;
  }
  return all;
};

const rules = new Map(steps.map(({ id, rule }) => [id, rule]));

const runProgram = async (language: string, program: Program, sandbox: Sandbox): Promise<void> => {
  const owner = `sdk-${program.name}`;
  const tokens = [await tokenFor(owner), await tokenFor(owner, 4_102_444_801)] as const;
  const proxy = await startFaultProxy(sandbox.url, rules);
  const env = {
    API: proxy.url,
    TOKEN: tokens[0],
    TOKEN_2: tokens[1],
    OTHER_TOKEN: await tokenFor(`${owner}-other`),
  };
  const { code, output } = await run(program.command, program.directory, env);
  const stored = await storedTasks(sandbox.url, tokens[0]);
  const faultOf = ({ id, proof }: Step): string | undefined => {
    if (!output.includes(`ok ${id}\n`)) {
      const [, why] =
        new RegExp(`^failed ${id}\\n([^]*?)(?=^(?:ok|failed) |$(?![^]))`, 'm').exec(output) ?? [];
      return why ?? 'the program did not print ok';
    }
    return proof?.({
      requests: proxy.requestsOf(id),
      tasks: (title) => stored.filter((task) => task.title === title),
      texts: [...output.matchAll(new RegExp(`^text ${id} (.*)$`, 'gm'))].map(([, text = '']) => text),
      output,
      tokens,
    });
  };
  for (const step of steps) count(language, program.name, step.id, faultOf(step));
  await proxy.close();
  if (code === 0) passed += 1;
  else fail(`${program.name}: its program exits with 0`, output.slice(-4000));
};

const check = async (language: Language, work: string): Promise<void> => {
  const { name } = language;
  const sandbox = await startSandbox();
  try {
    await language.prepare(work);
    for (const step of packageSteps) count(name, name, step.id, step.check(language.package));
    for (const program of language.programs(work)) await runProgram(name, program, sandbox);
    const samples = await runSamples(language, sandbox, work);
    passed += samples.count - samples.failures.length;
    await runFirstCall(language, sandbox, work).then(
      () => (passed += 1),
      (error: Error) => fail(`${name}: the first call in the README`, error.message),
    );
    for (const failure of samples.failures) fail('', failure);
    await runUndoExample(language, sandbox, work).then(
      () => (passed += 1),
      (error: Error) => fail(`${name}: the example of undo in its README`, error.message),
    );
  } catch (error) {
    fail(`${name}: build`, error instanceof Error ? error.message : String(error));
  } finally {
    await sandbox.close();
  }
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !languages.some((language) => language.name === name));
if (unknown.length > 0) throw new Error(`There is no SDK in ${unknown.join(', ')}.`);

for (const language of languages) {
  if (chosen.length > 0 && !chosen.includes(language.name)) continue;
  const work = mkdtempSync(join(tmpdir(), `tasks-${language.name}-`));
  const before = [passed, failed] as const;
  await check(language, work);
  rmSync(work, { recursive: true, force: true });
  const lacks = missing[language.name]?.length ?? 0;
  console.log(
    `${language.name}: ${passed - before[0]} passed, ${failed - before[1]} failed, ${lacks} steps missing`,
  );
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
