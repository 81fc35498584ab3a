// The id of a request: the client's own if it has a valid form, so that both logs contain the same
// one.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// A UUID, or its digits alone: nginx's `$request_id` is that.
const form = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})$/i;

/**
 * The client's id, in lower case, when it is a UUID or 32 hexadecimal digits; otherwise a new one.
 */
export const requestIdOf = (request: IncomingMessage | undefined): string => {
  const sent = request?.headers['x-request-id'];
  return typeof sent === 'string' && form.test(sent) ? sent.toLowerCase() : randomUUID();
};

/** The id as a UUID, as in the `instance` of a problem. */
export const uuidOf = (id: string): string =>
  id.length === 32 ? id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : id;
