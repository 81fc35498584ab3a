// An edit that the server has not confirmed, as data, and the pure rules of what becomes of it.
import type { Task, TaskCreate, TaskUpdate } from '../../generated/clients/typescript/types.ts';
import { randomId } from './random-id.ts';
import type { Problem } from './request.ts';

export type { Task, TaskCreate, TaskUpdate };

/** What is to follow an edit whose outcome is not known yet. */
export type Sequel = { readonly kind: 'update'; readonly changes: TaskUpdate } | { readonly kind: 'delete' };

/**
 * How an edit was refused: by the service, with its problem document, or by something in between
 * (null).
 */
export interface Refused {
  readonly status: number;
  readonly problem: Problem | null;
}

interface Sending {
  /** The Idempotency-Key. */
  readonly key: string;
  /**
   * When it was first sent under this key, in milliseconds; 0 for an unknown time. Until its
   * outcome is known it stays as it is and is repeated under the same key, so it cannot happen
   * twice; what the user does meanwhile waits in `sequel`.
   */
  readonly sent?: number;
  /**
   * The number of its latest sending. Edits are sent in this order, so one that fails again and
   * again stops no other.
   */
  readonly attempt?: number;
  /**
   * The outcome of the latest sending. An edit that something in between has refused keeps `sent`
   * and `key`, because that may have happened after the service carried it out; unlike others that
   * were sent, it may be rewritten.
   */
  readonly refused?: Refused;
  readonly sequel?: Sequel;
}

/** `base` is the task as it was when the edit began. */
export type Edit = Sending &
  (
    | { readonly kind: 'create'; readonly task: TaskCreate }
    | { readonly kind: 'update'; readonly base: Task; readonly changes: TaskUpdate }
    | { readonly kind: 'delete'; readonly base: Task }
  );

export const newKey = randomId;

/** Whether its outcome is unknown, so that it must stay as it is. */
export const isFrozen = ({ sent, refused }: Edit): boolean => sent !== undefined && refused === undefined;

/**
 * Whether the server may have forgotten a key that was sent then. It keeps them for 24 hours; an
 * hour is for clocks.
 */
export const isForgotten = (sent: number): boolean => Math.abs(Date.now() - sent) > 23 * 3_600_000;

// As the service merges it (RFC 7396): null removes a name.
const merged = (present: Task['metadata'] = {}, patch: TaskUpdate['metadata'] = {}): Task['metadata'] =>
  Object.fromEntries(
    Object.entries({ ...present, ...patch }).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  );

/** The content of a task with changes on top. */
export const withChanges = <Content extends TaskCreate>(
  content: Content,
  { metadata, ...rest }: TaskUpdate = {},
): Content => ({
  ...content,
  ...rest,
  ...(metadata !== undefined && { metadata: merged(content.metadata, metadata) }),
});

/**
 * Changes that do what both do, one after the other. A name that `base` does not have need not be
 * removed: so the names stay few, however long the user is offline.
 */
const joinedChanges = (earlier: TaskUpdate, later: TaskUpdate, base?: Task): TaskUpdate => {
  const all = { ...earlier, ...later };
  if (earlier.metadata === undefined || later.metadata === undefined) return all;
  const names = Object.entries({ ...earlier.metadata, ...later.metadata });
  const isNeeded = ([name, value]: (typeof names)[number]) =>
    value !== null || base === undefined || Object.hasOwn(base.metadata ?? {}, name);
  return { ...all, metadata: Object.fromEntries(names.filter(isNeeded)) };
};

/**
 * The edit with what follows made part of it, under the same key; null when nothing is left to do.
 */
export const followed = (edit: Edit, sequel: Sequel): Edit | null => {
  if (sequel.kind === 'update') {
    if (edit.kind === 'create') return { ...edit, task: withChanges(edit.task, sequel.changes) };
    if (edit.kind === 'update')
      return { ...edit, changes: joinedChanges(edit.changes, sequel.changes, edit.base) };
    return edit;
  }
  if (edit.kind === 'create') return null;
  if (edit.kind === 'delete') return edit;
  const { kind: _kind, changes: _changes, ...rest } = edit;
  return { ...rest, kind: 'delete' };
};

const joined = ({ sequel, ...edit }: Edit): Edit | null =>
  sequel === undefined ? edit : followed(edit, sequel);

/** The edit, with its sequel, as one that was never sent; null when nothing is left to do. */
export const unsent = ({ sent: _sent, refused: _refused, ...edit }: Edit): Edit | null =>
  joined({ ...edit, key: newKey() });

/** The edit, with its sequel, as one that was refused; null when nothing is left to do. */
export const refusedEdit = (edit: Edit, status: number, problem: Problem | null): Edit | null => {
  const rest = problem === null ? joined(edit) : unsent(edit);
  return rest && { ...rest, refused: { status, problem } };
};

/** The edit with what the user does while its outcome is unknown. */
export const withSequel = (edit: Edit, sequel: Sequel): Edit => {
  const earlier = edit.sequel?.kind === 'update' ? edit.sequel.changes : {};
  return {
    ...edit,
    sequel:
      sequel.kind === 'update' ? { ...sequel, changes: joinedChanges(earlier, sequel.changes) } : sequel,
  };
};

/** The edit at the moment of its sending, frozen until its outcome is known. */
export const outgoing = ({ refused: _refused, ...edit }: Edit, attempt: number): Edit => ({
  ...edit,
  sent: edit.sent ?? Date.now(),
  attempt,
});

/** What a user writes of a task. A field that is missing here does not compile. */
export const contentOf = ({
  title,
  description,
  completed,
  due,
  start,
  priority,
  labels,
  metadata,
}: Task): Required<Omit<TaskCreate, 'id'>> => ({
  title,
  description,
  completed,
  due,
  start,
  priority,
  labels,
  metadata,
});

/** The task as the user should see it, with the edit on top; undefined when it is to be gone. */
export const withEdit = (edit: Edit, task: Task | undefined): Task | TaskCreate | undefined => {
  if (edit.kind === 'delete' || edit.sequel?.kind === 'delete') return undefined;
  const later = edit.sequel?.changes;
  if (edit.kind === 'create') return withChanges(edit.task, later);
  return withChanges(withChanges(task ?? edit.base, edit.changes), later);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

// Of JSON values; the members of an object have no order.
const isEqual = (a: unknown, b: unknown): boolean => {
  if (!isObject(a) || !isObject(b)) return a === b;
  const members = Object.entries(a);
  const others = new Map(Object.entries(b));
  return (
    Array.isArray(a) === Array.isArray(b) &&
    members.length === others.size &&
    members.every(([name, value]) => others.has(name) && isEqual(value, others.get(name)))
  );
};

/** Whether the task is as the edit would make it, whoever did it. */
export const isDone = (edit: Edit, task: Task | undefined): boolean => {
  if (edit.kind === 'delete') return task === undefined;
  if (task === undefined) return false;
  if (edit.kind === 'create') {
    // A task with the id that this edit has chosen: of an earlier sending, whose outcome got lost.
    const { id, ...content } = edit.task;
    return id === task.id && isEqual({ ...task, ...content }, task);
  }
  return isEqual(withChanges(task, edit.changes), task);
};
