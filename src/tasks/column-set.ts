// The columns of a table as one declaration: row schema, SQL type, and what a client may write.
// Whatever names the columns in SQL or goes through the fields of a row is derived from it.
import { hash } from 'node:crypto';
import { type FragmentSqlToken, type IdentifierSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { isRecord } from '../contract/record.ts';
import type { Slots, Value } from './statement.ts';

type SqlType = 'boolean' | 'integer' | 'jsonb' | 'task_priority' | 'text' | 'timestamptz' | 'uuid';

/** A value that a column's default may be; what is not a `Value` is bound as JSON. */
type Default = Value | readonly string[] | Readonly<Record<string, string>>;

export interface Declared {
  /** The type of parameters and JSON members; the column itself may have a domain over it. */
  readonly type: SqlType;
  /** Whether clients write it. What they do not write, the statements set by themselves. */
  readonly isWritable?: true;
  /** The value of a new row that comes without one; none where it is required. */
  readonly default?: Default;
  /** Whether the text is a moment, which has one spelling (moment.ts). */
  readonly isMoment?: true;
  /** Whether a change is merged into the object that is there, where null removes a member. */
  readonly isMerged?: true;
}

/** A column: the schema of its values in rows, and its declaration. */
export const column = <Schema extends z.ZodType, const Column extends Declared>(
  schema: Schema,
  declared: Column,
) => Object.assign(schema, { column: declared });

// Zod's own schemas would copy each value, and leave out a member with the name `__proto__`.
/** The values of an object of names and texts. */
export const metadataSchema = () => z.custom<{ readonly [name: string]: string }>(isRecord);

/** The declaration of a table. */
export type Columns = Readonly<Record<string, z.ZodType & { readonly column: Declared }>>;

export type NameOf<C extends Columns> = keyof C & string;

/** The columns that a client writes. */
export type WritableOf<C extends Columns> = {
  [Name in NameOf<C>]: C[Name]['column'] extends { isWritable: true } ? Name : never;
}[NameOf<C>];

/**
 * Those of them that may be null: for these, null is a value and does not stand for an absent one.
 */
export type ClearableOf<C extends Columns> = {
  [Name in WritableOf<C>]: null extends z.infer<C[Name]> ? Name : never;
}[WritableOf<C>];

/** Those whose value is an object that changes are merged into. */
export type MergedOf<C extends Columns> = {
  [Name in WritableOf<C>]: C[Name]['column'] extends { isMerged: true } ? Name : never;
}[WritableOf<C>];

/** Those that a new row may come without. */
export type DefaultOf<C extends Columns> = {
  [Name in WritableOf<C>]: C[Name]['column'] extends { default: Default } ? Name : never;
}[WritableOf<C>];

/**
 * What an assignment of a row's fields binds: each value, whether it is there where null is a
 * value, too, and whether it is merged into the object that is there.
 */
export type ChangeOf<C extends Columns> = WritableOf<C> | `sets_${ClearableOf<C>}` | `merges_${MergedOf<C>}`;

/** Fields that a client writes, by name. */
type Fields<C extends Columns> = { readonly [Name in WritableOf<C>]?: Value | object | undefined };

/**
 * A name for what a row looks like in a response: another one when a column comes, goes or changes
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

// Object.fromEntries forgets the names.
const byName = <Name extends string, Of>(names: readonly Name[], of: (name: Name) => Of) =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Of>;

const toValue = (value: Value | object): Value =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** What no write changes of a row. */
const fixed: readonly string[] = ['id', 'owner_id', 'created_at'];

/** The columns of a declaration by what may be done with them. */
const namesOf = <const C extends Columns>(columns: C) => {
  const isColumn = (name: string): name is NameOf<C> => Object.hasOwn(columns, name);
  const declared = (name: string): Declared | undefined => columns[name]?.column;
  const all = Object.keys(columns).filter(isColumn);
  const isWritable = (name: NameOf<C>): name is WritableOf<C> => declared(name)?.isWritable === true;
  const isClearable = (name: WritableOf<C>): name is ClearableOf<C> =>
    columns[name]?.safeParse(null).success === true;
  const isMerged = (name: WritableOf<C>): name is MergedOf<C> => declared(name)?.isMerged === true;
  const hasDefault = (name: WritableOf<C>): name is DefaultOf<C> => declared(name)?.default !== undefined;
  const writable = all.filter(isWritable);
  return {
    all,
    isClearable,
    isMerged,
    writable,
    clearable: writable.filter(isClearable),
    merged: writable.filter(isMerged),
    withDefault: writable.filter(hasDefault),
  };
};

type Names<C extends Columns> = ReturnType<typeof namesOf<C>>;

const typesOf = <const C extends Columns>(columns: C) => {
  const typeOf = (name: NameOf<C>): FragmentSqlToken =>
    typeFragments[(columns[name] as C[NameOf<C>]).column.type];
  const isText = (name: NameOf<C>) => columns[name]?.column.type === 'text';
  // Text needs no cast: it is what Postgres takes an unknown value for.
  const cast = (value: FragmentSqlToken, name: NameOf<C>) =>
    isText(name) ? value : sql.fragment`${value}::${typeOf(name)}`;

  return { typeOf, cast };
};

/** The columns as they are named in statements that read, or that write whole rows. */
const readingOf = <const C extends Columns>(columns: C, names: Names<C>) => {
  const { typeOf, cast } = typesOf(columns);

  /** The columns, of `table` where another one in the statement has an owner, too. */
  const columnsOf = (...table: readonly string[]): FragmentSqlToken =>
    list(names.all.map((name) => sql.identifier([...table, name])));

  /** In the place of the columns, where a row has none of them, or only some. */
  const nullColumns = (present: readonly string[] = []): FragmentSqlToken =>
    list(
      names.all.map((name) => {
        const identifier = sql.identifier([name]);
        return present.includes(name)
          ? identifier
          : sql.fragment`${cast(sql.fragment`NULL`, name)} AS ${identifier}`;
      }),
    );

  /** The columns of whole rows that come as JSON, for jsonb_to_recordset. */
  const recordColumns = list(
    names.all.map((name) => sql.fragment`${sql.identifier([name])} ${typeOf(name)}`),
  );

  /** The columns of a row of this owner, whatever the record says. */
  const recordOf = ({ owner }: Slots<'owner'>): FragmentSqlToken =>
    list(names.all.map((name) => (name === 'owner_id' ? sql.fragment`${owner}` : sql.identifier([name]))));

  /** In ON CONFLICT: assigns what may change of a row. */
  const excludedAssignments = list(
    names.all
      .filter((name) => !fixed.includes(name))
      .map((name) => sql.fragment`${sql.identifier([name])} = ${sql.identifier(['excluded', name])}`),
  );

  return { typeOf, columnsOf, nullColumns, recordColumns, recordOf, excludedAssignments };
};

/** What columns get that the statement works out by itself. */
type Instead<C extends Columns> = Readonly<Partial<Record<WritableOf<C>, FragmentSqlToken>>>;

/** What inserts and updates name and bind of what a client writes. */
const writingOf = <const C extends Columns>(columns: C, names: Names<C>) => {
  const { cast } = typesOf(columns);

  /** The columns that a client writes, and their parameters in the same order. */
  const writableColumns = list(names.writable.map((name) => sql.identifier([name])));
  const writableValues = (slot: Slots<WritableOf<C>>, instead?: Instead<C>): FragmentSqlToken =>
    list(names.writable.map((name) => instead?.[name] ?? cast(sql.fragment`${slot[name]}`, name)));

  const defaults = byName(names.withDefault, (name) => columns[name]?.column.default) as {
    readonly [Name in DefaultOf<C>]: C[Name]['column']['default'];
  };

  /** The values for `writableValues`, with the defaults of those that are absent. */
  const valuesOf = (fields: Fields<C>): Record<WritableOf<C>, Value> => {
    const complete: Fields<C> = { ...defaults, ...fields };
    return byName(names.writable, (name) => toValue(complete[name] ?? null));
  };

  return { writableColumns, writableValues, defaults, valuesOf };
};

/** What an update of single fields assigns and binds. */
const changingOf = <const C extends Columns>(columns: C, names: Names<C>) => {
  const { cast } = typesOf(columns);
  const patched = (slot: Slots<ChangeOf<C>>, name: MergedOf<C>) =>
    sql.fragment`jsonb_strip_nulls(${sql.identifier([name])} || ${slot[name]}::jsonb)`;

  /** Whether the objects have at most `most` members after the assignment of what is merged. */
  const staySmall = (slot: Slots<ChangeOf<C>>, most: number): FragmentSqlToken => {
    const conditions = names.merged.map(
      (name) => sql.fragment`(
      ${slot[`merges_${name}`]}::boolean IS NOT TRUE
      OR jsonb_array_length(jsonb_path_query_array(${patched(slot, name)}, '$.*')) <= ${sql.literalValue(String(most))}::integer
    )`,
    );
    return sql.fragment`${sql.join(conditions, sql.fragment` AND `)}`;
  };

  /** Assigns the writable columns that have a value; the others keep theirs. */
  const assignments = (slot: Slots<ChangeOf<C>>, instead?: Instead<C>): FragmentSqlToken =>
    list(
      names.writable.map((name) => {
        const identifier = sql.identifier([name]);
        if (instead?.[name] !== undefined) return sql.fragment`${identifier} = ${instead?.[name]}`;
        const value = cast(sql.fragment`${slot[name]}`, name);
        if (names.isMerged(name)) {
          return sql.fragment`${identifier} = CASE
          WHEN ${slot[`merges_${name}`]}::boolean THEN ${patched(slot, name)}
          ELSE coalesce(${value}, ${identifier})
        END`;
        }
        if (!names.isClearable(name)) return sql.fragment`${identifier} = coalesce(${value}, ${identifier})`;
        const sets = slot[`sets_${name}`];
        return sql.fragment`${identifier} = CASE WHEN ${sets}::boolean THEN ${value} ELSE ${identifier} END`;
      }),
    );

  /** The values for `assignments`; a replacement merges nothing. */
  const changesOf = (
    fields: Fields<C>,
    { isReplacement = false }: { readonly isReplacement?: boolean } = {},
  ) => ({
    ...byName(names.writable, (name) => toValue(fields[name] ?? null)),
    ...byName(
      names.merged.map((name) => `merges_${name}` as const),
      (merges) => !isReplacement && fields[merges.slice('merges_'.length) as MergedOf<C>] !== undefined,
    ),
    ...byName(
      names.clearable.map((name) => `sets_${name}` as const),
      (sets) => fields[sets.slice('sets_'.length) as ClearableOf<C>] !== undefined,
    ),
  });

  return { staySmall, assignments, changesOf };
};

/** How long a row is. */
const textsOf = <const C extends Columns>(columns: C, names: Names<C>) => {
  // What makes a page long: texts, and what is written as one.
  const textNames = names.writable.filter((name) =>
    ['text', 'jsonb'].includes(columns[name]?.column.type ?? ''),
  );

  const bytesOf = (name: WritableOf<C>): FragmentSqlToken => {
    const identifier = sql.identifier([name]);
    const bytes =
      columns[name]?.column.type === 'jsonb'
        ? sql.fragment`octet_length(${identifier}::text) - 2`
        : sql.fragment`octet_length(${identifier})`;
    return names.isClearable(name) ? sql.fragment`coalesce(${bytes}, 0)` : bytes;
  };

  /** The bytes of some texts of a row, or of all. */
  const bytesOfTexts = (some: readonly WritableOf<C>[] = textNames): FragmentSqlToken =>
    sql.fragment`${sql.join(some.map(bytesOf), sql.fragment` + `)}`;

  return { bytesOfTexts };
};

/** What statements are put together from, for a table of these columns. */
export const columnSet = <const C extends Columns>(columns: C) => {
  const names = namesOf(columns);
  return {
    names: names.all,
    writableNames: names.writable,
    shape: shapeOf(columns),
    ...readingOf(columns, names),
    ...writingOf(columns, names),
    ...changingOf(columns, names),
    ...textsOf(columns, names),
  };
};

/** For comparisons of a declaration with the contract at compile time: whether two types are the same. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The members that an object type may come without. */
export type OptionalName<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never;
}[keyof T];
