// How the replica sends requests, and what it takes from a response. What is in between (a proxy, a
// firewall, the login page of a hotel) may respond in place of the service, with any status, so
// only what the service writes counts as its word.
import type { Problem } from '../../generated/clients/typescript/types.ts';
import { textOf } from './body.ts';
import { createDeadline } from './deadline.ts';
import { TasksError } from './errors.ts';
import { authorize, type Token } from './transport.ts';
import { agent } from './user-agent.ts';

export type { Problem };

/**
 * Sends a request to a path below `/api/v1/` (`session`, `users/{id}/tasks`). It resolves whatever
 * the status is, and rejects only when there is no response. It should not wait for one for ever:
 * everything else waits behind it. It should not follow redirects: the API has none, so they come
 * from something in between. The `signal` ends the request; `headers` are those of the response, for
 * `Retry-After`. Without either, following works as well.
 */
export type SyncRequest = (
  method: string,
  path: string,
  options?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly signal?: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly body: unknown; readonly headers?: Headers }>;

/**
 * There was no response, or one that is not about an edit but about the connection, the token or
 * the server.
 */
export class SyncError extends TasksError {
  override readonly name = 'SyncError';
  /** Null when there was no response; `cause` has the reason. */
  readonly status: number | null;
  /**
   * The edit that was being sent, by the id of its task; null when it was none. It keeps its place in
   * the next push, unless the server failed (500) or it got no response a few times.
   */
  readonly id: string | null;
  /** Those of the response; null when there was none. */
  readonly headers: Headers | null;
  constructor(
    status: number | null,
    message = `the server responded with ${status}`,
    {
      id = null,
      headers = null,
      ...options
    }: ErrorOptions & { readonly id?: string | null; readonly headers?: Headers | null | undefined } = {},
  ) {
    super(message, options);
    this.status = status;
    this.id = id;
    this.headers = headers;
  }
}

/** What is not JSON comes from something in between, and its status is enough. */
const parsed = (text: string | undefined): unknown => {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * A SyncRequest over fetch; a function as `token` is called for each request. It waits half a minute
 * for a response, and takes one that is too long for a response of something in between.
 */
export const fetchRequest =
  (api: string, token: Token, send: typeof fetch = fetch): SyncRequest =>
  async (method, path, { headers, body, signal } = {}) => {
    const sent = new Headers(agent());
    for (const [name, value] of Object.entries(headers ?? {})) sent.set(name, value);
    if (body !== undefined) sent.set('Content-Type', 'application/json');
    const authorized = await authorize(sent, token);
    const deadline = createDeadline(30_000, 'the request', signal);
    try {
      const response = await send(`${api}/api/v1/${path}`, {
        method,
        headers: authorized,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // Followed, a POST would become a GET, and its page would look like a response to the edit.
        redirect: 'manual',
        signal: deadline.signal,
      });
      const { status, headers } = response;
      return { status, headers, body: parsed(await textOf(response)) };
    } finally {
      deadline.end();
    }
  };

/**
 * The problem document of the service itself; undefined for anything else, problem documents of
 * others included.
 */
export const serviceProblem = (status: number, body: unknown): Problem | undefined => {
  const document = body as Partial<Problem> | null | undefined;
  const isOurs = typeof document?.type === 'string' && /(?:^|\/)problems\/[a-z0-9-]+$/.test(document.type);
  return isOurs && document.status === status ? (document as Problem) : undefined;
};

/**
 * Statuses that are about the connection, the token or the load: the same request may yet succeed.
 */
const laterStatuses = [401, 407, 408, 425, 429];

/**
 * Whether a response says nothing about the edit: nothing is known of it, and nothing else would
 * get through now. Of the server's errors only 501 is about the request: a proxy does not know its
 * method.
 */
export const isForLater = (status: number, problem: Problem | undefined): boolean =>
  laterStatuses.includes(status) ||
  (status >= 500 && status !== 501) ||
  (status === 409 && problem?.type.endsWith('/idempotency-in-progress') === true);
