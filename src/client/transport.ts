// One call over fetch: its attempts, the wait between them, and what its response means.
import type { Problem } from '../../generated/clients/typescript/types.ts';
import { textOf } from './body.ts';
import type { AnyOptions, EntityTag, Operation, WithResponse } from './call.ts';
import { assertTimeout, createDeadline, type Deadline } from './deadline.ts';
import { type ApiError, apiError, ConnectionError } from './errors.ts';
import { randomId } from './random-id.ts';
import { sleep, waitAfter } from './retry-policy.ts';

/** A bearer token, or a function that returns it. */
export type Token = string | (() => string | Promise<string>);

export interface Transport {
  readonly serverUrl: string;
  readonly token: Token | undefined;
  readonly headers: Headers;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly fetch: typeof fetch;
}

/** A call, ready to be sent. */
export interface Outgoing {
  readonly operation: Operation;
  /** The path, for messages: the query is for the server only. */
  readonly path: string;
  /** The path and the query, below the address of the server. */
  readonly target: string;
  /** JSON. */
  readonly body: string | undefined;
  readonly options: AnyOptions;
  /** How long the server may wait before it responds, in milliseconds. */
  readonly wait: number;
  /** Whether the response should be a stream of events. */
  readonly wantsEvents: boolean;
}

const eventStream = 'text/event-stream';

const tagOf = (tag: EntityTag): string => (typeof tag === 'number' ? `"${tag}"` : tag);

/** The headers of all attempts. A token function is called for each, because a token expires. */
const headersOf = ({ headers }: Transport, outgoing: Outgoing): Headers => {
  const { operation, body, options, wantsEvents } = outgoing;
  const { ifMatch, ifNoneMatch, idempotencyKey } = options;
  const result = new Headers(headers);
  if (body !== undefined) result.set('Content-Type', 'application/json');
  if (wantsEvents) result.set('Accept', eventStream);
  if (ifMatch !== undefined) result.set('If-Match', tagOf(ifMatch));
  if (ifNoneMatch !== undefined) result.set('If-None-Match', tagOf(ifNoneMatch));
  if (operation.isKeyed) result.set('Idempotency-Key', idempotencyKey ?? randomId());
  for (const [name, value] of Object.entries(options.headers ?? {})) result.set(name, value);
  return result;
};

/**
 * The headers with the token, unless they have one. Throws a TypeError, without the token, if no
 * header can have it.
 */
export const authorize = async (headers: Headers, token: Token | undefined): Promise<Headers> => {
  if (token === undefined || headers.has('Authorization')) return headers;
  const value = typeof token === 'string' ? token : await token();
  if (value === '') throw new TypeError('the token is empty');
  // What Headers throws at an impossible value repeats it.
  if (!/^[\x21-\x7e]+$/.test(value)) throw new TypeError('the token has characters that no token has');
  const result = new Headers(headers);
  result.set('Authorization', `Bearer ${value}`);
  return result;
};

const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isFault = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const { loc, msg } = value as { loc?: unknown; msg?: unknown };
  return Array.isArray(loc) && typeof msg === 'string';
};

const isProblem = (value: unknown): value is Problem => {
  if (!isObject(value)) return false;
  const { errors = [] } = value as { errors?: unknown };
  return (
    ['type', 'title', 'detail', 'instance'].every((name) => typeof Reflect.get(value, name) === 'string') &&
    Array.isArray(errors) &&
    errors.every(isFault)
  );
};

/** An attempt and its response. */
export interface Attempt {
  readonly response: Response;
  readonly content: unknown;
  /** The body, if it is to be read as it arrives: an export or events. The deadline is still running. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly deadline: Deadline;
  readonly isSuccess: boolean;
  /** Whether it began like a success and then had less than one: as good as a lost connection. */
  readonly isCutOff: boolean;
}

/** Whether this is what a success of the operation contains. */
export const isResult = ({ result }: Operation, content: unknown): boolean =>
  result !== undefined &&
  isObject(content) &&
  result.required.every((name) => Reflect.has(content, name)) &&
  result.lists.every((name) => Array.isArray(Reflect.get(content, name)));

const isStream = ({ operation, wantsEvents }: Outgoing, { headers }: Response): boolean =>
  operation.isExport || (wantsEvents && headers.get('Content-Type')?.startsWith(eventStream) === true);

/** Reads a response as far as the operation needs: all of it, except that of an export, and of events. */
const read = async (outgoing: Outgoing, response: Response, headers: Headers) => {
  const { operation } = outgoing;
  const isDeclared = operation.statuses.includes(response.status);
  if (isDeclared && response.body !== null && isStream(outgoing, response)) {
    return { content: undefined, stream: response.body, isSuccess: true, isCutOff: false };
  }
  const text = await textOf(response);
  const content = parsed(text);
  if (response.status === 304) {
    return { content: undefined, isSuccess: headers.has('If-None-Match'), isCutOff: false };
  }
  if (operation.result === undefined && !operation.isExport)
    return { content, isSuccess: isDeclared && text === '', isCutOff: false };
  const isSuccess = isDeclared && isResult(operation, content);
  const begins = text === '' || /^\s*[[{]/.test(text ?? '');
  return { content, isSuccess, isCutOff: isDeclared && content === undefined && begins };
};

/** One attempt. Throws a ConnectionError when there is no response, and the reason of an abort. */
export const attemptOf = async (
  transport: Transport,
  outgoing: Outgoing,
  headers = headersOf(transport, outgoing),
): Promise<Attempt> => {
  const { operation, path, target, body, options, wait } = outgoing;
  const { fetch: send, token, serverUrl } = transport;
  const what = `${operation.method} ${serverUrl}${path}`;
  const timeout = options.timeout ?? transport.timeout;
  assertTimeout(timeout);
  const deadline = createDeadline(timeout + wait, what, options.signal);
  let isKept = false;
  try {
    // What a token function throws is the caller's own.
    const authorized = operation.secured ? await deadline.race(() => authorize(headers, token)) : headers;
    const response = await send(`${serverUrl}${target}`, {
      method: operation.method,
      headers: authorized,
      ...(body !== undefined && { body }),
      // The API has no redirects. Followed, a POST would become a GET, and the token might leave.
      redirect: 'manual',
      signal: deadline.signal,
    }).catch((thrown: unknown) => Promise.reject(deadline.errorOf(thrown)));
    const attempt = await read(outgoing, response, headers).catch((thrown: unknown) =>
      Promise.reject(deadline.errorOf(thrown)),
    );
    isKept = attempt.stream !== undefined;
    return { response, deadline, ...attempt };
  } finally {
    if (!isKept) deadline.end();
  }
};

/** The error of an attempt that has no success. */
export const errorOf = ({ operation, path }: Outgoing, { response, content }: Attempt): ApiError =>
  apiError({
    method: operation.method,
    path,
    response,
    problem: isProblem(content) && !response.ok ? content : undefined,
  });

/**
 * Sends a call and returns the attempt that succeeded. A 304 to `ifNoneMatch` is a success: its
 * content is undefined. Throws an ApiError, a ConnectionError, or the reason of the caller's signal.
 */
export const succeed = async (transport: Transport, outgoing: Outgoing): Promise<Attempt> => {
  const { options } = outgoing;
  const headers = headersOf(transport, outgoing);
  const retries = options.maxRetries ?? transport.maxRetries;
  for (let attempt = 0; ; attempt += 1) {
    const result = await attemptOf(transport, outgoing, headers).catch((thrown: unknown) => {
      if (thrown instanceof ConnectionError) return thrown;
      throw thrown;
    });
    const isLost = result instanceof ConnectionError;
    if (!isLost && result.isSuccess) return result;
    const wait =
      attempt < retries
        ? waitAfter(isLost || result.isCutOff ? undefined : result.response, attempt)
        : undefined;
    if (wait === undefined) throw isLost ? result : errorOf(outgoing, result);
    await sleep(wait, options.signal);
  }
};

/** Sends a call whose response is JSON, or empty. */
export const resultOf = async <T>(transport: Transport, outgoing: Outgoing): Promise<WithResponse<T>> => {
  const { response, content } = await succeed(transport, outgoing);
  return { response, data: content as T };
};
