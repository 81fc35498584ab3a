// One call over fetch: its attempts, the wait between them, and what its response means.
import type { Problem } from '../../generated/clients/typescript/types.ts';
import type { AnyOptions, EntityTag, Operation, WithResponse } from './call.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { apiError, ConnectionError } from './errors.ts';
import { randomId } from './random-id.ts';
import { sleep, waitAfter } from './retry-policy.ts';

/** A bearer token, or a function that returns it. */
export type Token = string | (() => string | Promise<string>);

export interface Transport {
  readonly serverUrl: string;
  readonly token: Token | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly fetch: typeof fetch;
}

/** A call, ready to be sent. */
export interface Outgoing {
  readonly operation: Operation;
  /** The path and the query, below the address of the server. */
  readonly target: string;
  /** JSON. */
  readonly body: string | undefined;
  readonly options: AnyOptions;
}

const tagOf = (tag: EntityTag): string => (typeof tag === 'number' ? `"${tag}"` : tag);

/** The headers of all attempts. A token function is called for each, because a token expires. */
const headersOf = ({ headers }: Transport, { operation, body, options }: Outgoing): Headers => {
  const { ifMatch, ifNoneMatch, idempotencyKey } = options;
  const result = new Headers(headers);
  if (body !== undefined) result.set('Content-Type', 'application/json');
  if (ifMatch !== undefined) result.set('If-Match', tagOf(ifMatch));
  if (ifNoneMatch !== undefined) result.set('If-None-Match', tagOf(ifNoneMatch));
  if (operation.isKeyed) result.set('Idempotency-Key', idempotencyKey ?? randomId());
  for (const [name, value] of Object.entries(options.headers ?? {})) result.set(name, value);
  return result;
};

const authorize = async (headers: Headers, token: Token | undefined): Promise<Headers> => {
  if (token === undefined || headers.has('Authorization')) return headers;
  const value = typeof token === 'string' ? token : await token();
  if (value === '') throw new TypeError('the token is empty');
  // What Headers throws at an impossible value repeats it.
  if (!/^[\x21-\x7e]+$/.test(value)) throw new TypeError('the token has characters that no token has');
  const result = new Headers(headers);
  result.set('Authorization', `Bearer ${value}`);
  return result;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  ['type', 'title', 'detail', 'instance'].every((name) => typeof Reflect.get(value, name) === 'string');

/** Reads a response as far as the operation needs: all of it, except that of an export. */
const read = async ({ operation }: Outgoing, response: Response): Promise<unknown> => {
  if (response.ok && operation.isExport) return response.body;
  return parsed(await response.text());
};

/** An attempt and its response. The content of an export is its stream; the deadline is still running. */
export interface Attempt {
  readonly response: Response;
  readonly content: unknown;
  readonly deadline: Deadline;
}

/** One attempt. Throws a ConnectionError when there is no response, and the reason of an abort. */
const attemptOf = async (transport: Transport, outgoing: Outgoing, headers: Headers): Promise<Attempt> => {
  const { operation, target, body, options } = outgoing;
  const authorized = operation.secured ? await authorize(headers, transport.token) : headers;
  const deadline = createDeadline(options.timeout ?? transport.timeout, options.signal);
  const { fetch: send } = transport;
  try {
    const response = await send(`${transport.serverUrl}${target}`, {
      method: operation.method,
      headers: authorized,
      ...(body !== undefined && { body }),
      // The API has no redirects. Followed, a POST would become a GET, and the token might leave.
      redirect: 'manual',
      signal: deadline.signal,
    });
    const content = await read(outgoing, response);
    if (!(response.ok && operation.isExport)) deadline.end();
    return { response, content, deadline };
  } catch (thrown) {
    deadline.end();
    throw deadline.errorOf(thrown);
  }
};

/** The attempt that is final: a success, or the last failure. */
const finalAttempt = async (transport: Transport, outgoing: Outgoing): Promise<Attempt> => {
  const { options } = outgoing;
  const headers = headersOf(transport, outgoing);
  const retries = options.maxRetries ?? transport.maxRetries;
  for (let attempt = 0; ; attempt += 1) {
    const result = await attemptOf(transport, outgoing, headers).catch((thrown: unknown) => {
      if (thrown instanceof ConnectionError) return thrown;
      throw thrown;
    });
    const isError = result instanceof ConnectionError;
    const wait = attempt < retries ? waitAfter(isError ? result : result.response, attempt) : undefined;
    if (wait !== undefined) await sleep(wait, options.signal);
    else if (isError) throw result;
    else return result;
  }
};

/**
 * Sends a call and returns the attempt that succeeded. A 304 is a success: its content is undefined.
 * Throws an ApiError, a ConnectionError, or the reason of the caller's signal.
 */
export const succeed = async (transport: Transport, outgoing: Outgoing): Promise<Attempt> => {
  const attempt = await finalAttempt(transport, outgoing);
  const { response, content } = attempt;
  const isEmpty = response.status === 204 || response.status === 304;
  if (isEmpty || (response.ok && content !== undefined && content !== null)) return attempt;
  const { method, path } = outgoing.operation;
  throw apiError({ method, path, response, problem: isProblem(content) ? content : undefined });
};

/** Sends a call whose response is JSON, or empty. */
export const resultOf = async <T>(transport: Transport, outgoing: Outgoing): Promise<WithResponse<T>> => {
  const { response, content } = await succeed(transport, outgoing);
  return { response, data: content as T };
};
