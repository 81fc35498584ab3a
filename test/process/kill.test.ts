// Power cuts: the process is killed without warning, and acknowledged writes must be there
// afterwards.
import { readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mintToken } from '../../src/auth/development.ts';
import type { Task } from '../support/app.ts';
import { type Send, sendTo } from '../support/client.ts';
import { newDataDirectory, newDirectory, run, type Service, startService } from '../support/process.ts';
import { createUndoClient, storedRows } from '../support/undo-ledger.ts';

const tasksPath = '/api/v1/users/me/tasks';

const everyTask = async (send: Send): Promise<Task[]> => {
  const tasks: Task[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await send('GET', `${tasksPath}?limit=100${cursor && `&cursor=${cursor}`}`);
    expect(page.status).toBe(200);
    tasks.push(...page.json.items);
    cursor = page.json.next_cursor;
  }
  return tasks;
};

/**
 * The writes that the service has acknowledged, and the requests without a response when it was
 * killed.
 */
class Ledger {
  readonly acknowledged = new Map<string, Task>();
  readonly pendingTitles = new Set<string>();
  readonly pendingDescriptions = new Map<string, string>();
  readonly pendingDeletions = new Set<string>();

  /** Compares what is there with what must be there; from then on, that counts as acknowledged. */
  settle(found: readonly Task[]): void {
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(new Set(found.map(({ title }) => title)).size).toBe(found.length);
    const byId = new Map(found.map((task) => [task.id, task]));
    for (const [id, task] of this.acknowledged) {
      const now = byId.get(id);
      const description = this.pendingDescriptions.get(id);
      if (now === undefined && this.pendingDeletions.has(id)) continue;
      if (now !== undefined && now.description === description) {
        expect(now).toEqual({ ...task, description, version: task.version + 1, updated_at: now.updated_at });
      } else expect(now).toEqual(task);
    }
    for (const task of found) {
      if (!this.acknowledged.has(task.id)) expect(this.pendingTitles).toContain(task.title);
    }
    this.acknowledged.clear();
    for (const task of found) this.acknowledged.set(task.id, task);
    this.pendingTitles.clear();
    this.pendingDescriptions.clear();
    this.pendingDeletions.clear();
  }
}

const create = async (send: Send, ledger: Ledger, title: string): Promise<Task> => {
  ledger.pendingTitles.add(title);
  const { status, json } = await send('POST', tasksPath, { json: { title } });
  expect(status).toBe(201);
  ledger.pendingTitles.delete(title);
  ledger.acknowledged.set(json.id, json);
  return json;
};

const describeAs = async (send: Send, ledger: Ledger, id: string, description: string): Promise<void> => {
  ledger.pendingDescriptions.set(id, description);
  const { status, json } = await send('PATCH', `${tasksPath}/${id}`, { json: { description } });
  expect(status).toBe(200);
  ledger.pendingDescriptions.delete(id);
  ledger.acknowledged.set(id, json);
};

const remove = async (send: Send, ledger: Ledger, id: string): Promise<void> => {
  ledger.pendingDeletions.add(id);
  expect((await send('DELETE', `${tasksPath}/${id}`)).status).toBe(204);
  ledger.pendingDeletions.delete(id);
  ledger.acknowledged.delete(id);
};

/** Sends as another user of the same service. */
const sendAsOther = async (service: Service, directory: string): Promise<Send> => {
  const secret = (await readFile(join(directory, 'jwt-secret'), 'utf8')).trim();
  const send = sendTo(service.url, await mintToken({ secret, subject: 'other' }));
  return (method, path, options) => send(method, `/api/v1/users/me/${path}`, options);
};

/**
 * Has six writers write until `count` writes are acknowledged, and kills the service at that moment,
 * in which `meanwhile` also breaks off.
 */
const writeAndKill = async (
  service: Service,
  ledger: Ledger,
  name: string,
  count: number,
  meanwhile: () => Promise<void>,
): Promise<void> => {
  let left = count;
  let killed = false;
  const acknowledge = () => {
    left -= 1;
    if (left > 0) return;
    killed = true;
    service.child.kill('SIGKILL');
  };
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; ; n++) {
      const kept = await create(service.send, ledger, `${name}, writer ${writer}, task ${n}`);
      acknowledge();
      await describeAs(service.send, ledger, kept.id, `described in ${name}`);
      acknowledge();
      const passing = await create(service.send, ledger, `${name}, writer ${writer}, passing task ${n}`);
      acknowledge();
      await remove(service.send, ledger, passing.id);
      acknowledge();
    }
  };
  const ends = await Promise.allSettled([...[0, 1, 2, 3, 4, 5].map(write), meanwhile()]);
  expect(await service.exited).toMatchObject({ signal: 'SIGKILL' });
  expect(killed).toBe(true);
  // The connection broke during fetch, which reports it with a TypeError; anything else is a wrong
  // response.
  for (const end of ends)
    if (end.status === 'rejected' && !(end.reason instanceof TypeError)) throw end.reason;
};

describe('SIGKILL', { timeout: 600_000 }, () => {
  test('in the middle of concurrent writes loses no acknowledged write and repeats none', async () => {
    const directory = await newDataDirectory();
    const env = { DATA_DIR: directory };
    const ledger = new Ledger();
    const undoing = createUndoClient();
    let acknowledged = 0;
    for (let round = 1; round <= 20; round++) {
      const service = await startService(env);
      ledger.settle(await everyTask(service.send));
      const count = 5 + Math.floor(Math.random() * 45);
      const other = await sendAsOther(service, directory);
      await writeAndKill(service, ledger, `round ${round}`, count, () => undoing.work(other, () => true));
      acknowledged += count;
    }
    const service = await startService(env);
    ledger.settle(await everyTask(service.send));
    // What it has begun it finishes, and nothing was lost, done twice or done in part.
    const other = await sendAsOther(service, directory);
    await undoing.work(other, () => false);
    expect(await storedRows(other)).toEqual(undoing.ledger);
    expect(undoing.acknowledged.size).toBeGreaterThan(20);
    expect(acknowledged).toBeGreaterThanOrEqual(100);
    expect(ledger.acknowledged.size).toBeGreaterThan(20);
    expect((await service.send('GET', '/readyz')).status).toBe(200);
  });

  test.each([
    ['while the cluster begins to be made', 'postgres.unfinished', 0],
    ['in the middle of making it', 'postgres.unfinished', 700],
    ['when it has just been made', 'postgres', 0],
    ['while it is being migrated', 'postgres', 250],
    ['when the secret has just been made', 'jwt-secret', 0],
  ])(
    'in the very first start, %s, leaves a directory that the next start can use',
    async (_when, entry, delay) => {
      const directory = await newDirectory();
      const changes = watch(directory);
      const service = run('src/start.js', [], { PORT: '0', DATA_DIR: directory });
      for await (const { filename } of changes) {
        if (filename === entry) break;
      }
      await sleep(delay);
      await service.end('SIGKILL');

      const next = await startService({ DATA_DIR: directory });
      expect((await next.send('GET', '/readyz')).status).toBe(200);
      const created = await next.send('POST', tasksPath, { json: { title: 'after the cut' } });
      expect(created.status).toBe(201);
      expect(await everyTask(next.send)).toEqual([created.json]);
    },
  );
});
