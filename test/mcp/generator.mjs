// What openapi-mcp-generator makes of the served contract: a tool of each operation that is not
// marked as none. See main.ts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [cache] = process.argv.slice(2);
const address = `${process.env.TASKS_URL}/openapi.json`;
const { paths } = await (await fetch(address)).json();
const operations = Object.values(paths).flatMap((item) =>
  Object.values(item).filter((one) => one.operationId),
);
const wanted = operations.filter((one) => one['x-mcp'] !== false).map((one) => one.operationId);
assert.ok(wanted.length > 0 && wanted.length < operations.length);

const output = mkdtempSync(join(tmpdir(), 'tasks-generator-'));
try {
  const program = join(cache, 'node_modules/.bin/openapi-mcp-generator');
  const { status, stderr } = spawnSync(program, ['--input', address, '--output', output, '--force'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const text = readFileSync(join(output, 'src/index.ts'), 'utf8');
  const tools = [...text.matchAll(/^\s*\["(\w+)", \{/gm)].map(([, name]) => name);
  assert.deepEqual(tools.sort(), wanted.sort());
  console.log('checked: makes a tool of each operation that is one, and of no other');
} finally {
  rmSync(output, { recursive: true });
}
