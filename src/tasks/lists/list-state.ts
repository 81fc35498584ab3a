// The lists that the operations of a batch name or create, as they change one after the other.
import type { Deleted, Touched } from '../operation.ts';
import { type Order, orderOf } from '../order.ts';
import type { TaskList } from './columns.ts';

/** What is known of an owner's lists. */
export interface KnownLists {
  /** The position of each list, by its id; if no operation is on a list, only of some. */
  readonly positions: ReadonlyMap<string, string>;
  /** The lists that operations are on. */
  readonly named: readonly TaskList[];
  /** The ids that a new list may not have, of those that the operations have chosen. */
  readonly taken: ReadonlySet<string>;
  /** The lists with tasks that the batch does not name, of those that it deletes. */
  readonly occupied: ReadonlySet<string>;
}

/** What has become of the lists in the end. */
export interface ListChanges {
  readonly written: (TaskList & Touched)[];
  readonly deleted: Deleted[];
}

export interface ListState {
  readonly known: KnownLists;
  readonly order: Order;
  has(id: string): boolean;
  count(): number;
  positionOf(id: string): string | undefined;
  get(id: string): TaskList | undefined;
  isTouched(id: string): boolean;
  touchedIds(): Iterable<string>;
  write(list: TaskList, how: Touched): void;
  delete(id: string, how: Touched): void;
  changes(): ListChanges;
}

export const listStateOf = (known: KnownLists): ListState => {
  const positions = new Map(known.positions);
  const now = new Map(known.named.map((list) => [list.id, list]));
  const touched = new Map<string, Touched>();
  const reached = new Map<string, number>();
  const order = orderOf([...positions].map(([id, position]) => ({ id, position })));
  return {
    known,
    order,
    has: (id) => positions.has(id),
    count: () => positions.size,
    positionOf: (id) => positions.get(id),
    get: (id) => now.get(id),
    isTouched: (id) => touched.has(id),
    touchedIds: () => touched.keys(),
    write: (list, how) => {
      now.set(list.id, list);
      positions.set(list.id, list.position);
      touched.set(list.id, how);
      order.add(list);
    },
    delete: (id, how) => {
      const list = now.get(id);
      if (list !== undefined && touched.has(id)) reached.set(id, list.version);
      now.delete(id);
      positions.delete(id);
      touched.set(id, how);
    },
    changes: () => {
      const all = [...touched].map(([id, how]) => ({ id, how, list: now.get(id) }));
      return {
        written: all.flatMap(({ how, list }) => (list === undefined ? [] : { ...list, ...how })),
        deleted: all.flatMap(({ id, how, list }) =>
          list === undefined ? { id, ...how, reached: reached.get(id) ?? null } : [],
        ),
      };
    },
  };
};
