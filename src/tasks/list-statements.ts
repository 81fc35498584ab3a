// The SQL of lists: one statement for each kind of page, which reads the owner's clock for the
// entity tag and the tasks in one snapshot. What a page costs is bounded, whatever is asked for:
// where a filter has no index, the statement passes over so many tasks and so much text, and the
// page ends there, short or empty, with the place to go on from.
import { type FragmentSqlToken, type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import { nullColumns, taskColumns, taskRow } from './columns.ts';
import { type FilterSlot, letThrough, workOf } from './filters.ts';
import { hideFromPlanner, ownedBy } from './fragments.ts';
import { clockText, isKnown } from './list-tag.ts';
import { keyOf, type Narrow, orderOf, partsOf, type TaskSort } from './sorts.ts';
import { type Slots, statement, type Value } from './statement.ts';

/**
 * What one page may pass over: bytes of text, and so many more for each task. That is some 20 ms of
 * the database's time, whatever the texts are (bench/README.md has the figures), and up to 5,000
 * tasks.
 */
const maxWork = sql.fragment`2000000`;
const taskWork = sql.fragment`400`;

// The owner's clock, nothing when the owner has none yet; or a task that was passed over: whether
// it is part of the list, and whether the page may go no further.
const clockRow = z.object({ clock: z.string(), id: z.null() });
const passedRow = z.union([taskRow.extend({ found: z.boolean(), ends: z.boolean() }), clockRow]);

type ListSlot =
  | FilterSlot
  | 'owner'
  | 'page'
  | 'known'
  | 'key'
  | 'id'
  | 'idAfter'
  | 'limit'
  | 'wantsValues'
  | 'wantsValueless'
  | 'end';
type ListSlots = Slots<ListSlot>;

/** What is asked of a list decides about its statement's text, and its values do not. */
export interface Variant {
  readonly sort: TaskSort;
  /** Whether only open or only completed tasks are asked for, and an index has them. */
  readonly byCompleted: boolean;
  /** The filter by which an index has the tasks, if there is one. */
  readonly narrow: Narrow | null;
  /** Whether there are filters that no index has. */
  readonly isFiltered: boolean;
  /** Whether the page begins after a key; a list in two parts does in any case. */
  readonly isContinued: boolean;
  readonly isConditional: boolean;
  /** Whether a filter has met a time zone that the database does not know. */
  readonly hasUnknownZones: boolean;
}

const isCompleted = (slot: ListSlots) =>
  sql.fragment`completed = ${hideFromPlanner(slot.completed, sql.fragment`boolean`)}`;

const and = (conditions: readonly FragmentSqlToken[]) =>
  sql.fragment`${sql.join(conditions, sql.fragment` AND `)}`;

const limitOf = (slot: ListSlots) => hideFromPlanner(slot.limit, sql.fragment`bigint`);
const mostPassed = sql.fragment`(SELECT ${maxWork} / ${taskWork})`;

type Parts = NonNullable<ReturnType<typeof partsOf>>;

/**
 * Rows of tasks in an order, each with its key. Around them the planner knows an order by that
 * column, and not by the expression that it was.
 */
interface Source {
  readonly rows: (limit: FragmentSqlToken) => FragmentSqlToken;
  readonly order: FragmentSqlToken;
}

const tasksBy = (
  { key, order, keyOrder }: Pick<ReturnType<typeof orderOf>, 'key' | 'order' | 'keyOrder'>,
  conditions: readonly FragmentSqlToken[],
): Source => ({
  order: keyOrder,
  rows: (limit) => sql.fragment`
    SELECT ${taskColumns}, ${key} AS sort_key FROM tasks WHERE ${and(conditions)} ORDER BY ${order} LIMIT ${limit}
  `,
});

// Tasks that one index has for the open and one for the completed ones, where both are asked for.
const openAndCompleted = (
  by: ReturnType<typeof orderOf>,
  conditions: readonly FragmentSqlToken[],
): Source => {
  const each = tasksBy(by, [...conditions, sql.fragment`completed = state.value`]);
  return {
    order: each.order,
    rows: (limit) => sql.fragment`
      SELECT ${taskColumns}, sort_key
      FROM (VALUES (false), (true)) AS state (value)
      CROSS JOIN LATERAL (${each.rows(limit)}) AS present
      ORDER BY ${each.order}
      LIMIT ${limit}
    `,
  };
};

const always = sql.fragment`true`;

// Rows of a source as they are found.
const all = ({ rows }: Source, limit: FragmentSqlToken) =>
  sql.fragment`SELECT ${taskColumns}, true AS found, false AS ends FROM (${rows(limit)}) AS following`;

// The tasks that a condition lets through, and the last one that the page may look at. The work is
// added up in the order of the list, before any text is read; reading ends where the limit is
// reached.
const passedOver = (slot: ListSlots, { rows, order }: Source, condition: FragmentSqlToken) => sql.fragment`
  SELECT ${taskColumns}, found, ends
  FROM (
    SELECT ${taskColumns}, sort_key, ${condition} AS found, done >= ${maxWork} AS ends
    FROM (
      SELECT ${taskColumns}, sort_key, work, sum(work) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) AS done
      FROM (
        SELECT ${taskColumns}, sort_key,
          ${taskWork} + ${workOf(slot)} AS work
        FROM (${rows(mostPassed)}) AS ordered
      ) AS following
    ) AS weighed
    WHERE done - work < ${maxWork}
  ) AS passed
  WHERE found OR ends
  ORDER BY ${order}
  LIMIT ${limitOf(slot)}
`;

const shared = (slot: ListSlots, { isConditional }: Variant) => [
  ownedBy(slot, 'tasks'),
  // While the tag is a known one, the tasks are not even looked at.
  ...(isConditional ? [sql.fragment`NOT ${isKnown(slot)}`] : []),
];

// A list whose order one index has.
const wholeList = (slot: ListSlots, variant: Variant): FragmentSqlToken => {
  const { sort, byCompleted, narrow, isFiltered, isContinued, hasUnknownZones } = variant;
  const by = orderOf(sort);
  const conditions = [
    ...shared(slot, variant),
    ...(narrow === null
      ? []
      : [sql.fragment`${sql.identifier([narrow])} = ${hideFromPlanner(slot[narrow], sql.fragment`uuid`)}`]),
    ...(byCompleted ? [isCompleted(slot)] : []),
    ...(isContinued ? [by.after(slot)] : []),
  ];
  const source =
    narrow === 'list_id' && !byCompleted ? openAndCompleted(by, conditions) : tasksBy(by, conditions);
  const rows = isFiltered
    ? passedOver(slot, source, letThrough(slot, hasUnknownZones))
    : all(source, limitOf(slot));
  return sql.fragment`SELECT NULL, ${taskColumns}, found, ends FROM (${rows}) AS list ORDER BY ${by.order}`;
};

// The tasks with a value, by an index for open and completed ones each; where both are asked for,
// the two are merged.
const withValue = (
  slot: ListSlots,
  variant: Variant,
  { hasValue, hasEnd }: Parts,
  more: readonly FragmentSqlToken[],
): Source => {
  const { sort, byCompleted } = variant;
  const by = orderOf(sort);
  const conditions = [
    ...shared(slot, variant),
    hasValue,
    // Where the page begins, or the range does.
    by.after(slot),
    ...(hasEnd ? [by.until(slot)] : []),
    hideFromPlanner(slot.wantsValues, sql.fragment`boolean`),
    ...more,
  ];
  if (byCompleted) return tasksBy(by, [...conditions, isCompleted(slot)]);
  return openAndCompleted(by, conditions);
};

// A list in two parts: the second is read when the first has not filled the page, and was read to
// its end.
const listInParts = (slot: ListSlots, variant: Variant, parts: Parts) => {
  const { sort, byCompleted, isFiltered, hasUnknownZones } = variant;
  const { byId, wholeOrder } = orderOf(sort);
  const { hasValue, isValuelessLast } = parts;
  const filter = isFiltered ? letThrough(slot, hasUnknownZones) : always;
  const valueless = (...more: FragmentSqlToken[]) =>
    passedOver(
      slot,
      tasksBy(byId, [
        ...shared(slot, variant),
        hideFromPlanner(slot.wantsValueless, sql.fragment`boolean`),
        byId.after(slot),
        ...more,
      ]),
      and([sql.fragment`NOT (${hasValue})`, ...(byCompleted ? [isCompleted(slot)] : []), filter]),
    );
  const withValues = (...more: FragmentSqlToken[]) => {
    const source = withValue(slot, variant, parts, more);
    return isFiltered ? passedOver(slot, source, filter) : all(source, limitOf(slot));
  };
  const isShort = sql.fragment`(SELECT count(*) FILTER (WHERE found) < ${slot.limit}::bigint AND NOT coalesce(bool_or(ends), false) FROM first)`;
  return sql.fragment`
    WITH first AS MATERIALIZED (${isValuelessLast ? withValues() : valueless()}),
    second AS MATERIALIZED (${isValuelessLast ? valueless(isShort) : withValues(isShort)})
    SELECT NULL, ${taskColumns}, found, ends
    FROM (SELECT * FROM first UNION ALL SELECT * FROM second) AS list
    ORDER BY ${wholeOrder}
    LIMIT ${limitOf(slot)}
  `;
};

// The first row is the clock.
const afterClock = (slot: ListSlots, { sort }: Variant, tasks: FragmentSqlToken) => sql.fragment`
  SELECT clock, ${taskColumns}, found, ends
  FROM (
    SELECT coalesce(${clockText(slot)}, '') AS clock, ${nullColumns()}, NULL AS found, NULL AS ends
    UNION ALL
    (${tasks})
  ) AS page
  ORDER BY clock NULLS LAST, ${orderOf(sort).wholeOrder}
`;

const nameOf = (variant: Variant): string => {
  const { sort, byCompleted, narrow, isFiltered, isContinued, isConditional, hasUnknownZones } = variant;
  let name = `list_tasks:${sort}`;
  if (narrow) name += `:${narrow}`;
  if (byCompleted) name += ':completed';
  if (isFiltered) name += ':filtered';
  if (isContinued) name += ':after';
  if (isConditional) name += ':known';
  if (hasUnknownZones) name += ':unknown_zones';
  return name;
};

export type ListRow = z.infer<typeof passedRow>;
type ListStatement = (values: Readonly<Record<ListSlot, Value>>) => QuerySqlToken<z.ZodType<ListRow>>;

const statements = new Map<string, ListStatement>();

/** The statement of a kind of page. There are 128 at most, and 48 more for unknown zones. */
export const statementFor = (variant: Variant): ListStatement => {
  const name = nameOf(variant);
  const known = statements.get(name);
  if (known !== undefined) return known;
  const parts = partsOf(variant.sort);
  const made: ListStatement = statement(name, passedRow, (slot: ListSlots) =>
    afterClock(slot, variant, parts === null ? wholeList(slot, variant) : listInParts(slot, variant, parts)),
  );
  statements.set(name, made);
  return made;
};

/** Whether an index has the open and the completed tasks, of a list if `narrow` says so, in the order of a sort. */
export const hasIndexByCompleted = (sort: TaskSort, narrow: Narrow | null): boolean =>
  keyOf(sort) === 'created_at' || partsOf(sort) !== null || narrow === 'list_id';
