// What `tasks-api/client` exports: the generated client, a way to make one, and the typed problem
// of an error.
import type {
  Client,
  ClientConfig,
  Middleware,
  Ops,
  Problem,
} from '../../generated/clients/typescript/client.ts';
import {
  ApiError,
  createClient,
  defaultRetryOn,
  OPERATIONS,
} from '../../generated/clients/typescript/client.ts';
import setup from '../publish/client-setup.ts';
import { randomId } from './random-id.ts';

export * from '../../generated/clients/typescript/client.ts';
export type { Edit, Refused } from './edit.ts';
export { IncompleteExport, readExport } from './export.ts';
export type { Conflict, Refusal, ReplicaState } from './local-copy.ts';
export { fetchRequest, SyncError, type SyncRequest } from './request.ts';
export { createReplica, type Replica, type ReplicaOptions } from './sync.ts';

const failedHeaders = new WeakMap<object, Headers>();

/** The headers of an answer stay with its error, for `headersOf`. */
const keepHeaders = (): Middleware => {
  const seen = new WeakMap<object, Headers>();
  return {
    onResponse: ({ ok, headers }, request) => {
      if (!ok) seen.set(request, headers);
    },
    onError: (error, request) => {
      const headers = seen.get(request);
      if (headers !== undefined) failedHeaders.set(error, headers);
      return error;
    },
  };
};

// The generated client sends keys with POST and PATCH. A PUT or DELETE may be repeated as well, but
// its repetition would return 404 or 412 because of the first attempt.
const keyOtherWrites: Middleware = {
  onRequest: ({ method, headers }) => {
    if (/^(?:PUT|DELETE)$/i.test(method) && !('Idempotency-Key' in headers)) {
      headers['Idempotency-Key'] = randomId();
    }
  },
};

/**
 * A client of the Tasks API: a method for each operation, `.items()` and `.pages()` on those that
 * respond in pages.
 */
export type TasksClient = Client<Ops>;

export interface ConnectOptions extends Omit<ClientConfig, 'auth' | 'errorMode' | 'argsStyle'> {
  /** Where the API is, such as `https://tasks.example.com`. */
  readonly serverUrl: string;
  /** The bearer token, or a function that returns it for each request. */
  readonly token?: string | (() => string | Promise<string>);
}

/**
 * Makes a client. Unless `options` say otherwise it tries a request up to four times, waits between attempts as long as
 * `Retry-After` says, and sends one idempotency key with all attempts of a call. A `409` means that an earlier attempt
 * is still running, and that its result will be there in a moment.
 *
 * @example
 * const tasks = connect({ serverUrl: 'https://tasks.example.com', token });
 * for await (const task of tasks.listTasks.items({ path: { user_id: 'me' } })) console.log(task.title);
 */
export const connect = ({ token, retry, middleware = [], ...options }: ConnectOptions): TasksClient =>
  createClient<Ops>(OPERATIONS, {
    ...setup.config,
    ...options,
    // In place of the generated client's own key, which needs a secure context.
    idempotencyKey: options.idempotencyKey === true ? randomId : (options.idempotencyKey ?? randomId),
    retry: {
      ...setup.config.retry,
      retryOn: (attempt) => attempt.response?.status === 409 || defaultRetryOn(attempt),
      ...retry,
    },
    middleware: [...(options.idempotencyKey === false ? [] : [keyOtherWrites]), keepHeaders(), ...middleware],
    ...(token !== undefined && { auth: { bearer: token } }),
  });

const hasProblem = (error: unknown): error is ApiError & { readonly body: Problem } =>
  error instanceof ApiError && typeof error.body === 'object' && error.body !== null && 'type' in error.body;

/**
 * The problem document (RFC 9457) of an error that a call threw, or undefined when the error is of
 * another kind, such as a connection that broke. A problem of status 422 has `errors`.
 */
export const problemOf = (error: unknown): Problem | undefined =>
  hasProblem(error) ? error.body : undefined;

/**
 * The headers of the response that a call threw as an error: `ETag` of a 412, `Retry-After` of a 429
 * or 503.
 */
export const headersOf = (error: unknown): Headers | undefined =>
  typeof error === 'object' && error !== null ? failedHeaders.get(error) : undefined;
