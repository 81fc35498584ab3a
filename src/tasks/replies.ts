// The replies that tasks and lists have in common: with an entity tag, and with the problems that
// stand for a row that is not there or does not meet its precondition.
import { problems } from '../contract/problem.ts';
import {
  type ConditionalHeaders,
  etagOf,
  meetsMatch,
  meetsNoneMatch,
  preconditionOf,
} from './precondition.ts';

interface Versioned {
  readonly version: number;
}

type Kind = Parameters<typeof problems.preconditionFailed>[1];

/** Throws a not-found Problem for null. */
export const found = <T>(value: T | null): T => {
  if (value === null) throw problems.notFound();
  return value;
};

export const tagged = <Row extends Versioned>(row: Row) =>
  ({ status: 200, headers: { ETag: etagOf(row) }, body: row }) as const;

/** The row of a conditional write. Throws a Problem if it was not written. */
export const written = <Row extends Versioned>(
  outcome: { readonly met: boolean; readonly row: Row } | null,
  kind?: Kind,
): Row => {
  const { met, row } = found(outcome);
  if (!met) throw problems.preconditionFailed(etagOf(row), kind);
  return row;
};

/** The reply to a conditional reading of a row. */
export const read = <Row extends Versioned>(value: Row | null, headers: ConditionalHeaders, kind?: Kind) => {
  const row = found(value);
  const precondition = preconditionOf(headers);
  if (!meetsMatch(precondition, row.version)) throw problems.preconditionFailed(etagOf(row), kind);
  if (meetsNoneMatch(precondition, row.version)) return tagged(row);
  return { status: 304, headers: { ETag: etagOf(row) } } as const;
};
