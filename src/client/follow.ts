// Follows a list of changes: pages as server-sent events, and again from the last page that was read
// whenever a connection ends. Where something in between holds streams back, it asks for page after
// page instead, and has the server wait for changes.
import { longestBody } from './body.ts';
import type { FollowOptions, Paging } from './call.ts';
import type { Deadline } from './deadline.ts';
import { assertTimeout } from './deadline.ts';
import { ApiError, ConnectionError, TasksError, TimeoutError } from './errors.ts';
import { createEventParser, EventTooLongError } from './event-stream.ts';
import { knownItems, type Page } from './pager.ts';
import { firstPause, isPassing, pauseAfter, sleep, steady } from './retry-policy.ts';
import { type Attempt, attemptOf, errorOf, isResult, type Outgoing, type Transport } from './transport.ts';

/** How long the server waits for a change where there are no streams, in seconds. */
const wait = 25;

/** How long the client does without streams where nothing arrived on one, in milliseconds. */
const withoutStreams = 3_600_000;

const defaultSilence = 40_000;

/** What the server may name. */
const retryBounds = { min: 100, max: 30_000 } as const;

/** Makes a request for what comes after `next`, or for what the caller wants. */
export type Requesting = (how: {
  readonly next: string | undefined;
  readonly wait?: number;
  readonly wantsEvents?: boolean;
}) => Outgoing;

/** What is known from one connection to the next. */
interface State {
  next: string | undefined;
  /** Connections in a row that brought nothing. */
  failures: number;
  retry: number;
  /** Until when to do without streams, on performance.now()'s clock. */
  pollingUntil: number;
}

const setPolling = (state: State, isPolling: boolean): void => {
  state.pollingUntil = isPolling ? performance.now() + withoutStreams : Number.NEGATIVE_INFINITY;
};

async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  deadline: Deadline,
  silence: number,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      deadline.restart(silence);
      // The clock stands still while the caller works on a page.
      const read = await deadline.race(() => reader.read()).finally(() => deadline.pause());
      if (read.done) return;
      yield read.value;
    }
  } catch (thrown) {
    throw deadline.errorOf(thrown);
  } finally {
    deadline.end();
    // Of a connection that is broken already, the reason has been thrown.
    reader.cancel().catch(() => {});
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The pages of one stream. Events of other names are those of a later version. */
async function* pagesOf(
  outgoing: Outgoing,
  attempt: Attempt,
  state: State,
  silence: number,
): AsyncGenerator<Page> {
  const { stream, deadline } = attempt;
  if (stream === undefined) return;
  const parser = createEventParser(longestBody);
  let isMute = true;
  try {
    for await (const bytes of chunksOf(stream, deadline, silence)) {
      isMute = false;
      const events = parser.feed(bytes);
      state.retry = Math.min(retryBounds.max, Math.max(retryBounds.min, parser.retry ?? firstPause));
      for (const { type, data } of events) {
        if (type !== 'changes') continue;
        const page = parsed(data);
        if (!isResult(outgoing.operation, page)) throw errorOf(outgoing, attempt);
        yield page as Page;
      }
    }
  } catch (thrown) {
    if (thrown instanceof EventTooLongError) throw errorOf(outgoing, attempt);
    if (isMute && thrown instanceof TimeoutError) setPolling(state, true);
    throw thrown;
  }
}

/** The pages of one connection: of a stream, or one page. */
async function* connection(
  transport: Transport,
  request: Requesting,
  isPolling: boolean,
  state: State,
  silence: number,
): AsyncGenerator<Page> {
  const outgoing = request({ next: state.next, ...(isPolling ? { wait } : { wantsEvents: true }) });
  const attempt = await attemptOf(transport, outgoing).catch((thrown: unknown) => {
    // What holds streams back may hold back their beginning, too. If requests that wait fare no
    // better, it was something else.
    if (thrown instanceof TimeoutError) setPolling(state, !isPolling);
    throw thrown;
  });
  if (attempt.isCutOff) throw new ConnectionError('the response was cut off');
  if (!attempt.isSuccess) throw errorOf(outgoing, attempt);
  if (attempt.stream !== undefined) return yield* pagesOf(outgoing, attempt, state, silence);
  // A page, although a stream was asked for: something in between has changed the request.
  if (!isPolling) setPolling(state, true);
  yield attempt.content as Page;
}

/** The headers of the response if another attempt may succeed; throws what is final. */
const assertPassing = (thrown: unknown): Headers | undefined => {
  if (thrown instanceof ConnectionError) return undefined;
  if (thrown instanceof ApiError && isPassing(thrown.status)) return thrown.headers;
  throw thrown;
};

/** Connects, and yields the pages until the connection ends; returns how long to wait before the next one. */
async function* connected(
  transport: Transport,
  request: Requesting,
  field: string,
  state: State,
  { onError, silence = defaultSilence }: FollowOptions,
): AsyncGenerator<Page, number> {
  const began = performance.now();
  const isPolling = began < state.pollingUntil;
  const pages = connection(transport, request, isPolling, state, silence);
  let headers: Headers | undefined;
  let hasFailed = false;
  let hasNews = false;
  const nextPage = async (): Promise<Page | undefined> => {
    try {
      const { done, value } = await pages.next();
      return done ? undefined : value;
    } catch (thrown) {
      headers = assertPassing(thrown);
      hasFailed = true;
      if (thrown instanceof TasksError) onError?.(thrown);
      return undefined;
    }
  };
  try {
    for (let page = await nextPage(); page !== undefined; page = await nextPage()) {
      // Before the caller sees the page, who may change it.
      state.next = String(page[field]);
      if (Array.isArray(page.items) && page.items.length === 0) continue;
      hasNews = true;
      state.failures = 0;
      yield page;
    }
  } finally {
    await pages.return(undefined);
  }
  const isSteady = performance.now() - began >= steady;
  if (isSteady) state.failures = 0;
  if (isPolling && !hasFailed && (hasNews || isSteady)) return 0;
  state.failures += 1;
  return pauseAfter(state.failures - 1, state.retry, headers);
}

/** The pages after those that the caller has, and then those to come. */
export async function* follow<P extends Page>(
  transport: Transport,
  request: Requesting,
  paging: Paging,
  options: FollowOptions,
): AsyncGenerator<P> {
  assertTimeout(options.silence ?? defaultSilence);
  const { signal } = request({ next: undefined }).options;
  const state: State = {
    next: undefined,
    failures: 0,
    retry: firstPause,
    pollingUntil: Number.NEGATIVE_INFINITY,
  };
  for (;;) {
    const pages = connected(transport, request, paging.next, state, options);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const { done, value } = await pages.next();
        if (done) {
          await sleep(value, signal);
          break;
        }
        yield knownItems(value as P, paging);
      }
    } finally {
      await pages.return(0);
    }
  }
}
