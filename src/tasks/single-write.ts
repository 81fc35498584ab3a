// Writes of one task, or of one list. Most are one statement. Where that writes nothing, the row does
// not meet the precondition, or what the write names is not as it should be, or another write came in
// between. A transaction that locks the clock before it reads finds out which: it repeats the
// statement, and otherwise applies a batch of the one operation. So a write that others keep coming
// before is made all the same.
import type { QuerySqlToken } from 'slonik';
import type { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { type Fault, problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { applyIn } from './batch-store.ts';
import type { Writer } from './history/author.ts';
import { lockClock } from './lock-clock.ts';
import type { BatchOperation, BatchResult } from './operation.ts';
import { meets, type Precondition } from './precondition.ts';

/**
 * What became of a conditional write: where the precondition is not `met`, the row is as it was.
 */
export interface Written<Row> {
  readonly met: boolean;
  readonly row: Row;
}

/** A row as it was written, with the number of the change; null where the row was written as it was. */
export type Changed<Row> = Row & { readonly change: bigint | null };

type Query<Row> = QuerySqlToken<z.ZodType<Row>>;

export interface ConditionalWrite<Row, Present = Row> {
  readonly id: string;
  /** Null for what no single statement can do. */
  readonly statement: Query<Changed<Row>> | null;
  /** Whether the statement writes nothing where another write came in between (`nextChangeAsSeen`). */
  readonly isAsSeen: boolean;
  readonly precondition: Precondition;
  /**
   * The statement for the row as it is, where it depends on more than the request; null if there is
   * none. It writes only this version of the row.
   */
  readonly statementFor?: (row: Present) => Query<Changed<Row>> | null;
  /** The same as an operation on the row as it is, which applies only to that version of it. */
  readonly operation: (row: Present) => BatchOperation;
}

/** What is written. */
export interface Kind<Row, Present = Row> {
  readonly name: 'task' | 'list';
  /** Reads one. */
  readonly read: (values: { readonly owner: OwnerId; readonly id: string }) => Query<Present>;
  /** The row alone. */
  readonly withoutChange: (changed: Changed<Row>) => Row;
  /** The one in the result of an operation, if there is one. */
  readonly rowOf: (result: BatchResult) => Row | undefined;
}

const contents: readonly unknown[] = ['task', 'list', 'changes'];

// The fault of a batch's only operation, as one of a request of its own.
const faultOfOne = ({ loc, msg, type }: Fault): Fault => ({
  loc: ['body', ...loc.slice(contents.includes(loc[3]) ? 4 : 3)],
  msg,
  type,
});

const isMissing = ({ loc, type }: Fault): boolean => type === 'not_found' && loc[3] === 'id';

/** Throws the Problem that a fault of a batch's only operation is. */
const refuse = (name: 'task' | 'list', faults: readonly Fault[]): never => {
  switch (faults[0]?.type) {
    case 'id_taken':
      throw problems.idTaken(name);
    case 'not_empty':
      throw problems.notEmpty(name);
    case 'quota_exceeded':
      throw problems.quotaExceeded();
    case 'change_limit':
      throw problems.changeLimitReached();
    default:
      throw problems.invalid(faults.map(faultOfOne));
  }
};

const erasing = 'erasing';

export const singleWritesOf = <Row extends { readonly version: number }, Present extends Row = Row>(
  database: Statements,
  { owner, author }: Writer,
  { name, read, withoutChange, rowOf }: Kind<Row, Present>,
) => {
  type Tried = Written<Row> | null | { readonly present: Present };

  const send = async (statements: Statements, statement: Query<Changed<Row>> | null): Promise<Row | null> => {
    const changed = statement === null ? null : await statements.maybeOne(statement);
    if (changed === null) return null;
    if (changed.change !== null) author.made(changed.change);
    return withoutChange(changed);
  };

  const tryStatements = (write: ConditionalWrite<Row, Present>): Promise<Tried> =>
    database.turn(async (statements) => {
      const { id, statement, statementFor, precondition } = write;
      const changed = await send(statements, statement);
      if (changed !== null) return { met: true, row: changed };
      const found = await lookAt(statements, id, precondition);
      const second = (found !== null && 'present' in found && statementFor?.(found.present)) || null;
      const written = await send(statements, second);
      return written === null ? found : { met: true, row: written };
    });

  const lookAt = async (statements: Statements, id: string, precondition: Precondition): Promise<Tried> => {
    const row = await statements.maybeOne(read({ owner, id }));
    if (row === null) return null;
    return meets(precondition, row.version) ? { present: row } : { met: false, row };
  };

  // Another write may have come in between: not with the clock locked.
  const tryLocked = async (statements: Statements, statement: Query<Changed<Row>>): Promise<Row | null> => {
    await statements.maybeOne(lockClock({ owner }));
    return send(statements, statement);
  };

  /** The row, or the faults of the operation, or what keeps it from being applied. */
  const applyOne = async (
    statements: Statements,
    operation: BatchOperation,
    present?: Row,
  ): Promise<{ readonly row: Row } | { readonly faults: readonly Fault[] } | typeof erasing> => {
    const outcome = await applyIn(statements, owner, author, [operation]);
    if (outcome === null) return erasing;
    if (!outcome.applicable) return outcome;
    const [result] = outcome.results;
    const row = (result && rowOf(result)) ?? present;
    if (row === undefined) throw new Error(`a creation has no ${name}`);
    return { row };
  };

  return {
    /** Creates a row. Throws a Problem when it cannot be created. */
    create: async (statement: Query<Changed<Row>> | null, operation: BatchOperation): Promise<Row> => {
      const created = await send(database, statement);
      if (created !== null) return created;
      const outcome = await database.transaction(async (statements) => {
        const row = statement === null ? null : await tryLocked(statements, statement);
        return row === null ? applyOne(statements, operation) : { row };
      });
      if (outcome === erasing) throw problems.erasureInProgress();
      return 'row' in outcome ? outcome.row : refuse(name, outcome.faults);
    },

    /**
     * Writes a row if it meets the precondition. Null when there is no such row. Throws a Problem
     * when it cannot be written so.
     */
    write: async (write: ConditionalWrite<Row, Present>): Promise<Written<Row> | null> => {
      const { id, statement, precondition, operation, isAsSeen } = write;
      const first = await tryStatements(write);
      if (first === null || 'met' in first) return first;
      const outcome = await database.transaction(async (statements) => {
        const changed = isAsSeen && statement !== null ? await tryLocked(statements, statement) : null;
        if (changed !== null) return { met: true, row: changed };
        let { present } = first;
        for (;;) {
          const applied = await applyOne(statements, operation(present), present);
          if (applied === erasing) return erasing;
          if ('row' in applied) return { met: true, row: applied.row };
          if (applied.faults.some(isMissing)) return null;
          if (applied.faults[0]?.type !== 'version_mismatch') return applied;
          // Another write came in between; the next time it cannot, because the clock is locked now.
          const again = await lookAt(statements, id, precondition);
          if (again === null || 'met' in again) return again;
          if (again.present.version === present.version) throw new Error(`a ${name} cannot be written`);
          present = again.present;
        }
      });
      if (outcome === erasing) throw problems.erasureInProgress();
      return outcome !== null && 'faults' in outcome ? refuse(name, outcome.faults) : outcome;
    },
  };
};
