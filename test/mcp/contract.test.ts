// The tools that the contract declares: their names, what they cost a model that reads them, and
// what stops the start.
import { readFileSync } from 'node:fs';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { hints } from '../../src/mcp/arguments.ts';
import { type Document, isDocument } from '../../src/mcp/contract.ts';
import { resultOf, toolsOf } from '../../src/mcp/tools.ts';
import { document } from '../support/contract.ts';
import { revisions } from './agent.ts';
import { tools } from './declared.ts';

const descriptions = tools.map(({ description }) => description);

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Tokens of o200k_base, an encoding that is public. Those of other models differ by some ten per cent. */
const tokens = (value: unknown): number => encode(JSON.stringify(value)).length;

/** More tools, or longer ones, would leave a model less room for its work than they are worth. */
const most = 4000;

test('all tools together are short enough to be read at each start of a conversation', () => {
  const sizes = descriptions.map((tool) => `${tool.name} ${tokens(tool)}`);
  const total = tokens(descriptions);
  console.log(
    `${sizes.join(', ')}; together ${total} tokens, ${JSON.stringify(descriptions).length} characters`,
  );
  expect(total).toBeLessThan(most);
});

test('the tools are these', () => {
  expect(descriptions.map(({ name }) => name).toSorted()).toEqual([
    'add_tasks',
    'complete_tasks',
    'delete_tasks',
    'find_tasks',
    'get_summary',
    'get_task',
    'list_changes',
    'list_lists',
    'undo_change',
    'update_tasks',
  ]);
});

test('the tools of the README are those of the contract', () => {
  const [, section = ''] = readme.split('\n## Agents\n');
  const [, table = ''] = /\n\| tool \|.*\n\|[ -|]+\n((?:\|.*\n)+)/.exec(section) ?? [];
  const names = table.split('\n').flatMap((row) => (row.split('|')[1] ?? '').match(/[a-z_]+/g) ?? []);
  expect(names.toSorted()).toEqual(descriptions.map(({ name }) => name).toSorted());
});

test('hints name tools and arguments that exist', () => {
  const names = descriptions.map(({ name }) => name);
  for (const [argument, hint] of Object.entries(hints)) {
    expect(JSON.stringify(descriptions)).toContain(`"${argument}"`);
    for (const name of hint.match(/[a-z]+_[a-z]+/g) ?? []) expect(names).toContain(name);
  }
});

test('no tool deletes everything, and hints tell readers from writers', () => {
  const byName = Object.fromEntries(descriptions.map(({ name, annotations }) => [name, annotations]));
  expect(tools.map(({ operation }) => operation.operationId)).not.toContain('deleteUserData');
  expect(byName.find_tasks).toMatchObject({ readOnlyHint: true });
  expect(byName.add_tasks).toEqual({ destructiveHint: false, openWorldHint: false });
  expect(byName.delete_tasks).toMatchObject({ destructiveHint: true, idempotentHint: true });
});

test('a change that the response names in a header is a member of the result', () => {
  const copy = structuredClone(document);
  const response = copy.paths['/api/v1/users/{user_id}/task-batches']?.post?.responses['200'];
  Object.assign(response ?? {}, { headers: { Change: { schema: { type: 'string' } } } });
  const tool = isDocument(copy) ? toolsOf(copy).get('complete_tasks') : undefined;
  expect(tool?.description.outputSchema).toMatchObject({
    properties: { change: { type: 'string' }, results: {} },
  });
  const { structuredContent, content } = resultOf({
    status: 200,
    headers: { Change: 'c1' },
    body: { results: [] },
  });
  expect(structuredContent).toEqual({ change: 'c1', results: [] });
  expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
  expect(resultOf({ status: 204 }).structuredContent).toEqual({});
});

test('a key is one in whatever letters the contract names its header', () => {
  const text = JSON.stringify(document).replaceAll('"Idempotency-Key"', '"idempotency-KEY"');
  const copy: unknown = JSON.parse(text);
  if (!(copy instanceof Object && isDocument(copy))) throw new Error('no paths');
  // An empty one is refused by the validator, and not ignored as other empty strings are.
  const { headers } = toolsOf(copy).get('add_tasks')?.toValues({ tasks: [], idempotency_key: '' }) ?? {};
  expect(headers).toEqual({ 'idempotency-key': '' });
});

test('the revisions of the README are those that are tested', () => {
  const [section = ''] = readme.split('\n## Agents\n')[1]?.split('\n## ') ?? [];
  expect(section.match(/\b20\d\d-\d\d-\d\d\b/g)).toEqual(revisions);
});

describe('a malformed x-mcp stops the start', () => {
  const withTools = (operationId: string, extension: unknown): Document => {
    const copy = structuredClone(document);
    for (const item of Object.values(copy.paths)) {
      for (const operation of Object.values(item ?? {})) {
        if (typeof operation !== 'object' || !('operationId' in operation)) continue;
        if (operation.operationId === operationId) Object.assign(operation, { 'x-mcp': extension });
      }
    }
    if (!isDocument(copy)) throw new Error('no paths');
    return copy;
  };
  const description = 'What it is for.';

  test.each<[string, unknown, RegExp]>([
    ['getTask', true, /must be an object/],
    ['getTask', { name: 'get_task' }, /needs a description/],
    ['getTask', { name: 'Get task', description }, /needs a name/],
    ['getTask', { name: 'get_task', description, when: 'now' }, /unknown member when/],
    ['getTask', { name: 'get_task', description, destructive: 'no' }, /must be a boolean/],
    ['getTask', { name: 'find_tasks', description }, /find_tasks exists already/],
    ['applyTaskBatch', { name: 'add_tasks', description, op: 'create' }, /both op and list/],
    ['applyTaskBatch', { name: 'add_tasks', description, op: 'copy', list: 'tasks' }, /no list has items/],
    [
      'applyTaskBatch',
      { name: 'add_tasks', description, op: 'create', list: 'idempotency_key' },
      /same name/,
    ],
    ['exportTasks', { name: 'export_tasks', description }, /must be JSON/],
  ])('%s: %j', (operationId, extension, message) => {
    expect(() => toolsOf(withTools(operationId, extension))).toThrow(message);
    expect(() => toolsOf(withTools(operationId, extension))).toThrow(`x-mcp of ${operationId}`);
  });

  test('a new operation becomes a tool by x-mcp alone', () => {
    const tool = toolsOf(withTools('updateList', { name: 'update_list', description })).get('update_list');
    expect(tool?.description).toMatchObject({
      inputSchema: { required: ['list_id'], properties: { name: {}, if_version: { type: 'integer' } } },
      outputSchema: { type: 'object', properties: { version: { type: 'integer' } } },
      annotations: { destructiveHint: true },
    });
    expect(tool?.toValues({ list_id: 'x', name: 'N', if_version: 3, idempotency_key: 'k' })).toEqual({
      path: { user_id: 'me', list_id: 'x' },
      query: {},
      headers: { 'if-match': '"3"', 'idempotency-key': 'k' },
      body: { name: 'N' },
    });
  });
});
