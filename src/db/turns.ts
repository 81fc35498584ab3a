// One request's turn at the database: in line for a connection, on it, and again where a second try is allowed; and over
// when its deadline is, whatever the database does then.
import { GaveUp } from './failure.ts';
import type { Lane, Lanes } from './lanes.ts';
import type { Statements } from './pool.ts';
import type { Retry } from './retry.ts';

export interface Turn<T> {
  readonly work: (statements: Statements) => Promise<T>;
  /** Whether the work only reads, so that it may run twice. */
  readonly reads: boolean;
  /** How long all of it may take, in milliseconds. */
  readonly timeout: number;
  /** True to go before all others. */
  readonly isVital?: boolean;
}

export interface TurnsOptions {
  readonly lanes: Lanes;
  /** Why no connection opens at the moment. */
  readonly lastFailure: () => unknown;
  /** Called when a statement has had no answer within its deadline. */
  readonly unanswered: () => void;
  /** Told how long a request waited for a connection, in seconds. */
  readonly waited: (seconds: number) => void;
  readonly retry: Retry;
}

/**
 * Rejects with GaveUp when the line is full or the deadline over, and with what the last attempt threw otherwise. It is
 * written with one promise, not with an await for each step, because every statement goes through here.
 */
export const createTurns =
  ({ lanes, lastFailure, unanswered, waited, retry }: TurnsOptions) =>
  <T>({ work, reads, timeout, isVital = false }: Turn<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const arrived = performance.now();
      let tries = 0;
      let over = false;
      let current: Lane | undefined;
      let leave: (() => void) | undefined;
      let latest: unknown;

      const fail = (error: unknown): void => {
        over = true;
        clearTimeout(timer);
        reject(error);
      };
      const failed = async (error: unknown): Promise<void> => {
        latest = error;
        const again = await retry.isDue(error, tries, reads);
        if (over) return;
        if (again) attempt();
        else fail(error);
      };
      const onLane = (lane: Lane): void => {
        // The connection came too late for this request: it goes back unharmed, for the next one.
        if (over) {
          lanes.giveBack(lane);
          return;
        }
        current = lane;
        if (tries === 1 && !isVital) waited((performance.now() - arrived) / 1000);
        work(lane.statements).then(
          (result) => {
            if (over) return;
            over = true;
            clearTimeout(timer);
            lanes.giveBack(lane);
            resolve(result);
          },
          (error: unknown) => {
            if (over) return;
            current = undefined;
            lanes.giveUp(lane, error);
            failed(error).catch(fail);
          },
        );
      };
      const attempt = (): void => {
        tries += 1;
        // Whoever had a place in line keeps it for a second try.
        const taken = lanes.take(isVital || tries > 1);
        if ('statements' in taken) onLane(taken);
        else {
          leave = taken.leave;
          taken.lane.then(onLane, failed).catch(fail);
        }
      };
      const timer = setTimeout(() => {
        over = true;
        leave?.();
        const reason = new GaveUp('deadline', latest ?? lastFailure());
        if (current !== undefined) {
          lanes.giveUp(current, reason);
          unanswered();
        }
        reject(reason);
      }, timeout);

      try {
        attempt();
      } catch (error) {
        fail(error);
      }
    });
