// A local copy of one user's tasks for a client: it follows the change feed, starts again when its token is too old, and
// never writes over an edit that has not been sent. It needs nothing but a way to send requests, and keeps what it knows
// in a plain object that can be stored.
//
// Three rules hold it together. Only the feed writes the copy: what an edit is answered lies on top of it until a pull
// that began later is complete. Pull and push take turns, so nothing read before an edit arrives after it. And an edit
// that was sent stays as it is until its outcome is known; before a pull reads, it asks for what is not.
import type { components } from '../../generated/openapi.d.ts';

export type Task = components['schemas']['Task'];
export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskUpdate = components['schemas']['TaskUpdate'];
type TaskChanges = components['schemas']['TaskChanges'];

/**
 * Sends a request to a path below `/api/v1/` (`session`, `users/{id}/tasks`). It answers whatever the status is, and
 * rejects only when there is no answer. It should not wait for one for ever: everything else waits behind it.
 */
export type SyncRequest = (
  method: string,
  path: string,
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** What is to follow an edit whose outcome is not known yet. */
type Sequel = { readonly kind: 'update'; readonly changes: TaskUpdate } | { readonly kind: 'delete' };

/**
 * An edit that the server has not confirmed. `base` is the task as it was when the edit began. Once `sent` (when, in
 * milliseconds; 0 for who knows when), it stays as it is and is repeated under the same `key` until its outcome is
 * known, so it cannot happen twice; what the user does meanwhile waits in `sequel`.
 */
export type Edit = { readonly key: string; readonly sent?: number; readonly sequel?: Sequel } & (
  | { readonly kind: 'create'; readonly task: TaskCreate }
  | { readonly kind: 'update'; readonly base: Task; readonly changes: TaskUpdate }
  | { readonly kind: 'delete'; readonly base: Task }
);

/** All that a replica knows, as JSON. Tasks and edits go by id; a task that was never sent has an id of its own. */
export interface ReplicaState {
  /** Whose tasks these are; null until the server was first asked. */
  readonly owner: string | null;
  /** When this was so, in milliseconds. */
  readonly at: number;
  /** The change token up to which `tasks` has been read. */
  readonly since: string | null;
  /** What the feed has told. */
  readonly tasks: Readonly<Record<string, Task>>;
  /** What edits were answered since the last complete pull: the task, or null when it was deleted. */
  readonly confirmed: Readonly<Record<string, Task | null>>;
  readonly edits: Readonly<Record<string, Edit>>;
  /** The ids that tasks have now, by those they had before they were sent. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface ReplicaOptions {
  /**
   * Stores a state in place of the one before. It is awaited before each edit goes out, and at the end of each pull and
   * push, so that a program that dies knows afterwards what it may have sent. It must not wait for this replica's own
   * pull or push; when it throws, nothing is sent and they throw the same. Without it, every creation in a `saved` state
   * counts as sent when the state was taken.
   */
  readonly save?: (state: ReplicaState) => Promise<unknown> | unknown;
}

/**
 * An edit of a task that somebody else has changed, or deleted (`theirs` is null), since the edit began. Or a creation
 * (`theirs` is null) whose answer was lost, and which the server can no longer be asked about because it remembers keys
 * for 24 hours: look whether the task is there before taking `mine`, which sends it again.
 */
export interface Conflict {
  readonly id: string;
  readonly mine: Edit;
  readonly theirs: Task | null;
}

export interface Replica {
  /** The tasks as the user should see them: the server's, with the unsent edits on top. */
  tasks(): ReadonlyMap<string, Task | TaskCreate>;
  /** Edits that `push` leaves alone until `resolve` decides. */
  conflicts(): Conflict[];
  /** Notes a new task, and answers the id it goes by until it has been sent. That id is understood afterwards, too. */
  create(task: TaskCreate): string;
  /** The id in `tasks()` of a task that went by `id` before it was sent; `id` itself for every other. */
  idOf(id: string): string;
  /** Notes changes of a task. Throws a RangeError when there is no such task. */
  update(id: string, changes: TaskUpdate): void;
  /** Notes the deletion of a task. Throws a RangeError when there is no such task. */
  delete(id: string): void;
  /** Ends a conflict: `mine` sends the edit after all, on top of what the others did; `theirs` drops it. */
  resolve(id: string, winner: 'mine' | 'theirs'): void;
  /**
   * Reads what has changed until after the call, having repeated the edits whose answers were lost. Throws a SyncError;
   * what was read until then is kept.
   */
  pull(): Promise<void>;
  /**
   * Sends the edits that were noted before the call and are in no conflict. An edit that meets a newer version becomes a
   * conflict; one that the server refuses stays and is among those answered. Throws a SyncError when the server cannot
   * be asked; nothing is lost then.
   */
  push(): Promise<{ readonly id: string; readonly status: number }[]>;
  state(): ReplicaState;
}

/** The server did not answer, or answered with a status that the replica can do nothing about. */
export class SyncError extends Error {
  /** Null when there was no answer; `cause` tells why. */
  readonly status: number | null;
  constructor(status: number | null, message = `the server answered ${status}`, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SyncError';
    this.status = status;
  }
}

/** What is not JSON comes from somebody in between, and its status says enough. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A SyncRequest over fetch; `token` is asked for with each request. It waits half a minute for an answer. */
export const fetchRequest =
  (api: string, token: () => string | Promise<string>, send: typeof fetch = fetch): SyncRequest =>
  async (method, path, { headers, body } = {}) => {
    const response = await send(`${api}/api/v1/${path}`, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${await token()}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parsed(text) };
  };

const newKey = () => crypto.randomUUID();

/** As it will be sent: the caller may go on changing theirs. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Whether the server may have forgotten a key that was sent then. It keeps them for 24 hours; an hour is for clocks. */
const isForgotten = (sent: number) => Math.abs(Date.now() - sent) > 23 * 3_600_000;

/** One work at a time, in the order of the calls. Who asks for what has not begun yet waits for that same end. */
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): (() => Promise<T>) => {
    let waiting: Promise<T> | undefined;
    return () => {
      if (waiting !== undefined) return waiting;
      const turn = last.then(() => {
        waiting = undefined;
        return work();
      });
      waiting = turn;
      last = turn.catch(() => {});
      return turn;
    };
  };
};

const followed = (edit: Edit, sequel: Sequel): Edit | null => {
  if (sequel.kind === 'update') {
    if (edit.kind === 'create') return { ...edit, task: { ...edit.task, ...sequel.changes } };
    if (edit.kind === 'update') return { ...edit, changes: { ...edit.changes, ...sequel.changes } };
    return edit;
  }
  return edit.kind === 'create' ? null : { kind: 'delete', key: edit.key, base: edit.base };
};

/** The edit with its sequel made part of it, never sent; null when nothing is left to do. */
const unsent = ({ sent: _sent, sequel, ...edit }: Edit): Edit | null => {
  const fresh = { ...edit, key: newKey() } as Edit;
  return sequel === undefined ? fresh : followed(fresh, sequel);
};

const withEdit = (edit: Edit, task: Task | undefined): Task | TaskCreate | undefined => {
  if (edit.kind === 'delete' || edit.sequel?.kind === 'delete') return undefined;
  const later = edit.sequel?.changes;
  if (edit.kind === 'create') return { ...edit.task, ...later };
  return { ...(task ?? edit.base), ...edit.changes, ...later };
};

/** Whether the task is as the edit would make it, whoever did it. */
const isDone = (edit: Edit, task: Task | undefined): boolean => {
  if (edit.kind === 'delete') return task === undefined;
  if (edit.kind === 'create' || task === undefined) return false;
  return Object.entries(edit.changes).every(([name, value]) => task[name as keyof Task] === value);
};

const apply = (page: TaskChanges, to: Map<string, Task>) => {
  for (const change of page.items) {
    if (change.type === 'deleted') to.delete(change.id);
    else to.set(change.task.id, change.task);
  }
};

/** The `type` of a problem document: the service itself has refused, and nothing has happened. */
const problemType = (body: unknown): string | undefined => {
  const type = (body as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' ? type : undefined;
};

const SUCCESS = { create: 201, update: 200, delete: 204 } as const;
/** Statuses after which the same request may yet succeed. */
const TRY_LATER = [401, 408, 409, 429];

/** A replica that sends by `request` and begins with `saved`, or with nothing. */
export const createReplica = (
  request: SyncRequest,
  saved?: ReplicaState,
  { save }: ReplicaOptions = {},
): Replica => {
  let owner = saved?.owner ?? null;
  let since = saved?.since ?? null;
  let tasks = new Map(Object.entries(saved?.tasks ?? {}));
  const confirmed = new Map(Object.entries(saved?.confirmed ?? {}));
  const edits = new Map(Object.entries(saved?.edits ?? {}));
  const ids = new Map(Object.entries(saved?.ids ?? {}));
  if (saved !== undefined && save === undefined) {
    // Perhaps it was sent after the state was taken: nobody could write that down. Other edits have If-Match.
    for (const [id, edit] of edits) {
      if (edit.kind === 'create') edits.set(id, { ...edit, sent: edit.sent ?? saved.at });
    }
  }

  const state = (): ReplicaState => ({
    owner,
    at: Date.now(),
    since,
    tasks: Object.fromEntries(tasks),
    confirmed: Object.fromEntries(confirmed),
    edits: Object.fromEntries(edits),
    ids: Object.fromEntries(ids),
  });

  const idOf = (id: string): string => {
    const now = ids.get(id);
    return now === undefined ? id : idOf(now);
  };

  /** The server's task as far as anybody told. */
  const known = (id: string): Task | undefined => {
    const [answered, told] = [confirmed.get(id), tasks.get(id)];
    if (answered === undefined || (answered && told && told.version > answered.version)) return told;
    return answered ?? undefined;
  };

  const shown = (id: string): Task | TaskCreate | undefined => {
    const edit = edits.get(id);
    return edit === undefined ? known(id) : withEdit(edit, known(id));
  };

  const conflictOf = (id: string, mine: Edit): Conflict | null => {
    if (mine.kind === 'create') {
      return mine.sent !== undefined && isForgotten(mine.sent) ? { id, mine, theirs: null } : null;
    }
    if (mine.sent !== undefined) return null;
    const theirs = known(id) ?? null;
    return theirs?.version === mine.base.version ? null : { id, mine, theirs };
  };

  const keep = (id: string, edit: Edit | null) => {
    if (edit === null) edits.delete(id);
    else edits.set(id, edit);
  };

  const note = (named: string, sequel: Sequel) => {
    const id = idOf(named);
    if (shown(id) === undefined) throw new RangeError(`no task ${named}`);
    if (sequel.kind === 'update' && Object.keys(sequel.changes).length === 0) return;
    const [edit, base] = [edits.get(id), known(id)];
    if (edit === undefined) {
      if (base !== undefined) edits.set(id, { ...sequel, key: newKey(), base });
    } else if (edit.sent !== undefined) {
      const earlier = edit.sequel?.kind === 'update' ? edit.sequel.changes : {};
      edits.set(id, {
        ...edit,
        sequel: sequel.kind === 'update' ? { ...sequel, changes: { ...earlier, ...sequel.changes } } : sequel,
      });
    } else keep(id, followed(edit, sequel));
  };

  const reach: SyncRequest = async (...args) => {
    try {
      return await request(...args);
    } catch (cause) {
      throw new SyncError(null, 'the server did not answer', { cause });
    }
  };

  /** Asks below the owner by name, so that the server refuses another user's token with 404. */
  const ask: SyncRequest = async (method, path, options) => {
    if (owner === null) {
      const { status, body } = await reach('GET', 'session');
      const id = (body as { user_id?: unknown } | null | undefined)?.user_id;
      if (status !== 200 || typeof id !== 'string') throw new SyncError(status);
      owner = id;
    }
    return reach(method, `users/${encodeURIComponent(owner)}/${path}`, options);
  };

  const failure = (status: number) =>
    status === 404
      ? new SyncError(404, 'the server answered 404: is the token that of the user whose copy this is?')
      : new SyncError(status);

  /** Reads the feed to its end. */
  const read = async (): Promise<void> => {
    let position = since;
    // Starting again, a second copy is filled aside: the first is shown until the second is whole.
    let copy = position === null ? new Map<string, Task>() : tasks;
    for (let restarts = 0; ; ) {
      const query = position === null ? '' : `&since=${encodeURIComponent(position)}`;
      const { status, body } = await ask('GET', `task-changes?limit=500${query}`);
      // 410: what was deleted since may be forgotten. 400: not a change token of this server.
      if ((status === 410 || status === 400) && position !== null && restarts < 3) {
        restarts += 1;
        position = null;
        copy = new Map();
        continue;
      }
      const page = body as TaskChanges | null | undefined;
      if (status !== 200 || !Array.isArray(page?.items)) throw failure(status);
      apply(page, copy);
      position = page.next_since;
      if (copy === tasks) since = position;
      if (!page.has_more) break;
    }
    tasks = copy;
    since = position;
    // Reading began after these answers, so the feed has told them or what came of them.
    confirmed.clear();
    for (const [id, edit] of edits)
      if (edit.sent === undefined && isDone(edit, tasks.get(id))) edits.delete(id);
    for (const [id, now] of ids) if (!tasks.has(now) && !edits.has(now) && !ids.has(now)) ids.delete(id);
  };

  const send = (id: string, edit: Edit) => {
    if (edit.kind === 'create') {
      return ask('POST', 'tasks', { headers: { 'Idempotency-Key': edit.key }, body: edit.task });
    }
    const headers = { 'Idempotency-Key': edit.key, 'If-Match': `"${edit.base.version}"` };
    return edit.kind === 'update'
      ? ask('PATCH', `tasks/${id}`, { headers, body: edit.changes })
      : ask('DELETE', `tasks/${id}`, { headers });
  };

  const confirm = (id: string, task: Task | null) => {
    const sequel = edits.get(id)?.sequel;
    const now = task?.id ?? id;
    edits.delete(id);
    confirmed.set(now, task);
    if (now !== id) ids.set(id, now);
    if (sequel === undefined || task === null) return;
    // A creation that a pull showed before it was answered may have been edited there as well.
    if (!edits.has(now)) edits.set(now, { ...sequel, key: newKey(), base: task });
    else if (shown(now) !== undefined) note(now, sequel);
  };

  /** Sends the edits that `which` picks, and what follows them; answers those that were refused. */
  const sendEdits = async (which: (edit: Edit) => boolean) => {
    const refused: { id: string; status: number }[] = [];
    let outdated = false;
    // The loop comes to what is added meanwhile, too.
    for (const [id, edit] of edits) {
      if (!which(edit) || conflictOf(id, edit) !== null) continue;
      edits.set(id, { ...edit, sent: edit.sent ?? Date.now() });
      await save?.(state());
      const { status, body } = await send(id, edit);
      const problem = problemType(body);
      const isReused = problem?.endsWith('/idempotency-key-reused') === true;
      // As it is now: the user may have gone on.
      const sent = edits.get(id) ?? edit;
      if (
        status === SUCCESS[edit.kind] &&
        (edit.kind === 'delete' || typeof (body as Task)?.id === 'string')
      ) {
        confirm(id, edit.kind === 'delete' ? null : (body as Task));
        // To a repetition the answer may be the one of then: what is so now, the feed tells.
        outdated ||= edit.sent !== undefined;
      } else if (problem === undefined || TRY_LATER.includes(status) || status >= 500) {
        throw new SyncError(status);
      } else if (edit.kind === 'create' && status === 404) {
        throw failure(status);
      } else if (edit.kind === 'create' && isReused) {
        // Something else went out under this key, from an older state: what became of it, nobody can say.
        edits.set(id, { ...sent, sent: 0 });
      } else {
        keep(id, unsent(sent));
        if (status === 404 || status === 412 || isReused) outdated = true;
        else refused.push({ id, status });
      }
    }
    return { refused, outdated };
  };

  const turn = createTurns();
  const thenSaved =
    <T>(work: () => Promise<T>) =>
    async () => {
      try {
        return await work();
      } finally {
        await save?.(state());
      }
    };

  return {
    tasks: () => {
      const view = new Map<string, Task | TaskCreate>();
      for (const id of [...tasks.keys(), ...confirmed.keys(), ...edits.keys()]) {
        const task = shown(id);
        if (task !== undefined) view.set(id, task);
      }
      return view;
    },
    conflicts: () => [...edits].flatMap(([id, edit]) => conflictOf(id, edit) ?? []),
    create: (task) => {
      const id = newKey();
      edits.set(id, { kind: 'create', key: newKey(), task: copyOf(task) });
      return id;
    },
    idOf,
    update: (id, changes) => note(id, { kind: 'update', changes: copyOf(changes) }),
    delete: (id) => note(id, { kind: 'delete' }),
    resolve: (named, winner) => {
      const id = idOf(named);
      const edit = edits.get(id);
      const conflict = edit && conflictOf(id, edit);
      if (!conflict) return;
      edits.delete(id);
      if (winner === 'theirs') return;
      const { mine, theirs } = conflict;
      if (mine.kind === 'create') keep(id, unsent(mine));
      else if (theirs !== null) keep(id, { ...mine, key: newKey(), base: theirs });
      else if (mine.kind === 'update') {
        const { title, description, completed } = { ...mine.base, ...mine.changes };
        edits.set(id, { kind: 'create', key: newKey(), task: { title, description, completed } });
      }
    },
    pull: turn(
      thenSaved(async () => {
        try {
          await sendEdits(({ sent }) => sent !== undefined);
        } catch (error) {
          // An edit that fails must not keep others from being read.
          if (!(error instanceof SyncError) || error.status === null) throw error;
        }
        await read();
      }),
    ),
    push: turn(
      thenSaved(async () => {
        const { refused, outdated } = await sendEdits(() => true);
        // Somebody else was faster: what they did turns these edits into conflicts.
        if (outdated) await read();
        return refused;
      }),
    ),
    state,
  };
};
