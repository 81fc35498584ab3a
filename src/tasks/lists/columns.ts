// The columns of a list of tasks, declared once, as those of a task are.
import { z } from 'zod';
import type { components } from '../../contract/operation.ts';
import {
  type ChangeOf,
  column,
  columnSet,
  type DefaultOf,
  type Equal,
  metadataSchema,
  type OptionalName,
  type WritableOf,
} from '../column-set.ts';

const columns = {
  id: column(z.string(), { type: 'uuid' }),
  owner_id: column(z.string(), { type: 'text' }),
  name: column(z.string(), { type: 'text', isWritable: true }),
  metadata: column(metadataSchema(), { type: 'jsonb', isWritable: true, default: {}, isMerged: true }),
  position: column(z.string(), { type: 'text' }),
  created_at: column(z.string(), { type: 'timestamptz' }),
  updated_at: column(z.string(), { type: 'timestamptz' }),
  version: column(z.int(), { type: 'integer' }),
};

type Columns = typeof columns;

export const listRow = z.object(columns);
export type TaskList = z.infer<typeof listRow>;

/** A list that was written, with the number of the change. */
export const changedListRow = listRow.extend({ change: z.bigint() });

export type TaskListCreate = components['schemas']['TaskListCreate'];
export type TaskListUpdate = components['schemas']['TaskListUpdate'];

/** The columns that a client writes. */
export type WritableName = WritableOf<Columns>;
/** What an assignment of a list's fields binds. */
export type ChangeName = ChangeOf<Columns>;

const set = columnSet(columns);

export const {
  names: listColumnNames,
  shape: listShape,
  columnsOf: listColumnsOf,
  nullColumns: nullListColumns,
  recordColumns: listRecordColumns,
  recordOf: listRecordOf,
  excludedAssignments: excludedListAssignments,
  writableColumns,
  writableValues,
  valuesOf,
  staySmall,
  assignments,
  changesOf,
  bytesOfTexts: bytesOfListTexts,
} = set;

export const listColumns = listColumnsOf();

/** The list of a row that has more columns. */
export const listOf = (row: TaskList): TaskList => listRow.parse(row);

/** The writable fields of a new list, with the defaults of those that it comes without. */
export const withDefaults = ({ name, metadata }: TaskListCreate) => ({
  ...set.defaults,
  name,
  ...(metadata && { metadata }),
});

// Does not compile when the columns and the contract differ.
true satisfies Equal<Readonly<TaskList>, components['schemas']['TaskList']>;
true satisfies Equal<WritableName, Exclude<keyof TaskListCreate, 'id' | 'place'>>;
true satisfies Equal<WritableName, Exclude<keyof TaskListUpdate, 'place'>>;
true satisfies Equal<DefaultOf<Columns>, Exclude<OptionalName<TaskListCreate>, 'id' | 'place'>>;
