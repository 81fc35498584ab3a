// A problem document for requests that never reach the application: bytes that are not HTTP, or
// that do not arrive.
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Problem, problems } from '../contract/problem.ts';
import type { Logger } from '../observability/log.ts';
import { cacheControl, policy } from './headers.ts';
import { requestIdOf, uuidOf } from './request-id.ts';

/** The problem for an error of Node's parser. */
export const parserProblem = (code: string | undefined): Problem => {
  if (code === 'HPE_HEADER_OVERFLOW') return problems.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problems.requestTimeout();
  return problems.malformed('The bytes on this connection are not a valid HTTP request');
};

export interface RawResponseOptions {
  /** The request that is refused, if its head could be read. */
  readonly request: IncomingMessage | undefined;
  /** The path below which clients reach the service. */
  readonly prefix: string;
  readonly log: Logger | undefined;
}

/** Writes the problem to the connection and ends it. */
export const respondRaw = (
  socket: Duplex,
  problem: Problem,
  { request, prefix, log }: RawResponseOptions,
): void => {
  const requestId = requestIdOf(request);
  const body = JSON.stringify(problem.toDocument(uuidOf(requestId), prefix));
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    'Cache-Control': cacheControl,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'no-referrer',
    ...problem.headers,
    Connection: 'close',
  };
  log?.info({ request_id: requestId, status: problem.status, problem: problem.slug }, 'request refused');
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
};
