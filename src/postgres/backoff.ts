// What to do while the database accepts no connections. However many requests wait, they share one
// attempt and one pause: a database that is starting up is not met by all of them at once, and a
// sleeping one is woken by one connection. Once an attempt has succeeded, connections open side by
// side.
import type { Logger } from 'pino';
import { requestContext } from '../observability/log.ts';
import { ConnectionNotOpened, failureOf } from './failure.ts';
import type { FailureKind } from './failure-rules.ts';

/**
 * The first and the longest pause between two attempts, and the pause if waiting cannot help, in
 * milliseconds.
 */
const first = 50;
const longest = 1000;
const refused = 2000;

/**
 * How long an attempt may be without an outcome before another one is made beside it, in
 * milliseconds.
 */
const patience = 250;

/** The same, if the previous attempt has failed. */
const longPatience = 2000;

/** A connection that is to be opened. */
export interface Attempt {
  open(): Promise<void>;
  /** Makes `open` reject soon. */
  abort(reason: Error): void;
}

export interface Backoff {
  /**
   * Opens a connection when it is its turn. If another attempt fails meanwhile, rejects with its
   * error; if waiting cannot help, rejects at once with the error of the latest one.
   */
  run(attempt: Attempt): Promise<void>;
  /**
   * Why no connection opens: the latest failure, or an attempt without an outcome. Undefined while
   * connections open.
   */
  readonly error: ConnectionNotOpened | undefined;
  /** Ends the attempts in progress, and refuses others. */
  close(): void;
}

/** A request for a connection. */
interface Waiter {
  readonly attempt: Attempt;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

// One line when connections stop opening, for each kind of reason, and one when they open again.
const createReport = (log: Logger) => {
  let reported: FailureKind | undefined;
  // The line concerns no single request.
  const write = (line: () => void) => requestContext.exit(line);
  return {
    failed: (error: unknown, kind: FailureKind): void => {
      if (kind === reported) return;
      reported = kind;
      write(() =>
        log.error(
          { err: error, kind },
          kind === 'refused' ? 'the database refuses connections' : 'no connection to the database',
        ),
      );
    },
    succeeded: (): void => {
      if (reported === undefined) return;
      reported = undefined;
      write(() => log.info('connected to the database again'));
    },
  };
};

// Doubles the pause with each round of failures, and waits for a random time between half of it and
// all of it, so that processes do not stay in step.
const createPause = (random: () => number) => {
  let bound = 0;
  let endsAt = 0;
  return {
    /** What is left of it, in milliseconds. */
    left: (): number => endsAt - performance.now(),
    begin: (retry: boolean): void => {
      const now = performance.now();
      // Attempts that ran side by side are one round, and fail as one.
      if (now < endsAt) return;
      bound = retry ? Math.min(longest, bound === 0 ? first : bound * 2) : refused;
      endsAt = now + (bound * (1 + random())) / 2;
    },
    end: (): void => {
      bound = 0;
      endsAt = 0;
    },
  };
};

// What the attempts so far have shown: whether connections open, and when to try again if not.
const createHealth = (log: Logger, random: () => number) => {
  const report = createReport(log);
  const pause = createPause(random);
  let isProven = false;
  let latest: { readonly error: unknown; readonly retry: boolean } | undefined;
  return {
    /** Whether connections have opened since the latest failure. */
    isProven: (): boolean => isProven,
    /** Why no connection opens, if an attempt is in progress or has failed. */
    error: (isOpening: boolean): ConnectionNotOpened | undefined => {
      if (latest !== undefined) return new ConnectionNotOpened(latest.error);
      if (isProven || !isOpening) return undefined;
      return new ConnectionNotOpened(new Error('the first connection has not opened yet'));
    },
    /** The latest failure, while waiting cannot help. */
    refusal: () => (latest?.retry === false && pause.left() > 0 ? latest : undefined),
    /** What is left of the pause before the next attempt, in milliseconds. */
    pauseLeft: pause.left,
    /** How long an attempt may be without an outcome, in milliseconds. */
    patience: (): number => (latest === undefined ? patience : longPatience),
    succeeded: (): void => {
      isProven = true;
      latest = undefined;
      pause.end();
      report.succeeded();
    },
    failed: (error: unknown): void => {
      const { kind, retry } = failureOf(new ConnectionNotOpened(error));
      isProven = false;
      latest = { error, retry };
      pause.begin(retry);
      report.failed(error, kind);
    },
  };
};

// The attempts in progress.
const createAttempts = () => {
  const opening = new Set<Attempt>();
  let startedAt = 0;
  return {
    start: (attempt: Attempt): Promise<void> => {
      startedAt = performance.now();
      opening.add(attempt);
      return attempt.open().finally(() => opening.delete(attempt));
    },
    isAny: (): boolean => opening.size > 0,
    /** What is left until `patience` with the latest attempt ends, in milliseconds. */
    left: (patience: number): number => (opening.size === 0 ? 0 : startedAt + patience - performance.now()),
    abort: (reason: Error): void => {
      for (const attempt of opening) attempt.abort(reason);
    },
  };
};

/**
 * Logs to `log` when connections stop opening, and when they open again. `random` returns numbers
 * from 0 to 1.
 */
export const createBackoff = (log: Logger, random: () => number = Math.random): Backoff => {
  const health = createHealth(log, random);
  const waiting: Waiter[] = [];
  const attempts = createAttempts();
  let closed: Error | undefined;
  let timer: NodeJS.Timeout | undefined;

  const rejectWaiting = (error: unknown): void => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };

  const start = ({ attempt, resolve, reject }: Waiter): void => {
    attempts.start(attempt).then(
      () => {
        health.succeeded();
        proceed();
        resolve();
      },
      (error: unknown) => {
        rejectWaiting(error);
        if (closed === undefined) health.failed(error);
        reject(error);
      },
    );
  };

  const proceed = (): void => {
    clearTimeout(timer);
    if (health.isProven()) {
      for (const waiter of waiting.splice(0)) start(waiter);
      return;
    }
    const turn = health.patience();
    const wait = Math.max(health.pauseLeft(), attempts.left(turn));
    const waiter = wait <= 0 ? waiting.shift() : undefined;
    if (waiter !== undefined) start(waiter);
    if (waiting.length > 0) timer = setTimeout(proceed, waiter === undefined ? wait : turn);
  };

  return {
    run: (attempt) =>
      new Promise((resolve, reject) => {
        const refusal = health.refusal();
        if (closed !== undefined) reject(closed);
        else if (refusal !== undefined) reject(refusal.error);
        else {
          waiting.push({ attempt, resolve, reject });
          proceed();
        }
      }),
    get error() {
      return health.error(attempts.isAny());
    },
    close: () => {
      closed = new Error('the pool is closed');
      clearTimeout(timer);
      rejectWaiting(closed);
      attempts.abort(closed);
    },
  };
};
