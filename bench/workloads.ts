// The requests: each of the four operations, and a mixture of them, spread over many owners.
import { encodeCursor } from '../src/tasks/cursor.ts';
import type { Request, Workload } from './load.ts';
import { query } from './postgres.ts';
import { bigOwner, large, ownerOf, taskIdOf, tasksPerOwner, tokenFor } from './seed.ts';

const listPath = (owner: string) => `/api/v1/users/${owner}/tasks`;
const pageSize = 20;

export type Operation = 'get' | 'list' | 'create' | 'update' | 'delete';

const requestOf = (operation: Operation, owner: string, task: number, token: string, n: number): Request => {
  const taskPath = `${listPath(owner)}/${taskIdOf(owner, task)}`;
  switch (operation) {
    case 'get':
      return { method: 'GET', path: taskPath, token };
    case 'list':
      return { method: 'GET', path: `${listPath(owner)}?limit=${pageSize}`, token };
    case 'create':
      return {
        method: 'POST',
        path: listPath(owner),
        token,
        body: { title: `New task ${n}`, description: 'Two cartons.' },
      };
    case 'update':
      return { method: 'PATCH', path: taskPath, token, body: { title: `Changed ${n}` } };
    case 'delete':
      return { method: 'DELETE', path: taskPath, token };
  }
};

/** Half of them are gets, a quarter are lists, the rest are changes. */
const mixture = ['get', 'list', 'get', 'update', 'get', 'list', 'get', 'create'] as const;

export interface Spread {
  /** How many owners take part, from the first one on. */
  readonly owners: number;
  readonly requests: number;
  /** Gives every request a new token, which no cache can contain. */
  readonly newTokens?: boolean;
}

// Every owner once, then again with another task. Requests that follow each other are far apart in
// the table.
const positions = ({ owners, requests }: Spread) =>
  Array.from({ length: requests }, (_, n) => ({
    n,
    owner: ownerOf(1 + ((n * 7919) % owners)),
    task: 1 + (Math.floor(n / owners) % tasksPerOwner),
  }));

/** One operation, or the mixture, spread over owners. */
export const spread = async (operation: Operation | 'mixed', over: Spread): Promise<Workload> => {
  const tokens = new Map<string, string>();
  const tokenOf = async (owner: string, n: number) => {
    if (over.newTokens) return tokenFor(owner, `token-${n}`);
    const token = tokens.get(owner) ?? (await tokenFor(owner));
    tokens.set(owner, token);
    return token;
  };
  const requests: Request[] = [];
  for (const { n, owner, task } of positions(over)) {
    const chosen = operation === 'mixed' ? (mixture[n % mixture.length] ?? 'get') : operation;
    requests.push(requestOf(chosen, owner, task, await tokenOf(owner, n), n));
  }
  return { name: over.newTokens ? `${operation}, new tokens` : operation, requests };
};

/** The requests of one owner for a list that is read in pages. */
export type OneOwnersWork = 'get' | 'update' | 'create' | 'list, first page' | 'list, last page';

const lastPageOf = async (owner: string, url: string): Promise<string> => {
  const [before] = await query<{ key: string; id: string }>(
    url,
    `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key, id
     FROM tasks WHERE owner_id = '${owner}' ORDER BY created_at, id OFFSET ${pageSize} LIMIT 1`,
  );
  if (before === undefined) throw new Error('the list is empty');
  return encodeCursor({ sort: '-created_at', filters: {} }, before);
};

/** The requests of one owner, over all of the owner's tasks in the database. */
export const workOf = async (name: OneOwnersWork, owner: string, url: string): Promise<Workload> => {
  const token = await tokenFor(owner);
  const path = `${listPath(owner)}?limit=${pageSize}`;
  if (name === 'list, first page') return { name, requests: [{ method: 'GET', path, token }] };
  if (name === 'list, last page') {
    return {
      name,
      requests: [{ method: 'GET', path: `${path}&cursor=${await lastPageOf(owner, url)}`, token }],
    };
  }
  const tasks = owner === bigOwner ? large.big : tasksPerOwner;
  const requests = Array.from({ length: 2000 }, (_, n) =>
    requestOf(name, owner, 1 + ((n * 37) % tasks), token, n),
  );
  return { name, requests };
};
