// A local copy of one user's tasks for a client: it follows the change feed, starts again when its
// change token is too old, and never writes over an edit that has not been sent. It needs nothing
// but a way to send requests, and keeps what it knows in a plain object that can be stored.
//
// Four rules hold it together. Only the feed writes the copy: the response to an edit lies on top
// of it until a pull that began later is complete. Pull and push take turns, so nothing read before
// an edit arrives after it. An edit that was sent stays as it is until its outcome is known; before
// a pull reads, it asks for what is not. And edits are sent in the order of their latest sending,
// so none of them, whatever becomes of it, keeps the others from being sent.
import type { TaskChanges } from '../../generated/clients/typescript/types.ts';
import {
  type Edit,
  isFrozen,
  outgoing,
  refusedEdit,
  type Task,
  type TaskCreate,
  type TaskUpdate,
  unsent,
} from './edit.ts';
import {
  type Conflict,
  confirm,
  conflictOf,
  conflicts,
  copyFrom,
  drop,
  idOf,
  keep,
  type LocalCopy,
  note,
  noteCreation,
  type Refusal,
  type ReplicaState,
  refusals,
  resolve,
  settle,
  stateOf,
  view,
} from './local-copy.ts';
import { isForLater, type Problem, SyncError, type SyncRequest, serviceProblem } from './request.ts';
import { createSerializer } from './serializer.ts';

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

export interface Replica {
  /** The tasks as the user should see them: the server's, with the unsent edits on top. */
  tasks(): ReadonlyMap<string, Task | TaskCreate>;
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
  /**
   * The id in `tasks()` of a task that went by `id` before it was sent; `id` itself for every
   * other.
   */
  idOf(id: string): string;
  /** Notes changes of a task. Throws a RangeError when there is no such task. */
  update(id: string, changes: TaskUpdate): void;
  /** Notes the deletion of a task. Throws a RangeError when there is no such task. */
  delete(id: string): void;
  /**
   * Ends a conflict: `mine` sends the edit after all, on top of what the others did; `theirs` drops
   * it. Of a refused edit, `theirs` drops it and `mine` changes nothing: it is sent again in any
   * case.
   */
  resolve(id: string, winner: 'mine' | 'theirs'): void;
  /**
   * Gives up the edit of a task, whatever has become of it. If it was sent, the server may have
   * carried it out: then the next pull shows that.
   */
  drop(id: string): void;
  /**
   * Reads what has changed until after the call, having repeated the edits whose responses were
   * lost. Throws a SyncError; what was read until then is kept.
   */
  pull(): Promise<void>;
  /**
   * Sends the edits that were noted before the call and are in no conflict. An edit that meets a
   * newer version becomes a conflict; one that is refused stays, is among those returned, and stops
   * no other. Throws a SyncError when the server cannot be asked; nothing is lost then, and the
   * next push begins with the other edits.
   */
  push(): Promise<{ readonly id: string; readonly status: number }[]>;
  state(): ReplicaState;
}

/**
 * How many of the edits that were refused before a push sends again, those first that have waited
 * longest.
 */
const maxAgain = 10;

const SUCCESS = { create: 201, update: 200, delete: 204 } as const;

const failure = (status: number, body: unknown) =>
  status === 404 && serviceProblem(status, body)
    ? new SyncError(404, 'the server responded with 404: is the token that of the user whose copy this is?')
    : new SyncError(status);

interface Connection {
  /** Asks below the owner by name, so that the server refuses another user's token with 404. */
  readonly ask: SyncRequest;
  /** Throws a SyncError unless the service itself can be reached, with a token of the owner. */
  readonly assertReached: () => Promise<void>;
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
    const { status, body } = await reach('GET', 'session');
    const user = (body as { user_id?: unknown } | null | undefined)?.user_id;
    if (status !== 200 || typeof user !== 'string') throw new SyncError(status);
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

const apply = (page: TaskChanges, to: Map<string, Task>) => {
  for (const change of page.items) {
    if (change.type === 'deleted') to.delete(change.id);
    // A later version of the API may have more kinds.
    else if (change.type === 'task') to.set(change.task.id, change.task);
  }
};

/** Reads the feed to its end. */
const readFeed = async (copy: LocalCopy, { ask }: Connection): Promise<void> => {
  let position = copy.since;
  // Starting again, a second copy is filled aside: the first is shown until the second is whole.
  let tasks = position === null ? new Map<string, Task>() : copy.tasks;
  for (let restarts = 0; ; ) {
    const query = position === null ? '' : `&since=${encodeURIComponent(position)}`;
    const { status, body } = await ask('GET', `task-changes?limit=500${query}`);
    // 410: what was deleted since may be forgotten. 400: not a change token of this server.
    const isStale = (status === 410 || status === 400) && serviceProblem(status, body) !== undefined;
    if (isStale && position !== null && restarts < 3) {
      restarts += 1;
      position = null;
      tasks = new Map();
      continue;
    }
    const page = body as TaskChanges | null | undefined;
    if (status !== 200 || !Array.isArray(page?.items)) throw failure(status, body);
    apply(page, tasks);
    position = page.next_since;
    if (tasks === copy.tasks) copy.since = position;
    if (!page.has_more) break;
  }
  settle(copy, tasks, position);
};

const send = ({ ask }: Connection, id: string, edit: Edit) => {
  if (edit.kind === 'create') {
    return ask('POST', 'tasks', { headers: { 'Idempotency-Key': edit.key }, body: edit.task });
  }
  const headers = { 'Idempotency-Key': edit.key, 'If-Match': `"${edit.base.version}"` };
  return edit.kind === 'update'
    ? ask('PATCH', `tasks/${id}`, { headers, body: edit.changes })
    : ask('DELETE', `tasks/${id}`, { headers });
};

/**
 * The task of a response to an edit, null for a deletion, or undefined when it is not the service's
 * success.
 */
const taskOf = (id: string, { kind }: Edit, status: number, body: unknown): Task | null | undefined => {
  if (status !== SUCCESS[kind]) return undefined;
  if (kind === 'delete') return null;
  const task = body as Partial<Task> | null | undefined;
  const isTask = typeof task?.id === 'string' && typeof task.version === 'number';
  return isTask && (kind === 'create' || task.id === id) ? (task as Task) : undefined;
};

/** What became of an edit: `outdated` means that the feed has to say. */
type Outcome = 'confirmed' | 'outdated' | 'refused';

/** Takes the service's refusal of an edit: nothing has happened. */
const takeProblem = (copy: LocalCopy, id: string, edit: Edit, status: number, problem: Problem): Outcome => {
  const isReused = problem.type.endsWith('/idempotency-key-reused');
  if (edit.kind === 'create') {
    if (status === 404) throw failure(status, problem);
    if (isReused) {
      // Something else went out under this key: an older state, or what the edit was before it was
      // rewritten. What became of it cannot be known.
      const { refused: _refused, ...rest } = edit;
      copy.edits.set(id, { ...rest, sent: 0 });
      return 'outdated';
    }
  } else if (status === 404 || status === 412 || isReused) {
    keep(copy, id, unsent(edit));
    return 'outdated';
  }
  keep(copy, id, refusedEdit(edit, status, problem));
  return 'refused';
};

/**
 * Sends one edit and takes the response. Throws a SyncError when nothing is known and nothing else
 * would get through; the edit is then frozen.
 */
const sendEdit = async (
  copy: LocalCopy,
  connection: Connection,
  assertReached: () => Promise<void>,
  id: string,
  edit: Edit,
): Promise<{ outcome: Outcome; status: number }> => {
  const { status, body } = await send(connection, id, edit);
  const task = taskOf(id, edit, status, body);
  if (task !== undefined) {
    confirm(copy, id, edit, task);
    return { outcome: 'confirmed', status };
  }
  const problem = serviceProblem(status, body);
  if (isForLater(status, problem)) throw new SyncError(status);
  // Not the service's word. Whether it is about this edit or about everything, a harmless question
  // shows.
  if (problem === undefined) await assertReached();
  const now = copy.edits.get(id);
  // The user may have given it up meanwhile; or gone on, and then it has a sequel.
  if (now?.key !== edit.key) return { outcome: 'confirmed', status };
  if (problem !== undefined) return { outcome: takeProblem(copy, id, now, status, problem), status };
  keep(copy, id, refusedEdit(now, status, null));
  return { outcome: 'refused', status };
};

/**
 * The edit to be sent next: the one whose latest sending was the earliest, and those before it that
 * never were.
 */
const nextOf = (
  copy: LocalCopy,
  isWanted: (id: string, edit: Edit) => boolean,
): [string, Edit] | undefined => {
  let next: [string, Edit] | undefined;
  for (const [id, edit] of copy.edits) {
    if (next !== undefined && (edit.attempt ?? 0) >= (next[1].attempt ?? 0)) continue;
    if (isWanted(id, edit) && conflictOf(copy, id, edit) === null) next = [id, edit];
  }
  return next;
};

/** Sends the edits that `which` picks, and what follows them; returns those that were refused. */
const sendEdits = async (
  copy: LocalCopy,
  connection: Connection,
  save: () => Promise<unknown>,
  which: (edit: Edit) => boolean,
) => {
  const refused: { id: string; status: number }[] = [];
  const over = new Set<string>();
  let outdated = false;
  let again = 0;
  let isReached = false;
  const assertReached = async () => {
    if (!isReached) await connection.assertReached();
    isReached = true;
  };
  const isWanted = (id: string, edit: Edit) =>
    which(edit) && !over.has(id) && (edit.refused === undefined || again < maxAgain);
  // It comes to what is added meanwhile, too.
  for (let next = nextOf(copy, isWanted); next !== undefined; next = nextOf(copy, isWanted)) {
    const [id, before] = next;
    copy.attempts += 1;
    const edit = outgoing(before, copy.attempts);
    copy.edits.set(id, edit);
    if (before.refused !== undefined) again += 1;
    await save();
    try {
      const { outcome, status } = await sendEdit(copy, connection, assertReached, id, edit);
      if (outcome === 'refused') refused.push({ id, status });
      if (outcome !== 'confirmed') over.add(id);
      // The response to a repetition may be the one of then: what is so now, the feed reports.
      outdated ||= outcome === 'outdated' || (outcome === 'confirmed' && before.sent !== undefined);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      throw new SyncError(error.status, error.message, { cause: error.cause, id });
    }
  }
  return { refused, outdated };
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

  return {
    tasks: () => view(copy),
    conflicts: () => conflicts(copy),
    refusals: () => refusals(copy),
    create: (task) => noteCreation(copy, task),
    idOf: (id) => idOf(copy, id),
    update: (id, changes) => note(copy, id, { kind: 'update', changes }),
    delete: (id) => note(copy, id, { kind: 'delete' }),
    resolve: (id, winner) => resolve(copy, id, winner),
    drop: (id) => drop(copy, id),
    pull: turn(
      thenSaved(async () => {
        try {
          await sendEdits(copy, connection, saveNow, isFrozen);
        } catch (error) {
          // An edit that fails, however it does, must not keep others from being read.
          if (!(error instanceof SyncError)) throw error;
        }
        await readFeed(copy, connection);
      }),
    ),
    push: turn(
      thenSaved(async () => {
        const { refused, outdated } = await sendEdits(copy, connection, saveNow, () => true);
        // Another client was faster: what it did turns these edits into conflicts.
        if (outdated) await readFeed(copy, connection);
        return refused;
      }),
    ),
    state: () => stateOf(copy),
  };
};
