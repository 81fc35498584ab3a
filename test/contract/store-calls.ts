// Everything that the store can send: each of its functions called in every way that leads to another statement, on a
// database that only writes down.
import type { QuerySqlToken } from 'slonik';
import type { OwnerId } from '../../src/auth/principal.ts';
import type { Database } from '../../src/db/pool.ts';
import type { Precondition } from '../../src/tasks/precondition.ts';
import { type TaskStore, tasksOf } from '../../src/tasks/store.ts';
import type { Statement } from './owner-predicate.ts';

/** The owner of the store that is called; the calls hold this text nowhere else. */
export const owner = 'the-owner-of-this-store' as OwnerId;
const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

const preconditions: readonly Precondition[] = [null, [], [1, 2]].flatMap((match) =>
  [[], [3]].flatMap((noneMatch) => [false, true].map((mustNotExist) => ({ match, noneMatch, mustNotExist }))),
);

const contents = ['title', undefined].flatMap((title) =>
  ['description', null, undefined].flatMap((description) =>
    [true, false, undefined].map((completed) => ({
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(completed !== undefined && { completed }),
    })),
  ),
);

const lists = (
  ['created_at', '-created_at', 'updated_at', '-updated_at', 'title', '-title'] as const
).flatMap((sort) =>
  [true, false, undefined].flatMap((completed) =>
    ['milk', undefined].flatMap((q) =>
      [{ key: '2026-01-12T09:30:00.123456Z', id }, undefined].map((after) => ({
        sort,
        completed,
        q,
        after,
        limit: 51,
      })),
    ),
  ),
);

/** The arguments to call each function of a store with: each way to a different statement is among them. */
export const calls: { readonly [Name in keyof TaskStore]: readonly Parameters<TaskStore[Name]>[] } = {
  list: lists.map((options) => [options]),
  create: contents.map((content) => [{ title: 'title', ...content }]),
  get: [[id]],
  update: preconditions.flatMap((precondition) =>
    contents.map((fields) => [id, fields, precondition] as const),
  ) as Parameters<TaskStore['update']>[],
  complete: preconditions.map((precondition) => [id, precondition]),
  delete: preconditions.map((precondition) => [id, precondition]),
  deleteCompleted: [[]],
};

export interface Recorded extends Statement {
  readonly name: string | undefined;
}

/** A database that keeps what it is sent, and answers as if nothing were stored. */
export const recorder = (): { readonly database: Database; readonly sent: Recorded[] } => {
  const sent: Recorded[] = [];
  const record = ({ sql, values, name }: QuerySqlToken & { readonly name?: string }): void => {
    // Slonik's own placeholders become those of Postgres when it sends the statement.
    sent.push({ sql: sql.replaceAll('$slonik_', '$'), values, name });
  };
  const database: Database = {
    any: async (query) => {
      record(query);
      return [];
    },
    one: async (query) => {
      record(query);
      return {} as never;
    },
    maybeOne: async (query) => {
      record(query);
      return null;
    },
    close: async () => {},
  };
  return { database, sent };
};

/** Calls one function of the store in every listed way, and answers what it sent. */
export const statementsOf = async (name: keyof TaskStore): Promise<Recorded[]> => {
  const { database, sent } = recorder();
  const run = tasksOf(database, owner)[name] as (...parameters: unknown[]) => Promise<unknown>;
  for (const parameters of calls[name]) await run(...parameters);
  return sent;
};
