// No statement of the store changes a task or a list without recording it: held against the syntax
// tree of everything that the store can send.
import { beforeAll, describe, expect, test } from 'vitest';
import { changes, type Part, partsOf, records, unrecorded } from './recording.ts';
import { calls, type Recorded, renewalOf, type Store, statementsOf } from './store-calls.ts';

interface Sent extends Recorded {
  readonly parts: readonly Part[];
}

// These write rows by their place, and Citus refuses a ctid in a statement that inserts: a statement
// before them in the same transaction records what they write.
const recordedBefore: Readonly<Record<string, readonly string[]>> = {
  delete_created_tasks: ['undo_tasks'],
  delete_created_lists: ['undo_lists'],
  delete_tasks: ['record_completed_tasks', 'record_deletion'],
  detach_tasks: ['record_detachment'],
  move_subtasks: ['write_batch'],
  rename_label: ['record_renaming'],
  'renew_positions:tasks': ['record_renewal:tasks'],
  'renew_positions:lists': ['record_renewal:lists'],
};

// Recordings of the rows that a statement is given or has looked up, and then writes: what it does not
// write itself is recorded as well, such as a task that an undo deletes.
const recordsTheGiven: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  write_batch: { written: 'touched', deleted: 'touched' },
  write_batch_of_lists: { written: 'touched', deleted: 'touched' },
  undo_tasks: { written: 'earlier' },
  undo_lists: { written: 'earlier' },
  restore_task: { written: 'earlier', followed: 'following' },
};

// This deletes everything, the history as well.
const forgets = ['erase_piece'];

const isListed = (name = '') => [...Object.keys(recordedBefore), ...forgets].includes(name);

/** What a statement does not record of its own changes. */
const missingIn = ({ name = '', parts }: Pick<Sent, 'name' | 'parts'>): Part[] => {
  return isListed(name) ? [] : unrecorded(parts, recordsTheGiven[name]);
};

/** The statements that write what no other one has recorded before them, in the same transaction. */
const unpreparedIn = (sent: readonly Sent[]): string[] => {
  const recorded = new Set<string>();
  return sent.flatMap(({ name = '', transaction, parts }) => {
    const place = (statement: string) => `${statement} ${transaction}`;
    if (transaction !== null && records(parts)) recorded.add(place(name));
    const by = recordedBefore[name]?.find((other) => recorded.delete(place(other)));
    return name in recordedBefore && by === undefined ? [name] : [];
  });
};

const names = Object.keys(calls) as (keyof Store)[];

describe('every change is recorded', () => {
  const all = new Map<string, readonly Sent[]>();
  beforeAll(async () => {
    const trees = new Map<string, Part[]>();
    const read = async (statement: Recorded): Promise<Sent> => {
      const parts = trees.get(statement.sql) ?? (await partsOf(statement.sql));
      trees.set(statement.sql, parts);
      return { ...statement, parts };
    };
    const readAll = (sent: readonly Recorded[]) => Promise.all(sent.map(read));
    for (const name of names) all.set(name, await readAll(await statementsOf(name)));
    for (const table of ['tasks', 'lists'] as const) {
      all.set(`renewal of ${table}`, await readAll(await renewalOf(table)));
    }
  });

  /** Each statement once, by its name. */
  const each = (): Map<string, Sent> =>
    new Map([...all.values()].flat().map((sent) => [sent.name ?? '', sent]));

  test.each([...names, 'renewal of tasks', 'renewal of lists'])('%s', (name) => {
    const sent = all.get(name) ?? [];
    const found = sent.flatMap((statement) =>
      missingIn(statement).map((part) => `${statement.name}: ${part.name}`),
    );
    expect([...new Set(found)]).toEqual([]);
    expect(unpreparedIn(sent)).toEqual([]);
  });

  test('the lists name nothing that is not sent, and what another one records writes by place', () => {
    const sent = each();
    for (const name of [...Object.keys(recordedBefore), ...Object.keys(recordsTheGiven), ...forgets]) {
      expect([name, sent.has(name)]).toEqual([name, true]);
    }
    for (const name of Object.keys(recordedBefore)) expect(sent.get(name)?.sql).toMatch(/\."?ctid"? =/);
  });

  test('without any one of its recordings, each statement is found', () => {
    const mutants = [...each().values()]
      .filter(({ parts }) => changes(parts))
      .flatMap((statement) =>
        statement.parts
          .filter((part) => records([part]))
          .map((part) => ({
            name: statement.name,
            parts: statement.parts.filter((other) => other !== part),
          })),
      );
    expect(mutants.length).toBeGreaterThan(10);
    const missed = mutants.filter((mutant) => missingIn(mutant).length === 0);
    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  test('without any one statement that records for another, the other is found', () => {
    const tried = new Set<string>();
    for (const sent of all.values()) {
      for (const recorder of new Set(Object.values(recordedBefore).flat())) {
        if (!sent.some(({ name }) => name === recorder)) continue;
        const others = sent.filter(({ name }) => name !== recorder);
        if (!others.some(({ name = '' }) => recordedBefore[name]?.includes(recorder))) continue;
        tried.add(recorder);
        expect([recorder, unpreparedIn(others).length > 0]).toEqual([recorder, true]);
      }
    }
    expect([...tried].sort()).toEqual([...new Set(Object.values(recordedBefore).flat())].sort());
  });
});

describe('the check finds', () => {
  const insert = `INSERT INTO history (owner_id, id) SELECT $1, id FROM`;
  test.each([
    ['a change', `UPDATE tasks SET title = $2 WHERE id = $3`],
    ['a change in a WITH query', `WITH w AS (DELETE FROM lists RETURNING id) SELECT id FROM w`],
    [
      'one change of two',
      `WITH a AS (UPDATE tasks SET title = $2 RETURNING id), b AS (DELETE FROM tasks RETURNING id),
       r AS (${insert} a) SELECT 1`,
    ],
    [
      'a change of what another one has returned',
      `WITH a AS (UPDATE tasks SET title = $2 RETURNING id), b AS (UPDATE tasks SET title = $2 FROM a RETURNING a.id),
       r AS (${insert} b) SELECT 1`,
    ],
    [
      'a change that is only counted',
      `WITH a AS (UPDATE tasks SET title = $2 RETURNING id), b AS (UPDATE tasks SET title = $2 RETURNING id),
       r AS (INSERT INTO history (id, total) SELECT id, (SELECT count(*) FROM b) FROM a) SELECT 1`,
    ],
    [
      'a recording of what was read',
      `WITH a AS (SELECT id FROM tasks), b AS (DELETE FROM tasks RETURNING id), r AS (${insert} a) SELECT 1`,
    ],
    [
      'an insertion into another table',
      `WITH a AS (DELETE FROM tasks RETURNING id), r AS (INSERT INTO task_tombstones (id) SELECT id FROM a) SELECT 1`,
    ],
  ])('%s', async (_, sql) => {
    expect(unrecorded(await partsOf(sql))).not.toEqual([]);
  });

  test.each([
    ['a recording', `WITH a AS (UPDATE tasks SET title = $2 RETURNING id), r AS (${insert} a) SELECT 1`],
    [
      'one through another WITH query',
      `WITH a AS (INSERT INTO lists (id) VALUES ($2) RETURNING id), b AS (SELECT id FROM a) ${insert} b`,
    ],
  ])('nothing wrong with %s', async (_, sql) => {
    expect(unrecorded(await partsOf(sql))).toEqual([]);
  });
});
