// One request's turn at the database: in line for a connection, on it, and again where a second try is allowed; and over
// when its deadline is, whatever the database does then.
import { ConnectionNotOpened, GaveUp } from './failure.ts';
import type { Statements } from './pool.ts';
import type { Queue } from './queue.ts';
import type { Retry } from './retry.ts';

export interface Turn<T> {
  readonly work: (statements: Statements) => Promise<T>;
  /** Whether the work only reads, so that it may run twice. */
  readonly reads: boolean;
  /** How long all of it may take, in milliseconds. */
  readonly timeout: number;
  /** True to go past the queue. */
  readonly isVital?: boolean;
}

export interface TurnsOptions {
  /** Runs the work on a connection that is its own for that time. */
  readonly connect: <T>(work: (statements: Statements) => Promise<T>) => Promise<T>;
  /** Why no connection opens at the moment. */
  readonly lastFailure: () => unknown;
  /** Called when a statement has had no answer within its deadline. */
  readonly unanswered: () => void;
  /** Told how long a request waited in line, in seconds. */
  readonly waited: (seconds: number) => void;
  readonly retry: Retry;
  readonly queue: Queue;
}

/** Throws GaveUp when the line is full or the deadline over, and what the last attempt threw otherwise. */
export const createTurns =
  ({ connect, lastFailure, unanswered, waited, retry, queue }: TurnsOptions) =>
  async <T>({ work, reads, timeout, isVital = false }: Turn<T>): Promise<T> => {
    const { promise: deadline, reject } = Promise.withResolvers<never>();
    let expired = false;
    let connected = false;
    let latest: unknown;
    const timer = setTimeout(() => {
      expired = true;
      if (connected) unanswered();
      reject(new GaveUp('deadline', latest ?? lastFailure()));
    }, timeout);

    const attempt = async (): Promise<T> => {
      connected = false;
      try {
        return await connect((statements) => {
          connected = true;
          // The connection came too late for this request: it goes back unharmed, for the next one.
          if (expired) return deadline.catch(() => undefined as never);
          return Promise.race([work(statements), deadline]);
        });
      } catch (error) {
        throw connected ? error : new ConnectionNotOpened(error);
      }
    };

    const attempts = async (): Promise<T> => {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt();
        } catch (error) {
          latest = error;
          if (expired || !(await retry.isDue(error, tries, reads))) throw error;
        }
      }
    };

    const inTurn = async (): Promise<T> => {
      if (isVital) return attempts();
      const arrived = performance.now();
      await queue.enter();
      try {
        waited((performance.now() - arrived) / 1000);
        return expired ? await deadline : await attempts();
      } finally {
        queue.leave();
      }
    };

    try {
      return await Promise.race([inTurn(), deadline]);
    } finally {
      clearTimeout(timer);
    }
  };
