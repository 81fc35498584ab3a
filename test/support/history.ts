// What tests of the history do again and again.
import { expect } from 'vitest';
import type { components } from '../../src/contract/operation.ts';
import type { Task, User } from './app.ts';
import type { ApiResponse } from './client.ts';

type TaskList = components['schemas']['TaskList'];
type Item = components['schemas']['TaskChange'];

/** All that a user has, by kind and id. */
export type State = ReadonlyMap<string, Task | TaskList>;

const all = async <Row>(user: User, path: string): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, json } = await user.send('GET', `${path}?limit=100${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    rows.push(...json.items);
    cursor = json.next_cursor;
  }
  return rows;
};

/** Every task and list, as GETs return them. */
export const stateOf = async (user: User): Promise<State> => {
  const tasks = await all<Task>(user, 'tasks');
  const lists = await all<TaskList>(user, 'lists');
  return new Map<string, Task | TaskList>([
    ...tasks.map((task) => [`tasks ${task.id}`, task] as const),
    ...lists.map((list) => [`lists ${list.id}`, list] as const),
  ]);
};

/** A state without what every write changes, in a fixed order. */
export const contentOf = (state: State): unknown[] =>
  [...state]
    .map(([key, { version: _version, updated_at: _at, ...row }]) => ({ key, ...row }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

/** The id of the change that a request has made. */
export const changeOf = (response: ApiResponse): string => {
  const change = response.headers.get('change');
  if (change === null) throw new Error(`no change: ${response.status} ${response.text}`);
  return change;
};

/** Undoes a change. */
export const undo = (
  user: User,
  change: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiResponse> => user.send('POST', `changes/${change}/undo`, { headers });

/** A copy that follows the change feed. */
export const followerOf = (user: User) => {
  const copy = new Map<string, Task | TaskList>();
  let since = '';
  const apply = (item: Item) => {
    if (item.type === 'task') copy.set(`tasks ${item.task.id}`, item.task);
    if (item.type === 'list') copy.set(`lists ${item.list.id}`, item.list);
    if (item.type === 'deleted') copy.delete(`tasks ${item.id}`);
    if (item.type === 'list_deleted') copy.delete(`lists ${item.id}`);
  };
  /** Reads on to the end, in pages of this size, and returns the copy. */
  return async (limit = 3): Promise<State> => {
    for (let hasMore = true; hasMore; ) {
      const path = `task-changes?limit=${limit}${since && `&since=${since}`}`;
      const { status, json } = await user.send('GET', path);
      expect(status).toBe(200);
      json.items.forEach(apply);
      since = json.next_since;
      hasMore = json.has_more;
    }
    return copy;
  };
};
