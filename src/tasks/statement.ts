// Prepared statements whose text is put together once. Slonik's tag builds text and values anew at
// each use, and gives every parameter its number each time; here the tag runs once, on stand-ins
// for the values, and a use fills the values in.
import { type FragmentSqlToken, type QuerySqlToken, sql } from 'slonik';
import type { z } from 'zod';

export type Value = string | number | bigint | boolean | null;

/** An array literal of items that need no quotes, such as ids: one parameter of one type. */
export const arrayOf = (items: Iterable<string>): string => `{${[...items].join(',')}}`;

/** What stands in the template for each value. */
export type Slots<Name extends string> = Readonly<Record<Name, string>>;

const mark = '\u0000';

const slots = new Proxy({}, { get: (_target, name) => `${mark}${String(name)}` });

/**
 * A prepared statement of this name, whose rows `row` parses. `template` may bind nothing but the
 * slots that it is given: whatever else it bound would stay the same for ever. Throws a TypeError
 * at the first use when it does.
 */
export const statement = <Name extends string, Row>(
  name: string,
  row: z.ZodType<Row>,
  template: (slot: Slots<Name>) => FragmentSqlToken,
): ((values: Readonly<Record<Name, Value>>) => QuerySqlToken<z.ZodType<Row>>) => {
  const build = () => {
    const query = sql.prepared(name, row)`${template(slots as Slots<Name>)}`;
    const bound = query.values.map((value) => {
      if (typeof value !== 'string' || !value.startsWith(mark)) {
        throw new TypeError(`${name} binds a value that is in no slot`);
      }
      return value.slice(mark.length) as Name;
    });
    // A slot that stands in several places is one parameter.
    const names = [...new Set(bound)];
    const text = query.sql.replaceAll(
      /\$slonik_(\d+)/g,
      (_placeholder, position) => `$${names.indexOf(bound[Number(position) - 1] as Name) + 1}`,
    );
    return { names, query: { ...query, sql: text.trim() } };
  };
  let built: ReturnType<typeof build> | undefined;
  return (values) => {
    built ??= build();
    return {
      ...built.query,
      values: built.names.map((slot) => {
        const value = values[slot];
        // It would be sent as null.
        if (value === undefined) throw new TypeError(`${name} has no value for ${slot}`);
        return value;
      }),
    };
  };
};
