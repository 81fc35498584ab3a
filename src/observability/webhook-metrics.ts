// The metrics of the webhook, which are there only if one is configured.
import { Counter, Gauge, type Registry } from 'prom-client';

/** The webhook: owners not reported yet, the age of the oldest in seconds, and whether it works. */
export interface WebhookState {
  readonly waiting: number;
  readonly age: number;
  readonly failures: number;
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
