// An edit that the server has not confirmed, as data, and the pure rules of what becomes of it. The
// rules are the same for tasks and for lists.
import type {
  OnDelete,
  Place,
  Task,
  TaskCreate,
  TaskList,
  TaskListCreate,
  TaskListUpdate,
  TaskUpdate,
} from '../../generated/clients/typescript/types.ts';
import { randomId } from './random-id.ts';
import type { Problem } from './request.ts';

export type { OnDelete, Place, Task, TaskCreate, TaskList, TaskListCreate, TaskListUpdate, TaskUpdate };

/** What tasks and lists have in common. */
export interface Entity {
  readonly id: string;
  readonly version: number;
  readonly position: string;
  readonly metadata: Task['metadata'];
}

/** What their creations have in common. */
export interface Content {
  readonly id?: string | undefined;
  readonly metadata?: Task['metadata'] | undefined;
  readonly place?: Place | undefined;
}

/** What their changes have in common. */
export interface Changes {
  readonly metadata?: TaskUpdate['metadata'];
  readonly place?: Place | undefined;
}

/** What the user does to what is there. Only tasks are completed, and so only recurring ones. */
export type Step<C> =
  | { readonly kind: 'update'; readonly changes: C }
  /** `completed_on` is the user's day. */
  | { readonly kind: 'complete'; readonly completed_on: string }
  /** `contents` is what happens to the subtasks of a task, or to the tasks of a list. */
  | { readonly kind: 'delete'; readonly contents?: OnDelete };

/**
 * How an edit was refused: by the service, with its problem document, or by something in between
 * (null).
 */
export interface Refused {
  readonly status: number;
  readonly problem: Problem | null;
}

interface Sending<C> {
  /** The Idempotency-Key. */
  readonly key: string;
  /**
   * When it was first sent under this key, in milliseconds; 0 for an unknown time. Until its
   * outcome is known it stays as it is and is repeated under the same key, so it cannot happen
   * twice; what the user does meanwhile waits in `sequel`.
   */
  readonly sent?: number;
  /**
   * The number of its latest failure that was its own. Edits are sent in this order, those without
   * first, so one that fails again and again stops no other. A sending without an outcome is no
   * failure: what was created first is sent first.
   */
  readonly attempt?: number;
  /** How many sendings since then had no outcome, up to a bound. */
  readonly losses?: number;
  /**
   * The outcome of the latest sending. An edit that something in between has refused keeps `sent`
   * and `key`, because that may have happened after the service carried it out; unlike others that
   * were sent, it may be rewritten.
   */
  readonly refused?: Refused;
  /** What follows, one request after the other. */
  readonly sequel?: readonly Step<C>[];
}

/** `base` is the task or list as it was when the edit began. */
type EditOf<I, N, C> = Sending<C> &
  ({ readonly kind: 'create'; readonly content: N } | (Step<C> & { readonly base: I }));

/** An edit of a task. */
export type Edit = EditOf<Task, TaskCreate, TaskUpdate>;
/** An edit of a list. */
export type ListEdit = EditOf<TaskList, TaskListCreate, TaskListUpdate>;
export type { EditOf };

export const newKey = randomId;

/** Whether its outcome is unknown, so that it must stay as it is. */
export const isFrozen = ({ sent, refused }: Sending<unknown>): boolean =>
  sent !== undefined && refused === undefined;

/**
 * Whether the server may have forgotten a key that was sent then. It keeps them for 24 hours; an
 * hour is for clocks.
 */
export const isForgotten = (sent: number): boolean => Math.abs(Date.now() - sent) > 23 * 3_600_000;

// As the service merges it (RFC 7396): null removes a name.
const merged = (present: Task['metadata'] = {}, patch: Changes['metadata'] = {}): Task['metadata'] =>
  Object.fromEntries(
    Object.entries({ ...present, ...patch }).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  );

/** The content with changes on top. */
export const withChanges = <
  N extends { readonly metadata?: Task['metadata'] | undefined },
  C extends Changes,
>(
  content: N,
  { metadata, ...rest }: C,
): N => ({
  ...content,
  ...rest,
  ...(metadata !== undefined && { metadata: merged(content.metadata, metadata) }),
});

/**
 * Changes that do what both do, one after the other. A name that `base` does not have need not be
 * removed: so the names stay few, however long the user is offline.
 */
const joinedChanges = <C extends Changes>(earlier: C, later: C, base?: Entity): C => {
  const all = { ...earlier, ...later };
  if (earlier.metadata === undefined || later.metadata === undefined) return all;
  const names = Object.entries({ ...earlier.metadata, ...later.metadata });
  const isNeeded = ([name, value]: (typeof names)[number]) =>
    value !== null || base === undefined || Object.hasOwn(base.metadata ?? {}, name);
  return { ...all, metadata: Object.fromEntries(names.filter(isNeeded)) };
};

/** A step that does what both do; null if nothing is left to do, undefined if it takes both. */
const joinedSteps = <C extends Changes>(earlier: Step<C>, later: Step<C>, base?: Entity) => {
  if (later.kind === 'delete') return later;
  if (earlier.kind === 'complete') {
    if (later.kind === 'complete') return earlier;
    // Nothing was sent, so a task that is open again was never completed.
    const { completed, ...rest } = later.changes as C & { readonly completed?: boolean };
    if (completed !== false) return undefined;
    return Object.keys(rest).length === 0 ? null : ({ kind: 'update', changes: rest as C } as const);
  }
  if (earlier.kind !== 'update' || later.kind !== 'update') return undefined;
  return { kind: 'update', changes: joinedChanges(earlier.changes, later.changes, base) } as const;
};

/** The steps with one more, in as few requests as it takes. */
const appended = <C extends Changes>(
  steps: readonly Step<C>[],
  step: Step<C>,
  base?: Entity,
): readonly Step<C>[] => {
  const last = steps.at(-1);
  if (last === undefined) return [step];
  const both = joinedSteps(last, step, base);
  if (both === undefined) return [...steps, step];
  const before = steps.slice(0, -1);
  return both === null ? before : appended(before, both, base);
};

type Waiting<C> = Omit<Sending<C>, 'sequel'>;

/** An edit that takes the steps; null if there is none. */
const editOf = <I, N, C>(
  sending: Waiting<C>,
  base: I,
  [first, ...sequel]: readonly Step<C>[],
): EditOf<I, N, C> | null =>
  first === undefined ? null : { ...sending, ...first, base, ...(sequel.length > 0 && { sequel }) };

/** The edit in its parts: how it is sent, what it begins with, and what it takes from there. */
const partsOf = <I, N, C>(edit: EditOf<I, N, C>) => {
  const { key, sent, attempt, refused, sequel = [] } = edit;
  const sending: Waiting<C> = {
    key,
    ...(sent !== undefined && { sent }),
    ...(attempt !== undefined && { attempt }),
    ...(refused && { refused }),
  };
  return { sending, steps: edit.kind === 'create' ? sequel : [stepOf(edit), ...sequel] };
};

const stepOf = <I, C>(edit: Step<C> & { readonly base: I }): Step<C> => {
  if (edit.kind === 'update') return { kind: 'update', changes: edit.changes };
  if (edit.kind === 'complete') return { kind: 'complete', completed_on: edit.completed_on };
  return { kind: 'delete', ...(edit.contents && { contents: edit.contents }) };
};

/** What an edit does to what is there, or to what it creates, one step after the other. */
export const stepsOf = <I, N, C>(edit: EditOf<I, N, C>): readonly Step<C>[] => partsOf(edit).steps;

/**
 * The edit with what follows made part of it, under the same key; null when nothing is left to do.
 */
export const followed = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
  step: Step<C>,
): EditOf<I, N, C> | null => {
  const { sending, steps } = partsOf(edit);
  if (edit.kind !== 'create') return editOf(sending, edit.base, appended(steps, step, edit.base));
  if (step.kind === 'delete') return null;
  const [first, ...sequel] = appended(steps, step);
  const { content } = edit;
  // What is changed before it was sent is created that way.
  if (first?.kind === 'update') {
    const changed = withChanges(content, first.changes);
    return { ...sending, kind: 'create', content: changed, ...(sequel.length > 0 && { sequel }) };
  }
  return { ...sending, kind: 'create', content, ...(first && { sequel: [first, ...sequel] }) };
};

const joined = <I extends Entity, N extends Content, C extends Changes>({
  sequel = [],
  ...edit
}: EditOf<I, N, C>): EditOf<I, N, C> | null =>
  sequel.reduce<EditOf<I, N, C> | null>((before, step) => before && followed(before, step), edit);

/** The edit, with its sequel, as one that was never sent; null when nothing is left to do. */
export const unsent = <I extends Entity, N extends Content, C extends Changes>({
  sent: _sent,
  refused: _refused,
  ...edit
}: EditOf<I, N, C>): EditOf<I, N, C> | null => joined({ ...edit, key: newKey() });

/** The edit, with its sequel, as one that was refused; null when nothing is left to do. */
export const refusedEdit = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
  status: number,
  problem: Problem | null,
): EditOf<I, N, C> | null => {
  const rest = problem === null ? joined(edit) : unsent(edit);
  return rest && { ...rest, refused: { status, problem } };
};

/** The edit with what the user does while its outcome is unknown. */
export const withSequel = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
  step: Step<C>,
): EditOf<I, N, C> => ({ ...edit, sequel: appended(edit.sequel ?? [], step) });

/** The edit at the moment of its sending, frozen until its outcome is known. */
export const outgoing = <I, N, C>({ refused: _refused, ...edit }: EditOf<I, N, C>): EditOf<I, N, C> => ({
  ...edit,
  sent: edit.sent ?? Date.now(),
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
  list_id,
  parent_id,
  recurrence,
}: Task): Required<Omit<TaskCreate, 'id' | 'place'>> => ({
  title,
  description,
  completed,
  due,
  start,
  priority,
  labels,
  metadata,
  list_id,
  parent_id,
  // A completed task cannot recur.
  recurrence: completed ? null : recurrence,
});

/** What a user writes of a list. */
export const listContentOf = ({
  name,
  metadata,
}: TaskList): Required<Omit<TaskListCreate, 'id' | 'place'>> => ({ name, metadata });

/** The content after the steps, without its place; undefined when it is to be gone. */
export const withSteps = <N extends { readonly metadata?: Task['metadata'] | undefined }, C extends Changes>(
  content: N,
  steps: readonly Step<C>[],
): N | undefined => {
  let after = content;
  for (const step of steps) {
    if (step.kind === 'delete') return undefined;
    if (step.kind === 'complete') after = { ...after, completed: true };
    else {
      const { place: _place, ...changes } = step.changes;
      after = withChanges(after, changes);
    }
  }
  return after;
};

/** The task or list as the user should see it, with the edit on top; undefined when it is to be gone. */
export const withEdit = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
  item: I | undefined,
): I | Omit<N, 'place'> | undefined => {
  if (edit.kind !== 'create') return withSteps(item ?? edit.base, stepsOf(edit));
  const { place: _place, ...content } = edit.content;
  return withSteps(content, stepsOf(edit));
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

const isStepDone = <C extends Changes>(step: Step<C>, item: Entity | undefined): boolean => {
  if (step.kind === 'delete') return item === undefined;
  if (item === undefined) return false;
  // Whoever has completed it: the server has created one task of the next occurrence.
  if (step.kind === 'complete') return (item as Partial<Task>).completed === true;
  // Where it should be is not to be seen from its position.
  return step.changes.place === undefined && isEqual(withChanges(item, step.changes), item);
};

/** The edit without its place; null if nothing is left to do. */
export const withoutPlace = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
): EditOf<I, N, C> | null => {
  if (edit.kind === 'create') return { ...edit, content: { ...edit.content, place: undefined } };
  if (edit.kind !== 'update') return edit;
  const { place: _place, ...changes } = edit.changes;
  if (Object.keys(changes).length > 0) return { ...edit, changes: changes as C };
  const { sending, steps } = partsOf(edit);
  return editOf(sending, edit.base, steps.slice(1));
};

/** What is left of an unsent edit when the item is as the feed has it; null if nothing is. */
export const undone = <I extends Entity, N extends Content, C extends Changes>(
  edit: EditOf<I, N, C>,
  item: I | undefined,
): EditOf<I, N, C> | null => {
  const { sending, steps } = partsOf(edit);
  if (edit.kind === 'create') {
    // An item with the id that this edit has chosen: of an earlier sending, whose outcome got lost.
    const { id, place: _place, ...content } = edit.content;
    const isThere =
      item !== undefined && id?.toLowerCase() === item.id && isEqual({ ...item, ...content }, item);
    return isThere ? editOf({ key: newKey() }, item, steps) : edit;
  }
  const first = steps.findIndex((step) => !isStepDone(step, item));
  if (first <= 0) return first === 0 ? edit : null;
  return editOf(sending, item ?? edit.base, steps.slice(first));
};

/** Whether a step does no more than check a task off, or take the check mark back. */
const isCheck = <C>(step: Step<C>): boolean =>
  step.kind === 'complete' ||
  (step.kind === 'update' && Object.keys(step.changes as object).every((name) => name === 'completed'));

/**
 * Whether what others have done to an item since the edit began is no conflict with it. Where the item
 * is, the server also changes when others are moved: among others, and, with its parent, in which
 * list. And a check mark is about the task, whatever its text: only a series, whose next task follows
 * from its date, makes more of it.
 */
export const isCompatible = <I extends Entity, C>(steps: readonly Step<C>[], before: I, now: I): boolean => {
  const { parent_id, recurrence }: Partial<Task> = now;
  const moved = ['version', 'updated_at', 'position', ...(parent_id == null ? [] : ['list_id'])];
  const checked = ['completed', 'recurrence', ...(recurrence == null ? [] : ['due'])];
  const isCheckOnly = steps.every(isCheck);
  const matters = (name: string) => (isCheckOnly ? checked.includes(name) : !moved.includes(name));
  const rest = (item: I) => Object.fromEntries(Object.entries(item).filter(([name]) => matters(name)));
  return isEqual(rest(before), rest(now));
};
