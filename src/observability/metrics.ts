// What the service says about itself to Prometheus. Every label has a short closed list of values: operations of the
// contract, statuses, states and kinds, never an owner, a path or a message.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the database reports; every text is one of a short list. */
export interface DatabaseEvents {
  /** A statement has waited this long for its turn, in seconds. */
  waited(seconds: number): void;
  /** A request has failed with an error of this kind. */
  failed(kind: string): void;
  /** A request got no connection. */
  refused(reason: string): void;
  /** A statement that was given up has been asked to stop. */
  cancelled(outcome: string): void;
}

/** The pool: connections by state, and turns that run and that wait. */
export type PoolState = Readonly<Record<'open' | 'idle' | 'connecting' | 'running' | 'waiting', number>>;

export interface Metrics {
  /** The metrics as text. */
  read(): Promise<string>;
  /** Counts a request that has been answered. */
  request(operation: string | undefined, status: number, seconds: number): void;
  /** Counts a request that was let in no further, by one of a short list of reasons. */
  refused(reason: string): void;
  /** Counts a connection that the server ended before it was done, by one of a short list of reasons. */
  cut(reason: string): void;
  /** What the database reports to. */
  readonly database: DatabaseEvents;
  /** Reads the pool's state whenever the metrics are read. */
  watch(database: { stats(): PoolState }): void;
  /** Reads how many requests are in progress, and how many connections open, whenever the metrics are read. */
  watchServer(server: { readonly inFlight: number; readonly connections: number }): void;
  /** Tells the primary process of a cluster when that is asked for the metrics of all. */
  share(): void;
}

/** How long a reading is good for, in milliseconds. */
const freshness = 1000;

/** Reads once for all that ask at the same time, or within a second after that: a reading costs milliseconds of CPU. */
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

/** The metrics of a process, in a registry of their own. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
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
    help: 'Requests that the database failed, by kind',
    labelNames: ['kind'],
    registers,
  });
  const cancels = new Counter({
    name: 'database_cancels_total',
    help: 'Statements given up that the database was asked to stop, by outcome (ended, failed, skipped)',
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
    help: 'Requests refused because too many were in progress, or came in a minute, by the bound that they met',
    labelNames: ['reason'],
    registers,
  });
  const cuts = new Counter({
    name: 'http_connections_cut_total',
    help: 'Connections that the server ended to keep room for others, by reason',
    labelNames: ['reason'],
    registers,
  });
  return {
    read: shareReading(() => registry.metrics()),
    request: (operation = 'none', status, seconds) => requests.observe({ operation, status }, seconds),
    refused: (reason) => requestRefusals.inc({ reason }),
    cut: (reason) => cuts.inc({ reason }),
    database: {
      waited: (seconds) => waits.observe(seconds),
      failed: (kind) => errors.inc({ kind }),
      refused: (reason) => databaseRefusals.inc({ reason }),
      cancelled: (outcome) => cancels.inc({ outcome }),
    },
    share: () => {
      AggregatorRegistry.setRegistries(registers);
      // Its constructor is what listens for the primary's question.
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
