// Runs the programs of others against a sandbox, and counts what they find. See `run`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../clients/sandbox.ts';
import { revisions } from './agent.ts';

const [cache = ''] = process.argv.slice(2);

/**
 * Scenarios of the conformance tests that call tools, prompts and resources of the suite's own
 * server, which this service has not.
 */
const ofFixtures = [
  /^tools-call-/,
  /^(?:resources|prompts|completion|logging|elicitation)-/,
  /^json-schema-2020-12$/,
  /^http-custom-header-server-validation$/,
  /^input-required-result-(?:basic|request-state|multi|non-tool|result-type|tampered|capability)/,
];

/** The same for single checks. */
const checksOfFixtures = new Set([
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
  'sep-2549-prompts-list-caching-hints',
  'sep-2549-resources-list-caching-hints',
  'sep-2549-resources-templates-list-caching-hints',
]);

let passed = 0;
let failed = 0;
const count = (name: string, isPassed: boolean, why = ''): void => {
  if (isPassed) passed += 1;
  else failed += 1;
  console.log(`${isPassed ? 'passed' : 'FAILED'}: ${name}${isPassed || why === '' ? '' : `: ${why}`}`);
};

/** Runs a program to its end; what it wrote, and whether it ended well. */
const run = async (command: string, args: readonly string[], env: Record<string, string> = {}) => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const code = await new Promise<number | null>((ended) => child.on('close', ended));
  return { text, isWell: code === 0 };
};

/** A proxy that adds the token: the conformance tests have none. */
const addToken = async (url: string, token: string) => {
  const { hostname, port } = new URL(url);
  const server = createServer((incoming, response) => {
    const { method, headers, url: path } = incoming;
    const outgoing = request(
      { hostname, port, path, method, headers: { ...headers, authorization: `Bearer ${token}` } },
      (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}`, close: () => server.close() };
};

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

const conformance = async (url: string, revision: string): Promise<void> => {
  const results = mkdtempSync(join(tmpdir(), 'tasks-conformance-'));
  const args = ['server', '--url', `${url}/mcp`, '--suite', 'all', '--spec-version', revision, '-o', results];
  const { text } = await run(join(cache, 'node_modules/.bin/conformance'), args);
  let checked = 0;
  for (const folder of readdirSync(results)) {
    const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    if (ofFixtures.some((pattern) => pattern.test(scenario))) continue;
    const checks: readonly Check[] = JSON.parse(readFileSync(join(results, folder, 'checks.json'), 'utf8'));
    for (const { id, status, errorMessage } of checks) {
      if (checksOfFixtures.has(id) || !['SUCCESS', 'FAILURE'].includes(status)) continue;
      checked += 1;
      count(`conformance ${revision}: ${scenario}: ${id}`, status === 'SUCCESS', errorMessage);
    }
  }
  rmSync(results, { recursive: true });
  if (checked === 0) count(`conformance ${revision}`, false, text);
};

/** A program that prints a line for each thing that it has checked, and fails at the first fault. */
const program = async (
  name: string,
  command: string,
  args: readonly string[],
  env: Record<string, string>,
) => {
  const { text, isWell } = await run(command, args, env);
  for (const line of text.split('\n').filter((one) => one.startsWith('checked: '))) {
    count(`${name}: ${line.slice('checked: '.length)}`, true);
  }
  if (!isWell) count(name, false, text.slice(-3000));
};

const sandbox = await startSandbox();
const proxy = await addToken(sandbox.url, sandbox.token);
const env = { TASKS_URL: sandbox.url, TASKS_TOKEN: sandbox.otherToken };
try {
  // Of 2025-03-26, the tests have only sessions.
  for (const revision of revisions.filter((one) => one !== '2025-03-26'))
    await conformance(proxy.url, revision);
  await program('FastMCP', join(cache, 'venv/bin/python'), ['test/mcp/fastmcp_client.py'], env);
  await program('openapi-mcp-generator', process.execPath, ['test/mcp/generator.mjs', cache], env);
} finally {
  proxy.close();
  await sandbox.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
