// Load with a ledger: what was attempted, what was acknowledged, and afterwards what the database
// says of it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, User } from './app.ts';

export interface Figures {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Writes that were answered with 503: they may have happened once, or not at all. */
  readonly open: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reads: number;
  readonly readsAnswered: number;
  /** The longest request, in milliseconds. */
  readonly longest: number;
  /** Statuses of all answers, with how often each came. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers that broke the contract, and requests without an answer. */
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

export interface Load {
  /**
   * Waits until every client has had a success after now; returns how long that took, in
   * milliseconds.
   */
  recovered(limit: number): Promise<number>;
  readonly users: readonly User[];
  /** Ends the load and compares with the database, read by `rows`. */
  end(rows: (owner: string) => Promise<readonly { title: string; version: number }[]>): Promise<Figures>;
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

/** Starts `count` clients that write and read one after the other without a pause. */
export const startLoad = async (api: Api, count: number): Promise<Load> => {
  const clients = await Promise.all(
    Array.from({ length: count }, async (): Promise<Client> => {
      const user = await api.newUser();
      const counter = await createCounter(user);
      return { user, counter, titles: new Map(), changes: 0, changesAcknowledged: 0 };
    }),
  );
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  const successes = new Map<Client, number>();
  let longest = 0;
  let reads = 0;
  let readsAnswered = 0;
  let going = true;

  const send = async (client: Client, method: string, path: string, json?: unknown): Promise<boolean> => {
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
  };

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
      while (!clients.every((client) => (successes.get(client) ?? 0) > since)) {
        if (performance.now() - since > limit) throw new Error(`not recovered after ${limit} ms`);
        await sleep(20);
      }
      return Math.round(performance.now() - since);
    },
    end: async (rows) => {
      going = false;
      await done;
      let [attempted, acknowledged, lost, doubled] = [0, 0, 0, 0];
      for (const client of clients) {
        const stored = await rows(client.user.id);
        for (const [title, wasAcknowledged] of client.titles) {
          const copies = stored.filter((row) => row.title === title).length;
          if (wasAcknowledged && copies === 0) lost += 1;
          if (copies > 1) doubled += 1;
          acknowledged += Number(wasAcknowledged);
        }
        const changed = (stored.find(({ title }) => title === 'counter')?.version ?? 0) - 1;
        lost += Math.max(0, client.changesAcknowledged - changed);
        doubled += Math.max(0, changed - client.changes);
        attempted += client.titles.size + client.changes;
        acknowledged += client.changesAcknowledged;
      }
      const open = attempted - acknowledged;
      return {
        attempted,
        acknowledged,
        open,
        lost,
        doubled,
        reads,
        readsAnswered,
        longest,
        statuses,
        faults,
      };
    },
  };
};
