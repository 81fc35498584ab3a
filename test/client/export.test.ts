// What `readExport` makes of an export: the tasks, or an error where some are missing.
import { expect, test } from 'vitest';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { IncompleteExport, readExport } = await import(client);

const task = (n: number) => `{"type":"task","task":{"id":"${n}","title":"Ünï ${n}"}}\n`;
const end = (tasks: number) => `{"type":"end","tasks":${tasks}}\n`;

const read = async (exported: unknown): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id } of readExport(exported)) ids.push(id);
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

test.each([1, 7, 1000])('reads the tasks of a complete one, in pieces of %d bytes', async (size) => {
  const text = task(1) + task(2) + task(3) + end(3);
  expect(await read(inPieces(text, size))).toEqual(['1', '2', '3']);
  expect(await read(new Blob([text]))).toEqual(['1', '2', '3']);
});

test('skips lines of a type that it does not know', async () => {
  expect(
    await read(new Blob(['{"type":"list","list":{}}\n', task(1), '{"type":"end","tasks":1,"lists":1}\n'])),
  ).toEqual(['1']);
});

test.each([
  ['nothing', ''],
  ['tasks without an end', task(1) + task(2)],
  ['half a line', task(1) + task(2).slice(0, 20)],
  ['an end without its line feed', task(1) + end(1).trimEnd()],
  ['fewer tasks than it counts', task(1) + end(2)],
  ['more tasks than it counts', task(1) + task(2) + end(1)],
  ['something after its end', task(1) + end(1) + task(2)],
])('throws at %s', async (_name, text) => {
  await expect(read(inPieces(text, 5))).rejects.toBeInstanceOf(IncompleteExport);
});

test('lets go of a body that is not read to its end', async () => {
  let isCancelled = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(Buffer.from(task(1))),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const { id } of readExport(body)) if (id === '1') break;
  expect(isCancelled).toBe(true);
});
