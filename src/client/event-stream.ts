// Server-sent events as they arrive (HTML standard, section 9.2). Of their fields, `id` is left out:
// each page of changes contains its token.

export interface ServerSentEvent {
  /** Its name; `message` if it has none. */
  readonly type: string;
  readonly data: string;
}

export interface EventParser {
  /** Takes the next bytes, cut anywhere, and returns the events that they complete. */
  feed(bytes: Uint8Array): ServerSentEvent[];
  /** The pause before connecting again that the server asks for, in milliseconds. */
  readonly retry: number | undefined;
}

/** An event, or a line, is longer than allowed. */
export class EventTooLongError extends Error {}

/**
 * A parser of the bytes of a stream that holds at most `longest` characters; beyond, it throws an
 * EventTooLongError.
 */
export const createEventParser = (longest: number): EventParser => {
  // It also removes a byte order mark.
  const decoder = new TextDecoder();
  // The parts of a line without its end: joined only once, however many there are.
  let line: string[] = [];
  let pending = 0;
  let data: string[] = [];
  let held = 0;
  let type = '';
  let retry: number | undefined;
  let endsInCr = false;

  const takeField = (text: string): void => {
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      data.push(value);
      held += value.length + 1;
    } else if (name === 'event') type = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value);
  };
  const takeLine = (text: string): ServerSentEvent | undefined => {
    if (text !== '') {
      takeField(text);
      return undefined;
    }
    const event = data.length > 0 ? { type: type || 'message', data: data.join('\n') } : undefined;
    [data, held, type] = [[], 0, ''];
    return event;
  };

  return {
    feed: (bytes) => {
      const text = decoder.decode(bytes, { stream: true });
      const events: ServerSentEvent[] = [];
      // A CR ended the last part, and the LF that belongs to it begins this one.
      let start = endsInCr && text.startsWith('\n') ? 1 : 0;
      if (text !== '') endsInCr = text.endsWith('\r');
      const ends = /\r\n?|\n/g;
      ends.lastIndex = start;
      for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
        line.push(text.slice(start, end.index));
        const event = takeLine(line.join(''));
        if (event) events.push(event);
        [line, pending, start] = [[], 0, ends.lastIndex];
      }
      line.push(text.slice(start));
      pending += text.length - start;
      if (pending + held > longest) throw new EventTooLongError('an event is too long');
      return events;
    },
    get retry() {
      return retry;
    },
  };
};
