// Load with a ledger: what was attempted, what was acknowledged, and afterwards what the database
// contains.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, User } from './app.ts';

export interface Figures {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Writes that got a 503: they may have happened once, or not at all. */
  readonly open: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reads: number;
  readonly readsAnswered: number;
  /** The longest request, in milliseconds. */
  readonly longest: number;
  /** Statuses of all responses, with how often each came. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Responses that broke the contract, and requests without a response. */
  readonly faults: readonly string[];
}

interface Client {
  readonly user: User;
  readonly counter: string;
  /** Titles of tasks: true when the creation was acknowledged. */
  readonly titles: Map<string, boolean>;
  changes: number;
  changesAcknowledged: number;
}

/** What the database contains of a task. */
interface StoredTask {
  readonly title: string;
  readonly version: number;
}

export interface Load {
  /**
   * Waits until every client has had a success after now; returns how long that took, in
   * milliseconds.
   */
  recovered(limit: number): Promise<number>;
  readonly users: readonly User[];
  /** Ends the load and compares with the database, read by `rows`. */
  end(rows: (owner: string) => Promise<readonly StoredTask[]>): Promise<Figures>;
}

// Behind a pooler the first write can meet a connection that the fault before has broken. A client
// repeats such a write under its key; ten times are more than the pool has connections.
const createCounter = async (user: User): Promise<string> => {
  const key = randomUUID();
  for (let tries = 1; ; tries++) {
    const { status, text, json } = await user.send('POST', 'tasks', {
      json: { title: 'counter' },
      headers: { 'Idempotency-Key': key },
    });
    if (status === 201) return json.id;
    if (status !== 503 || tries === 10) throw new Error(`no counter was created: ${status} ${text}`);
    await sleep(200);
  }
};

const newClient = async (api: Api): Promise<Client> => {
  const user = await api.newUser();
  const counter = await createCounter(user);
  return { user, counter, titles: new Map(), changes: 0, changesAcknowledged: 0 };
};

/** Sends requests and counts their outcomes. */
const createRecorder = () => {
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  const successes = new Map<Client, number>();
  let longest = 0;
  return {
    /** Whether the request has succeeded. */
    send: async (client: Client, method: string, path: string, json?: unknown): Promise<boolean> => {
      const started = performance.now();
      try {
        const { status, text } = await client.user.send(method, path, { json });
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status !== 503 && status >= 300) faults.push(`${method} ${path}: ${status} ${text}`);
        if (status < 300) successes.set(client, performance.now());
        return status < 300;
      } catch (error) {
        faults.push(String(error));
        return false;
      } finally {
        longest = Math.max(longest, performance.now() - started);
      }
    },
    hasSucceededSince: (client: Client, since: number): boolean => (successes.get(client) ?? 0) > since,
    figures: () => ({ longest, statuses, faults }),
  };
};

/** Compares what a client has attempted, and what was acknowledged, with what is stored. */
const reconcile = (
  { titles, changes, changesAcknowledged }: Client,
  stored: readonly StoredTask[],
): Pick<Figures, 'attempted' | 'acknowledged' | 'lost' | 'doubled'> => {
  const copies = (title: string) => stored.filter((row) => row.title === title).length;
  const acknowledged = [...titles].filter(([, wasAcknowledged]) => wasAcknowledged);
  const changed = (stored.find(({ title }) => title === 'counter')?.version ?? 0) - 1;
  return {
    attempted: titles.size + changes,
    acknowledged: acknowledged.length + changesAcknowledged,
    lost:
      acknowledged.filter(([title]) => copies(title) === 0).length +
      Math.max(0, changesAcknowledged - changed),
    doubled: [...titles.keys()].filter((title) => copies(title) > 1).length + Math.max(0, changed - changes),
  };
};

/** Starts `count` clients that write and read one after the other without a pause. */
export const startLoad = async (api: Api, count: number): Promise<Load> => {
  const clients = await Promise.all(Array.from({ length: count }, () => newClient(api)));
  const { send, hasSucceededSince, figures } = createRecorder();
  let reads = 0;
  let readsAnswered = 0;
  let going = true;

  const work = async (client: Client): Promise<void> => {
    for (let n = 0; going; n++) {
      const title = `task ${n}`;
      client.titles.set(title, await send(client, 'POST', 'tasks', { title }));
      client.changes += 1;
      if (await send(client, 'PATCH', `tasks/${client.counter}`, { description: `change ${n}` })) {
        client.changesAcknowledged += 1;
      }
      reads += 1;
      if (await send(client, 'GET', 'tasks?limit=1')) readsAnswered += 1;
    }
  };
  const done = Promise.all(clients.map(work));

  return {
    users: clients.map(({ user }) => user),
    recovered: async (limit) => {
      const since = performance.now();
      while (!clients.every((client) => hasSucceededSince(client, since))) {
        if (performance.now() - since > limit) throw new Error(`not recovered after ${limit} ms`);
        await sleep(20);
      }
      return Math.round(performance.now() - since);
    },
    end: async (rows) => {
      going = false;
      await done;
      const total = { attempted: 0, acknowledged: 0, lost: 0, doubled: 0 };
      for (const client of clients) {
        const own = reconcile(client, await rows(client.user.id));
        total.attempted += own.attempted;
        total.acknowledged += own.acknowledged;
        total.lost += own.lost;
        total.doubled += own.doubled;
      }
      return {
        ...total,
        open: total.attempted - total.acknowledged,
        reads,
        readsAnswered,
        ...figures(),
      };
    },
  };
};
