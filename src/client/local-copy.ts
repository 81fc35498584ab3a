// What a replica knows, and what the user can do with it without the server: the copy that the feed
// has filled, the edits on top of it, and the conflicts between the two.
import {
  type Changes,
  type Content,
  type Edit,
  type EditOf,
  type Entity,
  followed,
  isCompatible,
  isForgotten,
  isFrozen,
  type ListEdit,
  newKey,
  outgoing,
  type Place,
  type Refused,
  type Step,
  stepsOf,
  type Task,
  type TaskCreate,
  type TaskList,
  type TaskListCreate,
  type TaskListUpdate,
  type TaskUpdate,
  undone,
  unsent,
  withEdit,
  withSequel,
  withSteps,
} from './edit.ts';

/** What a replica knows of the tasks, or of the lists, by id. */
export interface CollectionState<I, N, C> {
  /** What the feed has reported. */
  readonly items: Readonly<Record<string, I>>;
  /** The responses to edits since the last complete pull: the item, or null when it was deleted. */
  readonly confirmed: Readonly<Record<string, I | null>>;
  readonly edits: Readonly<Record<string, EditOf<I, N, C>>>;
}

/**
 * All that a replica knows, as JSON. Tasks and edits go by id; a task that was never sent has an id
 * of its own.
 */
export interface ReplicaState {
  /** Whose tasks these are; null until the server was first asked. */
  readonly owner: string | null;
  /** When this was so, in milliseconds. */
  readonly at: number;
  /** The change token up to which `tasks` and `lists` have been read. */
  readonly since: string | null;
  /** The tasks that the feed has reported. */
  readonly tasks: Readonly<Record<string, Task>>;
  /** The responses to edits of tasks since the last complete pull. */
  readonly confirmed: Readonly<Record<string, Task | null>>;
  readonly edits: Readonly<Record<string, Edit>>;
  /** The ids that tasks have now, by those they had before they were sent. */
  readonly ids: Readonly<Record<string, string>>;
  /** Absent in the state of a version that had no lists: it is then read anew. */
  readonly lists?: CollectionState<TaskList, TaskListCreate, TaskListUpdate>;
}

/**
 * An edit of a task or list that another client has changed, or deleted (`theirs` is null), since the
 * edit began. Or a creation (`theirs` is null) of unknown outcome, and which the server can no longer
 * be asked about because it remembers keys for 24 hours: look whether the task is there before taking
 * `mine`, which sends it again.
 */
export type Conflict =
  | { readonly type: 'task'; readonly id: string; readonly mine: Edit; readonly theirs: Task | null }
  | { readonly type: 'list'; readonly id: string; readonly mine: ListEdit; readonly theirs: TaskList | null };

/**
 * An edit that was refused when it was last sent: by the service, with its problem document, or by
 * something in between (`problem` is null).
 */
export type Refusal = Refused & { readonly id: string } & (
    | { readonly type: 'task'; readonly mine: Edit }
    | { readonly type: 'list'; readonly mine: ListEdit }
  );

/** The tasks, or the lists. */
export interface Collection<I, N, C> {
  items: Map<string, I>;
  readonly confirmed: Map<string, I | null>;
  readonly edits: Map<string, EditOf<I, N, C>>;
  readonly ids: Map<string, string>;
}

export type Tasks = Collection<Task, TaskCreate, TaskUpdate>;
export type Lists = Collection<TaskList, TaskListCreate, TaskListUpdate>;

export interface LocalCopy {
  owner: string | null;
  since: string | null;
  readonly tasks: Tasks;
  readonly lists: Lists;
  /** The number of the latest failure of any edit. */
  attempts: number;
}

/** An edit as a version without lists has saved it, as this version does. */
const current = <I, N, C>(saved: EditOf<I, N, C>): EditOf<I, N, C> => {
  const { task, sequel, ...edit }: { readonly task?: unknown; readonly sequel?: unknown } = saved;
  const now: unknown = {
    ...edit,
    ...(task !== undefined && { content: task }),
    ...(sequel !== undefined && { sequel: Array.isArray(sequel) ? sequel : [sequel] }),
  };
  return now as EditOf<I, N, C>;
};

const collectionFrom = <I, N, C>(
  saved: CollectionState<I, N, C>,
  ids: Readonly<Record<string, string>>,
  sentBy: number | undefined,
): Collection<I, N, C> => ({
  items: new Map(Object.entries(saved.items)),
  confirmed: new Map(Object.entries(saved.confirmed)),
  edits: new Map(
    Object.entries(saved.edits).map(([id, before]) => {
      const edit = current(before);
      // Perhaps it was sent after the state was taken. Other edits have If-Match.
      const isUnknown = sentBy !== undefined && edit.kind === 'create' && edit.sent === undefined;
      return [id, isUnknown ? { ...edit, sent: sentBy } : edit];
    }),
  ),
  ids: new Map(Object.entries(ids)),
});

const nothing = { items: {}, confirmed: {}, edits: {} };

/**
 * `isSavedBefore`: whether the state was saved before each edit went out, so that it knows of
 * everything sent.
 */
export const copyFrom = (saved: ReplicaState | undefined, isSavedBefore: boolean): LocalCopy => {
  const { tasks: items = {}, confirmed = {}, edits = {}, ids = {}, lists = nothing } = saved ?? {};
  const sentBy = isSavedBefore ? undefined : saved?.at;
  const copy: LocalCopy = {
    owner: saved?.owner ?? null,
    since: (saved?.lists && saved.since) ?? null,
    tasks: collectionFrom({ items, confirmed, edits }, ids, sentBy),
    lists: collectionFrom(lists, {}, sentBy),
    attempts: 0,
  };
  for (const { attempt = 0 } of [...copy.tasks.edits.values(), ...copy.lists.edits.values()]) {
    copy.attempts = Math.max(copy.attempts, attempt);
  }
  return copy;
};

const collectionState = <I, N, C>({ items, confirmed, edits }: Collection<I, N, C>) => ({
  items: Object.fromEntries(items),
  confirmed: Object.fromEntries(confirmed),
  edits: Object.fromEntries(edits),
});

export const stateOf = ({ owner, since, tasks, lists }: LocalCopy): ReplicaState => {
  const { items, confirmed, edits } = collectionState(tasks);
  const ids = Object.fromEntries(tasks.ids);
  return { owner, at: Date.now(), since, tasks: items, confirmed, edits, ids, lists: collectionState(lists) };
};

/** The id of a task now, by any that it had before. */
export const idOf = ({ ids }: Pick<Tasks, 'ids'>, named: string): string => {
  let id = named;
  for (let now = ids.get(id); now !== undefined; now = ids.get(id)) id = now;
  return id;
};

/** The server's item, as far as the feed or a response has it. */
export const known = <I extends Entity, N, C>(
  { confirmed, items }: Collection<I, N, C>,
  id: string,
): I | undefined => {
  const [response, read] = [confirmed.get(id), items.get(id)];
  if (response === undefined || (response && read && read.version > response.version)) return read;
  return response ?? undefined;
};

/** The item with its edit on top. */
export const shown = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
): I | Omit<N, 'place'> | undefined => {
  const edit = collection.edits.get(id);
  return edit === undefined ? known(collection, id) : withEdit(edit, known(collection, id));
};

/** What another client has done to an item since the edit began; undefined if nothing. */
export const theirsOf = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
  mine: EditOf<I, N, C>,
): I | null | undefined => {
  if (mine.kind === 'create') return mine.sent !== undefined && isForgotten(mine.sent) ? null : undefined;
  if (mine.sent !== undefined) return undefined;
  const theirs = known(collection, id) ?? null;
  return theirs?.version === mine.base.version ? undefined : theirs;
};

export const conflicts = ({ tasks, lists }: LocalCopy): Conflict[] => [
  ...[...lists.edits].flatMap(([id, mine]): Conflict[] => {
    const theirs = theirsOf(lists, id, mine);
    return theirs === undefined ? [] : [{ type: 'list', id, mine, theirs }];
  }),
  ...[...tasks.edits].flatMap(([id, mine]): Conflict[] => {
    const theirs = theirsOf(tasks, id, mine);
    return theirs === undefined ? [] : [{ type: 'task', id, mine, theirs }];
  }),
];

/** An edit that is in a conflict as well is only there. */
export const refusals = ({ tasks, lists }: LocalCopy): Refusal[] => [
  ...[...lists.edits].flatMap(([id, mine]): Refusal[] =>
    mine.refused && theirsOf(lists, id, mine) === undefined
      ? [{ type: 'list', id, mine, ...mine.refused }]
      : [],
  ),
  ...[...tasks.edits].flatMap(([id, mine]): Refusal[] =>
    mine.refused && theirsOf(tasks, id, mine) === undefined
      ? [{ type: 'task', id, mine, ...mine.refused }]
      : [],
  ),
];

/** Puts an edit in the place of the one before; null takes it away. */
export const keep = <I, N, C>(
  { edits }: Collection<I, N, C>,
  id: string,
  edit: EditOf<I, N, C> | null,
): void => {
  if (edit === null) edits.delete(id);
  else edits.set(id, edit);
};

/** As it will be sent: the caller may go on changing theirs. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Notes a new item under its id. Throws a RangeError when it has the id of another one. */
export const noteCreation = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  given: N,
): string => {
  const content = copyOf(given);
  const id = content.id?.toLowerCase() ?? newKey();
  if (collection.edits.has(id) || known(collection, id) !== undefined) throw new RangeError(`${id} exists`);
  collection.edits.set(id, { kind: 'create', key: newKey(), content });
  return id;
};

const hasPlace = <C extends Changes>(step: Step<C>) => step.kind === 'update' && step.changes.place;

/** Notes what the user does to an item. Throws a RangeError when there is no such item. */
export const note = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  named: string,
  given: Step<C>,
): void => {
  const [id, step] = [idOf(collection, named), copyOf(given)];
  const { edits } = collection;
  const [edit, base] = [edits.get(id), known(collection, id)];
  // A deletion that was refused can be rewritten.
  const isAgain = step.kind === 'delete' && edit?.refused !== undefined;
  if (shown(collection, id) === undefined && !isAgain) throw new RangeError(`there is no ${named}`);
  if (step.kind === 'update' && Object.keys(step.changes).length === 0) return;
  // What is moved later is moved after the others.
  if (edit !== undefined && hasPlace(step)) edits.delete(id);
  if (edit === undefined) {
    if (base !== undefined) edits.set(id, { ...step, key: newKey(), base });
  } else keep(collection, id, isFrozen(edit) ? withSequel(edit, step) : followed(edit, step));
};

/** Ends a conflict, or a refusal; `contentOf` is what a user writes of an item. */
export const resolve = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
  winner: 'mine' | 'theirs',
  contentOf: (item: I) => N,
): void => {
  const { edits } = collection;
  const edit = edits.get(id);
  if (edit === undefined) return;
  const theirs = theirsOf(collection, id, edit);
  if (winner === 'theirs') {
    if (theirs !== undefined || edit.refused) edits.delete(id);
    return;
  }
  // A refused edit is sent again in any case.
  if (theirs === undefined) return;
  const mine = unsent(edit);
  edits.delete(id);
  if (mine === null) return;
  if (mine.kind === 'create') edits.set(id, mine);
  else if (theirs !== null) edits.set(id, { ...mine, base: theirs });
  else {
    const item = withSteps(mine.base, stepsOf(mine));
    if (item !== undefined) edits.set(id, { kind: 'create', key: newKey(), content: contentOf(item) });
  }
};

/** Takes the response to an edit: the item as the server has it, or null when it is gone. */
export const confirm = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
  sent: EditOf<I, N, C>,
  item: I | null,
): void => {
  const { edits, confirmed, items, ids } = collection;
  const edit = edits.get(id);
  // Another edit may stand there, if the user gave this one up meanwhile.
  const isThere = edit?.key === sent.key;
  const now = item?.id ?? id;
  if (isThere) edits.delete(id);
  // The response to a repetition is the one of then: an item that a pull has shown may have been
  // edited since.
  const latest = known(collection, now);
  const isOutdated =
    item !== null && (confirmed.get(now) === null || (latest !== undefined && latest.version > item.version));
  if (!isOutdated) confirmed.set(now, item);
  if (now !== id) ids.set(id, now);
  const [first, ...sequel] = (isThere && edit.sequel) || [];
  if (first === undefined || item === null) return;
  // What was confirmed on top of this very version are edits of our own, so there is nothing to
  // overwrite.
  const base = latest !== undefined && items.get(now)?.version === item.version ? latest : item;
  if (!edits.has(now))
    edits.set(now, { ...first, key: newKey(), base, ...(sequel.length > 0 && { sequel }) });
  else if (shown(collection, now) !== undefined) {
    for (const step of [first, ...sequel]) note(collection, now, step);
  }
};

/** Freezes an edit, and returns it. */
export const freeze = <I, N, C>(
  { edits }: Collection<I, N, C>,
  id: string,
  before: EditOf<I, N, C>,
): EditOf<I, N, C> => {
  const edit = outgoing(before);
  edits.set(id, edit);
  return edit;
};

/** Counts a sending that had no outcome. The edit keeps its place. */
export const noteLoss = <I, N, C>({ edits }: Collection<I, N, C>, id: string, losses: number): void => {
  const edit = edits.get(id);
  if (edit !== undefined) edits.set(id, { ...edit, losses });
};

/** Puts an edit that failed behind all others. */
export const putLast = <I, N, C>(copy: LocalCopy, { edits }: Collection<I, N, C>, id: string): void => {
  const before = edits.get(id);
  if (before === undefined) return;
  const { losses: _losses, ...edit } = before;
  copy.attempts += 1;
  edits.set(id, { ...edit, attempt: copy.attempts });
};

/** Takes the items that the feed has read to its end, having begun after every response so far. */
export const settle = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  items: Map<string, I>,
): void => {
  collection.items = items;
  // The feed has reported these, or what became of them.
  collection.confirmed.clear();
  const { edits, ids } = collection;
  for (const [id, edit] of edits) {
    if (edit.sent !== undefined) continue;
    const item = items.get(id);
    const left = undone(edit, item);
    const isInTheWay =
      left === null ||
      left.kind === 'create' ||
      item === undefined ||
      !isCompatible(stepsOf(left), left.base, item);
    keep(collection, id, isInTheWay ? left : { ...left, base: item });
  }
  for (const [id, now] of ids) if (!items.has(now) && !edits.has(now) && !ids.has(now)) ids.delete(id);
};

/** The places of the edits, in the order in which the user chose them. A new item comes last. */
export const placesOf = <I, N extends Content, C extends Changes>(
  edits: ReadonlyMap<string, EditOf<I, N, C>>,
): readonly (readonly [string, Place])[] =>
  [...edits].flatMap(([id, edit]) => [
    ...(edit.kind === 'create' ? [[id, edit.content.place ?? { last: true }] as const] : []),
    ...stepsOf(edit).flatMap((step) => {
      const place = hasPlace(step);
      return place ? [[id, place] as const] : [];
    }),
  ]);
