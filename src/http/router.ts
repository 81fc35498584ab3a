// A router for openapi-backend that does the work once. Its own router builds the list of
// operations and a RegExp for each path at every request, throws on broken percent-escapes, drops
// `?__proto__=` and parses a JSON string a second time. This one prepares the patterns at start and
// reads each request only once.
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Document,
  OpenAPIRouter,
  type Operation,
  type ParsedRequest,
  type Request,
} from 'openapi-backend';
import { problems } from '../contract/problem.ts';

/** The values of a call that has not arrived as an HTTP request of its own; headers in lower case. */
export interface CallValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The request on its way through openapi-backend, with what the router found. */
export interface RoutedRequest extends Request {
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders & Request['headers'];
  match?: Match;
  parsed?: ParsedRequest;
  /**
   * For a call whose values need no parsing, by a caller that has been authenticated and admitted: reads
   * them. Throws a Problem.
   */
  readonly valuesOf?: () => CallValues;
}

interface Route {
  readonly path: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly methods: ReadonlyMap<string, Operation>;
  /** The Allow header of the path: the contract's methods, and what HTTP adds to them. */
  readonly allow: string;
}

interface Match {
  readonly route: Route;
  readonly values: readonly string[];
}

const decode = (text: string, where: string): string => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw problems.malformed(`The ${where} has a broken percent-escape`, error);
  }
};

const decodeQuery = (text: string): string => decode(text.replaceAll('+', ' '), 'query');

/** More than any operation of the contract needs, in characters and in parameters. */
const maxQueryLength = 16_384;
const maxParameters = 100;

const queryFault = (msg: string, type: string) => problems.invalid([{ loc: ['query'], msg, type }]);

/** Throws a Problem (422) if a query is too long, or has too many parameters, to be read at all. */
export const checkQuerySize = (rawQuery: string): void => {
  if (rawQuery.length > maxQueryLength) {
    throw queryFault(`must not be longer than ${maxQueryLength} characters`, 'maxLength');
  }
  let separators = 0;
  for (let at = rawQuery.indexOf('&'); at >= 0; at = rawQuery.indexOf('&', at + 1)) {
    separators += 1;
    if (separators >= maxParameters) {
      throw queryFault(`must not have more than ${maxParameters} parameters`, 'maxProperties');
    }
  }
};

/**
 * Repeated parameters become an array, which no parameter of the contract allows; no name is
 * special.
 */
const parseQuery = (
  rawQuery: string,
  coercionOf?: ReadonlyMap<string, Coercion>,
): Record<string, unknown> => {
  const query: Record<string, unknown> = Object.create(null);
  if (rawQuery === '') return query;
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeQuery(pair.slice(equals + 1));
    const earlier = query[name];
    if (earlier === undefined) query[name] = coercionOf?.get(name)?.(value) ?? value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else query[name] = [earlier, value];
  }
  return query;
};

/** The path and the query of a request target in origin form (RFC 9112, section 3.2.1). */
export const splitTarget = (target: string): { readonly path: string; readonly rawQuery: string } => {
  const [relative = ''] = target.split('#', 1);
  const mark = relative.indexOf('?');
  if (mark < 0) return { path: relative, rawQuery: '' };
  return { path: relative.slice(0, mark), rawQuery: relative.slice(mark + 1) };
};

const toRoute = (path: string, operations: readonly Operation[]): Route => {
  const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  const source = path
    .split(/\{[^{}]+\}/)
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('([^/]+)');
  const methods = new Map(operations.map((operation) => [operation.method, operation]));
  const allowed = [...methods.keys(), ...(methods.has('get') ? ['head'] : []), 'options'];
  return {
    path,
    pattern: new RegExp(`^${source}$`),
    names,
    methods,
    allow: allowed
      .map((method) => method.toUpperCase())
      .sort()
      .join(', '),
  };
};

type Coercion = (text: string) => unknown;

// Each value has only one spelling; Ajv's own coercion would also accept `0x10`, `1e1` and `+5` as
// integers.
const coercions: Readonly<Record<string, Coercion>> = {
  integer: (text) => (/^(?:0|-?[1-9]\d*)$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/**
 * How the texts of the query become values, by name. A text that is not a value stays text, and the
 * validator refuses it.
 */
const queryCoercions = (operation: Operation): ReadonlyMap<string, Coercion> =>
  new Map(
    (operation.parameters ?? []).flatMap((parameter) => {
      if (!('in' in parameter) || parameter.in !== 'query') return [];
      const { schema } = parameter;
      const coercion = schema && 'type' in schema && schema.type ? coercions[schema.type] : undefined;
      return coercion === undefined ? [] : [[parameter.name, coercion] as const];
    }),
  );

const declaredHeaders = (operation: Operation): readonly string[] =>
  (operation.parameters ?? []).flatMap((parameter) =>
    'in' in parameter && parameter.in === 'header' ? [parameter.name.toLowerCase()] : [],
  );

export class ContractRouter extends OpenAPIRouter<Document> {
  readonly #operations: Operation[];
  readonly #routes: readonly Route[];
  readonly #headers: ReadonlyMap<Operation, readonly string[]>;
  readonly #coercions: ReadonlyMap<Operation, ReadonlyMap<string, Coercion>>;

  constructor(definition: Document) {
    super({ definition, apiRoot: '/', ignoreTrailingSlashes: false });
    this.#operations = super.getOperations();
    this.#routes = Object.entries(Object.groupBy(this.#operations, ({ path }) => path)).map(
      ([path, operations = []]) => toRoute(path, operations),
    );
    this.#headers = new Map(this.#operations.map((operation) => [operation, declaredHeaders(operation)]));
    this.#coercions = new Map(this.#operations.map((operation) => [operation, queryCoercions(operation)]));
  }

  override getOperations(): Operation[] {
    return this.#operations;
  }

  /** Finds the path of a request, only once; undefined if the contract has no such path. */
  find(request: RoutedRequest): Match | undefined {
    if (request.match === undefined) {
      for (const route of this.#routes) {
        const found = route.pattern.exec(request.path);
        if (found === null) continue;
        request.match = { route, values: found.slice(1) };
        break;
      }
    }
    return request.match;
  }

  /** The operation of a request; undefined when the contract has none for its path and method. */
  operationOf(request: RoutedRequest): Operation | undefined {
    return this.find(request)?.route.methods.get(request.method === 'head' ? 'get' : request.method);
  }

  /** The operation with this operationId. Throws if there is none. */
  operationNamed(operationId: string): Operation {
    const operation = this.#operations.find((one) => one.operationId === operationId);
    if (operation === undefined) throw new Error(`the contract has no operation ${operationId}`);
    return operation;
  }

  /** A request of this operation whose values need no parsing; `readValues` reads them. */
  requestOf(operation: Operation, valuesOf: () => CallValues): RoutedRequest {
    const { method, path } = operation;
    const route = this.#routes.find((one) => one.path === path);
    if (route === undefined) throw new Error(`the contract has no path ${path}`);
    const request = { method, path, headers: {} };
    return {
      ...request,
      rawQuery: '',
      match: { route, values: [] },
      valuesOf,
      parsed: { ...request, params: {}, query: {}, cookies: {}, requestBody: undefined },
    };
  }

  /** Reads the values of a call into what openapi-backend has of it. Throws what reading them throws. */
  readValues({ valuesOf, parsed }: RoutedRequest): void {
    if (valuesOf === undefined || parsed === undefined) return;
    const { path, query, headers, body } = valuesOf();
    Object.assign(parsed, {
      params: { ...path },
      // No name is special.
      query: Object.assign(Object.create(null), query),
      headers: { ...headers },
      requestBody: body,
    });
  }

  override matchOperation(request: RoutedRequest): Operation {
    if (this.find(request) === undefined) throw new Error('404-notFound');
    const operation = this.operationOf(request);
    if (operation === undefined) throw new Error('405-methodNotAllowed');
    return operation;
  }

  /**
   * openapi-backend calls this several times, before and after it knows the operation. The query is
   * read when it is first used, after the caller has been identified and admitted, so strangers
   * cannot make the server parse it.
   */
  override parseRequest(request: RoutedRequest, operation?: Operation): ParsedRequest {
    if (request.parsed !== undefined) return request.parsed;
    const { method, path, headers } = request;
    const parsed: ParsedRequest = {
      method,
      path,
      headers,
      params: {},
      query: {},
      cookies: {},
      requestBody: undefined,
    };
    if (operation === undefined || request.match === undefined) return parsed;
    const { route, values } = request.match;
    const params: Record<string, string> = {};
    route.names.forEach((name, index) => {
      params[name] = decode(values[index] ?? '', 'path');
    });
    const declared: Record<string, string | string[]> = {};
    for (const name of this.#headers.get(operation) ?? []) {
      const value = headers[name];
      if (value !== undefined) declared[name] = value;
    }
    const coercions = this.#coercions.get(operation);
    let query: ParsedRequest['query'] | undefined;
    request.parsed = {
      ...parsed,
      params,
      headers: declared,
      get query() {
        query ??= parseQuery(request.rawQuery, coercions) as ParsedRequest['query'];
        return query;
      },
    };
    return request.parsed;
  }
}
