// A local copy of one user's tasks for a client: it follows the change feed, starts again when its token is too old, and
// never writes over an edit that has not been sent. It needs nothing but a way to send requests, and keeps what it knows
// in a plain object that can be stored.
import type { components } from '../../generated/openapi.d.ts';

export type Task = components['schemas']['Task'];
export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskUpdate = components['schemas']['TaskUpdate'];
type TaskChanges = components['schemas']['TaskChanges'];

/**
 * Sends a request to a path below the user (`tasks`, `task-changes?token=…`). It answers whatever the status is, and
 * rejects only when there is no answer.
 */
export type SyncRequest = (
  method: string,
  path: string,
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** What is to follow an edit whose outcome is not known yet. */
type Sequel = { readonly kind: 'update'; readonly changes: TaskUpdate } | { readonly kind: 'delete' };

/**
 * An edit that the server has not confirmed. `base` is the task as it was when the edit began. Once `sent`, it stays as
 * it is and is repeated under the same `key` until its outcome is known, so it cannot happen twice; what the user does
 * meanwhile waits in `sequel`.
 */
export type Edit = { readonly key: string; readonly sent?: true; readonly sequel?: Sequel } & (
  | { readonly kind: 'create'; readonly task: TaskCreate }
  | { readonly kind: 'update'; readonly base: Task; readonly changes: TaskUpdate }
  | { readonly kind: 'delete'; readonly base: Task }
);

/** All that a replica knows, as JSON. Tasks and edits go by id; a task that was never sent has an id of its own. */
export interface ReplicaState {
  readonly token: string | null;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly edits: Readonly<Record<string, Edit>>;
}

/** An edit of a task that somebody else has changed, or deleted (`theirs` is null), since the edit began. */
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
  /** Notes a new task, and answers the id it goes by until it has been sent. */
  create(task: TaskCreate): string;
  /** Notes changes of a task. Throws a RangeError when there is no such task. */
  update(id: string, changes: TaskUpdate): void;
  /** Notes the deletion of a task. Throws a RangeError when there is no such task. */
  delete(id: string): void;
  /** Ends a conflict: `mine` sends the edit after all, on top of what the others did; `theirs` drops it. */
  resolve(id: string, winner: 'mine' | 'theirs'): void;
  /** Reads what has changed. Throws a SyncError; what was read until then is kept. */
  pull(): Promise<void>;
  /**
   * Sends the edits that are in no conflict. An edit that meets a newer version becomes a conflict; one that the server
   * refuses stays and is among those answered. Throws a SyncError when the server cannot be asked; nothing is lost then.
   */
  push(): Promise<{ readonly id: string; readonly status: number }[]>;
  state(): ReplicaState;
}

/** The server answered with a status that the replica can do nothing about. */
export class SyncError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the server answered ${status}`);
    this.name = 'SyncError';
    this.status = status;
  }
}

/** A SyncRequest over fetch; `token` is asked for with each request. */
export const fetchRequest =
  (api: string, token: () => string | Promise<string>, send: typeof fetch = fetch): SyncRequest =>
  async (method, path, { headers, body } = {}) => {
    const response = await send(`${api}/api/v1/users/me/${path}`, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${await token()}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };

const newKey = () => crypto.randomUUID();

/** Who asks while `work` is under way waits for that same end. */
const oneAtATime = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
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

/** A replica that sends by `request` and begins with `saved`, or with nothing. */
export const createReplica = (request: SyncRequest, saved?: ReplicaState): Replica => {
  let token = saved?.token ?? null;
  let tasks = new Map(Object.entries(saved?.tasks ?? {}));
  const edits = new Map(Object.entries(saved?.edits ?? {}));

  const conflictOf = (id: string, mine: Edit): Conflict | null => {
    if (mine.kind === 'create' || mine.sent) return null;
    const theirs = tasks.get(id) ?? null;
    return theirs?.version === mine.base.version ? null : { id, mine, theirs };
  };

  const keep = (id: string, edit: Edit | null) => {
    if (edit === null) edits.delete(id);
    else edits.set(id, edit);
  };

  const note = (id: string, sequel: Sequel) => {
    const edit = edits.get(id);
    if (edit?.kind === 'delete' || edit?.sequel?.kind === 'delete') throw new RangeError(`no task ${id}`);
    if (edit === undefined) {
      const base = tasks.get(id);
      if (base === undefined) throw new RangeError(`no task ${id}`);
      edits.set(id, { ...sequel, key: newKey(), base });
    } else if (edit.sent) {
      const changes = sequel.kind === 'update' && { changes: { ...edit.sequel?.changes, ...sequel.changes } };
      edits.set(id, { ...edit, sequel: { ...sequel, ...changes } });
    } else keep(id, followed(edit, sequel));
  };

  // A page may have been read before, and arrive after, the answer to an edit.
  const isNewer = (task: Task, than: Task | undefined) => than === undefined || task.version >= than.version;

  const apply = (page: TaskChanges, to: Map<string, Task>) => {
    for (const change of page.items) {
      if (change.type === 'deleted') to.delete(change.id);
      else if (isNewer(change.task, to.get(change.task.id))) to.set(change.task.id, change.task);
    }
  };

  const pull = oneAtATime(async (): Promise<void> => {
    // Starting again, a second copy is filled aside: the first is shown until the second is whole.
    let position = token;
    let fresh = position === null ? new Map<string, Task>() : null;
    for (let restarts = 0; ; ) {
      const query = position === null ? '' : `&token=${encodeURIComponent(position)}`;
      const { status, body } = await request('GET', `task-changes?limit=500${query}`);
      // 410: what was deleted since may be forgotten. 400: not a token of this server, or of this user.
      if ((status === 410 || status === 400) && position !== null && restarts < 3) {
        restarts += 1;
        position = null;
        fresh = new Map();
        continue;
      }
      if (status !== 200) throw new SyncError(status);
      const page = body as TaskChanges;
      apply(page, fresh ?? tasks);
      position = page.next_token;
      if (fresh === null) token = position;
      if (page.has_more) continue;
      if (fresh !== null) {
        tasks = fresh;
        token = position;
      }
      return;
    }
  });

  const send = (id: string, edit: Edit) => {
    if (edit.kind === 'create') {
      return request('POST', 'tasks', { headers: { 'Idempotency-Key': edit.key }, body: edit.task });
    }
    const headers = { 'Idempotency-Key': edit.key, 'If-Match': `"${edit.base.version}"` };
    return edit.kind === 'update'
      ? request('PATCH', `tasks/${id}`, { headers, body: edit.changes })
      : request('DELETE', `tasks/${id}`, { headers });
  };

  const confirm = (id: string, task: Task | undefined) => {
    const sequel = edits.get(id)?.sequel;
    edits.delete(id);
    if (task === undefined) tasks.delete(id);
    else {
      if (isNewer(task, tasks.get(task.id))) tasks.set(task.id, task);
      if (sequel !== undefined) edits.set(task.id, { ...sequel, key: newKey(), base: task });
    }
  };

  const release = (id: string) => {
    const edit = edits.get(id);
    if (edit !== undefined) keep(id, unsent(edit));
  };

  return {
    tasks: () => {
      const view = new Map<string, Task | TaskCreate>(tasks);
      for (const [id, edit] of edits) {
        const task = withEdit(edit, tasks.get(id));
        if (task === undefined) view.delete(id);
        else view.set(id, task);
      }
      return view;
    },
    conflicts: () => [...edits].flatMap(([id, edit]) => conflictOf(id, edit) ?? []),
    create: (task) => {
      const id = newKey();
      edits.set(id, { kind: 'create', key: newKey(), task });
      return id;
    },
    update: (id, changes) => note(id, { kind: 'update', changes }),
    delete: (id) => note(id, { kind: 'delete' }),
    resolve: (id, winner) => {
      const edit = edits.get(id);
      const conflict = edit && conflictOf(id, edit);
      if (!conflict) return;
      edits.delete(id);
      if (winner === 'theirs') return;
      const { mine, theirs } = conflict;
      if (theirs !== null) keep(id, { ...mine, key: newKey(), base: theirs } as Edit);
      else if (mine.kind === 'update') {
        const { title, description, completed } = { ...mine.base, ...mine.changes };
        edits.set(newKey(), { kind: 'create', key: newKey(), task: { title, description, completed } });
      }
    },
    pull,
    push: oneAtATime(async () => {
      const refused: { id: string; status: number }[] = [];
      let outdated = false;
      for (const id of [...edits.keys()]) {
        // As it is now: the user may go on while others are being sent.
        const edit = edits.get(id);
        if (edit === undefined || conflictOf(id, edit) !== null) continue;
        edits.set(id, { ...edit, sent: true });
        const { status, body } = await send(id, edit);
        if (status === 404 && edit.kind === 'delete') confirm(id, undefined);
        else if (status < 300) confirm(id, edit.kind === 'delete' ? undefined : (body as Task));
        else if (status === 401 || status === 408 || status === 409 || status === 429 || status >= 500) {
          throw new SyncError(status);
        } else {
          release(id);
          if (status === 404 || status === 412) outdated = true;
          else refused.push({ id, status });
        }
      }
      // Somebody else was faster: what they did turns these edits into conflicts.
      if (outdated) await pull();
      return refused;
    }),
    state: () => ({ token, tasks: Object.fromEntries(tasks), edits: Object.fromEntries(edits) }),
  };
};
