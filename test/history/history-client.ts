// Shared code of the tests that read the history: all pages of a list, and who wrote.
import { expect } from 'vitest';
import type { components } from '../../src/contract/operation.ts';
import type { User } from '../support/app.ts';
import { tokenFor } from '../support/tokens.ts';

export type RecordedChange = components['schemas']['RecordedChange'];
export type TaskVersion = components['schemas']['TaskVersion'];

/** All pages from `path`, by their links; `between` runs after each. */
export const pagesOf = async <Item>(
  user: User,
  path: string,
  between: () => Promise<unknown> = async () => {},
): Promise<Item[][]> => {
  const pages: Item[][] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const { status, json, headers } = await user.send('GET', next);
    expect(status).toBe(200);
    pages.push(json.items);
    [, next] = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
    expect(next === undefined).toBe(json.next_cursor === null);
    await between();
  }
  return pages;
};

export const changesOf = async (user: User): Promise<RecordedChange[]> =>
  (await pagesOf<RecordedChange>(user, 'changes?limit=100')).flat();

export const versionsOf = async (user: User, id: string, limit = 100): Promise<TaskVersion[]> =>
  (await pagesOf<TaskVersion>(user, `tasks/${id}/versions?limit=${limit}`)).flat();

/** The same user with a token of a client. */
export const withClient = async (user: User, clientId: string): Promise<User> => {
  const token = await tokenFor(user.id, { client_id: clientId });
  return { ...user, token, send: (method, path, options) => user.send(method, path, { token, ...options }) };
};
