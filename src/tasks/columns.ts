// The columns of a task, declared once: row schema, SQL type, and what a client may write. The
// column names are the wire names, so a row is the body of a response. Whatever names the columns
// in SQL or goes through the fields of a task is derived from this declaration, and the end of the
// file keeps it equal to the contract at compile time.
import { z } from 'zod';
import type { components } from '../contract/operation.ts';
import { isRecord } from '../contract/record.ts';
import {
  type ChangeOf,
  column,
  columnSet,
  type DefaultOf,
  type Equal,
  metadataSchema,
  type OptionalName,
  type WritableOf,
} from './column-set.ts';

// Slonik leaves timestamps as text, with microseconds.
const time = () => z.string();

const moment = () =>
  column(z.string().nullable(), { type: 'text', isWritable: true, default: null, isMoment: true });

// Zod's own schema would copy each value.
const labels = z.custom<readonly string[]>(Array.isArray);
const metadata = metadataSchema();
const priority = z.enum(['none', 'low', 'medium', 'high', 'urgent']);
const uuid = () => z.string().nullable();
const recurrence = z.custom<{
  readonly rrule: string;
  readonly anchor: 'schedule' | 'completion';
  readonly missed: 'skip' | 'keep';
}>(isRecord);
const occurrence = z.custom<{ readonly start: string; readonly date: string; readonly number: number }>(
  isRecord,
);

const columns = {
  id: column(z.string(), { type: 'uuid' }),
  owner_id: column(z.string(), { type: 'text' }),
  title: column(z.string(), { type: 'text', isWritable: true }),
  description: column(z.string().nullable(), { type: 'text', isWritable: true, default: null }),
  completed: column(z.boolean(), { type: 'boolean', isWritable: true, default: false }),
  completed_at: column(time().nullable(), { type: 'timestamptz' }),
  due: moment(),
  start: moment(),
  priority: column(priority, { type: 'task_priority', isWritable: true, default: 'none' }),
  labels: column(labels, { type: 'jsonb', isWritable: true, default: [] }),
  metadata: column(metadata, { type: 'jsonb', isWritable: true, default: {}, isMerged: true }),
  list_id: column(uuid(), { type: 'uuid', isWritable: true, default: null }),
  parent_id: column(uuid(), { type: 'uuid', isWritable: true, default: null }),
  position: column(z.string(), { type: 'text' }),
  recurrence: column(recurrence.nullable(), { type: 'jsonb', isWritable: true, default: null }),
  series_id: column(uuid(), { type: 'uuid' }),
  occurrence: column(occurrence.nullable(), { type: 'jsonb' }),
  next_id: column(uuid(), { type: 'uuid' }),
  created_at: column(time(), { type: 'timestamptz' }),
  updated_at: column(time(), { type: 'timestamptz' }),
  version: column(z.int(), { type: 'integer' }),
};

type Columns = typeof columns;

export const taskRow = z.object(columns);
export type Task = z.infer<typeof taskRow>;
export type ColumnName = keyof Task;

/** A task that was written, with the number of the change; null where the task was written as it was. */
export const changedTaskRow = taskRow.extend({ change: z.bigint().nullable() });

export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskReplace = components['schemas']['TaskReplace'];
export type TaskUpdate = components['schemas']['TaskUpdate'];

/** The columns that a client writes. */
export type WritableName = WritableOf<Columns>;
/** What an assignment of a task's fields binds. */
export type ChangeName = ChangeOf<Columns>;

const set = columnSet(columns);

export const {
  names: columnNames,
  writableNames,
  shape: taskShape,
  typeOf,
  columnsOf: taskColumnsOf,
  nullColumns,
  recordColumns,
  recordOf,
  excludedAssignments,
  writableColumns,
  writableValues,
  valuesOf,
  staySmall,
  assignments,
  changesOf,
  bytesOfTexts,
} = set;

export const taskColumns = taskColumnsOf();

/** The columns that hold a moment. */
export const momentNames = writableNames.filter((name) => 'isMoment' in columns[name].column);

/** The task of a row that has more columns. */
export const taskOf = (row: Task): Task => taskRow.parse(row);

/** Every writable field of a new task, with the defaults of those that it comes without. */
export const withDefaults = (task: TaskCreate) => ({ ...set.defaults, ...task });

// Does not compile when the columns and the contract differ: in a field, a type or a null of the
// Task, in what may be written, or in what has a default.
true satisfies Equal<Readonly<Task>, components['schemas']['Task']>;
true satisfies Equal<WritableName, Exclude<keyof TaskCreate, 'id' | 'place'>>;
true satisfies Equal<WritableName, Exclude<keyof TaskReplace, 'place'>>;
true satisfies Equal<WritableName, Exclude<keyof TaskUpdate, 'place'>>;
true satisfies Equal<DefaultOf<Columns>, Exclude<OptionalName<TaskCreate>, 'id' | 'place'>>;
