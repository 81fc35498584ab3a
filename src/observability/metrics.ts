// The service's metrics for Prometheus. Every label has a short closed list of values: operations
// of the contract, statuses, states and kinds, never an owner, a path or a message.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics.ts';

/** The events of the database; every text is from a short list. */
export interface DatabaseEvents {
  /** A statement has waited this long for its turn, in seconds. */
  waited(seconds: number): void;
  /** A request has failed with an error of this kind. */
  failed(kind: string): void;
  /** A request got no connection. */
  refused(reason: string): void;
  /** The database was asked to stop an abandoned statement. */
  cancelled(outcome: string): void;
}

/** The pool: connections by state, and turns that run and that wait. */
export type PoolState = Readonly<Record<'open' | 'idle' | 'connecting' | 'running' | 'waiting', number>>;

export interface Metrics {
  /** The metrics as text. */
  read(): Promise<string>;
  /** Counts a request whose response has been sent. */
  request(operation: string | undefined, status: number, seconds: number): void;
  /** Counts a request that was refused, by a reason from a short list. */
  refused(reason: string): void;
  /** Counts a connection that the server ended early, by a reason from a short list. */
  cut(reason: string): void;
  /** Counts the rows of a table that the sweep has deleted. */
  swept(table: string, rows: number): void;
  /** Counts the requests that wait for changes and were woken, by what has woken them. */
  woken(by: 'own_write' | 'database', waiters: number): void;
  /** Counts a question to the database for the clocks that others have moved, by its outcome. */
  asked(outcome: 'ok' | 'failed'): void;
  /** Reads the number of requests that wait for changes whenever the metrics are read. */
  watchWaiters(waiters: { readonly count: number }): void;
  /** Receives the events of the database. */
  readonly database: DatabaseEvents;
  /** Reads the pool's state whenever the metrics are read. */
  watch(database: { stats(): PoolState }): void;
  /**
   * Reads the number of requests in progress and of open connections whenever the metrics are read.
   */
  watchServer(server: { readonly inFlight: number; readonly connections: number }): void;
  /** The metrics of the webhook, from then on. */
  webhook(): WebhookMetrics;
  /** Sends the metrics to the primary process of a cluster when it collects the metrics of all. */
  share(): void;
}

/** How long a reading is valid, in milliseconds. */
const freshness = 1000;

/**
 * Reads once for all callers at the same time, or within a second after that: a reading costs
 * milliseconds of CPU.
 */
export const shareReading = (read: () => Promise<string>): (() => Promise<string>) => {
  let latest: Promise<string> | undefined;
  const readOnce = async () => {
    try {
      return await read();
    } finally {
      setTimeout(() => {
        latest = undefined;
      }, freshness).unref();
    }
  };
  return () => {
    latest ??= readOnce();
    return latest;
  };
};

const latency = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// All that is counted and measured as it happens.
const createInstruments = (registers: Registry[]) => {
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its response',
    labelNames: ['operation', 'status'],
    buckets: latency,
    registers,
  });
  const waits = new Histogram({
    name: 'database_wait_seconds',
    help: 'Time that a request waited for its turn at the database',
    buckets: latency,
    registers,
  });
  const errors = new Counter({
    name: 'database_errors_total',
    help: 'Requests that failed because of the database, by kind',
    labelNames: ['kind'],
    registers,
  });
  const cancels = new Counter({
    name: 'database_cancels_total',
    help: 'Abandoned statements that the database was asked to stop, by outcome (ended, failed, skipped)',
    labelNames: ['outcome'],
    registers,
  });
  const databaseRefusals = new Counter({
    name: 'database_refusals_total',
    help: 'Requests that got no turn at the database, by reason (owner, displaced, full, gone)',
    labelNames: ['reason'],
    registers,
  });
  const requestRefusals = new Counter({
    name: 'http_requests_refused_total',
    help: 'Requests refused because too many were in progress or came in a minute, by the bound that they reached',
    labelNames: ['reason'],
    registers,
  });
  const cuts = new Counter({
    name: 'http_connections_cut_total',
    help: 'Connections that the server ended to keep room for others, by reason',
    labelNames: ['reason'],
    registers,
  });
  const sweptRows = new Counter({
    name: 'database_rows_swept_total',
    help: 'Old rows that were deleted, by table',
    labelNames: ['table'],
    registers,
  });
  const wakeUps = new Counter({
    name: 'live_wakeups_total',
    help: 'Requests that waited for changes and were woken, by what has woken them (own_write, database)',
    labelNames: ['by'],
    registers,
  });
  const polls = new Counter({
    name: 'live_polls_total',
    help: 'Questions to the database for what other processes have written, by outcome (ok, failed)',
    labelNames: ['outcome'],
    registers,
  });
  return {
    wakeUps,
    polls,
    requests,
    waits,
    errors,
    cancels,
    databaseRefusals,
    requestRefusals,
    cuts,
    sweptRows,
  };
};

/** The metrics of a process, in a separate registry. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registers);
  const { requests, waits, errors, cancels, databaseRefusals, requestRefusals, cuts, sweptRows } =
    instruments;
  const { wakeUps, polls } = instruments;
  return {
    read: shareReading(() => registry.metrics()),
    request: (operation = 'none', status, seconds) => requests.observe({ operation, status }, seconds),
    refused: (reason) => requestRefusals.inc({ reason }),
    cut: (reason) => cuts.inc({ reason }),
    woken: (by, waiters) => wakeUps.inc({ by }, waiters),
    asked: (outcome) => polls.inc({ outcome }),
    watchWaiters: (waiters) => {
      new Gauge({
        name: 'live_waiters',
        help: 'Requests that wait for changes',
        registers,
        collect() {
          this.set(waiters.count);
        },
      });
    },
    swept: (table, rows) => sweptRows.inc({ table }, rows),
    webhook: () => createWebhookMetrics(registers),
    database: {
      waited: (seconds) => waits.observe(seconds),
      failed: (kind) => errors.inc({ kind }),
      refused: (reason) => databaseRefusals.inc({ reason }),
      cancelled: (outcome) => cancels.inc({ outcome }),
    },
    share: () => {
      AggregatorRegistry.setRegistries(registers);
      // Its constructor listens for the request of the primary process.
      new AggregatorRegistry();
    },
    watch: (database) => {
      new Gauge({
        name: 'database_pool',
        help: 'Connections by state (open, idle, connecting), and requests running and waiting',
        labelNames: ['state'],
        registers,
        collect() {
          for (const [state, count] of Object.entries(database.stats())) this.set({ state }, count);
        },
      });
    },
    watchServer: (server) => {
      new Gauge({
        name: 'http_requests_in_flight',
        help: 'Requests in progress',
        registers,
        collect() {
          this.set(server.inFlight);
        },
      });
      new Gauge({
        name: 'http_connections',
        help: 'Open connections',
        registers,
        collect() {
          this.set(server.connections);
        },
      });
    },
  };
};
