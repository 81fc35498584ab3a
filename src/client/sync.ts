// A local copy of one user's tasks and lists for a client: it follows the change feed, starts again
// when its change token is too old, and never writes over an edit that has not been sent. It needs
// nothing but a way to send requests, and keeps what it knows in a plain object that can be stored.
//
// Four rules hold it together. Only the feed writes the copy: the response to an edit lies on top
// of it until a pull that began later is complete. Pull and push take turns, so nothing read before
// an edit arrives after it. An edit that was sent stays as it is until its outcome is known; before
// a pull reads, it asks for what is not. And edits are sent in the order in which they were noted, but
// one that fails by itself is put behind the others, so it does not keep them from being sent.
import type { TaskChanges } from '../../generated/clients/typescript/types.ts';
import {
  contentOf,
  listContentOf,
  newKey,
  type OnDelete,
  type Step,
  type Task,
  type TaskCreate,
  type TaskList,
  type TaskListCreate,
  type TaskListUpdate,
  type TaskUpdate,
} from './edit.ts';
import { followReplica, type ReplicaFollowOptions } from './follow-replica.ts';
import {
  type Conflict,
  conflicts,
  copyFrom,
  idOf,
  type LocalCopy,
  note,
  noteCreation,
  type Refusal,
  type ReplicaState,
  refusals,
  resolve,
  settle,
  shown,
  stateOf,
} from './local-copy.ts';
import { SyncError, type SyncRequest, serviceProblem } from './request.ts';
import { type Connection, failure, newProgress, sendEdits } from './send.ts';
import { createSerializer } from './serializer.ts';
import {
  forgetPlaces,
  forgetPlacesNextTo,
  listsOf,
  type NewList,
  type NewTask,
  tasksOf,
  withPresentIds,
} from './view.ts';

export interface ReplicaOptions {
  /**
   * Stores a state in place of the one before. It is awaited before each edit goes out, and at the
   * end of each pull and push, so that a program that dies knows afterwards what it may have sent.
   * It must not wait for this replica's own pull or push; when it throws, nothing is sent and they
   * throw the same. Without it, every creation in a `saved` state counts as sent when the state was
   * taken.
   */
  readonly save?: (state: ReplicaState) => Promise<unknown> | unknown;
}

/** How often a push sends edits again that have met a newer version. */
const maxRounds = 4;

export interface Replica {
  /**
   * The tasks as the user should see them: the server's, with the unsent edits on top. Their manual
   * order is that of `position`, and of what was moved and not sent yet, too.
   */
  tasks(): ReadonlyMap<string, Task | NewTask>;
  /** The lists, in the same way. */
  lists(): ReadonlyMap<string, TaskList | NewList>;
  /**
   * How many tasks and lists have an edit that the server has not confirmed; 0 when all that the user
   * did has arrived. Conflicts and refused edits count.
   */
  pending(): number;
  /** Edits that `push` leaves alone until `resolve` decides. */
  conflicts(): Conflict[];
  /**
   * Edits that were refused when they were last sent. Each push tries again, after all others;
   * `update` and `delete` rewrite such an edit, `drop` gives it up.
   */
  refusals(): Refusal[];
  /**
   * Notes a new task, and returns the id it goes by until it has been sent. That id is understood
   * afterwards, too. With an `id` of its own it goes by that one for ever; a RangeError when it is
   * the id of another task.
   */
  create(task: TaskCreate): string;
  /** Notes a new list, and returns its id. A RangeError when it is the id of another list. */
  createList(list: TaskListCreate): string;
  /**
   * The id in `tasks()` of a task that went by `id` before it was sent; `id` itself for every
   * other.
   */
  idOf(id: string): string;
  /**
   * Notes changes of a task. Throws a RangeError when there is no such task. `completed: true` of a
   * recurring task is `complete`.
   */
  update(id: string, changes: TaskUpdate): void;
  /** Notes changes of a list. Throws a RangeError when there is no such list. */
  updateList(id: string, changes: TaskListUpdate): void;
  /**
   * Notes the completion of a task. Of a recurring one, the server creates the next one, which the
   * push reads; `completed_on` is then the user's day, today on this device when absent. Throws a
   * RangeError when there is no such task.
   */
  complete(id: string, completion?: { readonly completed_on?: string | undefined }): void;
  /**
   * Notes the deletion of a task; `children` is what happens to its subtasks. Throws a RangeError
   * when there is no such task, or when it has subtasks and `children` is absent.
   */
  delete(id: string, options?: { readonly children?: OnDelete | undefined }): void;
  /**
   * Notes the deletion of a list; `tasks` is what happens to the tasks in it. Throws a RangeError
   * when there is no such list, or when tasks are in it and `tasks` is absent.
   */
  deleteList(id: string, options?: { readonly tasks?: OnDelete | undefined }): void;
  /**
   * Ends a conflict: `mine` sends the edit after all, on top of what the others did; `theirs` drops
   * it. Of a refused edit, `theirs` drops it and `mine` changes nothing: it is sent again in any
   * case. If the task or list was deleted, `mine` creates it again; the completed task of a series
   * then without `recurrence`.
   */
  resolve(id: string, winner: 'mine' | 'theirs'): void;
  /**
   * Gives up the edit of a task or list, whatever has become of it. If it was sent, the server may
   * have carried it out: then the next pull shows that.
   */
  drop(id: string): void;
  /**
   * Reads what has changed until after the call, having repeated the edits whose responses were
   * lost. Throws a SyncError; what was read until then is kept.
   */
  pull(): Promise<void>;
  /**
   * Sends the edits that were noted before the call and are in no conflict. An edit that meets a
   * newer version is sent again in the same push if the change by others is in no conflict with it, a
   * few times, and becomes a conflict otherwise; one that is refused stays, is among those returned,
   * and stops no other. Throws a SyncError when the server cannot be asked; nothing is lost then.
   * What `pending` counts afterwards has not arrived.
   */
  push(): Promise<{ readonly id: string; readonly status: number }[]>;
  /**
   * Pulls, pushes what is pending, and then does so after each change, a moment after it happens. It
   * does not end by itself: it rejects with the signal's reason, with a SyncError that trying again
   * cannot change (401, 403, 404, 422), and with what `save` throws. After a lost connection, 429 or
   * 5xx, it tries again. Edits that are noted while it waits are sent when the wait ends, or by `push`.
   */
  follow(options: ReplicaFollowOptions): Promise<never>;
  state(): ReplicaState;
}

const createConnection = (request: SyncRequest, copy: LocalCopy): Connection => {
  const reach: SyncRequest = async (...args) => {
    try {
      return await request(...args);
    } catch (cause) {
      throw new SyncError(null, 'the server did not respond', { cause });
    }
  };
  const assertReached = async () => {
    const { status, body, headers } = await reach('GET', 'session');
    const user = (body as { user_id?: unknown } | null | undefined)?.user_id;
    if (status !== 200 || typeof user !== 'string') throw new SyncError(status, undefined, { headers });
    copy.owner ??= user;
    if (copy.owner !== user) throw new SyncError(404, 'the token is not that of the user whose copy this is');
  };
  return {
    ask: async (method, path, options) => {
      if (copy.owner === null) await assertReached();
      return reach(method, `users/${encodeURIComponent(copy.owner ?? '')}/${path}`, options);
    },
    assertReached,
  };
};

interface Read {
  readonly tasks: Map<string, Task>;
  readonly lists: Map<string, TaskList>;
}

const apply = (page: TaskChanges, { tasks, lists }: Read) => {
  for (const change of page.items) {
    if (change.type === 'deleted') tasks.delete(change.id);
    else if (change.type === 'list_deleted') lists.delete(change.id);
    else if (change.type === 'list') lists.set(change.list.id, change.list);
    // A later version of the API may have more kinds.
    else if (change.type === 'task') tasks.set(change.task.id, change.task);
  }
};

/** Reads the feed to its end. */
const readFeed = async (copy: LocalCopy, { ask }: Connection): Promise<void> => {
  let position = copy.since;
  const empty = (): Read => ({ tasks: new Map(), lists: new Map() });
  // Starting again, a second copy is filled aside: the first is shown until the second is whole.
  let read: Read = position === null ? empty() : { tasks: copy.tasks.items, lists: copy.lists.items };
  for (let restarts = 0; ; ) {
    const query = position === null ? '' : `&since=${encodeURIComponent(position)}`;
    const { status, body, headers } = await ask('GET', `task-changes?limit=500${query}`);
    // 410: what was deleted since may be forgotten. 400: not a change token of this server.
    const isStale = (status === 410 || status === 400) && serviceProblem(status, body) !== undefined;
    if (isStale && position !== null && restarts < 3) {
      restarts += 1;
      position = null;
      read = empty();
      continue;
    }
    const page = body as TaskChanges | null | undefined;
    if (status !== 200 || !Array.isArray(page?.items)) throw failure(status, body, headers);
    apply(page, read);
    position = page.next_since;
    if (read.tasks === copy.tasks.items) copy.since = position;
    if (!page.has_more) break;
  }
  copy.since = position;
  settle(copy.tasks, read.tasks);
  settle(copy.lists, read.lists);
  forgetPlaces(copy);
};

/** The day on this device. */
const today = (): string => {
  const now = new Date();
  const digits = (value: number, length = 2) => String(value).padStart(length, '0');
  return [digits(now.getFullYear(), 4), digits(now.getMonth() + 1), digits(now.getDate())].join('-');
};

const noteCompletion = ({ tasks }: LocalCopy, id: string, completed_on = today()): void => {
  const task = shown(tasks, idOf(tasks, id));
  // The day matters for the next occurrence only.
  const step: Step<TaskUpdate> =
    task?.recurrence && !task.completed
      ? { kind: 'complete', completed_on }
      : { kind: 'update', changes: { completed: true } };
  note(tasks, id, step);
};

const noteUpdate = (copy: LocalCopy, id: string, given: TaskUpdate): void => {
  const { completed, ...rest } = withPresentIds(copy, given);
  if (completed !== true) {
    note(copy.tasks, id, { kind: 'update', changes: { ...rest, ...(completed === false && { completed }) } });
    return;
  }
  note(copy.tasks, id, { kind: 'update', changes: rest });
  noteCompletion(copy, id);
};

const deletion = (contents: OnDelete | undefined) =>
  ({ kind: 'delete', ...(contents && { contents }) }) as const;

const noteDeletion = (copy: LocalCopy, named: string, children: OnDelete | undefined): void => {
  const id = idOf(copy.tasks, named);
  const isParent =
    children === undefined && [...tasksOf(copy).values()].some((task) => task.parent_id === id);
  if (isParent) throw new RangeError(`${named} has subtasks: children must be delete or detach`);
  note(copy.tasks, id, deletion(children));
  forgetPlacesNextTo(copy.tasks, id);
};

const noteListDeletion = (copy: LocalCopy, id: string, tasks: OnDelete | undefined): void => {
  const isFull = tasks === undefined && [...tasksOf(copy).values()].some((task) => task.list_id === id);
  if (isFull) throw new RangeError(`${id} has tasks: tasks must be delete or detach`);
  note(copy.lists, id, deletion(tasks));
  forgetPlacesNextTo(copy.lists, id);
};

/** A task without what it was part of, as far as that is gone. */
const recreated = ({ tasks, lists }: LocalCopy, task: Task): TaskCreate => {
  const { list_id, parent_id, ...content } = contentOf(task);
  return {
    ...content,
    list_id: list_id && shown(lists, list_id) ? list_id : null,
    parent_id: parent_id && shown(tasks, parent_id) ? parent_id : null,
  };
};

const end = (copy: LocalCopy, named: string, winner: 'mine' | 'theirs'): void => {
  const id = idOf(copy.tasks, named);
  if (copy.tasks.edits.has(id)) resolve(copy.tasks, id, winner, (task) => recreated(copy, task));
  else resolve(copy.lists, id, winner, listContentOf);
  forgetPlacesNextTo(copy.tasks, id);
  forgetPlacesNextTo(copy.lists, id);
};

const drop = ({ tasks, lists }: LocalCopy, named: string): void => {
  const id = idOf(tasks, named);
  if (tasks.edits.delete(id)) forgetPlacesNextTo(tasks, id);
  else if (lists.edits.delete(named)) forgetPlacesNextTo(lists, named);
};

/** A replica that sends by `request` and begins with `saved`, or with nothing. */
export const createReplica = (
  request: SyncRequest,
  saved?: ReplicaState,
  { save }: ReplicaOptions = {},
): Replica => {
  const copy = copyFrom(saved, save !== undefined);
  const connection = createConnection(request, copy);
  const saveNow = async () => save?.(stateOf(copy));
  const turn = createSerializer();
  const thenSaved =
    <T>(work: () => Promise<T>) =>
    async () => {
      try {
        return await work();
      } finally {
        await saveNow();
      }
    };
  const pull = turn(
    thenSaved(async () => {
      try {
        await sendEdits(copy, connection, saveNow, 'frozen');
      } catch (error) {
        // An edit that fails, however it does, must not keep others from being read.
        if (!(error instanceof SyncError)) throw error;
      }
      await readFeed(copy, connection);
    }),
  );
  const push = turn(
    thenSaved(async () => {
      const progress = newProgress();
      for (let round = 0; round < maxRounds; round += 1) {
        const { isOutdated, hasEffects } = await sendEdits(copy, connection, saveNow, 'all', progress);
        // What else has happened, by others or with these edits, only the feed has.
        if (hasEffects) await readFeed(copy, connection);
        // What others did may be in no conflict with the edit that it was newer than.
        if (!isOutdated) break;
      }
      return progress.refused;
    }),
  );
  const pending = () => copy.tasks.edits.size + copy.lists.edits.size;
  const position = () => copy.since;
  const hasUnsent = () => pending() > conflicts(copy).length + refusals(copy).length;

  return {
    tasks: () => tasksOf(copy),
    lists: () => listsOf(copy),
    pending,
    conflicts: () => conflicts(copy),
    refusals: () => refusals(copy),
    create: (task) => noteCreation(copy.tasks, withPresentIds(copy, task)),
    createList: (list) => noteCreation(copy.lists, { id: newKey(), ...list }),
    idOf: (id) => idOf(copy.tasks, id),
    update: (id, changes) => noteUpdate(copy, id, changes),
    updateList: (id, changes) => note(copy.lists, id, { kind: 'update', changes }),
    complete: (id, completion) => noteCompletion(copy, id, completion?.completed_on),
    delete: (id, options) => noteDeletion(copy, id, options?.children),
    deleteList: (id, options) => noteListDeletion(copy, id, options?.tasks),
    resolve: (id, winner) => end(copy, id, winner),
    drop: (id) => drop(copy, id),
    pull,
    push,
    follow: (options) => followReplica(connection, { position, hasUnsent, pull, push }, options),
    state: () => stateOf(copy),
  };
};
