// Whatever a user has done, undoing it from the end leads back through every state that there was.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { contentOf, followerOf, type State, stateOf, undo } from '../support/history.ts';
import { type Random, randomOf } from '../support/random-keys.ts';

type Request = readonly [method: string, path: string, json?: object];

/** A request on what there is; not every one can be applied. */
const requestOn = (state: State, random: Random): Request => {
  const rows = [...state.values()];
  const pick = <T>(items: readonly T[]): T | undefined => items[random(items.length || 1)];
  const tasks = rows.filter((row): row is Task => 'title' in row);
  const task = pick(tasks)?.id ?? 'none';
  const other = pick(tasks)?.id ?? 'none';
  const list = pick(rows.filter((row) => 'name' in row))?.id;
  const title = `${random(1000)}`;
  const requests: readonly Request[] = [
    ['POST', 'tasks', { title, labels: ['home'], ...(list && random(2) > 0 && { list_id: list }) }],
    ['POST', 'tasks', { title, completed: true, place: { first: true } }],
    ['POST', 'tasks', { title, parent_id: task }],
    ['POST', 'tasks', { title, due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } }],
    ['POST', 'lists', { name: title }],
    ['PATCH', `tasks/${task}`, { title, description: 'x', metadata: { a: title } }],
    ['PATCH', `tasks/${task}`, { completed: random(2) > 0 }],
    ['PATCH', `tasks/${task}`, { list_id: random(3) > 0 ? (list ?? null) : null }],
    ['PATCH', `tasks/${task}`, { parent_id: random(2) > 0 ? other : null }],
    ['PATCH', `tasks/${task}`, { place: { after: other } }],
    ['PATCH', `tasks/${task}`, { place: { first: true } }],
    ['PATCH', `tasks/${task}/complete`, { completed_on: '2026-03-01' }],
    ['DELETE', `tasks/${task}?children=delete`],
    ['DELETE', `tasks/${task}?children=detach`],
    ['DELETE', 'tasks?completed=true'],
    ['POST', 'label-renames', { label: 'home', new_label: random(2) > 0 ? 'House' : null }],
    ['POST', `tasks/${task}/restore`, { version: 1 + random(3) }],
    ['PATCH', `lists/${list}`, { name: title, place: { first: true } }],
    ['DELETE', `lists/${list}?tasks=delete`],
    ['DELETE', `lists/${list}?tasks=detach`],
    [
      'POST',
      'task-batches',
      {
        operations: [
          { op: 'create', task: { title, parent_id: other } },
          { op: 'complete', id: task },
          { op: 'update', id: other, changes: { title } },
          ...(random(2) > 0 ? [{ op: 'delete', id: task, children: 'detach' }] : []),
        ],
      },
    ],
  ];
  return requests[random(requests.length)] ?? ['GET', 'tasks'];
};

describe('changes undone from the end', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const send = (user: User, [method, path, json]: Request): Promise<ApiResponse> =>
    user.send(method, path, json === undefined ? {} : { json });

  test.each([1, 2, 3, 4])('lead back through every state (seed %i)', async (seed) => {
    const user = await api.newUser();
    const random = randomOf(seed);
    const follow = followerOf(user);
    const made: { readonly change: string; readonly request: string; readonly before: unknown[] }[] = [];
    for (let tries = 0; made.length < 25 && tries < 100; tries += 1) {
      const state = await stateOf(user);
      const request = requestOn(state, random);
      const change = (await send(user, request)).headers.get('change');
      if (change !== null) made.push({ change, request: request.join(' '), before: contentOf(state) });
    }
    expect(made).toHaveLength(25);
    for (const { change, request, before } of made.toReversed()) {
      const { status, text } = await undo(user, change);
      expect([request, status, text]).toEqual([request, 200, text]);
      const state = await stateOf(user);
      expect([request, contentOf(state)]).toEqual([request, before]);
      expect(await follow()).toEqual(state);
    }
  });
});
