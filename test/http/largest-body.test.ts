// No request is refused for its size as long as the contract allows its content: the largest body
// of each operation, put together from its schema, with every character in JSON's longest escape.
// The exception, which the contract names, is a batch whose tasks have long labels or metadata.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxDepth, maxValues } from '../../src/http/json-size.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { operations, resolve } from '../support/contract.ts';

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
}

const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

// Two UTF-16 units for one code point: twelve bytes when each is escaped.
const widest = '\u{1F389}';

/** The metadata that a task can have; a patch can also remove as much. */
const maxMetadata = 16;

/** JSON in ASCII, as many libraries write it. */
const escaped = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const longest = <T>(values: readonly T[]): T | undefined =>
  values.toSorted((a, b) => escaped(b).length - escaped(a).length)[0];

// In a list without repetitions, each text begins with another character that is as wide.
const distinct = (value: unknown, index: number): unknown =>
  typeof value === 'string' ? value.replace(widest, String.fromCodePoint(0x1f389 + index)) : value;

/**
 * The value of a schema that takes the most bytes, leaving some fields out. Throws where the schema
 * sets no bound.
 */
const largestOf = (unresolved: Schema, without: readonly string[] = []): unknown => {
  const schema: Schema = resolve(unresolved);
  const {
    type,
    format,
    pattern = '',
    example,
    maxLength,
    maximum,
    maxItems,
    items,
    properties,
    additionalProperties,
  } = schema;
  if (schema.oneOf) return longest(schema.oneOf.map((branch) => largestOf(branch, without)));
  if (schema.enum) return longest(schema.enum);
  if (type === 'boolean') return false;
  if (type === 'integer' && maximum !== undefined) return maximum;
  if (type === 'string' && format === 'uuid') return id;
  if (type === 'string' && format === 'date') return '2026-03-01';
  if (type === 'string' && maxLength !== undefined) {
    const text = widest.repeat(maxLength);
    return new RegExp(pattern, 'u').test(text) ? text : example;
  }
  if (type === 'array' && items && maxItems !== undefined) {
    const item = largestOf(items, without);
    return Array.from({ length: maxItems }, (_, index) => distinct(item, index));
  }
  if (type === 'object' && typeof additionalProperties === 'object') {
    const value = largestOf(additionalProperties);
    return Object.fromEntries(
      Array.from({ length: maxMetadata }, (_, index) => [String(index).padStart(40, '0'), value]),
    );
  }
  if (type === 'object') {
    const fields = Object.entries(properties ?? {}).filter(([key]) => !without.includes(key));
    return Object.fromEntries(
      fields.slice(0, schema.maxProperties).map(([key, value]) => [key, largestOf(value, without)]),
    );
  }
  throw new Error(`no bound in ${JSON.stringify(schema)}`);
};

/** They would have to name what is there. */
const ids = ['list_id', 'parent_id'];

const valuesIn = (value: unknown): number =>
  1 +
  (typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, inner) => sum + valuesIn(inner), 0)
    : 0);

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

const taking = operations.flatMap(({ definition, ...operation }) =>
  Object.entries(definition.requestBody ? resolve(definition.requestBody).content : {}).map(
    ([mediaType, { schema = {} }]) => ({
      ...operation,
      mediaType,
      limit: (definition as { readonly 'x-body-limit'?: number })['x-body-limit'] ?? 100,
      largest: largestOf(schema as Schema, [
        ...ids,
        ...(operation.id === 'applyTaskBatch' ? ['labels', 'metadata'] : []),
      ]),
    }),
  ),
);

describe('the largest body', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
  });
  afterAll(() => api.close());

  test.each(taking)('of $id as $mediaType is taken', async ({ method, path, mediaType, largest, limit }) => {
    const task = await user.create({ title: 'x' });
    const body = escaped(largest);
    const list = await user.send('POST', 'lists', { json: { name: 'x' } });
    const url = path
      .replace('{user_id}', 'me')
      .replace('{task_id}', task.id)
      .replace('{list_id}', list.json.id);
    const answer = await user.send(method, url, { body, headers: { 'Content-Type': mediaType } });
    // The tasks that the operations of a batch name are not there, no cursor is so long, and no
    // version so large: the body could be read, and was.
    const types = ['/problems/batch-not-applicable', '/problems/malformed-request', '/problems/not-found'];
    if (answer.status >= 300) expect(types).toContain(answer.json.type);
    // Indented it has room as well.
    expect(
      body.length + JSON.stringify(largest, null, 4).length - JSON.stringify(largest).length,
    ).toBeLessThan(limit * 1024);
    if (limit > 100) expect(limit * 1024).toBeLessThan(body.length * 1.1);
    expect(valuesIn(largest)).toBeLessThan(maxValues / 4);
    expect(depthOf(largest)).toBeLessThan(maxDepth / 4);
  });
});
