// The filters of a list, declared once: what each binds, and which tasks it lets through. All of
// them are in one text of a statement, in which a filter that is not asked for is null: a text for
// each combination would make more prepared statements than a connection can keep.
import { type FragmentSqlToken, type IdentifierSqlToken, sql } from 'slonik';
import type { Call } from '../contract/operation.ts';
import { bytesOfTexts } from './columns.ts';
import { hideFromPlanner } from './fragments.ts';
import { foldedArray, foldedLabels, labelsOfList, labelWork } from './labels.ts';
import { compareMoment, noTime, timeOfReference } from './moments-sql.ts';
import type { Slots, Value } from './statement.ts';

type Query = Call<'listTasks', unknown>['query'];

export type Filters = Omit<Query, 'sort' | 'limit' | 'cursor'>;

/** The parameters in the order in which cursors and links name them. */
const names = [
  'completed',
  'q',
  'due_from',
  'due_to',
  'overdue_at',
  'available_at',
  'has_due',
  'priority',
  'labels_all',
  'labels_any',
  'labels_none',
  'metadata',
  'completed_from',
  'completed_to',
  'list_id',
  'parent_id',
] as const;

true satisfies keyof Filters extends (typeof names)[number] ? true : false;

/** The filters with ids in lower case, so that the same list is the same for cursors and tags. */
export const canonicalFilters = ({ list_id: list, parent_id: parent, ...others }: Filters): Filters => ({
  ...others,
  ...(list !== undefined && { list_id: list.toLowerCase() }),
  ...(parent !== undefined && { parent_id: parent.toLowerCase() }),
});

/** The filters of a query that are there, with their values as they came, in one order. */
export const filtersIn = (filters: Filters): readonly (readonly [string, string | boolean])[] =>
  names.flatMap((name) => {
    const value = filters[name];
    return value === undefined ? [] : [[name, value] as const];
  });

/** What the statement of a list binds for its filters. */
export type FilterSlot =
  | Exclude<(typeof names)[number], 'overdue_at' | 'available_at'>
  | `${'overdue' | 'available'}${'Instant' | 'Day' | 'Local'}`;

/** Whether only open tasks, or only completed ones, can be in the list; undefined for both. */
export const completedOf = ({ completed, overdue_at, available_at }: Filters): boolean | undefined =>
  completed ?? (overdue_at !== undefined || available_at !== undefined ? false : undefined);

// Array literals: the items have no control characters, so JSON's escapes are those of Postgres.
const literal = (items: readonly string[]): string =>
  `{${items.map((item) => JSON.stringify(item)).join(',')}}`;

const labelsOf = (list: string | undefined): Value =>
  list === undefined ? null : literal(labelsOfList(list));

const pairOf = (pair: string): string => {
  const colon = pair.indexOf(':');
  return JSON.stringify({ [pair.slice(0, colon)]: pair.slice(colon + 1) });
};

const timeOf = (text: string | undefined) => (text === undefined ? noTime : timeOfReference(text));

/** The values for `letThrough`. */
export const valuesOfFilters = (filters: Filters): Record<FilterSlot, Value> => {
  const [overdue, available] = [timeOf(filters.overdue_at), timeOf(filters.available_at)];
  return {
    completed: completedOf(filters) ?? null,
    q: filters.q ?? null,
    due_from: filters.due_from ?? null,
    due_to: filters.due_to ?? null,
    overdueInstant: overdue.atInstant,
    overdueDay: overdue.atDay,
    overdueLocal: overdue.atLocal,
    availableInstant: available.atInstant,
    availableDay: available.atDay,
    availableLocal: available.atLocal,
    has_due: filters.has_due ?? null,
    priority: filters.priority === undefined ? null : `{${filters.priority.replaceAll(' ', '')}}`,
    labels_all: labelsOf(filters.labels_all),
    labels_any: labelsOf(filters.labels_any),
    labels_none: labelsOf(filters.labels_none),
    metadata: filters.metadata === undefined ? null : pairOf(filters.metadata),
    completed_from: filters.completed_from ?? null,
    completed_to: filters.completed_to ?? null,
    list_id: filters.list_id ?? null,
    parent_id: filters.parent_id ?? null,
  };
};

// Both texts in lower case, and compared as bytes, which in UTF-8 find characters and nothing else:
// Postgres' search for bytes takes linear time, while LIKE and strpos compare a periodic text again
// and again. Greek writes its sigma in another way at the end of a word.
const folded = (text: FragmentSqlToken | IdentifierSqlToken) => sql.fragment`
  convert_to(replace(lower(${text} COLLATE task_search), 'ς', 'σ'), 'UTF8')
`;

/** The columns that a search reads. */
export const searched = ['title', 'description'] as const;

const contains = (name: (typeof searched)[number], { q }: Slots<'q'>) => sql.fragment`
  coalesce(position((SELECT ${folded(sql.fragment`${q}::text`)}) IN ${folded(sql.identifier([name]))}) > 0, false)
`;

const labelLists = ['labels_all', 'labels_any', 'labels_none'] as const;
type LabelSlots = Slots<(typeof labelLists)[number]>;

const listed = (slot: LabelSlots, name: keyof LabelSlots) =>
  hideFromPlanner(slot[name], sql.fragment`text[]`);

const areAnyListed = (slot: LabelSlots) => sql.fragment`
  (SELECT coalesce(${sql.join(
    labelLists.map((name) => sql.fragment`${slot[name]}::text[]`),
    sql.fragment`, `,
  )}) IS NOT NULL)
`;

// The labels of a row are folded once for all lists: OFFSET keeps the planner from repeating the
// expression.
const hasLabels = (slot: LabelSlots) => sql.fragment`
  (
    SELECT coalesce(labels ?& ${foldedArray(listed(slot, 'labels_all'))}, true)
      AND coalesce(labels ?| ${foldedArray(listed(slot, 'labels_any'))}, true)
      AND NOT coalesce(labels ?| ${foldedArray(listed(slot, 'labels_none'))}, false)
    FROM (SELECT ${foldedLabels} AS labels OFFSET 0) AS folded
  )
`;

const listedCount = (slot: LabelSlots) =>
  sql.fragment`(SELECT ${sql.join(
    labelLists.map((name) => sql.fragment`coalesce(cardinality(${slot[name]}::text[]), 0)`),
    sql.fragment` + `,
  )})`;

// What is compressed or stored elsewhere is read and unpacked as a whole.
const metadataWork = sql.fragment`
  CASE
    WHEN pg_column_compression(metadata) IS NOT NULL THEN 8000
    ELSE pg_column_size(metadata)
  END
`;

/**
 * What it costs to test a task, beside what each task costs: the bytes of the texts that the filters
 * read, and the labels twice, and twice more for every 20 labels that they are compared with.
 */
export const workOf = (slot: Slots<FilterSlot>): FragmentSqlToken => sql.fragment`
  CASE WHEN ${slot.q}::text IS NULL THEN 0 ELSE ${bytesOfTexts(searched)} END
  + CASE WHEN ${areAnyListed(slot)} THEN ${labelWork} * (20 + ${listedCount(slot)}) / 10 ELSE 0 END
  + CASE WHEN ${slot.metadata}::text IS NULL THEN 0 ELSE ${metadataWork} END
`;

/** Whether a task is part of the list. Tests that read no text come first. */
export const letThrough = (slot: Slots<FilterSlot>, hasUnknownZones: boolean): FragmentSqlToken => {
  const at = (name: 'overdue' | 'available') => ({
    atInstant: slot[`${name}Instant`],
    atDay: slot[`${name}Day`],
    atLocal: slot[`${name}Local`],
  });
  const unless = (value: FragmentSqlToken, condition: FragmentSqlToken) =>
    sql.fragment`(${value} IS NULL OR coalesce(${condition}, false))`;
  const conditions = [
    unless(sql.fragment`${slot.completed}::boolean`, sql.fragment`completed = ${slot.completed}::boolean`),
    unless(
      sql.fragment`${slot.has_due}::boolean`,
      sql.fragment`(due IS NOT NULL) = ${slot.has_due}::boolean`,
    ),
    unless(sql.fragment`${slot.due_from}::text`, sql.fragment`due >= ${slot.due_from}::text`),
    // Of the same day, the forms with a time follow the date by the letter T.
    unless(sql.fragment`${slot.due_to}::text`, sql.fragment`due < ${slot.due_to}::text || 'U'`),
    unless(
      sql.fragment`${slot.overdueInstant}::text`,
      sql.fragment`
        NOT completed AND ${compareMoment(sql.identifier(['due']), '<', at('overdue'), hasUnknownZones)}
      `,
    ),
    unless(
      sql.fragment`${slot.availableInstant}::text`,
      sql.fragment`
        NOT completed AND (
          start IS NULL
          OR ${compareMoment(sql.identifier(['start']), '<=', at('available'), hasUnknownZones)}
        )
      `,
    ),
    unless(
      sql.fragment`${slot.priority}::task_priority[]`,
      sql.fragment`priority = ANY (${slot.priority}::task_priority[])`,
    ),
    unless(
      sql.fragment`${slot.completed_from}::timestamptz`,
      sql.fragment`completed_at >= ${slot.completed_from}::timestamptz`,
    ),
    unless(
      sql.fragment`${slot.completed_to}::timestamptz`,
      sql.fragment`completed_at <= ${slot.completed_to}::timestamptz`,
    ),
    ...(['list_id', 'parent_id'] as const).map((name) =>
      unless(
        sql.fragment`${slot[name]}::text`,
        sql.fragment`coalesce(${sql.identifier([name])}::text, 'none') = ${slot[name]}::text`,
      ),
    ),
    unless(sql.fragment`${slot.metadata}::jsonb`, sql.fragment`metadata @> ${slot.metadata}::jsonb`),
    sql.fragment`(NOT (${areAnyListed(slot)}) OR ${hasLabels(slot)})`,
    unless(
      sql.fragment`${slot.q}::text`,
      sql.fragment`(${sql.join(
        searched.map((name) => contains(name, slot)),
        sql.fragment` OR `,
      )})`,
    ),
  ];
  return sql.fragment`(${sql.join(conditions, sql.fragment` AND `)})`;
};

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * The texts between which the due dates of a list must be, for an index on them. In a time zone, it
 * can be two days later than at the offset of the request.
 */
export const dueRangeOf = ({
  due_from: from = '0',
  due_to: to,
  overdue_at: overdue,
}: Filters): readonly [string, string] => {
  const ends = [
    ...(to === undefined ? [] : [`${to}U`]),
    ...(overdue === undefined || overdue.startsWith('9999-12') ? [] : [dayAfter(overdue.slice(0, 10), 3)]),
  ].sort();
  return [from, ends[0] ?? 'U'];
};
