// Reports to the operator's receiver that owners have changes. Each message only says that there is
// something: the receiver reads the change feed. A write is reported at once, and then at most once a
// second for each owner. What there is to report is in the database (outbox.ts), so it survives this
// process; here are only the turns.
import type { WebhookState } from '../observability/webhook-metrics.ts';
import { createDelivery, failedAtDatabase } from './delivery.ts';
import { createGate } from './gate.ts';
import { createJudge } from './judge.ts';
import { createKnownOwners } from './known-owners.ts';
import { defaultTiming, type WebhookObserver, type WebhookTiming } from './options.ts';
import type { Outbox } from './outbox.ts';
import { createPump } from './pump.ts';
import { createScan, type ReadNews } from './scan.ts';
import { createSender } from './send.ts';
import type { WebhookSettings } from './settings.ts';

export interface WebhookOptions {
  readonly settings: WebhookSettings;
  readonly outbox: Outbox;
  /** Reads the owners with news of each database. */
  readonly databases: readonly ReadNews[];
  readonly observer: WebhookObserver;
  readonly timing?: WebhookTiming;
  /** Runs the work outside the context of a request. */
  readonly outside: (work: () => void) => void;
}

export interface Webhook {
  /** Begins with what has not been reported yet. */
  start(): void;
  /** There may be news of `owner`. */
  written(owner: string): void;
  /**
   * Reports what is due for `limit` milliseconds at most, and less if `hurry` aborts. Then it ends the
   * attempts that are left, and gives back what it holds.
   */
  drain(limit: number, hurry?: AbortSignal): Promise<void>;
  state(): WebhookState;
}

/** How long the end of what was cut off may take: to give it back at the database. */
const maxEnding = 5000;

const endOf = async (running: Iterable<Promise<void>>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxEnding);
  });
  await Promise.race([Promise.all(running), limit]);
  clearTimeout(timer);
};

export const createWebhook = ({
  settings,
  outbox,
  databases,
  observer,
  timing = defaultTiming,
  outside,
}: WebhookOptions): Webhook => {
  const sender = createSender(settings.url, { width: timing.receiver.width, timeout: timing.timeout });
  const judge = createJudge(observer, timing);
  const database = createGate(timing.database);
  const known = createKnownOwners(timing.maxKnown);
  const scan = createScan(databases, timing.page);
  const ending = new AbortController();
  const take = createDelivery({
    secrets: settings.secrets,
    sender,
    outbox,
    judge,
    database,
    known,
    observer,
    timing,
    ending: ending.signal,
  });
  const { pump, running, close } = createPump({
    take,
    known,
    maxKnown: timing.maxKnown,
    scan,
    judge,
    database,
    onFailure: (error) => failedAtDatabase({ database, observer }, error),
    ending: ending.signal,
  });
  let scannedAt = Number.NEGATIVE_INFINITY;

  const isBusy = (): boolean => {
    const now = performance.now();
    const isOpen = judge.gate.width(now) > 0 && database.width(now) > 0 && !judge.isStopped;
    return running.size > 0 || (isOpen && known.nextAt() <= now + timing.rest);
  };

  return {
    start: () => {
      scannedAt = performance.now();
      scan.request();
      outside(pump);
    },
    written: (owner) => {
      const now = performance.now();
      known.add(owner, now, now);
      judge.gate.hasten();
      if (now - scannedAt >= timing.scanInterval) {
        scannedAt = now;
        scan.request();
      }
      outside(pump);
    },
    drain: async (limit, hurry) => {
      close();
      const until = performance.now() + limit;
      while (isBusy() && performance.now() < until && !hurry?.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      ending.abort();
      sender.close();
      await endOf(running);
    },
    state: () => {
      const oldest = known.oldest();
      return {
        waiting: known.size,
        age: oldest === null ? 0 : (performance.now() - oldest) / 1000,
        failures: judge.gate.failures,
        isStopped: judge.isStopped,
      };
    },
  };
};
