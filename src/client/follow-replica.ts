// Keeps a replica up to date: has the server wait for a change, beside the replica's turns, and leaves
// reading and sending to its own pull and push. So no change is applied twice, and a change token that
// is too old concerns only the pull.
import { createDeadline } from './deadline.ts';
import { SyncError, serviceProblem } from './request.ts';
import { firstPause, isPassing, pauseAfter, sleep, steady } from './retry-policy.ts';
import { type Connection, failure } from './send.ts';

export interface ReplicaFollowOptions {
  /** Ends following, at once. A pull or push that has begun completes by itself. */
  readonly signal: AbortSignal;
  /** Called with each failure after which the replica tries again. */
  readonly onError?: ((error: SyncError) => void) | undefined;
}

/** What following needs of a replica. */
interface Followed {
  readonly position: () => string | null;
  /** Whether there are edits besides conflicts and those that were refused. */
  readonly hasUnsent: () => boolean;
  readonly pull: () => Promise<unknown>;
  readonly push: () => Promise<unknown>;
}

/** How long the server waits for a change, in seconds: less than a request may take. */
const wait = 20;

const isStaleToken = (status: number, body: unknown): boolean =>
  (status === 410 || status === 400) && serviceProblem(status, body) !== undefined;

/** Waits until there is something to read after `position`, or for as long as the server waits. */
const awaitChange = async ({ ask }: Connection, position: string | null, signal: AbortSignal) => {
  const since = position === null ? '' : `&since=${encodeURIComponent(position)}`;
  const { status, body, headers } = await ask('GET', `task-changes?limit=1&wait=${wait}${since}`, { signal });
  if (isStaleToken(status, body)) return 'stale';
  const items = (body as { items?: unknown } | null | undefined)?.items;
  if (status !== 200 || !Array.isArray(items)) throw failure(status, body, headers);
  return items.length > 0 ? 'changed' : 'unchanged';
};

/** The error if another attempt may succeed; throws what is final. */
const assertPassing = (thrown: unknown): SyncError => {
  const isForLater =
    thrown instanceof SyncError &&
    // 409: the edit is still in progress.
    (thrown.status === null || thrown.status === 409 || isPassing(thrown.status));
  if (isForLater) return thrown;
  throw thrown;
};

/** Whether it was a single edit that failed: what others do can be read in the meantime. */
const isOfOneEdit = ({ id, status }: SyncError): boolean =>
  id !== null && (status === null || status === 500);

/** Makes a push that sends what there is, and waits longer each time after an edit that failed. */
const createPatientPush = ({ hasUnsent, push }: Followed, { onError }: ReplicaFollowOptions) => {
  let failures = 0;
  let notBefore = 0;
  return async (): Promise<void> => {
    if (!hasUnsent() || performance.now() < notBefore) return;
    try {
      await push();
      failures = 0;
    } catch (thrown) {
      const error = assertPassing(thrown);
      if (!isOfOneEdit(error)) throw error;
      onError?.(error);
      notBefore = performance.now() + pauseAfter(failures, firstPause, error.headers ?? undefined);
      failures += 1;
    }
  };
};

const keepFollowing = async (
  connection: Connection,
  replica: Followed,
  options: ReplicaFollowOptions,
): Promise<never> => {
  const { signal, onError } = options;
  const push = createPatientPush(replica, options);
  let isPullDue = true;
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    let headers: Headers | null = null;
    try {
      if (isPullDue) await replica.pull();
      isPullDue = false;
      signal.throwIfAborted();
      await push();
      signal.throwIfAborted();
      const began = performance.now();
      const outcome = await awaitChange(connection, replica.position(), signal);
      isPullDue = outcome !== 'unchanged';
      if (outcome === 'changed' || performance.now() - began >= steady) {
        failures = 0;
        continue;
      }
      // Something does not wait, or does not accept what it has just issued.
    } catch (thrown) {
      signal.throwIfAborted();
      const error = assertPassing(thrown);
      onError?.(error);
      ({ headers } = error);
      isPullDue = true;
    }
    await sleep(pauseAfter(failures, firstPause, headers ?? undefined), signal);
    failures += 1;
  }
};

/** Pulls, pushes, and does so again after each change, until the signal aborts or a failure is final. */
export const followReplica = async (
  connection: Connection,
  replica: Followed,
  options: ReplicaFollowOptions,
): Promise<never> => {
  const deadline = createDeadline(Number.POSITIVE_INFINITY, 'following', options.signal);
  // A timer cannot be set for ever.
  deadline.pause();
  try {
    return await deadline.race(() => keepFollowing(connection, replica, options));
  } finally {
    deadline.end();
  }
};
