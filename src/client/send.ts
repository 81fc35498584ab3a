// How a replica sends edits, one after the other, and what becomes of each.
import {
  type Changes,
  type Content,
  type EditOf,
  type Entity,
  isFrozen,
  refusedEdit,
  type Task,
  unsent,
} from './edit.ts';
import {
  type Collection,
  confirm,
  freeze,
  keep,
  type LocalCopy,
  noteLoss,
  putLast,
  theirsOf,
} from './local-copy.ts';
import { isForLater, type Problem, SyncError, type SyncRequest, serviceProblem } from './request.ts';
import { forgetPlaces, forgetUnsentPlace, isListWaiting, isTaskWaiting, rename } from './view.ts';

/**
 * How many of the edits that were refused before a push sends again, those first that have waited
 * longest.
 */
const maxAgain = 10;

/**
 * How many sendings of an edit can end without an outcome, while the service can be reached, until it
 * is sent after the others: a connection can be lost by chance, but an edit can also break it.
 */
const maxLosses = 3;

export interface Connection {
  /** Asks below the owner by name, so that the server refuses another user's token with 404. */
  readonly ask: SyncRequest;
  /** Throws a SyncError unless the service itself can be reached, with a token of the owner. */
  readonly assertReached: () => Promise<void>;
}

/** The error of a response that is not about an edit. */
export const failure = (status: number, body: unknown, headers?: Headers) =>
  new SyncError(
    status,
    status === 404 && serviceProblem(status, body)
      ? 'the server responded with 404: is the token that of the user whose copy this is?'
      : undefined,
    { headers },
  );

/** How the API differs between tasks and lists. */
interface Resource {
  readonly path: 'tasks' | 'lists';
  /** The parameter of a deletion that says what happens to its contents, and the status of its success. */
  readonly deletion: { readonly parameter: string; readonly status: number };
}

const resources = {
  tasks: { path: 'tasks', deletion: { parameter: 'children', status: 204 } },
  lists: { path: 'lists', deletion: { parameter: 'tasks', status: 200 } },
} as const satisfies Record<string, Resource>;

const send = <I extends Entity, N, C>(
  { ask }: Connection,
  { path, deletion }: Resource,
  id: string,
  edit: EditOf<I, N, C>,
) => {
  if (edit.kind === 'create') {
    return ask('POST', path, { headers: { 'Idempotency-Key': edit.key }, body: edit.content });
  }
  const headers = { 'Idempotency-Key': edit.key, 'If-Match': `"${edit.base.version}"` };
  if (edit.kind === 'update') return ask('PATCH', `${path}/${id}`, { headers, body: edit.changes });
  if (edit.kind === 'complete') {
    const { completed_on } = edit;
    return ask('PATCH', `${path}/${id}/complete`, { headers, body: { completed_on } });
  }
  const query = edit.contents === undefined ? '' : `?${deletion.parameter}=${edit.contents}`;
  return ask('DELETE', `${path}/${id}${query}`, { headers });
};

/**
 * The item of a response to an edit, null for a deletion, `part` for a deletion of which the server has
 * left something to do, or undefined when it is not the service's success.
 */
const itemOf = <I extends Entity, N, C>(
  { deletion }: Resource,
  id: string,
  { kind }: EditOf<I, N, C>,
  status: number,
  body: unknown,
): I | null | 'part' | undefined => {
  if (kind === 'delete') {
    if (status !== deletion.status) return undefined;
    if (status === 204) return null;
    const { has_more } = (body ?? {}) as { readonly has_more?: unknown };
    return typeof has_more !== 'boolean' ? undefined : has_more ? 'part' : null;
  }
  if (status !== (kind === 'create' ? 201 : 200)) return undefined;
  const item = body as Partial<I> | null | undefined;
  const isItem = typeof item?.id === 'string' && typeof item.version === 'number';
  return isItem && (kind === 'create' || item.id === id) ? (item as I) : undefined;
};

/**
 * What became of an edit: `outdated` means that the feed has to say. One that is `misplaced` was
 * refused only for its place.
 */
type Outcome = 'confirmed' | 'part' | 'outdated' | 'refused' | 'misplaced';

const isAboutPlace = ({ errors = [] }: Problem): boolean =>
  errors.length > 0 && errors.every(({ loc }) => loc[0] === 'body' && loc[1] === 'place');

/** Takes the service's refusal of an edit: nothing has happened. */
const takeProblem = <I extends Entity, N extends Content, C extends Changes>(
  collection: Collection<I, N, C>,
  id: string,
  edit: EditOf<I, N, C>,
  status: number,
  problem: Problem,
): Outcome => {
  const isReused = problem.type.endsWith('/idempotency-key-reused');
  if (edit.kind === 'create') {
    if (status === 404) throw failure(status, problem);
    if (isReused) {
      // Something else went out under this key: an older state, or what the edit was before it was
      // rewritten. What became of it cannot be known.
      const { refused: _refused, ...rest } = edit;
      keep(collection, id, { ...rest, sent: 0 });
      return 'outdated';
    }
  } else if (status === 404 || status === 412 || isReused) {
    keep(collection, id, unsent(edit));
    return 'outdated';
  }
  keep(collection, id, refusedEdit(edit, status, problem));
  return isAboutPlace(problem) ? 'misplaced' : 'refused';
};

/** Whether an edit changes more than its own item, which only the feed reports. */
const changesOthers = <I extends Entity, N, C>(edit: EditOf<I, N, C>, item: I | null): boolean => {
  if (edit.kind === 'delete') return edit.contents !== undefined;
  if (edit.kind === 'create' || item === null) return false;
  // The type of `I` does not matter: only tasks have these.
  const [before, now]: readonly Partial<Task>[] = [edit.base, item];
  return before?.next_id !== now?.next_id || before?.list_id !== now?.list_id;
};

interface Sent {
  readonly outcome: Outcome;
  readonly status: number;
  readonly hasEffects: boolean;
}

/**
 * Sends one edit and takes the response. Throws a SyncError when nothing is known and nothing else
 * would get through; the edit is then frozen.
 */
const sendEdit = async <I extends Entity, N extends Content, C extends Changes>(
  copy: LocalCopy,
  connection: Connection,
  resource: Resource,
  collection: Collection<I, N, C>,
  id: string,
  edit: EditOf<I, N, C>,
): Promise<Sent> => {
  const { status, body, headers } = await send(connection, resource, id, edit);
  const present = () => {
    const now = collection.edits.get(id);
    // The user may have given it up meanwhile.
    return now?.key === edit.key ? now : undefined;
  };
  const sent = (outcome: Outcome, hasEffects = false): Sent => ({ outcome, status, hasEffects });
  const item = itemOf(resource, id, edit, status, body);
  if (item === 'part') {
    const now = present();
    if (now) keep(collection, id, unsent(now));
    return sent('part', true);
  }
  if (item !== undefined) {
    confirm(collection, id, edit, item);
    if (item !== null && item.id !== id) rename(copy.tasks, id, item.id);
    return sent('confirmed', changesOthers(edit, item));
  }
  const problem = serviceProblem(status, body);
  if (isForLater(status, problem)) throw new SyncError(status, undefined, { headers });
  // Not the service's word. Whether it is about this edit or about everything, a harmless question
  // shows.
  if (problem === undefined) await connection.assertReached();
  const now = present();
  if (now === undefined) return sent('confirmed');
  if (problem !== undefined) {
    const outcome = takeProblem(collection, id, now, status, problem);
    if (outcome === 'refused' || outcome === 'misplaced') putLast(copy, collection, id);
    return sent(outcome);
  }
  keep(collection, id, refusedEdit(now, status, null));
  putLast(copy, collection, id);
  return sent('refused');
};

/** An edit that could be sent now. */
interface Candidate {
  readonly id: string;
  /** Unique among the edits of the replica. */
  readonly name: string;
  readonly attempt: number;
  readonly isFrozen: boolean;
  readonly wasSent: boolean;
  readonly wasRefused: boolean;
  /** Whether it names what the server does not have yet. */
  readonly isWaiting: boolean;
  /** Marks it as sent; what is returned sends it, when that has been saved. */
  readonly freeze: () => () => Promise<Sent>;
  /** Forgets a place next to what the server does not have; returns whether there was one. */
  readonly forgetPlace: () => boolean;
  /** Takes the error that ended its sending: whether the edit keeps its place. */
  readonly fail: (error: SyncError) => Promise<void>;
}

const isReached = async ({ assertReached }: Connection): Promise<boolean> => {
  try {
    await assertReached();
    return true;
  } catch (error) {
    if (error instanceof SyncError) return false;
    throw error;
  }
};

/** The edits of a collection that are in no conflict. */
const candidatesIn = <I extends Entity, N extends Content, C extends Changes>(
  copy: LocalCopy,
  connection: Connection,
  resource: Resource,
  collection: Collection<I, N, C>,
  isWaiting: (edit: EditOf<I, N, C>) => boolean,
): Candidate[] =>
  [...collection.edits].flatMap(([id, edit]) => {
    if (theirsOf(collection, id, edit) !== undefined) return [];
    const candidate: Candidate = {
      id,
      name: `${resource.path}/${id}`,
      attempt: edit.attempt ?? 0,
      isFrozen: isFrozen(edit),
      wasSent: edit.sent !== undefined,
      wasRefused: edit.refused !== undefined,
      isWaiting: isWaiting(edit),
      freeze: () => {
        const frozen = freeze(collection, id, edit);
        return () => sendEdit(copy, connection, resource, collection, id, frozen);
      },
      forgetPlace: () => forgetUnsentPlace(collection, id),
      fail: async ({ status }) => {
        const losses = (edit.losses ?? 0) + 1;
        const isOwn = status === 500 || (losses >= maxLosses && (await isReached(connection)));
        if (isOwn) putLast(copy, collection, id);
        else noteLoss(collection, id, Math.min(losses, maxLosses - 1));
      },
    };
    return [candidate];
  });

const candidates = (copy: LocalCopy, connection: Connection): readonly Candidate[] => {
  const { tasks, lists } = copy;
  return [
    ...candidatesIn(copy, connection, resources.lists, lists, (edit) => isListWaiting(copy, edit)),
    ...candidatesIn(copy, connection, resources.tasks, tasks, (edit) => isTaskWaiting(copy, edit)),
  ];
};

/**
 * The edit to be sent next: the one whose latest failure was the earliest, and those before it that
 * never failed. One that waits for another is sent before it only if that cannot be sent.
 */
const nextOf = (all: readonly Candidate[]): Candidate | undefined => {
  const earliest = (some: readonly Candidate[]) =>
    some.reduce<Candidate | undefined>(
      (first, one) => (first === undefined || one.attempt < first.attempt ? one : first),
      undefined,
    );
  return earliest(all.filter(({ isWaiting }) => !isWaiting)) ?? earliest(all);
};

/** What a push, or a pull, has done so far. */
export interface Progress {
  /** The edits that were refused. */
  readonly refused: { id: string; status: number }[];
  /** Those that are not sent again, by name. */
  readonly over: Set<string>;
  /** Those that were refused for their place, and are sent again when the feed was read. */
  readonly misplaced: Set<string>;
  /** How many of those refused before were sent again. */
  again: number;
}

export const newProgress = (): Progress => ({
  refused: [],
  over: new Set(),
  misplaced: new Set(),
  again: 0,
});

const askedOnce = (connection: Connection): Connection => {
  let isKnown = false;
  return {
    ...connection,
    assertReached: async () => {
      if (!isKnown) await connection.assertReached();
      isKnown = true;
    },
  };
};

/** The edit to be sent next, without a place next to what cannot be sent. */
const nextReady = (wanted: () => readonly Candidate[]): Candidate | undefined => {
  let next = nextOf(wanted());
  while (next?.isWaiting && next.forgetPlace()) next = nextOf(wanted());
  return next;
};

/**
 * Sends the edits, or only those whose outcome is unknown, and what follows them. Returns whether only
 * the feed has all that has happened, and whether it has to say what becomes of an edit.
 */
export const sendEdits = async (
  copy: LocalCopy,
  connection: Connection,
  save: () => Promise<unknown>,
  which: 'all' | 'frozen',
  progress = newProgress(),
) => {
  const outdated = new Set<string>();
  let hasEffects = false;
  const once = askedOnce(connection);
  const isWanted = ({ name, isFrozen: frozen, wasRefused }: Candidate) =>
    (which === 'all' || frozen) &&
    !progress.over.has(name) &&
    !outdated.has(name) &&
    (!wasRefused || progress.misplaced.has(name) || progress.again < maxAgain);
  const wanted = () => {
    forgetPlaces(copy);
    return candidates(copy, once).filter(isWanted);
  };
  // It comes to what is added meanwhile, too.
  for (let next = nextReady(wanted); next !== undefined; next = nextReady(wanted)) {
    const { id, name, wasSent, wasRefused } = next;
    const sendNow = next.freeze();
    if (wasRefused && !progress.misplaced.has(name)) progress.again += 1;
    await save();
    try {
      const { outcome, status, hasEffects: isMore } = await sendNow();
      // The neighbour may be gone: then the place is forgotten when the feed has reported that.
      if (outcome === 'misplaced' && !progress.misplaced.has(name)) {
        progress.misplaced.add(name);
        outdated.add(name);
      } else if (outcome === 'refused' || outcome === 'misplaced') {
        progress.refused.push({ id, status });
        progress.over.add(name);
      } else if (outcome === 'outdated') outdated.add(name);
      // The response to a repetition may be the one of then: what is so now, the feed reports.
      hasEffects ||= isMore || (outcome === 'confirmed' && wasSent);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      await next.fail(error);
      const { status, message, cause, headers } = error;
      throw new SyncError(status, message, { cause, headers, id });
    }
  }
  return { isOutdated: outdated.size > 0, hasEffects: hasEffects || outdated.size > 0 };
};
