// The columns of a task, declared once: row schema, SQL type, and what a client may write. The
// column names are the wire names, so a row is the body of a response. Whatever names the columns
// in SQL or goes through the fields of a task is derived from this declaration, and the end of the
// file keeps it equal to the contract at compile time.
import { hash } from 'node:crypto';
import { type FragmentSqlToken, type IdentifierSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { components } from '../contract/operation.ts';
import type { Slots, Value } from './statement.ts';

type SqlType = 'boolean' | 'integer' | 'jsonb' | 'task_priority' | 'text' | 'timestamptz' | 'uuid';

/** A value that a column's default may be; what is not a `Value` is bound as JSON. */
type Default = Value | readonly string[] | Readonly<Record<string, string>>;

interface Declared {
  /** The type of parameters and JSON members; the column itself may have a domain over it. */
  readonly type: SqlType;
  /** Whether clients write it. What they do not write, the statements set by themselves. */
  readonly isWritable?: true;
  /** The value of a new task that comes without one; none where it is required. */
  readonly default?: Default;
  /** Whether the text is a moment, which has one spelling (moment.ts). */
  readonly isMoment?: true;
  /** Whether a change is merged into the object that is there, where null removes a member. */
  readonly isMerged?: true;
}

const column = <Schema extends z.ZodType, const Column extends Declared>(schema: Schema, declared: Column) =>
  Object.assign(schema, { column: declared });

// Slonik leaves timestamps as text, with microseconds.
const time = () => z.string();

const moment = () =>
  column(z.string().nullable(), { type: 'text', isWritable: true, default: null, isMoment: true });

// Zod's own schemas would copy each value, and leave out a member with the name `__proto__`.
const labels = z.custom<readonly string[]>(Array.isArray);
const metadata = z.custom<{ readonly [name: string]: string }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const priority = z.enum(['none', 'low', 'medium', 'high', 'urgent']);

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
  created_at: column(time(), { type: 'timestamptz' }),
  updated_at: column(time(), { type: 'timestamptz' }),
  version: column(z.int(), { type: 'integer' }),
};

type Columns = typeof columns;

export const taskRow = z.object(columns);
export type Task = z.infer<typeof taskRow>;
export type ColumnName = keyof Task;

export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskReplace = components['schemas']['TaskReplace'];
export type TaskUpdate = components['schemas']['TaskUpdate'];

/** The columns that a client writes. */
export type WritableName = {
  [Name in ColumnName]: Columns[Name]['column'] extends { isWritable: true } ? Name : never;
}[ColumnName];

/**
 * Those of them that may be null: for these, null is a value and does not stand for an absent one.
 */
type ClearableName = { [Name in WritableName]: null extends Task[Name] ? Name : never }[WritableName];

/** Those whose value is an object that changes are merged into. */
type MergedName = {
  [Name in WritableName]: Columns[Name]['column'] extends { isMerged: true } ? Name : never;
}[WritableName];

type DefaultName = {
  [Name in WritableName]: Columns[Name]['column'] extends { default: Default } ? Name : never;
}[WritableName];

const isColumn = (name: string): name is ColumnName => name in columns;
const isWritable = (name: ColumnName): name is WritableName => 'isWritable' in columns[name].column;
const isClearable = (name: WritableName): name is ClearableName => columns[name].safeParse(null).success;
const isMerged = (name: WritableName): name is MergedName => 'isMerged' in columns[name].column;
const hasDefault = (name: WritableName): name is DefaultName => 'default' in columns[name].column;

export const columnNames = Object.keys(columns).filter(isColumn);
const writableNames = columnNames.filter(isWritable);
const clearableNames = writableNames.filter(isClearable);
const mergedNames = writableNames.filter(isMerged);
/** The columns that hold a moment. */
export const momentNames = writableNames.filter((name) => 'isMoment' in columns[name].column);

// Object.fromEntries forgets the names.
const byName = <Name extends string, Of>(names: readonly Name[], of: (name: Name) => Of) =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Of>;

const defaults = byName(writableNames.filter(hasDefault), (name) => columns[name].column.default) as {
  readonly [Name in DefaultName]: Columns[Name]['column']['default'];
};

/** The task of a row that has more columns. */
export const taskOf = (row: Task): Task => taskRow.parse(row);

/** Every writable field of a new task, with the defaults of those that it comes without. */
export const withDefaults = (task: TaskCreate) => ({ ...defaults, ...task });

/**
 * A name for what a task looks like in a response: another one when a column comes, goes or changes
 * its type.
 */
export const shapeOf = (named: Readonly<Record<string, { readonly column: Declared }>>): string => {
  const shape = Object.entries(named).map(
    ([
      name,
      {
        column: { type },
      },
    ]) => [name, type],
  );
  return hash('sha256', JSON.stringify(shape), 'base64url').slice(0, 11);
};

export const taskShape = shapeOf(columns);

const list = (fragments: readonly (FragmentSqlToken | IdentifierSqlToken)[]): FragmentSqlToken =>
  sql.fragment`${sql.join(fragments, sql.fragment`, `)}`;

const typeFragments: Readonly<Record<SqlType, FragmentSqlToken>> = {
  boolean: sql.fragment`boolean`,
  integer: sql.fragment`integer`,
  jsonb: sql.fragment`jsonb`,
  task_priority: sql.fragment`task_priority`,
  text: sql.fragment`text`,
  timestamptz: sql.fragment`timestamptz`,
  uuid: sql.fragment`uuid`,
};

/** The type of a column's parameters. */
export const typeOf = (name: ColumnName): FragmentSqlToken => typeFragments[columns[name].column.type];

// Text needs no cast: it is what Postgres takes an unknown value for.
const cast = (value: FragmentSqlToken, name: ColumnName) =>
  columns[name].column.type === 'text' ? value : sql.fragment`${value}::${typeOf(name)}`;

/** The columns of a task, of `table` where another one in the statement has an owner, too. */
export const taskColumnsOf = (...table: readonly string[]): FragmentSqlToken =>
  list(columnNames.map((name) => sql.identifier([...table, name])));

export const taskColumns = taskColumnsOf();

/** In the place of a task's columns, where a row has no task, or only some columns of one. */
export const nullColumns = (present: readonly ColumnName[] = []): FragmentSqlToken =>
  list(
    columnNames.map((name) => {
      const identifier = sql.identifier([name]);
      return present.includes(name)
        ? identifier
        : sql.fragment`${cast(sql.fragment`NULL`, name)} AS ${identifier}`;
    }),
  );

/** The columns that a client writes, and their parameters in the same order. */
export const writableColumns = list(writableNames.map((name) => sql.identifier([name])));
export const writableValues = (slot: Slots<WritableName>): FragmentSqlToken =>
  list(writableNames.map((name) => cast(sql.fragment`${slot[name]}`, name)));

const toValue = (value: Default | Readonly<Record<string, string | null>>): Value =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** The values for `writableValues`. */
export const valuesOf = (task: TaskCreate): Record<WritableName, Value> => {
  const complete = withDefaults(task);
  return byName(writableNames, (name) => toValue(complete[name]));
};

/**
 * What an assignment of a task's fields binds: each value, whether it is there where null is a
 * value, too, and whether it is merged into the object that is there.
 */
export type ChangeName = WritableName | `sets_${ClearableName}` | `merges_${MergedName}`;

const patched = (slot: Slots<ChangeName>, name: MergedName) =>
  sql.fragment`jsonb_strip_nulls(${sql.identifier([name])} || ${slot[name]}::jsonb)`;

/** Whether the objects have at most `most` members after the assignment of what is merged. */
export const staySmall = (slot: Slots<ChangeName>, most: number): FragmentSqlToken => {
  const conditions = mergedNames.map(
    (name) => sql.fragment`(
      ${slot[`merges_${name}`]}::boolean IS NOT TRUE
      OR jsonb_array_length(jsonb_path_query_array(${patched(slot, name)}, '$.*')) <= ${sql.literalValue(String(most))}::integer
    )`,
  );
  return sql.fragment`${sql.join(conditions, sql.fragment` AND `)}`;
};

/** Assigns the writable columns that have a value; the others keep theirs. */
export const assignments = (slot: Slots<ChangeName>): FragmentSqlToken =>
  list(
    writableNames.map((name) => {
      const identifier = sql.identifier([name]);
      const value = cast(sql.fragment`${slot[name]}`, name);
      if (isMerged(name)) {
        return sql.fragment`${identifier} = CASE
          WHEN ${slot[`merges_${name}`]}::boolean THEN ${patched(slot, name)}
          ELSE coalesce(${value}, ${identifier})
        END`;
      }
      if (!isClearable(name)) return sql.fragment`${identifier} = coalesce(${value}, ${identifier})`;
      const sets = slot[`sets_${name}`];
      return sql.fragment`${identifier} = CASE WHEN ${sets}::boolean THEN ${value} ELSE ${identifier} END`;
    }),
  );

/** The values for `assignments`; a replacement merges nothing. */
export const changesOf = (
  fields: TaskUpdate,
  { isReplacement = false }: { readonly isReplacement?: boolean } = {},
): Record<ChangeName, Value> => ({
  ...byName(writableNames, (name) => toValue(fields[name] ?? null)),
  ...byName(
    mergedNames.map((name) => `merges_${name}` as const),
    (merges) => !isReplacement && fields[merges.slice('merges_'.length) as MergedName] !== undefined,
  ),
  ...byName(
    clearableNames.map((name) => `sets_${name}` as const),
    (sets) => fields[sets.slice('sets_'.length) as ClearableName] !== undefined,
  ),
});

/** The columns of whole tasks that come as JSON, for jsonb_to_recordset. */
export const recordColumns = list(
  columnNames.map((name) => sql.fragment`${sql.identifier([name])} ${typeOf(name)}`),
);

/** The columns of a task of this owner, whatever the record says. */
export const recordOf = ({ owner }: Slots<'owner'>): FragmentSqlToken =>
  list(columnNames.map((name) => (name === 'owner_id' ? sql.fragment`${owner}` : sql.identifier([name]))));

const fixed: readonly ColumnName[] = ['id', 'owner_id', 'created_at'];

/** In ON CONFLICT: assigns what may change of a task. */
export const excludedAssignments = list(
  columnNames
    .filter((name) => !fixed.includes(name))
    .map((name) => sql.fragment`${sql.identifier([name])} = ${sql.identifier(['excluded', name])}`),
);

// What makes a page long: texts, and what is written as one.
const textNames = writableNames.filter((name) => ['text', 'jsonb'].includes(columns[name].column.type));

const bytesOf = (name: WritableName): FragmentSqlToken => {
  const identifier = sql.identifier([name]);
  if (columns[name].column.type === 'jsonb') return sql.fragment`octet_length(${identifier}::text) - 2`;
  const length = sql.fragment`octet_length(${identifier})`;
  return isClearable(name) ? sql.fragment`coalesce(${length}, 0)` : length;
};

/** The bytes of some texts of a task, or of all. */
export const bytesOfTexts = (names: readonly WritableName[] = textNames): FragmentSqlToken =>
  sql.fragment`${sql.join(names.map(bytesOf), sql.fragment` + `)}`;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type OptionalName<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T];

// Does not compile when the columns and the contract differ: in a field, a type or a null of the
// Task, in what may be written, or in what has a default.
true satisfies Equal<Readonly<Task>, components['schemas']['Task']>;
true satisfies Equal<WritableName, Exclude<keyof TaskCreate, 'id'>>;
true satisfies Equal<WritableName, keyof TaskReplace>;
true satisfies Equal<WritableName, keyof TaskUpdate>;
true satisfies Equal<DefaultName, Exclude<OptionalName<TaskCreate>, 'id'>>;
