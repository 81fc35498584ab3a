// One exchange with the receiver. Only its status counts: redirects are not followed, and at most a
// few kilobytes of the response are read.
import http from 'node:http';
import https from 'node:https';
import type { Message } from './message.ts';

/** What came of an attempt: a status, or none and why. */
export type Outcome =
  | { readonly status: number; readonly retryAfter: number | null }
  | { readonly status: null; readonly code: string };

export interface Sender {
  /** Never rejects. `signal` ends the attempt. */
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
  /** Closes the connections that are kept for the next message. */
  close(): void;
}

/** Bytes of a response after which its connection is closed instead of kept. */
const maxResponse = 4096;

/** Milliseconds that a response has after its status, for the same reason. */
const maxRest = 1000;

const fixdate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** The seconds of a Retry-After, or until its IMF-fixdate (RFC 9110, section 10.2.3); null if neither. */
export const secondsOf = (value: string | undefined, now: number): number | null => {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const until = fixdate.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(until) ? null : Math.max(0, (until - now) / 1000);
};

const drop = (response: http.IncomingMessage): void => {
  let length = 0;
  const timer = setTimeout(() => response.destroy(), maxRest);
  response
    .on('error', () => {})
    .on('close', () => clearTimeout(timer))
    .on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxResponse) response.destroy();
    });
};

// Never the message of an error: it could contain the address.
const codeOf = (error: unknown, timeout: AbortSignal): string => {
  if (timeout.aborted) return 'timeout';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
};

/**
 * Sends messages to `url`, on `width` connections at most, each within `timeout` milliseconds from the
 * connection to the status.
 */
export const createSender = (url: URL, { width, timeout }: { width: number; timeout: number }): Sender => {
  const { request, Agent } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: width, maxFreeSockets: width });

  const attempt = (message: Message, signal: AbortSignal, timer: AbortSignal) =>
    new Promise<Outcome & { readonly isStale?: boolean }>((resolve) => {
      const body = Buffer.from(message.body);
      const headers = { ...message.headers, 'content-length': body.length, 'user-agent': 'tasks-api' };
      const sent = request(url, { method: 'POST', agent, headers });
      const ended = AbortSignal.any([signal, timer]);
      const settle = (outcome: Outcome & { readonly isStale?: boolean }): void => {
        ended.removeEventListener('abort', end);
        resolve(outcome);
      };
      // It settles by itself, whatever the connection does.
      const end = (): void => {
        sent.destroy();
        settle({ status: null, code: codeOf(undefined, timer) });
      };
      const fail = (error?: Error): void => {
        const isStale = sent.reusedSocket && !ended.aborted;
        settle({ status: null, code: codeOf(error, timer), isStale });
      };
      sent.on('response', (response) => {
        drop(response);
        settle({
          status: response.statusCode ?? 0,
          retryAfter: secondsOf(response.headers['retry-after'], Date.now()),
        });
      });
      // 101: the connection is no longer HTTP, and no one else closes it.
      sent.on('upgrade', ({ statusCode = 0 }, socket) => {
        socket.on('error', () => {}).destroy();
        settle({ status: statusCode, retryAfter: null });
      });
      sent.on('error', fail);
      sent.on('close', () => fail());
      ended.addEventListener('abort', end);
      sent.end(body);
    });

  return {
    send: async (message, signal) => {
      const timer = AbortSignal.timeout(timeout);
      for (;;) {
        // A kept connection may have been closed just then, so it is no sign of the receiver's state.
        if (signal.aborted) return { status: null, code: 'aborted' };
        const { isStale = false, ...outcome } = await attempt(message, signal, timer);
        if (!isStale) return outcome;
      }
    },
    close: () => agent.destroy(),
  };
};
