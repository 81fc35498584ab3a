// A stream of lines is read before its response begins, which counts for its owner's pace as the later
// pieces do: a client that begins exports and leaves them would otherwise read for nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { afterEach, expect, test } from 'vitest';
import { writeWith } from '../../src/http/write.ts';

const server = createServer();
afterEach(() => void server.close());

async function* lines(): AsyncIterable<string> {
  yield '1\n';
  yield '2\n';
}

test('the first piece waits for the pace, and counts for it', async () => {
  const seen: { readonly took: number; readonly hasBegun: boolean }[] = [];
  const app = new Koa();
  app.use((ctx) => {
    const write = writeWith(
      {
        encode: async (_ctx, text) => text,
        encodePieces: (_ctx, pieces) => pieces,
      },
      {
        holdResponse: () => undefined,
        holdPiece: () => undefined,
        pace: async (_ctx, took) => void seen.push({ took, hasBegun: ctx.res.headersSent }),
      },
    );
    const reply = { status: 200, body: lines() };
    return write(ctx, { reply, mediaType: 'application/x-ndjson', began: performance.now() - 1000 });
  });
  server.on('request', app.callback()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('1\n2\n');
  expect(seen.map(({ hasBegun }) => hasBegun)).toEqual([false, true, true]);
  expect(seen[0]?.took).toBeGreaterThanOrEqual(1000);
});
