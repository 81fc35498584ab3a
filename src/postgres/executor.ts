// One request's turn at the database: in line for a connection, on it, and again where a second try is allowed; and over
// when its deadline is, whatever the database does then.

import type { Caller, Statements } from './database.ts';
import { ClientGone, GaveUp } from './failure.ts';
import type { Lease, LeaseQueue } from './lease-queue.ts';

import type { Retry } from './retry-policy.ts';

export interface Turn<T> {
  readonly work: (statements: Statements) => Promise<T>;
  /** Whether the work only reads, so that it may run twice. */
  readonly reads: boolean;
  /** How long all of it may take, in milliseconds. */
  readonly timeout: number;
  /** How long it may take on a connection, in milliseconds, where that is less. */
  readonly workTimeout?: number | undefined;
  /** Absent for what the service does for itself. */
  readonly caller?: Caller | undefined;
  /** True to go before all others. */
  readonly isVital?: boolean;
}

export interface ExecutorOptions {
  readonly leases: LeaseQueue;
  /** Why no connection opens at the moment. */
  readonly lastFailure: () => unknown;
  /** Called when a statement has had no answer within its deadline. */
  readonly unanswered: () => void;
  /** Told how long a request waited for a connection, in seconds. */
  readonly waited: (seconds: number) => void;
  readonly retry: Retry;
}

/**
 * How long a statement whose client has gone may still take, in milliseconds. Most are done sooner, and giving one up
 * costs its connection.
 */
const goneGrace = 500;

const tookTooLong = () => new GaveUp('deadline');
const clientGone = () => new ClientGone();

/**
 * Rejects with GaveUp when the line is full or the deadline over, with ClientGone, and with what the last attempt threw
 * otherwise. It is written with one promise, not with an await for each step, because every statement goes through here.
 */
export const createExecutor =
  ({ leases, lastFailure, unanswered, waited, retry }: ExecutorOptions) =>
  <T>({ work, reads, timeout, workTimeout, caller, isVital = false }: Turn<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const arrived = performance.now();
      let tries = 0;
      let over = false;
      let isGone = false;
      let current: Lease | undefined;
      let leave: (() => void) | undefined;
      let latest: unknown;
      let stay: (() => void) | undefined;
      let workTimer: NodeJS.Timeout | undefined;

      const end = (): void => {
        over = true;
        clearTimeout(timer);
        clearTimeout(workTimer);
        stay?.();
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const giveUp = (reason: GaveUp | ClientGone): void => {
        leave?.();
        if (current !== undefined) leases.giveUp(current, reason);
        fail(reason);
      };
      const giveUpAfter = (time: number, reason: () => GaveUp | ClientGone): void => {
        clearTimeout(workTimer);
        workTimer = setTimeout(() => giveUp(reason()), time);
      };
      const failed = async (error: unknown): Promise<void> => {
        latest = error;
        const again = await retry.isDue(error, tries, reads);
        if (over) return;
        if (again && !isGone) attempt();
        else fail(error);
      };
      const onLane = (lease: Lease): void => {
        // The connection came too late for this request: it goes back unharmed, for the next one.
        if (over) {
          leases.giveBack(lease);
          return;
        }
        current = lease;
        if (tries === 1 && !isVital) waited((performance.now() - arrived) / 1000);
        if (workTimeout !== undefined && workTimeout < timeout) giveUpAfter(workTimeout, tookTooLong);
        work(lease.statements).then(
          (result) => {
            if (over) return;
            end();
            leases.giveBack(lease);
            resolve(result);
          },
          (error: unknown) => {
            if (over) return;
            clearTimeout(workTimer);
            current = undefined;
            leases.giveUp(lease, error);
            failed(error).catch(fail);
          },
        );
      };
      const attempt = (): void => {
        tries += 1;
        // A turn that had a place in line keeps it for a second try.
        const taken = leases.take(caller?.owner, isVital || tries > 1);
        if ('statements' in taken) onLane(taken);
        else {
          leave = taken.leave;
          taken.lease.then(onLane, failed).catch(fail);
        }
      };
      const timer = setTimeout(() => {
        const wasRunning = current !== undefined;
        const cause = latest ?? lastFailure();
        // A turn that was still in line, although connections open, has had no statement that was slow.
        giveUp(new GaveUp(wasRunning || cause !== undefined ? 'deadline' : 'overloaded', cause));
        if (wasRunning) unanswered();
      }, timeout);
      if (reads) {
        stay = caller?.whenGone?.(() => {
          isGone = true;
          if (current === undefined) giveUp(clientGone());
          else giveUpAfter(goneGrace, clientGone);
        });
      }
      if (over) return;
      try {
        attempt();
      } catch (error) {
        fail(error);
      }
    });
