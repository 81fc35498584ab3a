// The export of the TypeScript client: the tasks as they arrive, or an error where some are missing.
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { problem, type Reply, type ScriptedServer, startScripted } from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect, ConnectionError, IncompleteExportError, InvalidResponseError, readExport, TimeoutError } =
  await import(client);

const task = (n: number) => `{"type":"task","task":{"id":"${n}","title":"Ünï ${n}"}}\n`;
const end = (tasks: number) => `{"type":"end","tasks":${tasks}}\n`;

const idsOf = async (tasks: AsyncIterable<{ id: string }>): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id } of tasks) ids.push(id);
  return ids;
};

/** A body that comes in pieces of a few bytes. */
const inPieces = (text: string, size: number): ReadableStream => {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  return ReadableStream.from(pieces);
};

describe('a stored export', () => {
  test.each([1, 7, 1000])('is read whole, in pieces of %d bytes', async (size) => {
    const text = task(1) + task(2) + task(3) + end(3);
    expect(await idsOf(readExport(inPieces(text, size)))).toEqual(['1', '2', '3']);
  });

  test('may have lines of a type that this version does not know', async () => {
    const text = `{"type":"later","list":{}}\n${task(1)}{"type":"end","tasks":1,"later":1}\n`;
    expect(await idsOf(readExport(inPieces(text, 1000)))).toEqual(['1']);
  });

  test('has the lists before the first task', async () => {
    const list = '{"type":"list","list":{"id":"l","name":"Groceries"}}\n';
    const exported = readExport(inPieces(`${list}${task(1)}{"type":"end","lists":1,"tasks":1}\n`, 5));
    expect((await exported.next()).value?.id).toBe('1');
    expect(exported.lists).toEqual([{ id: 'l', name: 'Groceries' }]);
    expect((await exported.next()).done).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['tasks without an end', task(1) + task(2)],
    ['half a line', task(1) + task(2).slice(0, 20)],
    ['a line that is not JSON', `${task(1)}<h1>\n${end(1)}`],
    ['a line that is null', `null\n${end(0)}`],
    ['a task that is none', `{"type":"task"}\n${end(1)}`],
    ['an empty line', `${task(1)}\n${end(1)}`],
    ['an empty line after its end', `${task(1)}${end(1)}\n`],
    ['an end without its line feed', task(1) + end(1).trimEnd()],
    ['fewer tasks than it counts', task(1) + end(2)],
    ['more tasks than it counts', task(1) + task(2) + end(1)],
    ['fewer lists than it counts', `${task(1)}{"type":"end","lists":1,"tasks":1}\n`],
    ['more lists than it counts', `{"type":"list","list":{}}\n${end(0)}`],
    ['a list that is none', `{"type":"list","list":null}\n${end(0)}`],
    ['another task after its end', task(1) + end(1) + task(2)],
    ['another line after its end', `${task(1)}${end(1)}{"type":"later"}\n`],
    ['half a line after its end', `${task(1)}${end(1)}{`],
  ])('is incomplete with %s', async (_name, text) => {
    await expect(idsOf(readExport(inPieces(text, 5)))).rejects.toBeInstanceOf(IncompleteExportError);
  });
});

describe('an export from the server', () => {
  let server: ScriptedServer;
  const scripted = async (replies: readonly Reply[], options: object = {}) => {
    server = await startScripted(...replies);
    return connect({ serverUrl: server.url, ...options });
  };
  afterEach(() => server.close());

  test('is sent for when it is read, and yields each task as it arrives', async () => {
    let connection: ServerResponse | undefined;
    const tasks = await scripted([
      (response) => {
        connection = response;
        response.write(task(1));
      },
    ]);
    const exported = tasks.exportTasks();
    expect(server.seen).toEqual([]);
    const ids: string[] = [];
    for await (const { id } of exported) {
      ids.push(id);
      // The server continues only when the client has the previous task.
      if (id === '1') connection?.write(task(2));
      else connection?.end(end(2));
    }
    expect(ids).toEqual(['1', '2']);
  });

  test('is requested again if it fails before it begins', async () => {
    const tasks = await scripted([
      problem(429, 'too-many-requests', { 'Retry-After': '0' }),
      (response) => response.end(task(1) + end(1)),
      problem(401, 'not-authenticated'),
    ]);
    expect(await idsOf(tasks.exportTasks())).toEqual(['1']);
    await expect(idsOf(tasks.exportTasks())).rejects.toMatchObject({ status: 401 });
  });

  test('is no success without a body, and leaves no clock running', async () => {
    const tasks = await scripted([(response) => response.writeHead(204).end()]);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await expect(idsOf(tasks.exportTasks())).rejects.toBeInstanceOf(InvalidResponseError);
    // The time-out of a call is longer than this waits.
    await expect.poll(timers).toBeLessThanOrEqual(before);
  });

  test.each([
    ['ends too early', (response: ServerResponse) => response.end(task(1)), undefined],
    ['breaks off', (response: ServerResponse) => response.destroy(), ConnectionError],
    ['stops sending', () => {}, TimeoutError],
  ])('throws when it %s', async (_name, finish, cause) => {
    const begin: Reply = (response) => {
      response.write(task(1));
      setTimeout(() => finish(response), 20);
    };
    const tasks = await scripted([begin], { timeout: 1000 });
    const ids: string[] = [];
    const error = await (async () => {
      for await (const { id } of tasks.exportTasks()) ids.push(id);
    })().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IncompleteExportError);
    expect(ids[0]).toBe('1');
    if (cause === undefined) expect(error).not.toHaveProperty('cause');
    else expect((error as Error).cause).toBeInstanceOf(cause);
  });

  test('does not count the time in which the caller works', async () => {
    const tasks = await scripted([(response) => response.end(task(1) + task(2) + end(2))], { timeout: 500 });
    const ids: string[] = [];
    for await (const { id } of tasks.exportTasks()) {
      ids.push(id);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    expect(ids).toEqual(['1', '2']);
  });

  test('lets go of the connection when it is not read to its end', async () => {
    let isClosed = false;
    const tasks = await scripted([
      (response) => {
        response.on('close', () => {
          isClosed = true;
        });
        response.write(task(1));
      },
    ]);
    for await (const { id } of tasks.exportTasks()) if (id === '1') break;
    await expect.poll(() => isClosed).toBe(true);
  });

  test('ends with the signal of the caller', async () => {
    const controller = new AbortController();
    const reason = new Error('never mind');
    const tasks = await scripted([(response) => void response.write(task(1))]);
    const reading = idsOf(
      (async function* () {
        for await (const one of tasks.exportTasks({ signal: controller.signal })) {
          controller.abort(reason);
          yield one;
        }
      })(),
    );
    await expect(reading).rejects.toBe(reason);
  });
});
