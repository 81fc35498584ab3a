// The turn of one request at the database: it waits in line for a connection, runs on it, and runs
// again if a second try is allowed. It ends by its deadline, whatever the database does.

import type { Caller, Statements } from './database.ts';
import { ClientGone, ConnectionNotOpened, GaveUp } from './failure.ts';
import type { Lease, LeaseQueue } from './lease-queue.ts';

import type { Retry } from './retry-policy.ts';

export interface Turn<T> {
  readonly work: (statements: Statements) => Promise<T>;
  /** Whether the work only reads, so that it may run twice. */
  readonly reads: boolean;
  /** How long all of it may take, in milliseconds. */
  readonly timeout: number;
  /** How long it may take on a connection, in milliseconds, if that is less. */
  readonly workTimeout?: number | undefined;
  /** Absent for the service's own work. */
  readonly caller?: Caller | undefined;
  /** True to go before all others. */
  readonly isVital?: boolean;
}

export interface ExecutorOptions {
  readonly leases: LeaseQueue;
  /** Why no connection opens at the moment. */
  readonly lastFailure: () => unknown;
  /** Called with the time that a request waited for a connection, in seconds. */
  readonly waited: (seconds: number) => void;
  readonly retry: Retry;
}

/**
 * How long a statement whose client has gone may still take, in milliseconds. Most end sooner, and
 * giving one up costs its connection.
 */
const goneGrace = 500;

const tookTooLong = () => new GaveUp('deadline');
const noConnection = () => new ConnectionNotOpened(new Error('no connection has opened in time'));
const clientGone = () => new ClientGone();

/**
 * A turn in progress: plain state with functions on it, because every statement passes through
 * here.
 */
interface Run<T> {
  readonly turn: Turn<T>;
  readonly options: ExecutorOptions;
  readonly resolve: (result: T) => void;
  readonly reject: (error: unknown) => void;
  readonly arrived: number;
  tries: number;
  isOver: boolean;
  /** Whether its client has gone. */
  isGone: boolean;
  /** The lease that it has, or how to leave the line for one. */
  current: Lease | undefined;
  leave: (() => void) | undefined;
  /** What the previous attempt threw. */
  latest: unknown;
  /** Stops waiting for the client to go. */
  stay: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
  workTimer: NodeJS.Timeout | undefined;
}

const end = <T>(run: Run<T>): void => {
  run.isOver = true;
  clearTimeout(run.timer);
  clearTimeout(run.workTimer);
  run.stay?.();
};

const fail = <T>(run: Run<T>, error: unknown): void => {
  end(run);
  run.reject(error);
};

const giveUp = <T>(run: Run<T>, reason: GaveUp | ClientGone): void => {
  run.leave?.();
  if (run.current !== undefined) run.options.leases.giveUp(run.current, reason);
  fail(run, reason);
};

const giveUpAfter = <T>(run: Run<T>, time: number, reason: () => GaveUp | ClientGone): void => {
  clearTimeout(run.workTimer);
  run.workTimer = setTimeout(() => giveUp(run, reason()), time);
};

const onDeadline = <T>(run: Run<T>): void => {
  const { lastFailure, leases } = run.options;
  const wasRunning = run.current !== undefined;
  // If the turn was still in line while no other ran, it was waiting for a connection to open.
  const isOpening = !wasRunning && leases.running === 0;
  const cause = run.latest ?? lastFailure() ?? (isOpening ? noConnection() : undefined);
  // If it was in line behind others, none of its own statements was slow.
  giveUp(run, new GaveUp(wasRunning || cause !== undefined ? 'deadline' : 'overloaded', cause));
};

const onGone = <T>(run: Run<T>): void => {
  run.isGone = true;
  if (run.current === undefined) giveUp(run, clientGone());
  else giveUpAfter(run, goneGrace, clientGone);
};

const onFailure = async <T>(run: Run<T>, error: unknown): Promise<void> => {
  run.latest = error;
  const again = await run.options.retry.isDue(error, run.tries, run.turn.reads);
  if (run.isOver) return;
  if (again && !run.isGone) attempt(run);
  else fail(run, error);
};

const onLease = <T>(run: Run<T>, lease: Lease): void => {
  const { turn, options } = run;
  // The connection came too late for this request, but the next one can use it.
  if (run.isOver) {
    options.leases.giveBack(lease);
    return;
  }
  run.current = lease;
  if (run.tries === 1 && !turn.isVital) options.waited((performance.now() - run.arrived) / 1000);
  const { workTimeout, timeout } = turn;
  if (workTimeout !== undefined && workTimeout < timeout) giveUpAfter(run, workTimeout, tookTooLong);
  turn.work(lease.statements).then(
    (result) => {
      if (run.isOver) return;
      end(run);
      options.leases.giveBack(lease);
      run.resolve(result);
    },
    (error: unknown) => {
      if (run.isOver) return;
      clearTimeout(run.workTimer);
      run.current = undefined;
      options.leases.giveUp(lease, error);
      onFailure(run, error).catch((fault) => fail(run, fault));
    },
  );
};

const attempt = <T>(run: Run<T>): void => {
  run.tries += 1;
  const { caller, isVital = false } = run.turn;
  // A second try goes before the line: the turn has already waited.
  const taken = run.options.leases.take(caller?.owner, isVital || run.tries > 1);
  if ('statements' in taken) onLease(run, taken);
  else {
    run.leave = taken.leave;
    taken.lease
      .then(
        (lease) => onLease(run, lease),
        (error) => onFailure(run, error),
      )
      .catch((fault) => fail(run, fault));
  }
};

/**
 * Rejects with GaveUp if the line is full or the deadline is over, with ClientGone, and otherwise
 * with what the last attempt threw. It has one promise, not an await for each step, because every
 * statement passes through here.
 */
export const createExecutor =
  (options: ExecutorOptions) =>
  <T>(turn: Turn<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const run: Run<T> = {
        turn,
        options,
        resolve,
        reject,
        arrived: performance.now(),
        tries: 0,
        isOver: false,
        isGone: false,
        current: undefined,
        leave: undefined,
        latest: undefined,
        stay: undefined,
        timer: undefined,
        workTimer: undefined,
      };
      run.timer = setTimeout(onDeadline, turn.timeout, run);
      if (turn.reads) run.stay = turn.caller?.whenGone?.(() => onGone(run));
      if (run.isOver) return;
      try {
        attempt(run);
      } catch (error) {
        fail(run, error);
      }
    });
