// What tests of recurring tasks do again and again.
import { expect } from 'vitest';
import type { Task, User } from './app.ts';
import type { ApiResponse } from './client.ts';

export const getTask = async (user: User, id: unknown): Promise<Task> => {
  const { status, json } = await user.send('GET', `tasks/${id}`);
  expect(status).toBe(200);
  return json;
};

/** Completes a task, on this day if there is one. */
export const complete = async (user: User, id: unknown, day?: string): Promise<Task> => {
  const json = day === undefined ? {} : { completed_on: day };
  const response = await user.send('PATCH', `tasks/${id}/complete`, { json });
  expect([response.status, response.text]).toEqual([200, response.text]);
  return response.json;
};

/** Completes a task, and returns the one that follows. */
export const follow = async (user: User, id: unknown, day?: string): Promise<Task> =>
  getTask(user, (await complete(user, id, day)).next_id);

export const openTasks = async (user: User): Promise<Task[]> =>
  (await user.send('GET', 'tasks?limit=100&completed=false')).json.items;

export const applyBatch = (
  user: User,
  operations: readonly object[],
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiResponse> => user.send('POST', 'task-batches', { json: { operations }, headers });

/** The status of a response, and where its faults are. */
export const faultsOf = ({ status, json }: ApiResponse): unknown[] => [
  status,
  ...(json?.errors ?? []).map(({ loc, type }: { loc: unknown[]; type: string }) => [loc.join('.'), type]),
];
