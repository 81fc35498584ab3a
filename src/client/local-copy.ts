// What a replica knows, and what the user can do with it without the server: the copy that the feed
// has filled, the edits on top of it, and the conflicts between the two.
import {
  contentOf,
  type Edit,
  followed,
  isDone,
  isForgotten,
  isFrozen,
  newKey,
  type Refused,
  type Sequel,
  type Task,
  type TaskCreate,
  unsent,
  withChanges,
  withEdit,
  withSequel,
} from './edit.ts';

/**
 * All that a replica knows, as JSON. Tasks and edits go by id; a task that was never sent has an id
 * of its own.
 */
export interface ReplicaState {
  /** Whose tasks these are; null until the server was first asked. */
  readonly owner: string | null;
  /** When this was so, in milliseconds. */
  readonly at: number;
  /** The change token up to which `tasks` has been read. */
  readonly since: string | null;
  /** What the feed has reported. */
  readonly tasks: Readonly<Record<string, Task>>;
  /** The responses to edits since the last complete pull: the task, or null when it was deleted. */
  readonly confirmed: Readonly<Record<string, Task | null>>;
  readonly edits: Readonly<Record<string, Edit>>;
  /** The ids that tasks have now, by those they had before they were sent. */
  readonly ids: Readonly<Record<string, string>>;
}

/**
 * An edit of a task that another client has changed, or deleted (`theirs` is null), since the edit
 * began. Or a creation (`theirs` is null) of unknown outcome, and which the server can no longer be
 * asked about because it remembers keys
 * for 24 hours: look whether the task is there before taking `mine`, which sends it again.
 */
export interface Conflict {
  readonly id: string;
  readonly mine: Edit;
  readonly theirs: Task | null;
}

/**
 * An edit that was refused when it was last sent: by the service, with its problem document, or by
 * something in between (`problem` is null).
 */
export interface Refusal extends Refused {
  readonly id: string;
  readonly mine: Edit;
}

/** The state while it is in use. */
export interface LocalCopy {
  owner: string | null;
  since: string | null;
  tasks: Map<string, Task>;
  readonly confirmed: Map<string, Task | null>;
  readonly edits: Map<string, Edit>;
  readonly ids: Map<string, string>;
  /** The number of the latest sending of any edit. */
  attempts: number;
}

/**
 * `isSavedBefore`: whether the state was saved before each edit went out, so that it knows of
 * everything sent.
 */
export const copyFrom = (saved: ReplicaState | undefined, isSavedBefore: boolean): LocalCopy => {
  const edits = new Map(Object.entries(saved?.edits ?? {}));
  let attempts = 0;
  for (const [id, edit] of edits) {
    attempts = Math.max(attempts, edit.attempt ?? 0);
    // Perhaps it was sent after the state was taken. Other edits have If-Match.
    if (saved !== undefined && !isSavedBefore && edit.kind === 'create') {
      edits.set(id, { ...edit, sent: edit.sent ?? saved.at });
    }
  }
  return {
    owner: saved?.owner ?? null,
    since: saved?.since ?? null,
    tasks: new Map(Object.entries(saved?.tasks ?? {})),
    confirmed: new Map(Object.entries(saved?.confirmed ?? {})),
    edits,
    ids: new Map(Object.entries(saved?.ids ?? {})),
    attempts,
  };
};

export const stateOf = ({ owner, since, tasks, confirmed, edits, ids }: LocalCopy): ReplicaState => ({
  owner,
  at: Date.now(),
  since,
  tasks: Object.fromEntries(tasks),
  confirmed: Object.fromEntries(confirmed),
  edits: Object.fromEntries(edits),
  ids: Object.fromEntries(ids),
});

/** The id of a task now, by any that it had before. */
export const idOf = ({ ids }: LocalCopy, named: string): string => {
  let id = named;
  for (let now = ids.get(id); now !== undefined; now = ids.get(id)) id = now;
  return id;
};

/** The server's task, as far as the feed or a response has it. */
export const known = ({ confirmed, tasks }: LocalCopy, id: string): Task | undefined => {
  const [response, read] = [confirmed.get(id), tasks.get(id)];
  if (response === undefined || (response && read && read.version > response.version)) return read;
  return response ?? undefined;
};

const shown = (copy: LocalCopy, id: string): Task | TaskCreate | undefined => {
  const edit = copy.edits.get(id);
  return edit === undefined ? known(copy, id) : withEdit(edit, known(copy, id));
};

/** The tasks as the user should see them. */
export const view = (copy: LocalCopy): Map<string, Task | TaskCreate> => {
  const { tasks, confirmed, edits } = copy;
  const all = new Map<string, Task | TaskCreate>();
  for (const id of [...tasks.keys(), ...confirmed.keys(), ...edits.keys()]) {
    const task = shown(copy, id);
    if (task !== undefined) all.set(id, task);
  }
  return all;
};

export const conflictOf = (copy: LocalCopy, id: string, mine: Edit): Conflict | null => {
  if (mine.kind === 'create') {
    return mine.sent !== undefined && isForgotten(mine.sent) ? { id, mine, theirs: null } : null;
  }
  if (mine.sent !== undefined) return null;
  const theirs = known(copy, id) ?? null;
  return theirs?.version === mine.base.version ? null : { id, mine, theirs };
};

export const conflicts = (copy: LocalCopy): Conflict[] =>
  [...copy.edits].flatMap(([id, edit]) => conflictOf(copy, id, edit) ?? []);

/** An edit that is in a conflict as well is only there. */
export const refusals = (copy: LocalCopy): Refusal[] =>
  [...copy.edits].flatMap(([id, mine]) =>
    mine.refused && conflictOf(copy, id, mine) === null ? [{ id, mine, ...mine.refused }] : [],
  );

/** Puts an edit in the place of the one before; null takes it away. */
export const keep = ({ edits }: LocalCopy, id: string, edit: Edit | null): void => {
  if (edit === null) edits.delete(id);
  else edits.set(id, edit);
};

/** As it will be sent: the caller may go on changing theirs. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Notes a new task. Throws a RangeError when it has the id of another task. */
export const noteCreation = (copy: LocalCopy, given: TaskCreate): string => {
  const task = copyOf(given);
  const id = task.id?.toLowerCase() ?? newKey();
  if (copy.edits.has(id) || known(copy, id) !== undefined) throw new RangeError(`a task ${id} exists`);
  copy.edits.set(id, { kind: 'create', key: newKey(), task });
  return id;
};

/** Notes what the user does to a task. Throws a RangeError when there is no such task. */
export const note = (copy: LocalCopy, named: string, given: Sequel): void => {
  const [id, sequel] = [idOf(copy, named), copyOf(given)];
  if (shown(copy, id) === undefined) throw new RangeError(`no task ${named}`);
  if (sequel.kind === 'update' && Object.keys(sequel.changes).length === 0) return;
  const [edit, base] = [copy.edits.get(id), known(copy, id)];
  if (edit === undefined) {
    if (base !== undefined) copy.edits.set(id, { ...sequel, key: newKey(), base });
  } else keep(copy, id, isFrozen(edit) ? withSequel(edit, sequel) : followed(edit, sequel));
};

/** Gives an edit up. */
export const drop = (copy: LocalCopy, named: string): void => {
  copy.edits.delete(idOf(copy, named));
};

/** Ends a conflict, or a refusal. */
export const resolve = (copy: LocalCopy, named: string, winner: 'mine' | 'theirs'): void => {
  const id = idOf(copy, named);
  const edit = copy.edits.get(id);
  const conflict = edit && conflictOf(copy, id, edit);
  if (winner === 'theirs') {
    if (conflict || edit?.refused) copy.edits.delete(id);
    return;
  }
  // A refused edit is sent again in any case.
  if (!conflict) return;
  const { theirs } = conflict;
  const mine = unsent(conflict.mine);
  copy.edits.delete(id);
  if (mine === null) return;
  if (mine.kind === 'create') copy.edits.set(id, mine);
  else if (theirs !== null) copy.edits.set(id, { ...mine, base: theirs });
  else if (mine.kind === 'update') {
    copy.edits.set(id, {
      kind: 'create',
      key: newKey(),
      task: contentOf(withChanges(mine.base, mine.changes)),
    });
  }
};

/** Takes the response to an edit: the task as the server has it, or null when it is gone. */
export const confirm = (copy: LocalCopy, id: string, sent: Edit, task: Task | null): void => {
  const edit = copy.edits.get(id);
  // Another edit may stand there, if the user gave this one up meanwhile.
  const isThere = edit?.key === sent.key;
  const now = task?.id ?? id;
  if (isThere) copy.edits.delete(id);
  // The response to a repetition is the one of then: a task that a pull has shown may have been
  // edited since.
  const latest = known(copy, now);
  const isOutdated =
    task !== null &&
    (copy.confirmed.get(now) === null || (latest !== undefined && latest.version > task.version));
  if (!isOutdated) copy.confirmed.set(now, task);
  if (now !== id) copy.ids.set(id, now);
  const sequel = isThere ? edit.sequel : undefined;
  if (sequel === undefined || task === null) return;
  // What was confirmed on top of this very version are edits of our own, so there is nothing to
  // overwrite.
  const base = latest !== undefined && copy.tasks.get(now)?.version === task.version ? latest : task;
  if (!copy.edits.has(now)) copy.edits.set(now, { ...sequel, key: newKey(), base });
  else if (shown(copy, now) !== undefined) note(copy, now, sequel);
};

/** Takes what the feed has read to its end, having begun after every response so far. */
export const settle = (copy: LocalCopy, tasks: Map<string, Task>, since: string): void => {
  copy.tasks = tasks;
  copy.since = since;
  // The feed has reported these, or what became of them.
  copy.confirmed.clear();
  const { edits, ids } = copy;
  for (const [id, edit] of edits) {
    if (edit.sent === undefined && isDone(edit, tasks.get(id))) edits.delete(id);
  }
  for (const [id, now] of ids) if (!tasks.has(now) && !edits.has(now) && !ids.has(now)) ids.delete(id);
};
