// The contract as the generators of SDKs get it. It describes the same API in fewer and simpler
// words: generators write one type for each error response of each operation, reject fields that a
// later version adds where a schema is closed, and turn what is meant for proxies into arguments.
import { readFileSync } from 'node:fs';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What people, monitoring and generators read; programs that use the API do not call these. */
const forPeopleAndTools = new Set([
  'getRoot',
  'getDocs',
  'getConsole',
  'getProblemPage',
  'getMetrics',
  'getOpenApiJson',
  'getOpenApiYaml',
]);

/** Whether the SDKs have a method for the operation. */
export const isInSdks = (operationId: string): boolean => !forPeopleAndTools.has(operationId);

const problem = {
  description: 'A problem document (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Generators read lines of JSON as one JSON value; as bytes, they pass the lines to the caller. */
const exportAsBytes = (content: JsonObject): JsonObject => {
  const lines = content['application/x-ndjson'];
  return isObject(lines)
    ? {
        'application/octet-stream': {
          schema: { type: 'string', format: 'binary' },
          'x-item-schema': lines['x-item-schema'] ?? null,
        },
      }
    : content;
};

/**
 * What generators need not see: rules that the server checks, and that generated code checks
 * wrongly or too early; examples and links, which are for documentation; and the second name of a
 * media type.
 */
const leftOut = new Set([
  'pattern',
  'x-text',
  'x-pattern-message',
  'examples',
  'links',
  'application/merge-patch+json',
]);

/** A closed schema refuses the fields that a later version adds. */
const isClosing = (name: string, value: Json) => name === 'additionalProperties' && value === false;

const simplify = (value: Json, hasOwnNames = false): Json => {
  if (Array.isArray(value)) return value.map((item) => simplify(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => hasOwnNames || !(leftOut.has(name) || isClosing(name, inner)))
      .map(([name, inner]) => [
        name,
        simplify(
          name === 'content' && isObject(inner) ? exportAsBytes(inner) : inner,
          !hasOwnNames && name === 'properties',
        ),
      ]),
  );
};

const toOperation = ({ requestBody, responses, ...rest }: JsonObject): JsonObject => {
  const succeeded = Object.entries(isObject(responses) ? responses : {}).filter(([status]) =>
    status.startsWith('2'),
  );
  return {
    ...rest,
    // A body that may be absent is accepted for the sake of intermediaries.
    ...(isObject(requestBody) && requestBody.required === true && { requestBody }),
    responses: { ...Object.fromEntries(succeeded), default: problem },
  };
};

const toPaths = (paths: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, item]) => {
      if (!isObject(item)) return [];
      const operations = Object.entries(item).flatMap(([method, value]): [string, JsonObject][] =>
        isObject(value) && typeof value.operationId === 'string' && isInSdks(value.operationId)
          ? [[method, toOperation(value)]]
          : [],
      );
      const { parameters = [] } = item;
      return operations.length > 0 ? [[path, { parameters, ...Object.fromEntries(operations) }]] : [];
    }),
  );

/** The components that `used` refers to, directly or through each other. */
const componentsOf = (used: Json, components: JsonObject): JsonObject => {
  const wanted = new Set<string>();
  const visit = (value: Json): void => {
    for (const [, ref = ''] of JSON.stringify(value).matchAll(/"#\/components\/([^"]+)"/g)) {
      if (wanted.has(ref)) continue;
      wanted.add(ref);
      const [kind = '', name = ''] = ref.split('/');
      const all = components[kind];
      if (isObject(all)) visit(all[name] ?? null);
    }
  };
  visit(used);
  return Object.fromEntries(
    Object.entries(components).flatMap(([kind, all]) => {
      const kept = Object.entries(isObject(all) ? all : {}).filter(
        ([name]) => kind === 'securitySchemes' || wanted.has(`${kind}/${name}`),
      );
      return kept.length > 0 ? [[kind, Object.fromEntries(kept)]] : [];
    }),
  );
};

/**
 * The contract for generators, from the bundle that `npm run generate:bundle` wrote. It has no
 * `servers`: the caller passes the address, because a default would be right for one user only.
 */
export const sdkBundle = () => {
  const { openapi, info, tags, security, ...bundle } = JSON.parse(
    readFileSync('generated/openapi.json', 'utf8'),
  );
  const paths = simplify(toPaths(bundle.paths));
  const components = simplify(bundle.components);
  return {
    openapi,
    info: { ...info, description: info.description.split('\n\n')[0].replaceAll('\n', ' ') },
    tags,
    security,
    paths,
    components: isObject(components) ? componentsOf(paths, components) : {},
  };
};
