// Who makes the changes of a request, for the history, and which change the request has made.
import type { OwnerId } from '../../auth/principal.ts';
import type { OperationId } from '../../contract/operation.ts';
import type { Value } from '../statement.ts';

export interface Author {
  readonly operation: OperationId;
  /** The client that the token names. */
  readonly clientId: string | null;
  /** Whether changes are recorded. */
  readonly isRecorded: boolean;
  /** Takes note of a change that was made: the number of its first row. */
  made(change: bigint): void;
  /** The change that was made; null while there is none. */
  readonly change: () => bigint | null;
}

/** Whose rows are written, and who writes them. */
export interface Writer {
  readonly owner: OwnerId;
  readonly author: Author;
}

export const authorOf = (
  operation: OperationId,
  { clientId, isRecorded }: Pick<Author, 'clientId' | 'isRecorded'>,
): Author => {
  let latest: bigint | null = null;
  return {
    operation,
    clientId,
    isRecorded,
    made: (change) => {
      latest = change;
    },
    change: () => latest,
  };
};

/** What a statement that records binds. */
export type RecordSlot = 'operation' | 'client' | 'isRecorded';

/** The values for it. */
export const valuesOfAuthor = ({
  operation,
  clientId,
  isRecorded,
}: Pick<Author, 'operation' | 'clientId' | 'isRecorded'>): Record<RecordSlot, Value> => ({
  operation,
  client: clientId,
  isRecorded,
});
