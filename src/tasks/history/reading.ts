// Pages of the history: what is asked for becomes the values of a statement (read-statements.ts), and
// its rows a page.
import type { OwnerId } from '../../auth/principal.ts';
import type { components } from '../../contract/operation.ts';
import { problems } from '../../contract/problem.ts';
import type { Statements } from '../../postgres/database.ts';
import { type Task, taskOf, taskShape } from '../columns.ts';
import { erasing, knownTags, tagOf } from '../list-tag.ts';
import { type ChangeOfTask, listChanges, listTaskVersions, type PresentTask } from './read-statements.ts';

export type TaskVersion = components['schemas']['TaskVersion'];
export type RecordedChange = components['schemas']['RecordedChange'];

/** Which page, and the tags of those that the client has. */
export interface HistoryPageOptions {
  readonly limit: number;
  /** The number of the last change of the page before; null for the first page. */
  readonly before: bigint | null;
  /** Null if any tag will do. */
  readonly known: readonly string[] | null;
}

export interface HistoryPage<Item> {
  readonly tag: string;
  /** Then there are no items. */
  readonly known: boolean;
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly next: bigint | null;
}

/** Each throws a Problem if no history is kept. */
export interface HistoryReading {
  /** What was changed, the newest first. */
  recordedChanges(options: HistoryPageOptions): Promise<HistoryPage<RecordedChange>>;
  /** The versions of a task, the newest first. Null if there is no such task and no deletion of one is remembered. */
  versions(id: string, options: HistoryPageOptions): Promise<HistoryPage<TaskVersion> | null>;
}

/** Above all numbers. */
const end = 2n ** 63n - 1n;

const hour = 60 * 60 * 1000;

// What is forgotten changes no clock: so a page has another tag each hour.
const pageText = (historyDays: number, ...asked: readonly unknown[]): string =>
  `${taskShape} ${JSON.stringify(['history', historyDays, Math.floor(Date.now() / hour), ...asked])}`;

const textOf = (number: bigint | null): string | null => (number === null ? null : String(number));

interface Reading {
  readonly owner: OwnerId;
  readonly historyDays: number;
}

const changesPage = async (
  database: Statements,
  { owner, historyDays }: Reading,
  { limit, before, known }: HistoryPageOptions,
): Promise<HistoryPage<RecordedChange>> => {
  const page = pageText(historyDays, 'changes', limit, textOf(before));
  const rows = await database.any(
    // One more than asked for shows whether there is a next page.
    listChanges({
      owner,
      page,
      known: knownTags(known),
      before: before ?? end,
      limit: limit + 1,
      historyDays,
    }),
  );
  let clock = '';
  const found: { readonly number: bigint; readonly item: RecordedChange }[] = [];
  for (const row of rows) {
    if (row.clock !== null) {
      clock = row.clock;
      continue;
    }
    const { change, at, operation, client_id, count, undoes, undone_by, items } = row;
    const item = {
      change: String(change),
      at,
      operation,
      client_id,
      count,
      undoes: textOf(undoes),
      undone_by: textOf(undone_by),
      items,
    };
    found.push({ number: change, item });
  }
  if (clock === erasing) return { tag: tagOf('', page), known: false, items: [], next: null };
  const tag = tagOf(clock, page);
  const shown = found.slice(0, limit);
  return {
    tag,
    known: known === null || known.includes(tag),
    items: shown.map(({ item }) => item),
    next: found.length > limit ? (shown.at(-1)?.number ?? null) : null,
  };
};

interface Version {
  readonly number: bigint;
  /** Null if the change deleted the task. */
  readonly task: Task | null;
}

// What a change has found, if the task was there before.
const formerOf = (change: ChangeOfTask): Version[] =>
  change.former_seq === null
    ? []
    : [{ number: change.former_seq, task: change.kind === 'former' ? taskOf(change) : null }];

const itemOf = ({ task }: Version, made: ChangeOfTask | undefined): TaskVersion[] => {
  const state = task === null ? { deleted: true } : { deleted: false, task };
  if (made !== undefined) {
    const { change, at, operation, client_id } = made;
    return [{ change: String(change), at, operation, client_id, ...state }];
  }
  // A deletion has no time of its own.
  if (task === null) return [];
  return [{ change: null, at: task.updated_at, operation: null, client_id: null, ...state }];
};

interface Walk {
  readonly present: PresentTask | undefined;
  /** The newest first. */
  readonly changes: readonly ChangeOfTask[];
  readonly limit: number;
  readonly isContinued: boolean;
}

/** The versions that the changes have made and found, and the number of the last one if there are more. */
const versionsIn = ({ present, changes, limit, isContinued }: Walk) => {
  const [newest] = changes;
  const first = (): Version[] => {
    if (present !== undefined) return [{ number: present.change_seq, task: taskOf(present) }];
    return newest === undefined ? [] : [{ number: newest.change_seq, task: null }];
  };
  const versions = [...(isContinued ? [] : first()), ...changes.flatMap(formerOf)];
  // Each is made by the change after the one that has found it.
  const makers = isContinued ? changes.slice(1) : changes;
  // What has made the last one is for the next page, or is forgotten.
  const whole = changes.at(-1)?.is_last ? versions.slice(0, makers.length) : versions;
  const shown = whole.slice(0, limit);
  return {
    items: shown.flatMap((version, index) => itemOf(version, makers[index])),
    next: versions.length > shown.length ? (shown.at(-1)?.number ?? null) : null,
  };
};

const versionsPage = async (
  database: Statements,
  { owner, historyDays }: Reading,
  id: string,
  { limit, before, known }: HistoryPageOptions,
): Promise<HistoryPage<TaskVersion> | null> => {
  const page = pageText(historyDays, 'versions', id.toLowerCase(), limit, textOf(before));
  const rows = await database.any(
    // One more shows whether there is a next page, and another one who made it.
    listTaskVersions({ owner, id, page, known: knownTags(known), before, limit: limit + 2, historyDays }),
  );
  const clock = rows.find((row) => row.kind === 'clock');
  if (!clock?.found || clock.clock === erasing) return null;
  const present = rows.find((row) => row.kind === 'present');
  const changes = rows.filter((row) => row.kind === 'former' || row.kind === 'creation');
  const tag = tagOf(clock.clock, page);
  const isKnown = known === null || known.includes(tag);
  const empty = { items: [], next: null };
  const walk = { present, changes, limit, isContinued: before !== null };
  return { tag, known: isKnown, ...(isKnown ? empty : versionsIn(walk)) };
};

/** The history of one owner, to be read. */
export const readingOf = (
  database: Statements,
  owner: OwnerId,
  { historyDays }: Pick<Reading, 'historyDays'>,
): HistoryReading => {
  const whileKept = async <Page>(read: () => Promise<Page>): Promise<Page> => {
    if (historyDays === 0) throw problems.historyOff();
    return read();
  };
  return {
    recordedChanges: (options) => whileKept(() => changesPage(database, { owner, historyDays }, options)),
    versions: (id, options) => whileKept(() => versionsPage(database, { owner, historyDays }, id, options)),
  };
};
