// How tasks and lists belong together in a replica: what the user should see of both, and which edits
// have to wait for others.
import type {
  Changes,
  Content,
  Edit,
  EditOf,
  Entity,
  ListEdit,
  OnDelete,
  Step,
  Task,
  TaskCreate,
  TaskList,
  TaskListCreate,
  TaskUpdate,
} from './edit.ts';
import { isFrozen, stepsOf, withoutPlace } from './edit.ts';
import {
  type Collection,
  idOf,
  keep,
  known,
  type LocalCopy,
  placesOf,
  shown,
  type Tasks,
} from './local-copy.ts';
import { positionsOf } from './order.ts';

/** A task that was not sent yet. */
export type NewTask = Omit<TaskCreate, 'place'> & { readonly position: string };
/** A list that was not sent yet. */
export type NewList = Omit<TaskListCreate, 'place'> & { readonly position: string };

/** All items with their edits on top, in the positions that they will have. */
const itemsOf = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
): Map<string, I | (Omit<N, 'place'> & { readonly position: string })> => {
  const { items, confirmed, edits } = collection;
  const all = new Map<string, I | (Omit<N, 'place'> & { readonly position?: string })>();
  for (const id of [...items.keys(), ...confirmed.keys(), ...edits.keys()]) {
    const item = shown(collection, id);
    if (item !== undefined) all.set(id, item);
  }
  const places = placesOf(edits).filter(([id]) => all.has(id));
  const positions = places.length > 0 ? positionsOf(all, places) : new Map<string, string>();
  return new Map(
    [...all].map(([id, item]) => {
      const position = positions.get(id);
      return [id, position === undefined ? (item as I) : { ...item, position }];
    }),
  );
};

export const listsOf = ({ lists }: LocalCopy): Map<string, TaskList | NewList> => itemsOf(lists);

/** What happens to the contents of what an edit deletes; undefined if it deletes nothing. */
const endOf = (edit: Edit | ListEdit | undefined): OnDelete | undefined => {
  const steps: readonly Step<unknown>[] = edit ? stepsOf<unknown, unknown, unknown>(edit) : [];
  return steps.map((step) => (step.kind === 'delete' ? step.contents : undefined)).at(-1);
};

/** The task after what happens to its parent and its list; undefined if it is deleted with them. */
const withOthers = <T extends Task | NewTask>(
  { tasks, lists }: LocalCopy,
  all: ReadonlyMap<string, Task | NewTask>,
  task: T,
): T | undefined => {
  const { parent_id = null, list_id = null } = task;
  const parentEnd = parent_id === null ? undefined : endOf(tasks.edits.get(parent_id));
  const listEnd = list_id === null ? undefined : endOf(lists.edits.get(list_id));
  if (parentEnd === 'delete' || listEnd === 'delete') return undefined;
  const parent = parent_id === null ? undefined : all.get(parent_id);
  // A subtask is in the list of its parent.
  const list = parent ? (parent.list_id ?? null) : list_id;
  return {
    ...task,
    ...(parentEnd === 'detach' && { parent_id: null }),
    ...(list !== list_id && { list_id: list }),
    ...(listEnd === 'detach' && { list_id: null }),
  };
};

export const tasksOf = (copy: LocalCopy): Map<string, Task | NewTask> => {
  const all: Map<string, Task | NewTask> = itemsOf(copy.tasks);
  if (copy.tasks.edits.size === 0 && copy.lists.edits.size === 0) return all;
  return new Map(
    [...all].flatMap(([id, task]) => {
      const now = withOthers(copy, all, task);
      return now === undefined ? [] : [[id, now] as const];
    }),
  );
};

type References = Pick<TaskUpdate, 'list_id' | 'parent_id' | 'place'>;

const withIds = <R extends References>(fields: R, renamed: (id: string) => string): R => {
  const { parent_id, place } = fields;
  return {
    ...fields,
    ...(parent_id && { parent_id: renamed(parent_id) }),
    ...(place?.before && { place: { before: renamed(place.before) } }),
    ...(place?.after && { place: { after: renamed(place.after) } }),
  };
};

/** The fields with the ids that tasks have now. */
export const withPresentIds = <R extends References>({ tasks }: LocalCopy, fields: R): R =>
  withIds(fields, (id) => idOf(tasks, id));

/** Gives a task the id that the server has chosen, in the edits that name it. */
export const rename = ({ edits }: Tasks, from: string, to: string): void => {
  const renamed = (id: string) => (id === from ? to : id);
  const inStep = (step: Step<TaskUpdate>): Step<TaskUpdate> =>
    step.kind === 'update' ? { ...step, changes: withIds(step.changes, renamed) } : step;
  for (const [id, edit] of edits) {
    const sequel = edit.sequel && { sequel: edit.sequel.map(inStep) };
    if (isFrozen(edit)) edits.set(id, { ...edit, ...sequel });
    else if (edit.kind === 'create')
      edits.set(id, { ...edit, content: withIds(edit.content, renamed), ...sequel });
    else if (edit.kind === 'update') {
      edits.set(id, { ...edit, changes: withIds(edit.changes, renamed), ...sequel });
    } else if (sequel) edits.set(id, { ...edit, ...sequel });
  }
};

/** What the request of an edit contains. */
const sentBy = <I, N, C>(edit: EditOf<I, N, C>): N | C | undefined => {
  if (edit.kind === 'create') return edit.content;
  return edit.kind === 'update' ? edit.changes : undefined;
};

const isCreated = (
  edits: ReadonlyMap<string, { readonly kind: string }>,
  id: string | null | undefined,
): boolean => id !== null && id !== undefined && edits.get(id)?.kind === 'create';

/** Whether the request of a task's edit names what the server does not have yet, or needs it gone. */
export const isTaskWaiting = ({ tasks, lists }: LocalCopy, edit: Edit): boolean => {
  const { list_id, parent_id, place, recurrence }: References & Pick<TaskUpdate, 'recurrence'> =
    sentBy(edit) ?? {};
  const next = edit.kind === 'create' ? null : edit.base.next_id;
  return (
    // Only one task of a series may recur: delete the next one first, then give the rule back.
    (recurrence != null && next !== null && tasks.edits.get(next)?.kind === 'delete') ||
    isCreated(lists.edits, list_id) ||
    [parent_id, place?.before, place?.after].some((id) => isCreated(tasks.edits, id))
  );
};

/** The same of a list's edit. A list is deleted when the edits of tasks have been sent: some empty it. */
export const isListWaiting = ({ tasks, lists }: LocalCopy, edit: ListEdit): boolean => {
  if (edit.kind === 'delete') return tasks.edits.size > 0;
  const { place } = sentBy(edit) ?? {};
  return isCreated(lists.edits, place?.before) || isCreated(lists.edits, place?.after);
};

const isUnknown = <I extends Entity, N, C>(collection: Collection<I, N, C>, id: string): boolean =>
  known(collection, id) === undefined && !isCreated(collection.edits, id);

/** Forgets the place of an edit if it is next to such a neighbour; returns whether it was. */
const forgetPlaceNextTo = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
  isAbsent: (neighbour: string) => boolean,
): boolean => {
  const edit = collection.edits.get(id);
  // What was sent stays as it is.
  if (edit === undefined || edit.sent !== undefined) return false;
  const { before, after } = sentBy(edit)?.place ?? {};
  if (![before, after].some((neighbour) => neighbour !== undefined && isAbsent(neighbour))) return false;
  keep(collection, id, withoutPlace(edit));
  return true;
};

const forgetIn = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
): void => {
  for (const id of [...collection.edits.keys()]) {
    forgetPlaceNextTo(collection, id, (neighbour) => isUnknown(collection, neighbour));
  }
};

/**
 * Forgets the places next to items that are gone: the rest of such an edit can still be sent. A copy
 * that has read nothing yet does not know what is gone.
 */
export const forgetPlaces = ({ since, tasks, lists }: LocalCopy): void => {
  if (since === null) return;
  forgetIn(tasks);
  forgetIn(lists);
};

/** Forgets the places next to an item whose creation was given up. */
export const forgetPlacesNextTo = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  gone: string,
): void => {
  if (!isUnknown(collection, gone)) return;
  for (const id of [...collection.edits.keys()]) {
    forgetPlaceNextTo(collection, id, (neighbour) => neighbour === gone);
  }
};

/** Forgets the place of an edit next to an item whose creation was not sent, or was refused. */
export const forgetUnsentPlace = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
): boolean => forgetPlaceNextTo(collection, id, (neighbour) => isCreated(collection.edits, neighbour));
