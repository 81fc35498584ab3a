// What a thief would try with a token, and the single response to it.
import { expect } from 'vitest';
import type { Api, Task } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';
import { newOwner } from '../support/tokens.ts';

export const noToken = 'Bearer';
export const invalidToken = 'Bearer error="invalid_token"';

export interface Victim {
  readonly id: string;
  readonly token: string;
  readonly task: Task;
}

/** A user with one task, whom `sign` gives a token. */
export const newVictim = async (
  api: Api,
  sign: (owner: string) => string | Promise<string>,
): Promise<Victim> => {
  const id = newOwner();
  const token = await sign(id);
  const created = await api.send('POST', '/api/v1/users/me/tasks', { token, json: { title: 'mine' } });
  expect(created.status).toBe(201);
  return { id, token, task: created.json };
};

/** The victim's list is unchanged. */
export const expectUntouched = async (api: Api, { id, token, task }: Victim): Promise<void> => {
  const list = await api.send('GET', `/api/v1/users/${encodeURIComponent(id)}/tasks`, { token });
  expect(list.status).toBe(200);
  expect(list.json.items).toEqual([task]);
};

const head = (method: string, path: string, lines: readonly string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines].join('\r\n');

const bodyOf = (challenge: string) => ({
  type: '/problems/not-authenticated',
  title: 'Not authenticated',
  status: 401,
  detail: challenge === noToken ? 'Not authenticated' : 'Invalid or expired token',
  instance: 'urn:uuid:the request id',
});

/**
 * Sends one request with these header lines; the response is the 401 with `challenge` and reveals
 * nothing more.
 */
export const expectRefusal = async (
  api: Api,
  challenge: string,
  lines: readonly string[],
  [method, path, json]: readonly [string, string, unknown?] = ['GET', '/api/v1/session'],
): Promise<void> => {
  const body = json === undefined ? '' : JSON.stringify(json);
  const framing =
    json === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`];
  const bytes = `${head(method, path, [...lines, ...framing])}\r\n\r\n${body}`;
  // A header consists of bytes, one for each character here, so that a test can send non-ASCII
  // ones.
  const answer = await sendRaw(api.url, method, path.split('?')[0] ?? path, Buffer.from(bytes, 'latin1'));
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(challenge);
  const requestId = answer.headers.get('x-request-id') ?? '';
  expect(JSON.parse(answer.text.replace(requestId, 'the request id'))).toEqual(bodyOf(challenge));
};

/**
 * Reads and writes of everything that the victim has, each with these header lines, are all refused
 * in the same way.
 */
export const expectRefusals = async (
  api: Api,
  { id, task }: Victim,
  challenge: string,
  lines: readonly string[],
): Promise<void> => {
  const tasks = `/api/v1/users/${encodeURIComponent(id)}/tasks`;
  const attempts = [
    ['GET', '/api/v1/session'],
    ['GET', tasks],
    ['GET', `${tasks}/${task.id}`],
    ['POST', tasks, { title: 'planted' }],
    ['PATCH', `${tasks}/${task.id}`, { title: 'defaced' }],
    ['DELETE', `${tasks}/${task.id}`],
  ] as const;
  for (const attempt of attempts) await expectRefusal(api, challenge, lines, attempt);
};

/**
 * No log line repeats a token or other credentials, or any part of 12 or more characters between
 * separators.
 */
export const expectUnlogged = (api: Api, credentials: readonly string[]): void => {
  const logged = JSON.stringify(api.logs);
  expect(api.logs.length).toBeGreaterThan(0);
  for (const piece of new Set(credentials.flatMap((text) => [text, ...text.split(/[^\w-]+/)]))) {
    if (piece.length >= 12 && logged.includes(piece)) expect.unreachable(`the log has ${piece}`);
  }
};
