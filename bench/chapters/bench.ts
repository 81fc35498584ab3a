// What every chapter uses: the Postgres, the load, and the servers.
import type { Load } from '../load.ts';
import type { Measure, Subject } from '../measure.ts';
import type { BenchPostgres } from '../postgres.ts';
import type { Dataset } from '../seed.ts';
import { type ServerName, type StartOptions, start } from '../servers.ts';

export interface Bench {
  readonly postgres: BenchPostgres;
  readonly load: Load;
  readonly measure: Measure;
  readonly output: number;
  readonly quick: boolean;
  readonly rivals: readonly ServerName[];
  readonly data: Dataset;
}

/** The operations that are compared. */
export const four = ['get', 'list', 'create', 'update'] as const;

/** Starts one of the servers on a data set. */
export const startOn = async (
  { postgres, output }: Bench,
  name: ServerName,
  { database }: Dataset,
  options: Partial<StartOptions> = {},
): Promise<Subject> => {
  const databaseUrl = postgres.urlOf(database);
  return { server: await start(name, { databaseUrl, output, ...options }), databaseUrl };
};

export const stopAll = (subjects: readonly Subject[]) =>
  Promise.all(subjects.map(({ server }) => server.stop()));
