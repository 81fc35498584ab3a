// The metrics of the webhook, which are there only if one is configured.
import { Counter, Gauge, type Registry } from 'prom-client';

/** What there is to know of the webhook from outside. */
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

export interface WebhookMetrics {
  /** Counts an attempt to deliver a message, by an outcome from a short list. */
  attempted(outcome: string): void;
  /** Reads the state of the webhook whenever the metrics are read. */
  watch(webhook: { state(): WebhookState }): void;
}

export const createWebhookMetrics = (registers: Registry[]): WebhookMetrics => {
  const deliveries = new Counter({
    name: 'webhook_deliveries_total',
    help: 'Attempts to deliver a message of the webhook, by outcome (delivered, refused, failed)',
    labelNames: ['outcome'],
    registers,
  });
  return {
    attempted: (outcome) => deliveries.inc({ outcome }),
    watch: (webhook) => {
      new Gauge({
        name: 'webhook_owners_waiting',
        help: 'Owners with changes that this process knows of and the webhook has not reported',
        registers,
        collect() {
          this.set(webhook.state().waiting);
        },
      });
      // Of several processes, the worst.
      new Gauge({
        name: 'webhook_oldest_seconds',
        help: 'For how long the oldest of these changes has been known',
        aggregator: 'max',
        registers,
        collect() {
          this.set(webhook.state().age);
        },
      });
      new Gauge({
        name: 'webhook_failures',
        help: 'Attempts in a row after which the webhook paused, because the receiver failed',
        aggregator: 'max',
        registers,
        collect() {
          this.set(webhook.state().failures);
        },
      });
      new Gauge({
        name: 'webhook_stopped',
        help: '1 if the receiver has asked for no more messages (410), until a restart',
        aggregator: 'max',
        registers,
        collect() {
          this.set(Number(webhook.state().isStopped));
        },
      });
    },
  };
};
