// What is sent: each of the four operations, and a mixture of them, spread over many owners.
import { encodeCursor } from '../src/tasks/cursor.ts';
import type { Request, Workload } from './load.ts';
import { query } from './postgres.ts';
import { bigOwner, ownerOf, taskIdOf, tasksPerOwner, tokenFor } from './seed.ts';

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

/** Half of it gets, a quarter lists, the rest changes. */
const mixture = ['get', 'list', 'get', 'update', 'get', 'list', 'get', 'create'] as const;

export interface Spread {
  /** How many owners take part, from the first one on. */
  readonly owners: number;
  readonly requests: number;
  /** Gives every request a token of its own, which no cache can know. */
  readonly newTokens?: boolean;
}

// Every owner once, then again with another task; neighbours in the sequence are far from each other in the table.
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

/** The first or the last page of the owner with very many tasks. */
export const bigList = async (url: string, page: 'first' | 'last'): Promise<Workload> => {
  const token = await tokenFor(bigOwner);
  const path = `${listPath(bigOwner)}?limit=${pageSize}`;
  if (page === 'first') return { name: 'list, first page', requests: [{ method: 'GET', path, token }] };
  const [before] = await query<{ key: string; id: string }>(
    url,
    `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key, id
     FROM tasks WHERE owner_id = '${bigOwner}' ORDER BY created_at, id OFFSET ${pageSize} LIMIT 1`,
  );
  if (before === undefined) throw new Error('the big list is empty');
  const cursor = encodeCursor({ sort: '-created_at', completed: undefined, q: undefined }, before);
  return { name: 'list, last page', requests: [{ method: 'GET', path: `${path}&cursor=${cursor}`, token }] };
};

/** The get, create or update of the owner with very many tasks. */
export const bigOwnerWork = async (operation: Operation, requests: number): Promise<Workload> => {
  const token = await tokenFor(bigOwner);
  const all = Array.from({ length: requests }, (_, n) =>
    requestOf(operation, bigOwner, 1 + n * 37, token, n),
  );
  return { name: operation, requests: all };
};
