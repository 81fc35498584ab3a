// What the outcomes of attempts mean for the next ones, of all owners and of one.
import { backoff, createGate, type Gate, seconds } from './gate.ts';
import type { KnownOwner } from './known-owners.ts';
import type { WebhookObserver, WebhookTiming } from './options.ts';
import type { Outcome } from './send.ts';

/** After messages of so many owners are refused in a row, it is the receiver that fails. */
const maxRefused = 3;

const isSuccess = ({ status }: Outcome): boolean => status !== null && status >= 200 && status < 300;

/** Whether it says something about the receiver, rather than about this message. */
const isOfReceiver = ({ status }: Outcome): boolean => status === null || status === 429 || status === 503;

export interface Judge {
  /** Whether the receiver may be asked. */
  readonly gate: Gate;
  /** Whether the receiver has asked for no more messages. */
  readonly isStopped: boolean;
  /** Returns for how many milliseconds the owner has to wait; null if the message is delivered. */
  judge(known: KnownOwner, outcome: Outcome, id: string): number | null;
}

export const createJudge = (
  observer: WebhookObserver,
  { receiver, owner: ofOwner }: Pick<WebhookTiming, 'receiver' | 'owner'>,
): Judge => {
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
    judge: (known, outcome, id) => {
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
