// What an owner has in the database, and what the history must hold of a request: found by comparing
// all rows before it with those after it, not by how they were written.
import { queryPostgres } from './query.ts';

type Row = Readonly<Record<string, unknown>>;

export interface State {
  /** By id. */
  readonly tasks: ReadonlyMap<string, Row>;
  readonly lists: ReadonlyMap<string, Row>;
  /** The newest tombstone by id. */
  readonly tombstones: ReadonlyMap<string, Row>;
  /** In the order of their numbers. */
  readonly history: readonly Row[];
}

/** Everything that an owner has, as the columns are. */
export const stateOf = async (url: string, owner: string): Promise<State> => {
  const rows = await queryPostgres<{ table: string; row: Row }>(
    url,
    ['tasks', 'lists', 'task_tombstones', 'history']
      .map((name) => `SELECT '${name}' AS table, to_jsonb(${name}) AS row FROM ${name} WHERE owner_id = $1`)
      .join(' UNION ALL '),
    [owner],
  );
  const rowsOf = (name: string) =>
    rows
      .flatMap(({ table, row }) => (table === name ? [row] : []))
      .sort((a, b) => Number(a.change_seq) - Number(b.change_seq) || (String(a.id) < String(b.id) ? -1 : 1));
  const byId = (name: string) => new Map(rowsOf(name).map((row) => [String(row.id), row]));
  return {
    tasks: byId('tasks'),
    lists: byId('lists'),
    tombstones: byId('task_tombstones'),
    history: rowsOf('history'),
  };
};

/** Who has made a request. */
export interface By {
  readonly operation: string;
  readonly clientId?: string;
}

const imageNames = (row: Row) =>
  Object.keys(row).filter((name) => !['owner_id', 'id', 'change_seq'].includes(name));

// The columns of every history row that hold what a row was.
const nothing = (columns: Row): Row =>
  Object.fromEntries(
    Object.keys(columns)
      .filter(
        (name) =>
          !'owner_id change_seq id is_list change total at operation client_id undoes is_deletion'
            .split(' ')
            .includes(name),
      )
      .map((name) => [name, null]),
  );

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** What the history must have more after one request than before it. */
export const expectedBetween = (before: State, after: State, { operation, clientId }: By): Row[] => {
  const empty = nothing(after.history.at(-1) ?? {});
  const written = (['tasks', 'lists'] as const).flatMap((table) =>
    [...new Set([...before[table].keys(), ...after[table].keys()])].flatMap((id) => {
      const former = before[table].get(id);
      const present = after[table].get(id);
      if (!differs(former, present)) return [];
      const tombstone = after.tombstones.get(id);
      return {
        ...empty,
        ...(former && Object.fromEntries(imageNames(former).map((name) => [name, former[name]]))),
        former_seq: former?.change_seq ?? null,
        owner_id: (former ?? present)?.owner_id,
        id,
        is_list: table === 'lists',
        is_deletion: present === undefined,
        change_seq: Number((present ?? tombstone)?.change_seq),
        at: present?.updated_at ?? tombstone?.deleted_at,
        operation,
        client_id: clientId ?? null,
        undoes: null,
      };
    }),
  );
  const numbers = written.map((row) => row.change_seq);
  return written
    .map((row) => ({
      ...row,
      change: Math.min(...numbers),
      total: numbers.filter((number) => number <= row.change_seq).length,
    }))
    .sort((a, b) => a.change_seq - b.change_seq || (a.id < b.id ? -1 : 1));
};

/** The rows of the history from the last change of a task or list back to the first that is there. */
export const chainOf = (state: State, id: string): Row[] => {
  const rows = new Map(
    state.history.filter((row) => row.id === id).map((row) => [row.change_seq, row] as const),
  );
  const present = state.tasks.get(id) ?? state.lists.get(id) ?? state.tombstones.get(id);
  const chain: Row[] = [];
  for (let number = present?.change_seq; rows.has(number); ) {
    const row = rows.get(number);
    if (row === undefined) break;
    chain.push(row);
    number = row.former_seq;
  }
  return chain;
};
