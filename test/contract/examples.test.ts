// The contract's own promises: each example is what its schema allows, and no operation leaves out
// what every operation has.
import type { OpenAPIV3 } from 'openapi-types';
import { describe, expect, test } from 'vitest';
import { Problem, type ProblemSlug, problems } from '../../src/contract/problem.ts';
import { scopeOf } from '../../src/contract/scopes.ts';
import { document, operations, resolve, violations } from '../support/contract.ts';

interface Exemplified {
  readonly schema?: OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, OpenAPIV3.ExampleObject | OpenAPIV3.ReferenceObject>>;
}

/** The examples of a body, a parameter or a header, by name. */
const examplesOf = ({ schema, example, examples = {} }: Exemplified): [string, unknown][] => {
  const named = Object.entries(examples).map(([name, one]): [string, unknown] => [name, resolve(one).value]);
  const ofSchema = resolve(schema ?? {}).example;
  return [
    ...named,
    ...(example === undefined ? [] : [['example', example] as [string, unknown]]),
    ...(ofSchema === undefined ? [] : [['example of the schema', ofSchema] as [string, unknown]]),
  ];
};

const faultsOf = (at: string, exemplified: Exemplified): string[] =>
  examplesOf(exemplified).flatMap(([name, value]) =>
    violations(exemplified.schema ?? {}, value).map((fault) => `${at}, ${name}: ${fault}`),
  );

const responsesOf = ({ responses }: OpenAPIV3.OperationObject) =>
  Object.entries(responses).map(([status, response]) => ({ status: Number(status), ...resolve(response) }));

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  const { definition, parameters, secured } = operation;
  const request = definition.requestBody && resolve(definition.requestBody);
  const responses = responsesOf(definition);
  const bodies = [
    ...Object.entries(request?.content ?? {}).map(([type, body]) => [`request ${type}`, body] as const),
    ...responses.flatMap(({ status, content = {} }) =>
      Object.entries(content).map(([type, body]) => [`${status} ${type}`, body] as const),
    ),
  ];

  test('has an example of every body, as its schema allows', () => {
    expect(bodies.filter(([, body]) => examplesOf(body).length === 0).map(([at]) => at)).toEqual([]);
    expect(bodies.flatMap(([at, body]) => faultsOf(at, body))).toEqual([]);
  });

  test('has examples of parameters and headers as their schemas allow', () => {
    expect(parameters.flatMap((parameter) => faultsOf(parameter.name, parameter))).toEqual([]);
    const required = parameters.filter(
      (parameter) => parameter.required && examplesOf(parameter).length === 0,
    );
    expect(required).toEqual([]);
    const headers = responses.flatMap(({ status, headers: declared = {} }) =>
      Object.entries(declared).flatMap(([name, header]) => faultsOf(`${status} ${name}`, resolve(header))),
    );
    expect(headers).toEqual([]);
  });

  test('declares X-Request-Id, always there, on every response', () => {
    for (const { status, headers = {} } of responses) {
      expect({ status, header: resolve(headers['X-Request-Id']) }).toMatchObject({
        status,
        header: { required: true, schema: { type: 'string', pattern: expect.any(String) } },
      });
    }
  });

  test('lists what any of its kind can return', () => {
    const statuses = responses.map(({ status }) => status);
    const expected = [
      400,
      422,
      500,
      ...(secured ? [401] : []),
      ...(scopeOf(definition) === null ? [] : [403]),
      ...(parameters.some(({ in: place }) => place === 'path') ? [404] : []),
      ...(request === undefined ? [] : [413, 415]),
      ...(parameters.some(({ name }) => name === 'If-Match') ? [412] : []),
    ];
    expect(statuses).toEqual(expect.arrayContaining(expected));
    expect(statuses.some((status) => status < 400)).toBe(true);
    if (!secured) expect(statuses).not.toContain(401);
  });

  test('shows only problems of the catalogue, each under its own status', () => {
    for (const { status, content = {} } of responses.filter(({ status }) => status >= 400)) {
      expect(Object.keys(content)).toEqual(['application/problem+json']);
      for (const [, value] of examplesOf(content['application/problem+json'] ?? {})) {
        const { type, detail } = value as { type: string; detail: string };
        const problem = new Problem(type.replace('/problems/', '') as ProblemSlug, detail);
        const { title, status: own } = problem.toDocument('0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11', '');
        expect(value).toMatchObject({ type, title, status: own });
        expect(own).toBe(status);
      }
    }
  });
});

// Each kind of problem in the contract's examples, as the service makes it; these two have many
// texts.
const freeText = ['malformed-request', 'unsupported-media-type'];
const faultsOfExample = [
  { loc: ['body', 'title'], msg: 'is required', type: 'required' },
  { loc: ['body', 'colour'], msg: 'is not a known field', type: 'additionalProperties' },
];
const made = [
  problems.noToken(),
  problems.invalidToken(),
  problems.insufficientScope('tasks:write'),
  problems.notFound(),
  problems.notAcceptable(['application/json', 'text/event-stream']),
  problems.idempotencyInProgress(),
  problems.erasureInProgress(),
  problems.changeLimitReached(),
  problems.changeTokenExpired(),
  problems.preconditionFailed('"2"'),
  problems.payloadTooLarge('100 kB'),
  problems.invalid(faultsOfExample),
  problems.batchNotApplicable([
    { loc: ['body', 'operations', 3, 'if_version'], msg: 'the task has version 7', type: 'version_mismatch' },
  ]),
  problems.idTaken(),
  problems.notEmpty('task'),
  problems.quotaExceeded(),
  problems.preconditionFailed(null),
  problems.historyOff(),
  problems.changedSince([
    {
      loc: ['tasks', '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7'],
      msg: 'was changed later, by the change 63',
      type: 'changed_since',
    },
  ]),
  problems.alreadyUndone(64n),
  problems.idempotencyKeyReused(),
  problems.tooManyRequests(1),
  problems.internal(new Error()),
  problems.unavailable(),
].map((problem) => problem.toDocument('0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11', ''));

test('the examples of problems are what the service sends', () => {
  const shown = operations
    .flatMap(({ definition }) => responsesOf(definition))
    .flatMap(({ content = {} }) => examplesOf(content['application/problem+json'] ?? {}))
    .map(([, value]) => value as { readonly type: string })
    .filter(({ type }) => !freeText.some((slug) => type.endsWith(slug)));
  expect(shown.length).toBeGreaterThan(0);
  for (const example of shown) expect(made).toContainEqual(example);
});

test('every component schema has examples that it allows', () => {
  const faults = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) => {
    const { example, properties = {} } = resolve(schema);
    const inner = Object.entries(properties).map(([key, property]) => [`${name}.${key}`, property] as const);
    return [
      ...(example === undefined ? [] : violations(schema, example).map((fault) => `${name}: ${fault}`)),
      ...inner.flatMap(([at, property]) => faultsOf(at, { schema: property })),
    ];
  });
  expect(faults).toEqual([]);
});

/** The object schemas that `value` reaches, directly or by reference. */
const objectsOf = (value: unknown, seen = new Set<unknown>()): OpenAPIV3.SchemaObject[] => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const inner = '$ref' in value ? [resolve(value)] : Object.values(value);
  const own = 'type' in value && value.type === 'object' ? [value as OpenAPIV3.SchemaObject] : [];
  return [...own, ...inner.flatMap((one) => objectsOf(one, seen))];
};

test('objects of requests are closed, those of responses are open to fields of later versions', () => {
  const requests = operations.flatMap(({ definition }) => objectsOf(definition.requestBody));
  const responses = operations.flatMap(({ definition }) => objectsOf(definition.responses));
  expect(requests.length).toBeGreaterThan(0);
  expect(responses.length).toBeGreaterThan(0);
  // Of metadata, the client chooses the names, within bounds.
  const isClosed = (schema: OpenAPIV3.SchemaObject) =>
    schema.additionalProperties === false ||
    (schema.maxProperties !== undefined && 'x-property-names' in schema);
  expect(requests.filter((schema) => !isClosed(schema))).toEqual([]);
  expect(responses.filter(({ additionalProperties }) => additionalProperties === false)).toEqual([]);
});

test('a field that is not declared is a fault of a response all the same', () => {
  const task = resolve(document.components?.examples?.OpenTask)?.value;
  const schema = { $ref: '#/components/schemas/Task' };
  expect(violations(schema, task)).toEqual([]);
  expect(violations(schema, { ...task, colour: 'red' })).toEqual([
    expect.stringContaining('must NOT have additional properties'),
  ]);
});

test('every component is used', () => {
  const used = new Set(
    [...JSON.stringify(document).matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name),
  );
  const declared = Object.entries(document.components ?? {})
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, components]) => Object.keys(components).map((name) => `${kind}/${name}`));
  expect(declared.filter((name) => !used.has(name))).toEqual([]);
});

test('operation ids are there, and no two are the same', () => {
  const ids = operations.map(({ id }) => id);
  expect(ids.filter((id) => id === '')).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
