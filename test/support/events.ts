// Streams of server-sent events, read by a parser that knows nothing of this service.
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The events in the text of a stream so far; comments and what is not complete are left out. */
export const eventsIn = (text: string): EventSourceMessage[] => {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  parser.feed(text);
  return events;
};

/** A stream of events that is open. */
export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** What has arrived so far. */
  text(): string;
  /** Resolves with the event of this number, the first being 0, or when the stream has ended. */
  event(number: number): Promise<EventSourceMessage | undefined>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens a stream of events of the user with this token. */
export const openEvents = async (
  base: string,
  token: string,
  { query = '', lastEventId }: { readonly query?: string; readonly lastEventId?: string | undefined } = {},
): Promise<EventStream> => {
  const closing = new AbortController();
  const response = await fetch(`${base}/api/v1/users/me/task-changes${query}`, {
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
    },
    signal: closing.signal,
  });
  let text = '';
  let isOver = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        tell();
      }
    } catch (error) {
      if (!closing.signal.aborted) text += `: ${error}\n`;
    }
    isOver = true;
    tell();
  })();
  const event = (number: number): Promise<EventSourceMessage | undefined> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = eventsIn(text)[number];
        if (found === undefined && !isOver) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    event,
    ended,
    close: () => closing.abort(),
  };
};
