// Reports to the operator's receiver that owners have changes. Each message only says that there is
// something: the receiver reads the change feed. A write is reported at once, and then at most once a
// second for each owner. What there is to report is in the database (outbox.ts), so it survives this
// process; here are only the turns.
import { backoff, createGate, type GateOptions } from './gate.ts';
import { createKnownOwners, type KnownOwner, type TurnResult } from './known-owners.ts';
import { messageOf } from './message.ts';
import type { Held, Outbox } from './outbox.ts';
import { createScan, type ReadNews } from './scan.ts';
import { createSender, type Outcome } from './send.ts';
import type { WebhookSettings } from './settings.ts';

/** All in milliseconds, except for numbers of attempts and owners. */
export interface WebhookTiming {
  /** Pauses after failures of the receiver, and how many attempts run at once. */
  readonly receiver: GateOptions;
  /** Pauses of an owner whose message alone is refused. */
  readonly owner: Pick<GateOptions, 'first' | 'longest'>;
  /** Pauses after failures of the database. */
  readonly database: GateOptions;
  /** How long an exchange may take. */
  readonly timeout: number;
  /** How long this process holds news: longer than any exchange. */
  readonly hold: number;
  /** Between two messages of an owner. */
  readonly rest: number;
  /** Between two scans, while there is activity. */
  readonly scanInterval: number;
  /** Owners in memory. */
  readonly maxKnown: number;
  /** Owners of a page of a scan. */
  readonly page: number;
}

const hour = 3_600_000;

export const defaultTiming: WebhookTiming = {
  receiver: { first: 1000, longest: hour, active: 60_000, width: 8 },
  owner: { first: 5000, longest: 600_000 },
  database: { first: 1000, longest: 60_000, active: 1000, width: 8 },
  timeout: 15_000,
  hold: 60_000,
  rest: 1000,
  scanInterval: 60_000,
  maxKnown: 1000,
  page: 100,
};

/** After messages of so many owners are refused in a row, it is the receiver that fails. */
const maxRefused = 3;

/** What came of an attempt, for the metrics. */
export type DeliveryOutcome = 'delivered' | 'refused' | 'failed';

export interface WebhookObserver {
  /** An attempt has ended. */
  attempted(outcome: DeliveryOutcome): void;
  /** `fields` have a status or a code and never the address, a secret or a message's content. */
  report(level: 'info' | 'warn' | 'error', fields: object, message: string): void;
}

export interface WebhookState {
  /** Owners with news that this process knows of and has not reported. */
  readonly waiting: number;
  /** How long the oldest of them has been waiting, in seconds. */
  readonly age: number;
  /** Attempts in a row to which the receiver has not responded as it should. */
  readonly failures: number;
  /** Whether the receiver has asked for no more messages (410). */
  readonly isStopped: boolean;
}

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

const isSuccess = ({ status }: Outcome): boolean => status !== null && status >= 200 && status < 300;

/** Whether it says something about the receiver, rather than about this message. */
const isOfReceiver = ({ status }: Outcome): boolean => status === null || status === 429 || status === 503;

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/**
 * What the outcomes mean for the next attempts: `judge` returns for how many milliseconds the owner has
 * to wait, or null if the message is delivered.
 */
const createJudge = (
  observer: WebhookObserver,
  { receiver, owner: ofOwner }: Pick<WebhookTiming, 'receiver' | 'owner'>,
) => {
  const gate = createGate(receiver);
  const refused = new Set<string>();
  let isStopped = false;
  let reportedAt = Number.NEGATIVE_INFINITY;

  const succeed = (): null => {
    observer.attempted('delivered');
    if (gate.failures > 0)
      observer.report('info', { failures: gate.failures }, 'the webhook is delivered again');
    gate.succeed();
    refused.clear();
    return null;
  };

  const refuse = ({ owner, failures }: KnownOwner, now: number): number => {
    if (refused.size < maxRefused) refused.add(owner);
    if (refused.size >= maxRefused) gate.fail(now, null);
    return backoff(failures + 1, ofOwner);
  };

  return {
    gate,
    get isStopped() {
      return isStopped;
    },
    judge: (known: KnownOwner, outcome: Outcome, id: string): number | null => {
      if (isSuccess(outcome)) return succeed();
      const now = performance.now();
      observer.attempted(outcome.status === null ? 'failed' : 'refused');
      const fields = outcome.status === null ? { code: outcome.code } : { status: outcome.status };
      if (outcome.status === 410) {
        if (!isStopped)
          observer.report(
            'error',
            fields,
            'the receiver wants no more messages: the webhook is stopped until a restart',
          );
        isStopped = true;
        return 0;
      }
      const retryAfter =
        outcome.status !== null && outcome.retryAfter !== null ? outcome.retryAfter * 1000 : null;
      const pause = isOfReceiver(outcome) ? gate.fail(now, retryAfter) : refuse(known, now);
      if (pause !== null && now - reportedAt >= receiver.first) {
        reportedAt = now;
        observer.report(
          'warn',
          { ...fields, webhook_id: id, retry_in_s: seconds(pause) },
          'a message of the webhook was not delivered',
        );
      }
      return isOfReceiver(outcome) ? 0 : (pause ?? 0);
    },
  };
};

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
  const running = new Set<Promise<void>>();
  let scannedAt = Number.NEGATIVE_INFINITY;
  let isScanning = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const failedAtDatabase = (error: unknown): void => {
    const pause = database.fail(performance.now(), null);
    if (pause === null) return;
    observer.report(
      'warn',
      { err: error, retry_in_s: seconds(pause) },
      'the webhook cannot reach the database',
    );
  };

  /** Reports one message. Returns for how long its owner has to wait; null if it is delivered. */
  const report = async (owner: KnownOwner, held: Held): Promise<number | null> => {
    const message = messageOf(held, settings.secrets, new Date());
    const outcome = await sender.send(message, ending.signal);
    // What this process has ended itself says nothing about the receiver.
    const pause =
      ending.signal.aborted && outcome.status === null ? 0 : judge.judge(owner, outcome, message.id);
    if (pause !== null) await outbox.giveBack(held, pause / 1000);
    return pause;
  };

  /** Reports what there is of an owner. */
  const turn = async (owner: KnownOwner): Promise<TurnResult> => {
    const { held, wait } = await outbox.take(owner.owner, timing.hold / 1000);
    database.succeed();
    let isMore = false;
    for (const [index, news] of held.entries()) {
      const pause = await report(owner, news);
      if (pause !== null) {
        for (const rest of held.slice(index + 1)) await outbox.giveBack(rest, pause / 1000);
        const failures = owner.failures + Number(pause > 0);
        return { at: performance.now() + pause, failures, isReported: false };
      }
      if (await outbox.done(news, timing.rest / 1000)) isMore = true;
    }
    const isReported = held.length > 0;
    const pause = isMore ? timing.rest : wait;
    return {
      at: pause === null ? null : performance.now() + pause,
      failures: isReported ? 0 : owner.failures,
      isReported,
    };
  };

  const take = async (owner: KnownOwner): Promise<void> => {
    const now = () => performance.now();
    try {
      const result = await turn(owner);
      known.settle(owner.owner, now(), result);
    } catch (error) {
      failedAtDatabase(error);
      known.settle(owner.owner, now(), { at: now(), failures: owner.failures, isReported: false });
    }
  };

  const readPage = async (): Promise<void> => {
    isScanning = true;
    try {
      const found = await scan.read();
      const now = performance.now();
      for (const { owner, wait } of found) known.add(owner, now, now + wait);
    } catch (error) {
      failedAtDatabase(error);
    } finally {
      isScanning = false;
    }
  };

  const follow = (work: Promise<void>): void => {
    const followed = work.finally(() => {
      running.delete(followed);
      pump();
    });
    running.add(followed);
  };

  const mayScan = (now: number): boolean =>
    scan.isWanted && !isScanning && !isClosed && database.width(now) > 0 && known.size < timing.maxKnown / 2;

  const pump = (): void => {
    clearTimeout(timer);
    if (judge.isStopped || ending.signal.aborted) return;
    const now = performance.now();
    const width = Math.min(judge.gate.width(now), database.width(now));
    while (running.size - Number(isScanning) < width) {
      const owner = known.next(now);
      if (owner === null) break;
      follow(take(owner));
    }
    // There is room again for what was left out.
    if (known.size < timing.maxKnown / 2 && known.takeOverflow()) scan.request();
    if (mayScan(now)) follow(readPage());
    const at = Math.max(known.nextAt(), judge.gate.opensAt, database.opensAt);
    const scanAt = scan.isWanted && !isScanning ? database.opensAt : Number.POSITIVE_INFINITY;
    const next = Math.min(at, scanAt > now ? scanAt : Number.POSITIVE_INFINITY);
    // What is due now waits for an attempt that is running.
    if (next !== Number.POSITIVE_INFINITY && next > now)
      timer = setTimeout(pump, Math.ceil(next - now)).unref();
  };

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
      isClosed = true;
      const until = performance.now() + limit;
      while (isBusy() && performance.now() < until && !hurry?.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      ending.abort();
      clearTimeout(timer);
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
