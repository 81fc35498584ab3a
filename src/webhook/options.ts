// What the webhook can be told: its times, and who hears of what it does.
import type { GateOptions } from './gate.ts';

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

/** What came of an attempt, for the metrics. */
export type DeliveryOutcome = 'delivered' | 'refused' | 'failed';

export interface WebhookObserver {
  /** An attempt has ended. */
  attempted(outcome: DeliveryOutcome): void;
  /** `fields` have a status or a code and never the address, a secret or a message's content. */
  report(level: 'info' | 'warn' | 'error', fields: object, message: string): void;
}
