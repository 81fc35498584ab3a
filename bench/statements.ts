// The statements of the store, taken from the store itself, so that the baselines run the same
// statements as the service.
import type { OwnerId } from '../src/auth/principal.ts';
import { Problem, problems } from '../src/contract/problem.ts';
import type { Database } from '../src/postgres/database.ts';
import { type TaskStore, tasksOf } from '../src/tasks/store.ts';
import { someone } from '../test/support/author.ts';

/** Placeholders for the values of a request among a statement's parameters. */
export const placeholders = {
  owner: '<owner>',
  id: '<id>',
  title: '<title>',
} as const;

export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Placeholders, and values that are the same in every request. */
  readonly values: readonly unknown[];
}

const capture = async (use: (store: TaskStore) => Promise<unknown>): Promise<Statement> => {
  let captured: Statement | undefined;
  const keep = ({ name, sql, values }: { name?: string; sql: string; values: readonly unknown[] }) => {
    captured ??= { name: name ?? '', text: sql.replaceAll('$slonik_', '$').trim(), values };
  };
  // Responds as if nothing were stored; what the store runs then does not matter.
  const database = {
    turn: (work: (statements: Database) => unknown) => work(database),
    any: async (query: Parameters<typeof keep>[0]) => {
      keep(query);
      return [];
    },
    one: async (query: Parameters<typeof keep>[0]) => keep(query),
    maybeOne: async (query: Parameters<typeof keep>[0]) => {
      keep(query);
      return null;
    },
    // Where the statement alone has written nothing.
    transaction: async () => {
      throw problems.notFound();
    },
  } as unknown as Database;
  await use(tasksOf(database, placeholders.owner as string as OwnerId, someone)).catch((error: unknown) => {
    // If nothing is stored, a write is refused.
    if (!(error instanceof Problem)) throw error;
  });
  if (captured === undefined) throw new Error('the store ran no statement');
  return captured;
};

const { id, title } = placeholders;
const unconditional = { match: null, noneMatch: [], mustNotExist: false };

export const statements = {
  get: await capture((store) => store.get(id)),
  list: await capture((store) =>
    store.list({
      filters: {},
      sort: '-created_at',
      limit: 20,
      after: undefined,
      page: 'the first',
      known: [],
    }),
  ),
  create: await capture((store) => store.create({ title })),
  update: await capture((store) => store.update(id, { title }, unconditional)),
};
