// Random requests that change a user's tasks and lists in every way: the same ones for the same seed
// and the same answers. Most are valid; some are refused, as they are in a race.
import { randomUUID } from 'node:crypto';
import type { components } from '../../src/contract/operation.ts';
import type { Task } from './app.ts';
import type { State } from './history.ts';
import type { Random } from './random-keys.ts';

type TaskList = components['schemas']['TaskList'];

export interface Write {
  /** The `operationId` by which the history knows it. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
}

/** What there is to write to. */
export interface World {
  readonly tasks: readonly Task[];
  readonly lists: readonly TaskList[];
  /** The latest version of every task that ever was. */
  readonly known: ReadonlyMap<string, number>;
  /** The ids of the changes so far. */
  readonly changes: readonly string[];
}

/** The world in this state. */
export const worldOf = (state: State, rest: Pick<World, 'known' | 'changes'>): World => ({
  ...rest,
  tasks: [...state.values()].filter((row): row is Task => 'title' in row),
  lists: [...state.values()].filter((row): row is TaskList => 'name' in row),
});

const labels = ['home', 'Home', 'garden', 'straße'];

const createGenerator = (random: Random, { tasks, lists, known, changes }: World) => {
  const one = <Item>(items: readonly Item[]): Item | undefined => items[random(items.length)];
  const chance = (of: number): boolean => random(of) === 0;
  const anyTask = (): string => one(tasks)?.id ?? randomUUID();
  const anyList = (): string => one(lists)?.id ?? randomUUID();
  const topTask = (): string | null =>
    one(tasks.filter(({ parent_id: parent }) => parent === null))?.id ?? null;

  const place = () =>
    [{ first: true }, { last: true }, { before: anyTask() }, { after: anyTask() }, { after: anyTask() }][
      random(5)
    ];
  const whereabouts = () =>
    [{}, { list_id: lists.length > 0 ? anyList() : null }, { parent_id: topTask() }, { list_id: null }][
      random(4)
    ];
  const someLabels = () =>
    labels
      .filter((label) => label !== 'Home' || chance(2))
      .slice(random(3))
      .slice(0, 2);
  const rule = () => ({
    due: `2026-03-0${1 + random(5)}`,
    recurrence: { rrule: ['FREQ=DAILY', 'FREQ=DAILY;COUNT=3', 'FREQ=WEEKLY'][random(3)] },
  });
  const content = () => ({
    ...(chance(2) && { description: [`text ${random(9)}`, null][random(2)] }),
    ...(chance(3) && { labels: someLabels() }),
    ...(chance(4) && { priority: ['low', 'high'][random(2)] }),
    ...(chance(4) && { metadata: { [`key${random(2)}`]: `value ${random(3)}` } }),
    ...(chance(4) && rule()),
    ...(chance(3) && { completed: chance(2) }),
    ...(chance(3) && { place: place() }),
  });
  const create = () => ({
    ...(chance(3) && { id: chance(3) ? one([...known.keys()]) : randomUUID() }),
    title: `task ${random(100)}`,
    ...content(),
    ...whereabouts(),
  });
  const changed = () => ({
    ...(chance(2) && { title: `changed ${random(100)}` }),
    ...content(),
    ...(chance(2) && whereabouts()),
    ...(chance(3) && { parent_id: chance(2) ? null : topTask() }),
    ...(chance(12) && { recurrence: null }),
  });
  const newList = () => ({
    ...(chance(2) && { id: randomUUID() }),
    name: `list ${random(100)}`,
    metadata: {},
  });
  const listPlace = () =>
    [{ first: true }, { last: true }, { before: anyList() }, { after: anyList() }][random(4)];
  const changedList = () => ({ name: `renamed ${random(100)}`, ...(chance(2) && { place: listPlace() }) });
  const day = () => ({ completed_on: `2026-03-0${1 + random(9)}` });
  const children = () => ['?children=delete', '?children=detach', ''][random(3)];
  const listTasks = () => ['?tasks=delete', '?tasks=detach', ''][random(3)];

  const operation = () =>
    [
      () => ({ op: 'create', task: create() }),
      () => ({ op: 'create', task: create() }),
      () => ({ op: 'update', id: anyTask(), changes: changed() }),
      () => ({ op: 'update', id: anyTask(), changes: { place: place() } }),
      () => ({ op: 'complete', id: anyTask(), ...day() }),
      () => ({ op: 'delete', id: anyTask() }),
      () => ({ op: 'create_list', list: newList() }),
      () => ({ op: 'update_list', id: anyList(), changes: changedList() }),
    ][random(8)]?.();
  // A list that it creates has the first of its tasks.
  const batch = () => {
    const id = randomUUID();
    const above = randomUUID();
    const family = [
      { op: 'create_list', list: { id, name: 'of a batch' } },
      { op: 'create', task: { id: above, title: 'in it', list_id: id } },
      { op: 'create', task: { title: 'below', parent_id: above } },
      { op: 'update', id: anyTask(), changes: { parent_id: above } },
    ];
    return [
      ...(chance(3) ? family.slice(0, 2 + random(3)) : []),
      ...Array.from({ length: 1 + random(4) }, operation),
    ];
  };

  const ways: readonly (readonly [weight: number, () => Write])[] = [
    [6, () => ({ operation: 'createTask', method: 'POST', path: 'tasks', json: create() })],
    [4, () => ({ operation: 'updateTask', method: 'PATCH', path: `tasks/${anyTask()}`, json: changed() })],
    [
      2,
      () => ({
        operation: 'updateTask',
        method: 'PATCH',
        path: `tasks/${anyTask()}`,
        json: { place: place() },
      }),
    ],
    [
      1,
      () => ({
        operation: 'updateTask',
        method: 'PATCH',
        path: `tasks/${anyTask()}`,
        json: { completed: false },
      }),
    ],
    [
      1,
      () => ({
        operation: 'replaceTask',
        method: 'PUT',
        path: `tasks/${anyTask()}`,
        json: {
          title: 'replaced',
          description: null,
          completed: chance(2),
          metadata: {},
          ...content(),
          ...whereabouts(),
        },
      }),
    ],
    [
      3,
      () => ({
        operation: 'completeTask',
        method: 'PATCH',
        path: `tasks/${anyTask()}/complete`,
        ...(chance(2) && { json: day() }),
      }),
    ],
    [2, () => ({ operation: 'deleteTask', method: 'DELETE', path: `tasks/${anyTask()}${children()}` })],
    [1, () => ({ operation: 'deleteCompletedTasks', method: 'DELETE', path: 'tasks?completed=true' })],
    [
      3,
      () => ({
        operation: 'applyTaskBatch',
        method: 'POST',
        path: 'task-batches',
        json: { operations: batch() },
      }),
    ],
    [2, () => ({ operation: 'createList', method: 'POST', path: 'lists', json: newList() })],
    [
      1,
      () => ({ operation: 'updateList', method: 'PATCH', path: `lists/${anyList()}`, json: changedList() }),
    ],
    [1, () => ({ operation: 'deleteList', method: 'DELETE', path: `lists/${anyList()}${listTasks()}` })],
    [
      1,
      () => ({
        operation: 'renameLabel',
        method: 'POST',
        path: 'label-renames',
        json: { label: one(labels), new_label: one([...labels, null]) },
      }),
    ],
    [
      3,
      () => {
        const [id, version] = one([...known]) ?? [randomUUID(), 1];
        return {
          operation: 'restoreTask',
          method: 'POST',
          path: `tasks/${id}/restore`,
          json: { version: 1 + random(version) },
        };
      },
    ],
    [
      3,
      () => ({
        operation: 'undoChange',
        method: 'POST',
        path: `changes/${(chance(2) ? changes.at(-1) : one(changes)) ?? '1'}/undo`,
      }),
    ],
  ];
  return () => {
    const all = ways.flatMap(([weight, way]) => Array.from({ length: weight }, () => way));
    const way = all[random(all.length)];
    if (way === undefined) throw new Error('no way to write');
    return way();
  };
};

/** A random request in this world. */
export const randomWrite = (random: Random, world: World): Write => createGenerator(random, world)();
