// The contract as a judge: every response of every test is held against it. What is not declared is
// a failure: a status, a header, a media type, a field.

import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { OpenAPIV3 } from 'openapi-types';
import { faultRules } from '../../src/service/fault-rules.ts';
import { eventsIn } from './events.ts';

export const document: OpenAPIV3.Document = JSON.parse(
  readFileSync(new URL('../../generated/openapi.json', import.meta.url), 'utf8'),
);

/** Looks a local reference up. */
export const resolve = <T>(value: T | OpenAPIV3.ReferenceObject): T => {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as T;
  const found = value.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  return resolve(found as T);
};

// The contract's response schemas allow fields that a later version may add. To a test of this
// version such a field is one that is not declared, so every object with fields is closed here,
// unless its schema is open in so many words.
const closed = <T>(contract: T): T =>
  JSON.parse(JSON.stringify(contract), (_key, inner) =>
    typeof inner?.properties === 'object' && inner.type === 'object'
      ? { additionalProperties: false, ...inner }
      : inner,
  );

const ajv = new Ajv({ strict: false, allErrors: true, formats: fullFormats, code: { optimize: false } });
ajv.addSchema({ ...closed(document), $id: 'contract' });

const validators = new WeakMap<object, ValidateFunction>();

// References inside a schema are relative to the document's root.
const absolute = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner) => (key === '$ref' ? `contract${inner}` : inner));

/**
 * The ways in which `value` breaks `schema`, which allows no undeclared fields here; none when it
 * keeps it.
 */
export const violations = (schema: object, value: unknown): string[] => {
  const validate = validators.get(schema) ?? ajv.compile(absolute(closed(schema)) as object);
  validators.set(schema, validate);
  return validate(value)
    ? []
    : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
};

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly definition: OpenAPIV3.OperationObject;
  readonly parameters: readonly OpenAPIV3.ParameterObject[];
  readonly secured: boolean;
}

/** Every operation of the contract. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item = {}]) =>
  (['get', 'put', 'post', 'delete', 'patch'] as const).flatMap((method) => {
    const definition = item[method];
    if (definition === undefined) return [];
    return [
      {
        id: definition.operationId ?? '',
        method: method.toUpperCase(),
        path,
        pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
        definition,
        parameters: [...(item.parameters ?? []), ...(definition.parameters ?? [])].map((p) => resolve(p)),
        secured: (definition.security ?? document.security ?? []).length > 0,
      },
    ];
  }),
);

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

// What HTTP itself adds (RFC 9110; hop-by-hop and framing), never declared in a contract.
const transport = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  // For browsers; the contract speaks of them once, in its introduction.
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'content-security-policy',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
]);

// Answers that belong to no operation: no such path, no such method, refused before routing.
const outsideOperations: Record<number, { headers: string[] }> = {
  400: { headers: [] },
  404: { headers: [] },
  405: { headers: ['allow'] },
  408: { headers: [] },
  431: { headers: [] },
};

// Schemas that the contract does not contain; constants, because each object is compiled once.
const problemSchema = { $ref: '#/components/schemas/Problem' };
const anyText = { required: true, schema: { type: 'string' } } as const;
const optionalText = { schema: { type: 'string' } } as const;
const anySchema = {};

const checkProblem = (answer: Answer): string[] => {
  const problems: string[] = [];
  const type = answer.headers.get('content-type');
  if (type !== 'application/problem+json') problems.push(`media type ${type} of a problem`);
  if (answer.method === 'HEAD') return problems;
  const body = JSON.parse(answer.text);
  problems.push(...violations(problemSchema, body));
  // Besides, an undo names what was changed later; that problem has a page of its own.
  const isUndo = body.type === '/problems/changed-since';
  if ((answer.status === 422 || isUndo) !== 'errors' in body)
    problems.push('errors belong to a 422, and only to it');
  for (const { type: rule } of body.errors ?? [])
    if (isUndo ? rule !== 'changed_since' : !Object.hasOwn(faultRules, rule))
      problems.push(`the page of validation-error has no rule ${rule}`);
  if (body.status !== answer.status) problems.push(`member status ${body.status}`);
  const [id, instance] = [answer.headers.get('x-request-id'), String(body.instance)];
  // A request may have brought its id without hyphens; the one in the problem is a UUID.
  if (instance !== `urn:uuid:${id}` && instance.replaceAll('-', '') !== `urn:uuid:${id}`)
    problems.push('instance is not the request id');
  return problems;
};

const checkHeaders = (answer: Answer, declared: Record<string, OpenAPIV3.HeaderObject>): string[] => {
  const names = new Map(Object.entries(declared).map(([name, header]) => [name.toLowerCase(), header]));
  const problems = [...answer.headers.keys()]
    .filter((name) => !transport.has(name) && !names.has(name))
    .map((name) => `undeclared header ${name}`);
  for (const [name, header] of names) {
    const value = answer.headers.get(name);
    if (value === null) {
      if (header.required) problems.push(`missing header ${name}`);
      continue;
    }
    const schema = resolve(header.schema ?? anySchema);
    const typed = 'type' in schema && schema.type === 'integer' ? Number(value) : value;
    problems.push(...violations(schema, typed).map((problem) => `header ${name}: ${problem}`));
  }
  return problems;
};

const requestIdHeader = {
  'x-request-id': { required: true, schema: { type: 'string', pattern: '^[0-9a-f-]{32,36}$' } },
  'cache-control': { required: true, schema: { type: 'string' } },
} as const;

/** Everything in which an answer strays from the contract. */
export const departures = (answer: Answer): string[] => {
  const method = answer.method === 'HEAD' ? 'GET' : answer.method;
  const operation = operations.find((o) => o.method === method && o.pattern.test(answer.path));
  const known = operations.some((o) => o.pattern.test(answer.path));
  if (operation === undefined && known && method === 'OPTIONS') {
    return [
      ...(answer.status === 204 && answer.text === '' ? [] : [`OPTIONS answered ${answer.status}`]),
      ...checkHeaders(answer, {
        ...requestIdHeader,
        allow: anyText,
        'accept-patch': optionalText,
      }),
    ];
  }
  const response = resolve(operation?.definition.responses[answer.status]);
  if (response === undefined) {
    const outside = outsideOperations[answer.status];
    if (outside === undefined || (operation !== undefined && ![408, 431].includes(answer.status))) {
      return [`undeclared status ${answer.status} of ${operation?.id ?? answer.path}`];
    }
    const extra = Object.fromEntries(outside.headers.map((name) => [name, anyText]));
    return [...checkProblem(answer), ...checkHeaders(answer, { ...requestIdHeader, ...extra })];
  }
  const declared = Object.fromEntries(
    Object.entries(response.headers ?? {}).map(([name, header]) => [name, resolve(header)]),
  );
  const problems = checkHeaders(answer, declared);
  if (answer.status >= 400) return [...problems, ...checkProblem(answer)];
  const type = answer.headers.get('content-type');
  if (response.content === undefined) {
    if (answer.text !== '') problems.push('a body where none is declared');
    if (type !== null) problems.push(`undeclared media type ${type}`);
    return problems;
  }
  const { 'x-event-stream': events } = response as {
    readonly 'x-event-stream'?: { readonly schema: object };
  };
  if (type === 'text/event-stream' && events !== undefined) {
    const faults = eventsIn(answer.text).flatMap(({ event, data }) =>
      event === 'changes' ? violations(events.schema, JSON.parse(data)) : [`an event ${event}`],
    );
    return [...problems, ...faults];
  }
  const media = type === null ? undefined : response.content[type];
  if (media?.schema === undefined) return [...problems, `undeclared media type ${type}`];
  if (answer.method === 'HEAD') return problems;
  if (type === 'application/x-ndjson') {
    const { 'x-item-schema': itemSchema = { not: {} } } = media as { readonly 'x-item-schema'?: object };
    const lines = answer.text.split('\n');
    if (lines.pop() !== '') problems.push('a last line without a line feed');
    for (const line of lines) problems.push(...violations(itemSchema, JSON.parse(line)));
  }
  const value = /[/+]json$/.test(type ?? '') ? JSON.parse(answer.text) : answer.text;
  return [...problems, ...violations(media.schema, value)];
};
