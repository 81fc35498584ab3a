// Pages of lists: what is asked for becomes the values of a statement (list-statements.ts), and its
// rows a page.
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { type Task, taskOf, taskShape } from './columns.ts';
import { completedOf, type Filters, filtersIn, valuesOfFilters } from './filters.ts';
import { firstId, lastId } from './fragments.ts';
import { hasIndexByCompleted, type ListRow, statementFor } from './list-statements.ts';
import { erasing, knownTags, tagOf } from './list-tag.ts';
import {
  isDescending,
  type Keyset,
  keyOf,
  keysetOf,
  narrowBy,
  partsOf,
  startOf,
  type TaskSort,
} from './sorts.ts';
import { withUnknownZones } from './unknown-zones.ts';

export interface ListOptions {
  readonly filters: Filters;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly after: Keyset | undefined;
  /** What is asked for, as a text that no other page shares. */
  readonly page: string;
  /** The tags of the pages that the client has; null if any will do. */
  readonly known: readonly string[] | null;
}

/** A page of a list; `tasks` is empty when its tag is a known one. */
export interface ListPage {
  /**
   * A hash of the owner's clock, of the request and of the columns of a task: 32 hexadecimal digits.
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
 * How long a page that passes over tasks may take on its connection, in milliseconds: many times
 * what it needs.
 */
const filterTimeout = 3000;

/**
 * Where a page begins, in the parts of a list that has two, and which of them can hold anything.
 */
const beginningOf = ({ sort, filters, after }: ListOptions) => {
  const parts = partsOf(sort);
  const first = isDescending(sort) ? lastId : firstId;
  if (parts === null) {
    const { key, id } = after ?? { key: startOf(sort), id: first };
    return { key, id, end: null, wantsValues: true, wantsValueless: true, idAfter: first };
  }
  const { withValues, valueless } = parts.wanted(filters);
  const [lowest, highest] = parts.range(filters);
  const [begin, end] = isDescending(sort) ? [highest, lowest] : [lowest, highest];
  const isInValueless = after !== undefined && parts.isKey(after.key);
  const keyset = after === undefined || isInValueless ? { key: begin, id: first } : after;
  const isPast = after !== undefined && !isInValueless && !parts.isValuelessLast;
  return {
    ...keyset,
    end,
    wantsValues: withValues && !(isInValueless && parts.isValuelessLast),
    wantsValueless: valueless && !isPast,
    idAfter: isInValueless ? after.id : first,
  };
};

const variantOf = ({ sort, filters, after, known }: ListOptions) => {
  const narrow = narrowBy(sort, filters);
  const byCompleted = completedOf(filters) !== undefined && hasIndexByCompleted(sort, narrow);
  const inIndex = [
    ...(byCompleted ? ['completed'] : []),
    ...(narrow === null ? [] : [narrow]),
    ...(keyOf(sort) === 'due' ? ['due_from', 'due_to', 'has_due'] : []),
  ];
  return {
    sort,
    byCompleted,
    narrow,
    isFiltered: filtersIn(filters).some(([name]) => !inIndex.includes(name)),
    isContinued: (after !== undefined || startOf(sort) !== null) && partsOf(sort) === null,
    isConditional: known === null || known.length > 0,
  };
};

/** The clock of a page's rows, its tasks, and the last one that was looked at. */
const read = (rows: readonly ListRow[]) => {
  let clock = '';
  let last: Task | undefined;
  const tasks: Task[] = [];
  for (const row of rows) {
    if (row.id === null) clock = row.clock;
    else {
      const task = taskOf(row);
      if (row.found) tasks.push(task);
      if (row.ends) last = task;
    }
  }
  return { clock, tasks, last };
};

/** The lists of one owner. */
export const listsOf = (database: Statements, owner: OwnerId): TaskLists => ({
  list: async (options) => {
    const { filters, sort, limit, page: asked, known } = options;
    const page = `${taskShape} ${asked}`;
    const variant = variantOf(options);
    const values = {
      owner,
      page,
      // One more than asked for shows whether there is a next page.
      limit: limit + 1,
      known: knownTags(known),
      ...beginningOf(options),
      ...valuesOfFilters(filters),
    };
    const isBounded = variant.isFiltered || partsOf(sort) !== null;
    const rows = await withUnknownZones((hasUnknownZones) =>
      database.any(
        statementFor({ ...variant, hasUnknownZones })(values),
        isBounded ? filterTimeout : undefined,
      ),
    );
    const { clock, tasks, last } = read(rows);
    if (clock === erasing) return { tag: tagOf('', page), known: false, tasks: [], next: null };
    const isCut = tasks.length > limit;
    if (isCut) tasks.length = limit;
    const end = isCut ? tasks.at(-1) : last;
    const tag = tagOf(clock, page);
    return {
      tag,
      known: known === null || known.includes(tag),
      tasks,
      next: end === undefined ? null : keysetOf(sort, end),
    };
  },
});
