// Counts of an owner's tasks: the summary, and the labels in use. No index has them, so the
// statement reads the tasks, the latest first, as far as one request may: beyond that, the counts
// are those of a part, and the result reports so.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { components } from '../contract/operation.ts';
import type { Statements } from '../postgres/database.ts';
import { hideFromPlanner, ownedBy } from './fragments.ts';
import { foldedLabel, labelWork } from './labels.ts';
import { clockText, erasing, isKnown, knownTags, tagOf } from './list-tag.ts';
import { compareMoment, noTime, type TimeOfReference, timeOfReference } from './moments-sql.ts';
import { type Slots, statement } from './statement.ts';
import { withUnknownZones } from './unknown-zones.ts';

export type TaskSummary = components['schemas']['TaskSummary'];
export type LabelCount = components['schemas']['LabelCount'];

/** The tags that the client has: null when any will do. */
type Known = readonly string[] | null;

/** Its content is of no use when the tag is a known one. */
interface Tagged {
  readonly tag: string;
  readonly known: boolean;
}

export interface LabelPage extends Tagged {
  readonly labels: readonly LabelCount[];
  readonly partial: boolean;
  /** After which label, in lower case, the next page begins; null on the last one. */
  readonly next: string | null;
}

export interface TaskCounts {
  /** `overdueAt` is an RFC 3339 time. */
  summary(options: {
    readonly overdueAt: string | undefined;
    readonly known: Known;
  }): Promise<Tagged & { readonly summary: TaskSummary }>;
  /** At most `limit` labels after the one that is `after` in lower case, in the order of that. */
  labels(options: {
    readonly limit: number;
    readonly after: string | null;
    readonly known: Known;
  }): Promise<LabelPage>;
}

/** As far as one request counts. */
export interface CountLimits {
  /** Open tasks, and as many completed ones. */
  readonly tasks: number;
  /** How much work the labels of each may be, in the unit of `labelWork`. */
  readonly labels: number;
}

// Some 100 ms of the database's time, or half a second where no two tasks have a label in common
// (bench/README.md has the figures).
export const defaultCountLimits: CountLimits = { tasks: 50_000, labels: 5_000_000 };

/** How many labels a summary has. */
const maxSummaryLabels = 100;

const priorities = ['none', 'low', 'medium', 'high', 'urgent'] as const;

const summaryRow = z.object({
  clock: z.string(),
  open: z.int(),
  completed: z.int(),
  overdue: z.int(),
  without_due: z.int(),
  none: z.int(),
  low: z.int(),
  medium: z.int(),
  high: z.int(),
  urgent: z.int(),
  by_label: z.array(z.object({ label: z.string(), open: z.int() })),
  by_list: z.array(z.object({ list_id: z.string().nullable(), open: z.int() })),
  partial: z.boolean(),
});

const labelsRow = z.object({
  clock: z.string(),
  labels: z.array(z.object({ label: z.string(), key: z.string(), open: z.int(), total: z.int() })),
  partial: z.boolean(),
});

// Counts are far from the end of an integer, which is a number in JavaScript, too.
const count = (filter = sql.fragment`true`) => sql.fragment`count(*) FILTER (WHERE ${filter})::int4`;

type CountSlots = Slots<'owner' | 'page' | 'known' | 'maxTasks' | 'maxLabels'>;

const isCounted = (slot: CountSlots) => sql.fragment`${ownedBy(slot, 'tasks')} AND NOT ${isKnown(slot)}`;

const bigint = sql.fragment`bigint`;
const maxTasks = (slot: CountSlots) => hideFromPlanner(slot.maxTasks, bigint);
const maxLabels = (slot: CountSlots) => hideFromPlanner(slot.maxLabels, bigint);

// One more than the limit shows that there are more.
const most = (slot: CountSlots) => sql.fragment`(SELECT ${slot.maxTasks}::bigint + 1)`;

// The latest tasks that are open, or completed. Their labels are taken until they are too much
// work.
const latest = (slot: CountSlots, state: FragmentSqlToken) => sql.fragment`
  SELECT due, priority, completed, list_id, work >= ${maxLabels(slot)} AS cut,
    CASE WHEN work < ${maxLabels(slot)} THEN labels ELSE '[]' END AS labels
  FROM (
    SELECT due, priority, completed, list_id, labels,
      sum(${labelWork}) OVER (ORDER BY created_at DESC, id DESC ROWS UNBOUNDED PRECEDING) AS work
    FROM (
      SELECT due, priority, completed, list_id, labels, created_at, id
      FROM tasks
      WHERE ${isCounted(slot)} AND ${state}
      ORDER BY created_at DESC, id DESC
      LIMIT ${most(slot)}
    ) AS following
  ) AS weighed
`;
const open = sql.fragment`completed = false`;
const completed = sql.fragment`completed = true`;

const byPriority = priorities.map(
  (name) =>
    sql.fragment`${count(sql.fragment`priority = ${sql.literalValue(name)}`)} AS ${sql.identifier([name])}`,
);
const sums = ['open', 'overdue', 'without_due', ...priorities].map((name) => {
  const identifier = sql.identifier([name]);
  return sql.fragment`coalesce(sum(${identifier}), 0)::int4 AS ${identifier}`;
});

type SummarySlots = CountSlots & Slots<keyof TimeOfReference>;

// Most tasks have the same few lists of labels, so these are counted before their labels are.
const summaryOf = (slot: SummarySlots, hasUnknownZones: boolean) => sql.fragment`
  WITH counted AS MATERIALIZED (
    SELECT labels, list_id, bool_or(cut) AS cut, count(*) AS open,
      ${count(compareMoment(sql.identifier(['due']), '<', slot, hasUnknownZones))} AS overdue,
      ${count(sql.fragment`due IS NULL`)} AS without_due,
      ${sql.join(byPriority, sql.fragment`, `)}
    FROM (${latest(slot, open)}) AS latest
    GROUP BY labels, list_id
  ),
  done AS MATERIALIZED (
    SELECT count(*)::int4 AS completed
    FROM (
      SELECT true
      FROM tasks
      WHERE ${isCounted(slot)} AND ${completed}
      ORDER BY created_at DESC, id DESC
      LIMIT ${most(slot)}
    ) AS latest
  ),
  labelled AS (
    SELECT label, sum(open) AS open
    FROM counted CROSS JOIN LATERAL jsonb_array_elements_text(labels) AS item (label)
    GROUP BY label
  ),
  folded AS (
    SELECT ${foldedLabel(sql.identifier(['label']))} AS key, sum(open) AS open,
      (array_agg(label ORDER BY open DESC, label COLLATE "C"))[1] AS label
    FROM labelled
    GROUP BY key
    ORDER BY open DESC, key
    LIMIT ${sql.literalValue(String(maxSummaryLabels))}::bigint
  )
  SELECT coalesce(${clockText(slot)}, '') AS clock, ${sql.join(sums, sql.fragment`, `)},
    (SELECT completed FROM done) AS completed,
    (
      SELECT coalesce(jsonb_agg(jsonb_build_object('label', label, 'open', open) ORDER BY open DESC, key), '[]')
      FROM folded
    ) AS by_label,
    (
      SELECT coalesce(
        jsonb_agg(jsonb_build_object('list_id', list_id, 'open', open) ORDER BY position NULLS FIRST, list_id), '[]'
      )
      FROM (SELECT list_id, sum(open) AS open FROM counted GROUP BY list_id) AS listed
      LEFT JOIN (SELECT id, position FROM lists WHERE ${ownedBy(slot, 'lists')}) AS list ON list.id = list_id
    ) AS by_list,
    coalesce(bool_or(cut) OR sum(open) > ${maxTasks(slot)}, false)
      OR (SELECT completed FROM done) > ${maxTasks(slot)} AS partial
  FROM counted
`;

const getTaskSummary = statement('get_task_summary', summaryRow, (slot: SummarySlots) =>
  summaryOf(slot, false),
);
const getTaskSummaryWithUnknownZones = statement(
  'get_task_summary:unknown_zones',
  summaryRow,
  (slot: SummarySlots) => summaryOf(slot, true),
);

const tooMany = (slot: CountSlots, state: FragmentSqlToken) =>
  sql.fragment`coalesce(sum(tasks) FILTER (WHERE ${state}), 0) > ${maxTasks(slot)}`;

const listLabels = statement(
  'list_labels',
  labelsRow,
  (slot: CountSlots & Slots<'after' | 'limit'>) => sql.fragment`
    WITH counted AS MATERIALIZED (
      SELECT labels, completed, bool_or(cut) AS cut, count(*) AS tasks
      FROM ((${latest(slot, open)}) UNION ALL (${latest(slot, completed)})) AS latest
      GROUP BY labels, completed
    ),
    labelled AS (
      SELECT label, sum(tasks) AS total, coalesce(sum(tasks) FILTER (WHERE ${open}), 0) AS open
      FROM counted CROSS JOIN LATERAL jsonb_array_elements_text(labels) AS item (label)
      GROUP BY label
    ),
    folded AS (
      SELECT ${foldedLabel(sql.identifier(['label']))} AS key, sum(total) AS total, sum(open) AS open,
        (array_agg(label ORDER BY total DESC, label COLLATE "C"))[1] AS label
      FROM labelled
      GROUP BY key
    ),
    page AS (
      SELECT key, label, open, total
      FROM folded
      WHERE key > ${hideFromPlanner(slot.after, sql.fragment`text`)}
      ORDER BY key
      LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
    )
    SELECT coalesce(${clockText(slot)}, '') AS clock,
      (
        SELECT coalesce(
          jsonb_agg(jsonb_build_object('label', label, 'key', key, 'open', open, 'total', total) ORDER BY key), '[]'
        )
        FROM page
      ) AS labels,
      coalesce(bool_or(cut), false) OR ${tooMany(slot, open)} OR ${tooMany(slot, completed)} AS partial
    FROM counted
  `,
);

// What a client has of an earlier shape is not the current one.
const shapeOf = (row: z.ZodObject): string => Object.keys(row.shape).join();
const pageOf = (row: z.ZodObject, ...asked: readonly (string | number | null)[]): string =>
  `${shapeOf(row)} ${JSON.stringify(asked)}`;

const tagged = ({ clock }: { readonly clock: string }, page: string, known: Known): Tagged => {
  const tag = tagOf(clock === erasing ? '' : clock, page);
  return { tag, known: known === null || known.includes(tag) };
};

const noCounts = {
  open: 0,
  completed: 0,
  overdue: 0,
  without_due: 0,
  none: 0,
  low: 0,
  medium: 0,
  high: 0,
  urgent: 0,
};

const toSummary = (row: z.infer<typeof summaryRow>, hasTime: boolean): TaskSummary => {
  const counts = row.clock === erasing ? { ...noCounts, by_label: [], by_list: [], partial: false } : row;
  const {
    open,
    completed,
    overdue,
    without_due,
    none,
    low,
    medium,
    high,
    urgent,
    by_label,
    by_list,
    partial,
  } = counts;
  return {
    open,
    completed,
    overdue: hasTime ? overdue : null,
    without_due,
    by_priority: { none, low, medium, high, urgent },
    by_label,
    by_list,
    partial,
  };
};

/** The counts of one owner's tasks. */
export const countsOf = (
  database: Statements,
  owner: OwnerId,
  limits: CountLimits = defaultCountLimits,
): TaskCounts => {
  const values = (page: string, known: Known) => ({
    owner,
    page,
    known: knownTags(known),
    maxTasks: limits.tasks,
    maxLabels: limits.labels,
  });

  return {
    summary: async ({ overdueAt, known }) => {
      const page = pageOf(summaryRow, overdueAt ?? null);
      const time = overdueAt === undefined ? noTime : timeOfReference(overdueAt);
      const row = await withUnknownZones((hasUnknownZones) => {
        const query = hasUnknownZones ? getTaskSummaryWithUnknownZones : getTaskSummary;
        return database.one(query({ ...values(page, known), ...time }));
      });
      return { ...tagged(row, page, known), summary: toSummary(row, overdueAt !== undefined) };
    },

    labels: async ({ limit, after, known }) => {
      const page = pageOf(labelsRow, limit, after);
      const position = { after: after ?? '', limit: limit + 1 };
      const row = await database.one(listLabels({ ...values(page, known), ...position }));
      const found = row.clock === erasing ? [] : row.labels;
      const shown = found.slice(0, limit);
      return {
        ...tagged(row, page, known),
        labels: shown.map(({ key: _key, ...label }) => label),
        partial: row.clock !== erasing && row.partial,
        next: found.length > limit ? (shown.at(-1)?.key ?? null) : null,
      };
    },
  };
};
