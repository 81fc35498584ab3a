// The client: a method for each operation of the contract.
import { operations, type TasksClient } from '../../generated/clients/typescript/operations.ts';
import type { AnyOptions, FollowOptions, Operation } from './call.ts';
import { callOf } from './call.ts';
import { assertTimeout } from './deadline.ts';
import { exportOf } from './export.ts';
import { follow } from './follow.ts';
import { createPager } from './pager.ts';
import { type Outgoing, resultOf, succeed, type Token, type Transport } from './transport.ts';
import { agent } from './user-agent.ts';

export interface ConnectOptions {
  /** Where the API is, such as `https://tasks.example.com`. */
  readonly serverUrl: string;
  /** The bearer token, or a function that returns it for each request. */
  readonly token?: Token | undefined;
  /** The user whose tasks they are; the one that the token identifies when absent. */
  readonly userId?: string | undefined;
  /** Header fields to send with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long one attempt may take, in milliseconds; 30,000 when absent. */
  readonly timeout?: number | undefined;
  /** How often a failed attempt is repeated, at most; 3 when absent. */
  readonly maxRetries?: number | undefined;
  /** Sends the requests in place of the global fetch. */
  readonly fetch?: typeof fetch | undefined;
}

const isUrl = (text: string): boolean => {
  try {
    return new URL(text).username === '';
  } catch {
    return false;
  }
};

/** The address to which paths are appended. What is wrong with it shows here, and not at each call. */
const addressOf = (serverUrl: string): string => {
  if (!/^https?:\/\/[^?#]+$/i.test(serverUrl)) {
    throw new TypeError('serverUrl must begin with http:// or https://, and have no query');
  }
  // Checked before it is parsed: the error of URL contains what it was given.
  if (/^[^/]*\/\/[^/\\]*@/.test(serverUrl)) throw new TypeError('serverUrl must not contain credentials');
  if (!isUrl(serverUrl)) throw new TypeError('serverUrl must be a URL');
  return serverUrl.replace(/(?<!\/)\/+$/, '');
};

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A value in the query. Others, such as a Date, have no form that the server takes. */
const queryText = (name: string, value: unknown): string => {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new TypeError(`${name} must be a string, a number or a boolean`);
};

const withQuery = (path: string, query: Query): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, queryText(name, value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
};

/** A value in a path. An empty one, or dots, would lead to another operation: to that of a folder above. */
const segment = (name: string, value: unknown): string => {
  if (typeof value === 'string' && !/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  throw new TypeError(`${name} must be an id`);
};

/** How a request differs from what the arguments say. */
interface Continued {
  /** Where to continue. */
  readonly next?: string | undefined;
  /** How many seconds the server waits for a change. */
  readonly wait?: number;
  readonly wantsEvents?: boolean;
}

/** What the arguments of a method are: parameters of the path, then the body, the query and the options. */
const toOutgoing = (
  operation: Operation,
  userId: string,
  given: readonly unknown[],
  { next, wait, wantsEvents = false }: Continued = {},
): Outgoing => {
  const { params, fixed, paging, hasBody, hasQuery } = operation;
  const rest = given.slice(params.length);
  const values = { user_id: userId, ...Object.fromEntries(params.map((name, at) => [name, given[at]])) };
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => segment(name, Reflect.get(values, name)));
  // A body that JSON cannot express is a mistake of the caller, and no reason to try again.
  const body = hasBody ? JSON.stringify(rest.shift()) : undefined;
  const query = {
    ...fixed,
    ...(hasQuery ? (rest.shift() as Query | undefined) : undefined),
    ...(paging && next !== undefined && { [paging.by]: next }),
    ...(wait !== undefined && { wait }),
  };
  const givenOptions = (rest.shift() ?? {}) as AnyOptions;
  return {
    operation,
    path,
    target: withQuery(path, query),
    body,
    // The entity tag is that of the first page.
    options: next === undefined ? givenOptions : { ...givenOptions, ifNoneMatch: undefined },
    wait: typeof query.wait === 'number' ? query.wait * 1000 : 0,
    wantsEvents,
  };
};

const methodOf =
  (transport: Transport, operation: Operation, userId: string) =>
  (...given: readonly unknown[]) => {
    const outgoing = (how?: Continued) => toOutgoing(operation, userId, given, how);
    const { paging, isExport } = operation;
    if (isExport) return exportOf(async () => succeed(transport, outgoing()));
    const request = async <T>(next?: string) => resultOf<T>(transport, outgoing({ next }));
    if (paging === undefined) return callOf(request());
    const pager = createPager(request, paging);
    if (!paging.isLive) return pager;
    const following = (options: FollowOptions = {}) => follow(transport, outgoing, paging, options);
    return Object.assign(pager, { follow: following });
  };

/**
 * Makes a client. Throws a TypeError if an option is not valid. The client repeats what may succeed
 * the next time (408, 429, 502, 503, 504, a broken connection, no response in time), waits for the
 * time in `Retry-After`, and sends one idempotency key with all attempts of a write.
 *
 * @example
 * const tasks = connect({ serverUrl: 'https://tasks.example.com', token });
 * const task = await tasks.createTask({ title: 'Buy milk' });
 * for await (const task of tasks.listTasks({ completed: false })) console.log(task.title);
 */
export const connect = ({ serverUrl, userId = 'me', ...options }: ConnectOptions): TasksClient => {
  const { token, headers = {}, timeout = 30_000, maxRetries = 3 } = options;
  assertTimeout(timeout);
  const all = new Headers(agent());
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  // Looked up at each request: a page may replace it, for example to trace it.
  const send: typeof fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
  const transport: Transport = {
    serverUrl: addressOf(serverUrl),
    token,
    headers: all,
    timeout,
    maxRetries,
    fetch: send,
  };
  const methods = Object.entries(operations).map(([name, operation]) => [
    name,
    methodOf(transport, operation, userId),
  ]);
  return Object.fromEntries(methods);
};
