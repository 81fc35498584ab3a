// Delivers what there is to report of one owner: takes hold of it in the database, sends it, and
// records the outcome there.
import { type Gate, seconds } from './gate.ts';
import type { Judge } from './judge.ts';
import type { KnownOwner, KnownOwners, TurnResult } from './known-owners.ts';
import { messageOf } from './message.ts';
import type { WebhookObserver, WebhookTiming } from './options.ts';
import type { Held, Outbox } from './outbox.ts';
import type { Sender } from './send.ts';
import type { WebhookSettings } from './settings.ts';

export interface DeliveryOptions {
  readonly secrets: WebhookSettings['secrets'];
  readonly sender: Sender;
  readonly outbox: Outbox;
  readonly judge: Judge;
  /** Whether the database may be asked. */
  readonly database: Gate;
  readonly known: KnownOwners;
  readonly observer: WebhookObserver;
  readonly timing: Pick<WebhookTiming, 'hold' | 'rest'>;
  /** Ends the attempts. */
  readonly ending: AbortSignal;
}

/** Counts a failure of the database, and reports the first of several. */
export const failedAtDatabase = (
  { database, observer }: Pick<DeliveryOptions, 'database' | 'observer'>,
  error: unknown,
): void => {
  const pause = database.fail(performance.now(), null);
  if (pause === null) return;
  observer.report(
    'warn',
    { err: error, retry_in_s: seconds(pause) },
    'the webhook cannot reach the database',
  );
};

/** Returns how to take the turn of an owner: it never rejects. */
export const createDelivery = (options: DeliveryOptions): ((owner: KnownOwner) => Promise<void>) => {
  const { secrets, sender, outbox, judge, database, known, timing, ending } = options;

  /** Reports one message. Returns for how long its owner has to wait; null if it is delivered. */
  const report = async (owner: KnownOwner, held: Held): Promise<number | null> => {
    const message = messageOf(held, secrets, new Date());
    const outcome = await sender.send(message, ending);
    // What this process has ended itself says nothing about the receiver.
    const pause = ending.aborted && outcome.status === null ? 0 : judge.judge(owner, outcome, message.id);
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
      failedAtDatabase(options, error);
      known.settle(owner.owner, now(), { at: now(), failures: owner.failures, isReported: false });
    }
  };

  return take;
};
