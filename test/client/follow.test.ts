// Following changes with the TypeScript client: what it asks for after each thing that can happen to
// a connection.
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isPassing, pauseAfter } from '../../src/client/retry-policy.ts';
import {
  dropped,
  json,
  problem,
  type Reply,
  type ScriptedServer,
  silent,
  startScripted,
} from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect, ...errors } = await import(client);

interface Page {
  readonly items: readonly object[];
  readonly next_since: string;
}
type Options = { readonly onError?: (error: Error) => void; readonly silence?: number };

let server: ScriptedServer;
let controller: AbortController;
beforeEach(() => {
  controller = new AbortController();
  // The pauses between connections are random from 0 on.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  controller.abort();
  await server?.close();
});

const pageOf = (next: string, items: readonly object[] = [{ type: 'deleted', id: next }]) => ({
  items,
  next_since: next,
  has_more: false,
});
const eventOf = (next: string) => `id: ${next}\nevent: changes\ndata: ${JSON.stringify(pageOf(next))}\n\n`;

/** A stream with this text, which then does what `after` does. */
const events =
  (text: string, after: (response: ServerResponse) => void = (response) => response.end()): Reply =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(`retry: 1000\n\n${text}`, () => after(response));
  };
const open = () => {};
const broken = (response: ServerResponse) => setTimeout(() => response.destroy(), 20);

const follow = async (
  replies: readonly Reply[],
  { query = {}, call = {}, options = {}, settings = {} }: Record<string, object> = {},
): Promise<AsyncGenerator<Page>> => {
  server = await startScripted(...replies);
  const tasks = connect({ serverUrl: server.url, token: 't', ...settings });
  return tasks.listTaskChanges(query, { signal: controller.signal, ...call }).follow(options as Options);
};

/** The tokens of the first pages. */
const tokens = async (pages: AsyncIterable<Page>, count: number): Promise<string[]> => {
  const all: string[] = [];
  for await (const { next_since } of pages) {
    all.push(next_since);
    if (all.length === count) break;
  }
  return all;
};
const sent = () => server.seen.map(({ url, headers }) => [url.split('?')[1] ?? '', headers.accept] as const);
const stream = 'text/event-stream';

describe('a follower', () => {
  test('reads the pages of a stream', async () => {
    const pages = await follow([events(eventOf('a') + eventOf('b'), open)]);
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    expect(sent()).toEqual([['', stream]]);
  });

  test('begins where the caller wants, and continues after the last page that was read', async () => {
    const pages = await follow(
      [events(''), events(`:\n\n${eventOf('a')}${eventOf('b')}`, broken), events(eventOf('c'), open)],
      { query: { since: 'z', limit: 5 } },
    );
    expect(await tokens(pages, 3)).toEqual(['a', 'b', 'c']);
    expect(sent()).toEqual([
      ['since=z&limit=5', stream],
      ['since=z&limit=5', stream],
      ['since=b&limit=5', stream],
    ]);
  });

  test('continues after the page that the caller has, not after one that has only arrived', async () => {
    const tasks = await follow([events(eventOf('a') + eventOf('b'), broken), events(eventOf('b'), open)]);
    expect(await tokens(tasks, 1)).toEqual(['a']);
    // A second loop over the rest would begin with a new request, as the caller's program after a restart.
    const again = connect({ serverUrl: server.url }).listTaskChanges({ since: 'a' }).follow();
    expect(await tokens(again, 1)).toEqual(['b']);
    expect(sent()[1]).toEqual(['since=a', stream]);
  });

  test('takes nothing of an event that was cut off', async () => {
    const cut = eventOf('b').slice(0, -1);
    const pages = await follow([events(eventOf('a') + cut, broken), events(eventOf('b'), open)]);
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    expect(sent()[1]).toEqual(['since=a', stream]);
  });

  test('skips comments, events of other names and items of other types', async () => {
    const other = pageOf('a', [{ type: 'comment' }, { type: 'deleted', id: 'x' }]);
    const text = `: hello\n\nevent: bye\ndata: {}\n\ndata: x\n\nevent: changes\ndata: ${JSON.stringify(other)}\n\n`;
    const pages = await follow([events(text, open)]);
    const { value } = await pages.next();
    expect(value.items).toEqual([{ type: 'deleted', id: 'x' }]);
    controller.abort();
  });

  test('connects again after what passes, and reports it', async () => {
    const failures: Error[] = [];
    const passing = [
      dropped,
      problem(429, 'too-many-requests', { 'Retry-After': '0' }),
      problem(503, 'unavailable'),
      problem(500, 'internal-error'),
      json(408),
      (response: ServerResponse) => response.writeHead(502, { 'Content-Type': 'text/html' }).end('<p>'),
      events('', broken),
    ];
    const pages = await follow([...passing, events(eventOf('a'), open)], {
      options: { onError: (error: Error) => failures.push(error) },
    });
    expect(await tokens(pages, 1)).toEqual(['a']);
    expect(failures.map(({ name }) => name)).toEqual([
      'ConnectionError',
      'RateLimitError',
      'ServerError',
      'ServerError',
      'ApiError',
      'ServerError',
      'ConnectionError',
    ]);
    expect(new Set(sent().map(String)).size).toBe(1);
  });

  test.each([
    [400, 'BadRequestError'],
    [401, 'AuthenticationError'],
    [403, 'ForbiddenError'],
    [404, 'NotFoundError'],
    [406, 'ApiError'],
    [410, 'ChangeTokenExpiredError'],
    [422, 'ValidationError'],
    [501, 'ServerError'],
    [302, 'InvalidResponseError'],
  ])('ends after %i with its error', async (status, name) => {
    const onError = vi.fn();
    const pages = await follow([events(eventOf('a')), problem(status, 'any')], { options: { onError } });
    await pages.next();
    await expect(pages.next()).rejects.toMatchObject({ name, status });
    expect(onError).not.toHaveBeenCalled();
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect(server.seen).toHaveLength(2);
  });

  test.each([
    ['is not JSON', '{'],
    ['is not a page', '{"items":1}'],
  ])('ends if the data of an event %s', async (_, data) => {
    const pages = await follow([events(`event: changes\ndata: ${data}\n\n`, open)]);
    await expect(pages.next()).rejects.toBeInstanceOf(errors.InvalidResponseError);
  });

  test('asks for the token anew at each connection, and ends if there is none', async () => {
    const token = vi
      .fn()
      .mockResolvedValueOnce('t1')
      .mockResolvedValueOnce('t2')
      .mockRejectedValue(new Error('signed out'));
    const pages = await follow([events(eventOf('a')), events(eventOf('b'))], { settings: { token } });
    await pages.next();
    await pages.next();
    await expect(pages.next()).rejects.toThrow('signed out');
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

describe('a stream that is silent', () => {
  test('is given up and continued', async () => {
    const failures: Error[] = [];
    const pages = await follow([events(eventOf('a'), open), events(eventOf('b'), open)], {
      options: { silence: 1000, onError: (error: Error) => failures.push(error) },
    });
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    expect(failures).toMatchObject([{ name: 'TimeoutError' }]);
    expect(sent()).toEqual([
      ['', stream],
      ['since=a', stream],
    ]);
  });

  test('is kept while comments arrive', async () => {
    const beating = (response: ServerResponse) => {
      let beats = 0;
      const timer = setInterval(() => {
        beats += 1;
        if (beats < 24) return void response.write(':\n\n');
        clearInterval(timer);
        response.write(eventOf('b'));
      }, 50);
    };
    const pages = await follow([events(eventOf('a'), beating)], { options: { silence: 1000 } });
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    expect(server.seen).toHaveLength(1);
  });

  test('is not while the caller works on a page', async () => {
    const onError = vi.fn();
    const pages = await follow(
      [events(eventOf('a'), (response) => setTimeout(() => response.write(eventOf('b')), 20))],
      {
        options: { silence: 1000, onError },
      },
    );
    await pages.next();
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect((await pages.next()).value).toMatchObject({ next_since: 'b' });
    expect(onError).not.toHaveBeenCalled();
  });

  test.each([
    ['whose first byte never arrives', silent],
    [
      'of which only the headers arrive',
      (response: ServerResponse) => {
        response.writeHead(200, { 'Content-Type': stream });
        response.flushHeaders();
      },
    ],
    ['that something in between has made a page', json(200, pageOf('y', []))],
  ])('%s is replaced by requests that wait', async (_, reply) => {
    const pages = await follow([reply, json(200, pageOf('a')), json(200, pageOf('b'))], {
      query: { since: 'z' },
      call: { timeout: 100 },
      options: { silence: 100 },
    });
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    const accepts = sent().map(([, accept]) => accept === stream);
    expect(accepts).toEqual([true, false, false]);
    expect(sent()[1]?.[0]).toMatch(/^since=[zy]&wait=25$/);
    expect(sent()[2]?.[0]).toBe('since=a&wait=25');
  });

  test('is not what a request that waits is, and an empty page is not read', async () => {
    const slowly = (response: ServerResponse) =>
      void setTimeout(() => json(200, pageOf('b', []))(response), 1300);
    const pages = await follow([json(200, pageOf('a', [])), slowly, json(200, pageOf('c'))], {
      call: { timeout: 1000 },
    });
    expect(await tokens(pages, 1)).toEqual(['c']);
    expect(sent().map(([query]) => query)).toEqual(['', 'since=a&wait=25', 'since=b&wait=25']);
  });
});

describe('the time-out of a request that waits', () => {
  test('is longer by the time that it waits', async () => {
    server = await startScripted((response) => setTimeout(() => json(200, pageOf('a'))(response), 400));
    const tasks = connect({ serverUrl: server.url, timeout: 100, maxRetries: 0 });
    expect(await tasks.listTaskChanges({ since: 'z', wait: 20 })).toMatchObject({ next_since: 'a' });
    await expect(tasks.listTaskChanges({ wait: 1 }, { timeout: 0 })).rejects.toThrow(TypeError);
  });

  test('is still one', async () => {
    server = await startScripted(silent);
    const tasks = connect({ serverUrl: server.url, timeout: 50, maxRetries: 0 });
    const { TimeoutError } = errors;
    await expect(tasks.listTaskChanges({ wait: 0 })).rejects.toBeInstanceOf(TimeoutError);
  });
});

describe('the end of following', () => {
  test.each([
    ['before it begins', [], 0],
    ['while there is no response', [silent], 1],
    ['while a stream is open', [events('', open)], 1],
  ] as const)('by the signal, %s, is at once and has its reason', async (_, replies, requests) => {
    const pages = await follow(replies);
    if (requests === 0) controller.abort(new Error('closed'));
    const next = pages.next();
    next.catch(() => {});
    await expect.poll(() => server.seen.length).toBe(requests);
    controller.abort(new Error('closed'));
    await expect(next).rejects.toThrow('closed');
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });

  test('by the signal comes during a pause, too, and before pages that have arrived', async () => {
    const pages = await follow([
      events(eventOf('a') + eventOf('b')),
      problem(503, 'unavailable', { 'Retry-After': '60' }),
    ]);
    await pages.next();
    controller.abort(new Error('closed'));
    await expect(pages.next()).rejects.toThrow('closed');

    controller = new AbortController();
    const tasks = connect({ serverUrl: server.url });
    const onError = () => setTimeout(() => controller.abort(new Error('closed later')), 20);
    const again = tasks.listTaskChanges({}, { signal: controller.signal }).follow({ onError });
    await expect(again.next()).rejects.toThrow('closed later');
    expect(server.seen).toHaveLength(2);
  });

  test('closes the connection', async () => {
    const closed = vi.fn();
    const pages = await follow([events(eventOf('a'), (response) => response.on('close', closed))]);
    expect(await tokens(pages, 1)).toEqual(['a']);
    await expect.poll(() => closed.mock.calls.length).toBe(1);
  });

  test('leaves nothing on the signal', async () => {
    const { signal } = controller;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const pages = await follow([
      events(eventOf('a')),
      problem(503, 'unavailable'),
      events(eventOf('b'), open),
    ]);
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    expect(added.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  });
});

describe('the pause before connecting again', () => {
  const latest = (failures: number, first = 1000, headers?: Headers) => {
    vi.mocked(Math.random).mockReturnValue(1);
    return pauseAfter(failures, first, headers);
  };

  test('is random from nothing on, and up to twice as long after each failure', () => {
    expect(pauseAfter(5, 1000)).toBe(0);
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((failures) => latest(failures))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(latest(1, 3000)).toBe(6000);
  });

  test('comes after the time in Retry-After, up to an hour', () => {
    const retryAfter = (seconds: string) => new Headers({ 'Retry-After': seconds });
    expect(pauseAfter(0, 1000, retryAfter('7'))).toBe(7000);
    expect(pauseAfter(0, 1000, retryAfter('999999'))).toBe(3_600_000);
    expect(latest(0, 1000, retryAfter('7'))).toBe(8000);
  });

  test('is for 5xx, 408, 425 and 429', () => {
    const statuses = Array.from({ length: 600 }, (_, status) => status);
    expect(statuses.filter((status) => isPassing(status) && status < 500)).toEqual([408, 425, 429]);
    expect(statuses.filter((status) => !isPassing(status) && status >= 500)).toEqual([501]);
  });

  // The longest pause that each connection could have had is the delay that setTimeout was given.
  test('begins anew after a page, and is what the server asks for', async () => {
    vi.mocked(Math.random).mockReturnValue(0.02);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const asking: Reply = (response) => {
      response.writeHead(200, { 'Content-Type': stream });
      response.end('retry: 2000\n\n');
    };
    const pages = await follow([
      events(''),
      events(''),
      asking,
      events(eventOf('a')),
      events(''),
      events(eventOf('b')),
    ]);
    expect(await tokens(pages, 2)).toEqual(['a', 'b']);
    const pauses = timers.mock.calls.map(([, delay = 0]) => delay / 0.02).filter((delay) => delay <= 30_000);
    expect(pauses.filter((pause) => Number.isInteger(pause) && pause > 0)).toEqual([
      1000, 2000, 8000, 1000, 2000,
    ]);
  });
});
