// The contract as tools of others read it: consoles that fill in what it shows, generators that
// know less of OpenAPI than there is. Each rule is something that one of them got wrong.
import type { OpenAPIV3 } from 'openapi-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { document, operations, resolve } from '../support/contract.ts';

/** Every object of the contract, references followed nowhere. */
const objects = (value: unknown): Record<string, unknown>[] =>
  typeof value === 'object' && value !== null
    ? [value as Record<string, unknown>, ...Object.values(value).flatMap(objects)]
    : [];

const optional = operations.flatMap(({ id, parameters }) =>
  parameters.filter(({ required }) => !required).map((parameter) => ({ id, ...parameter })),
);

const schemaOf = ({ schema = {} }: OpenAPIV3.ParameterObject) => resolve(schema);

// Swagger UI, RapiDoc and Postman send an example as if the user had typed it: a second creation
// would reuse the key of the first, and each change would demand a version that the task does not
// have.
test('no optional parameter has an example, which consoles would send', () => {
  expect(optional.length).toBeGreaterThan(0);
  const prefilled = optional.filter(
    (parameter) =>
      parameter.example !== undefined ||
      parameter.examples !== undefined ||
      schemaOf(parameter).example !== undefined,
  );
  expect(prefilled.map(({ id, name }) => `${id} ${name}`)).toEqual([]);
});

// Scanners and log filters take such a parameter for a credential.
test('no parameter or field of a response is called like a credential', () => {
  const names = [
    ...operations.flatMap(({ parameters }) => parameters.map(({ name }) => name)),
    ...objects(document.components?.schemas).flatMap(({ properties }) => Object.keys(properties ?? {})),
  ];
  expect(names.filter((name) => /token|secret|passw|credential|api.?key/i.test(name))).toEqual([]);
});

// swagger-typescript-api takes a success that is a reference for one without content.
test('each success with content is written where it belongs', () => {
  const references = operations.flatMap(({ id, definition }) =>
    Object.entries(definition.responses)
      .filter(([status, response]) => status < '4' && '$ref' in response)
      .filter(([, response]) => resolve(response).content !== undefined)
      .map(([status]) => `${id} ${status}`),
  );
  expect(references).toEqual([]);
});

// Redocly's SDKs have one type for the result of an operation, and read it from every success: Go
// and PHP fail at a success without content.
test('all successes of an operation have the same content', () => {
  const differing = operations.filter(({ definition }) => {
    const contents = Object.entries(definition.responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([, response]) =>
        Object.entries(resolve(response).content ?? {}).map(([type, { schema }]) => [type, schema]),
      );
    return new Set(contents.map((content) => JSON.stringify(content))).size > 1;
  });
  expect(differing.map(({ id }) => id)).toEqual([]);
});

// progenitor and openapi-generator's Rust have one type for the errors of an operation.
test('all problems have one schema', () => {
  const schemas = operations.flatMap(({ definition }) =>
    Object.entries(definition.responses)
      .filter(([status]) => status >= '4')
      .map(([, response]) => resolve(response).content?.['application/problem+json']?.schema),
  );
  expect(new Set(schemas.map((schema) => JSON.stringify(schema)))).toEqual(
    new Set([JSON.stringify({ $ref: '#/components/schemas/Problem' })]),
  );
});

// PCRE does not compile `\u`, so generated PHP would fail at every title.
test('no pattern has an escape that PCRE refuses', () => {
  const patterns = objects(document).flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []));
  expect(patterns.length).toBeGreaterThan(0);
  expect(patterns.filter((pattern) => /\\[uc]/.test(pattern))).toEqual([]);
});

describe('a default that the contract declares', () => {
  let api: Api;
  let user: User;
  let task: string;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
    task = (await user.send('POST', 'tasks', { json: { title: 'task' } })).json.id;
    for (let n = 0; n < 60; n++) {
      await user.send('PATCH', `tasks/${task}`, { json: { title: `title ${n}` } });
    }
    for (const half of ['a', 'b']) {
      const operations = Array.from({ length: 100 }, (_, n) => ({
        op: 'create',
        task: { title: `t${n}`, labels: [`${half}${n}`] },
      }));
      await user.send('POST', 'task-batches', { json: { operations } });
      const lists = Array.from({ length: 100 }, (_, n) => ({
        op: 'create_list',
        list: { name: `${half}${n}` },
      }));
      await user.send('POST', 'task-batches', { json: { operations: lists } });
    }
  });
  afterAll(() => api.close());

  const defaults = operations.flatMap(({ id, path, parameters }) =>
    parameters.flatMap((parameter) => {
      const { default: value, enum: values, minimum } = schemaOf(parameter);
      if (value === undefined) return [];
      const other = values?.find((one) => one !== value) ?? minimum;
      return [[`${id} ${parameter.name}`, { path, name: parameter.name, value, other }] as const];
    }),
  );

  test('is there for everything that a list does without being asked', () => {
    expect(defaults.map(([name]) => name)).toEqual([
      'listTasks sort',
      'listTasks limit',
      'listTaskVersions limit',
      'listLists limit',
      'listLabels limit',
      'listChanges limit',
      'listTaskChanges limit',
    ]);
  });

  test.each(defaults)(
    'is what happens without the parameter: %s',
    async (_, { path, name, value, other }) => {
      const pathOfTask = path.replace('{user_id}', 'me').replace('{task_id}', task);
      const items = async (query: string) => (await user.send('GET', `${pathOfTask}${query}`)).json.items;
      const without = await items('');
      expect(without.length).toBeGreaterThan(0);
      expect(await items(`?${name}=${value}`)).toEqual(without);
      expect(await items(`?${name}=${other}`)).not.toEqual(without);
    },
  );
});
