// The SQL of lists: one statement for each kind of page, which reads the owner's clock for the
// entity tag and the tasks in one snapshot. What a page costs is bounded, whatever is asked for:
// where a filter has no index, the statement passes over so many tasks and so much text, and the
// page ends there, short or empty, with the place to go on from.
import { type FragmentSqlToken, type IdentifierSqlToken, type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { bytesOfTexts, nullColumns, type Task, taskColumns, taskOf, taskRow, taskShape } from './columns.ts';
import { hideFromPlanner, ownedBy } from './fragments.ts';
import { clockText, erasing, isKnown, knownTags, tagOf } from './list-tag.ts';
import { type Keyset, keyOf, keysetOf, orderOf, type TaskSort } from './sorts.ts';
import { type Slots, statement, type Value } from './statement.ts';

export interface ListOptions {
  readonly completed: boolean | undefined;
  readonly q: string | undefined;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly after: Keyset | undefined;
  /** What is asked for, as a text that no other page shares. */
  readonly page: string;
  /** The tags of pages that need not be read again; null when any page needs not. */
  readonly known: readonly string[] | null;
}

/** A page of a list; `tasks` is empty when its tag is a known one. */
export interface ListPage {
  /**
   * Made of the owner's clock, of what is asked for and of what a task looks like: 32 hexadecimal
   * digits.
   */
  readonly tag: string;
  readonly known: boolean;
  /** As many as `limit`, or fewer. */
  readonly tasks: readonly Task[];
  /** Where the next page begins; null on the last one. */
  readonly next: Keyset | null;
}

export interface TaskLists {
  list(options: ListOptions): Promise<ListPage>;
}

/**
 * What one page may pass over: bytes of text, and so many more for each task. That is some 20 ms of
 * the database's time, whatever the texts are (bench/README.md has the figures), and up to 5,000
 * tasks.
 */
const maxWork = sql.fragment`2000000`;
const taskWork = sql.fragment`400`;

/**
 * How long a page with a filter may take on its connection, in milliseconds: many times what it
 * needs.
 */
const filterTimeout = 3000;

// The owner's clock, nothing when the owner has none yet; or a task that was passed over: whether
// it is part of the list, and whether the page may go no further.
const clockRow = z.object({ clock: z.string(), id: z.null() });
const listedRow = z.union([taskRow, clockRow]);
const passedRow = z.union([taskRow.extend({ found: z.boolean(), ends: z.boolean() }), clockRow]);

type ListSlots = Slots<'owner' | 'page' | 'known' | 'completed' | 'text' | 'key' | 'id' | 'limit'>;

/** What is asked of a list decides about its statement's text, and its values do not. */
interface Variant {
  readonly sort: TaskSort;
  readonly byCompleted: boolean;
  readonly byText: boolean;
  readonly isContinued: boolean;
  readonly isConditional: boolean;
}

// Whether tasks must be passed over one by one: there is no index for texts, and one for
// `completed` by `created_at` only.
const passesOver = ({ sort, byCompleted, byText }: Variant): boolean =>
  byText || (byCompleted && keyOf(sort) !== 'created_at');

// Both texts in lower case, and compared as bytes, which in UTF-8 find characters and nothing else:
// Postgres' search for bytes takes linear time, while LIKE and strpos compare a periodic text again
// and again. Greek writes its sigma in another way at the end of a word.
const folded = (text: FragmentSqlToken | IdentifierSqlToken) => sql.fragment`
  convert_to(replace(lower(${text} COLLATE task_search), 'ς', 'σ'), 'UTF8')
`;
const searched = ['title', 'description'] as const;
const contains = (name: (typeof searched)[number], { text }: Slots<'text'>) => sql.fragment`
  coalesce(position((SELECT ${folded(sql.fragment`${text}::text`)}) IN ${folded(sql.identifier([name]))}) > 0, false)
`;

const isCompleted = (slot: ListSlots) =>
  sql.fragment`completed = ${hideFromPlanner(slot.completed, sql.fragment`boolean`)}`;

// Which of the owner's tasks an index has in the order of a list, from where the page begins.
const inOrder = (slot: ListSlots, { sort, byCompleted, isContinued, isConditional }: Variant) => {
  const { order, after } = orderOf(sort);
  const where = [ownedBy(slot, 'tasks')];
  if (byCompleted && keyOf(sort) === 'created_at') where.push(isCompleted(slot));
  if (isContinued) where.push(after(slot));
  // While the tag is a known one, the tasks are not even looked at.
  if (isConditional) where.push(sql.fragment`NOT ${isKnown(slot)}`);
  return { order, where: sql.join(where, sql.fragment` AND `) };
};

const tasksInOrder = (slot: ListSlots, variant: Variant) => {
  const { where, order } = inOrder(slot, variant);
  return sql.fragment`
    SELECT NULL, ${taskColumns}
    FROM tasks
    WHERE ${where}
    ORDER BY ${order}
    LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
  `;
};

// The tasks that the filters let through, and the last one that the page may look at. The work is
// added up in the order of the list, before any text is read; reading ends where the limit is
// reached.
const tasksPassedOver = (slot: ListSlots, variant: Variant) => {
  const { where, order } = inOrder(slot, variant);
  const { byText, byCompleted, sort } = variant;
  const filters = [];
  if (byCompleted && keyOf(sort) !== 'created_at') filters.push(isCompleted(slot));
  if (byText) {
    const found = searched.map((name) => contains(name, slot));
    filters.push(sql.fragment`(${sql.join(found, sql.fragment` OR `)})`);
  }
  return sql.fragment`
    SELECT NULL, ${taskColumns}, found, ends
    FROM (
      SELECT ${taskColumns}, ${sql.join(filters, sql.fragment` AND `)} AS found, done >= ${maxWork} AS ends
      FROM (
        SELECT ${taskColumns}, work, sum(work) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) AS done
        FROM (
          SELECT ${taskColumns}, ${taskWork} + ${byText ? bytesOfTexts(searched) : sql.fragment`0`} AS work
          FROM tasks
          WHERE ${where}
          ORDER BY ${order}
          LIMIT (SELECT ${maxWork} / ${taskWork})
        ) AS following
      ) AS weighed
      WHERE done - work < ${maxWork}
    ) AS passed
    WHERE found OR ends
    ORDER BY ${order}
    LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
  `;
};

// The first row is the clock; `more` are the columns beyond a task's.
const afterClock = (slot: ListSlots, variant: Variant, tasks: FragmentSqlToken, more: readonly string[]) => {
  const columns = more.map((name) => sql.identifier([name]));
  const none = columns.map((column) => sql.fragment`NULL AS ${column}`);
  return sql.fragment`
    SELECT clock, ${sql.join([taskColumns, ...columns], sql.fragment`, `)}
    FROM (
      SELECT coalesce(${clockText(slot)}, '') AS clock, ${sql.join([nullColumns(), ...none], sql.fragment`, `)}
      UNION ALL
      (${tasks})
    ) AS page
    ORDER BY clock NULLS LAST, ${orderOf(variant.sort).order}
  `;
};

const nameOf = ({ sort, byCompleted, byText, isContinued, isConditional }: Variant): string => {
  let name = `list_tasks:${sort}`;
  if (byCompleted) name += ':completed';
  if (byText) name += ':q';
  if (isContinued) name += ':after';
  if (isConditional) name += ':known';
  return name;
};

type ListStatement = (
  values: Readonly<Record<keyof ListSlots, Value>>,
) => QuerySqlToken<z.ZodType<z.infer<typeof listedRow> | z.infer<typeof passedRow>>>;

const statements = new Map<string, ListStatement>();

const statementFor = (variant: Variant): ListStatement => {
  const name = nameOf(variant);
  const known = statements.get(name);
  if (known !== undefined) return known;
  const made: ListStatement = passesOver(variant)
    ? statement(name, passedRow, (slot: ListSlots) =>
        afterClock(slot, variant, tasksPassedOver(slot, variant), ['found', 'ends']),
      )
    : statement(name, listedRow, (slot: ListSlots) =>
        afterClock(slot, variant, tasksInOrder(slot, variant), []),
      );
  statements.set(name, made);
  return made;
};

/** The lists of one owner. */
export const listsOf = (database: Statements, owner: OwnerId): TaskLists => ({
  list: async ({ completed, q, sort, limit, after, page: asked, known }) => {
    const page = `${taskShape} ${asked}`;
    const variant = {
      sort,
      byCompleted: completed !== undefined,
      byText: q !== undefined,
      isContinued: after !== undefined,
      isConditional: known === null || known.length > 0,
    };
    const query = statementFor(variant)({
      owner,
      page,
      // One more than asked for shows whether there is a next page.
      limit: limit + 1,
      known: knownTags(known),
      completed: completed ?? null,
      text: q ?? null,
      key: after?.key ?? null,
      id: after?.id ?? null,
    });
    const rows = await database.any(query, passesOver(variant) ? filterTimeout : undefined);
    let clock = '';
    const tasks: Task[] = [];
    let last: Task | undefined;
    for (const row of rows) {
      if (row.id === null) clock = row.clock;
      else if (!('found' in row)) tasks.push(row);
      else {
        if (row.found) tasks.push(taskOf(row));
        if (row.ends) last = row;
      }
    }
    if (tasks.length > limit) {
      tasks.length = limit;
      last = tasks.at(-1);
    }
    if (clock === erasing) {
      tasks.length = 0;
      [clock, last] = ['', undefined];
    }
    const tag = tagOf(clock, page);
    return {
      tag,
      known: known === null || known.includes(tag),
      tasks,
      next: last === undefined ? null : keysetOf(sort, last),
    };
  },
});
