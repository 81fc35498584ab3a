// The parser of server-sent events, against one that knows nothing of this project.
import { createParser } from 'eventsource-parser';
import { describe, expect, test } from 'vitest';
import { createEventParser, EventTooLongError } from '../../src/client/event-stream.ts';
import { randomOf } from '../support/random-keys.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const eventsIn = (text: string) => createEventParser(1000).feed(bytesOf(text));
const event = (data: string, type = 'message') => ({ type, data });

describe('the parser of events', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n', [event('a'), event('b')]],
    ['CR', 'data: a\r\rdata: b\r\r', [event('a'), event('b')]],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [event('a'), event('b')]],
    ['all line ends at once', 'data: a\r\n\ndata: b\r\r\n', [event('a'), event('b')]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [event('a')]],
    ['comments', ':\n\n: data: a\n:data: b\ndata: c\n\n', [event('c')]],
    ['data of several lines', 'data: a\ndata:\ndata\ndata:  b\n\n', [event('a\n\n\n b')]],
    ['names', 'event: changes\ndata: {}\n\ndata: x\n\n', [event('{}', 'changes'), event('x')]],
    ['a name without data', 'event: changes\n\ndata: x\n\n', [event('x')]],
    ['unknown fields', 'datas: a\nDATA: b\nid: 1\n data: c\ndata:d\n\n', [event('d')]],
    ['an event without an end', 'data: a\n\ndata: b\n', [event('a')]],
    ['other line separators in data', 'data: a\u2028b\u0085c\u000bd\n\n', [event('a\u2028b\u0085c\u000bd')]],
  ])('reads %s', (_, text, events) => {
    expect(eventsIn(text)).toEqual(events);
  });

  test('reads the pause that the server asks for', () => {
    const parser = createEventParser(1000);
    parser.feed(bytesOf('retry: 1500\nretry: soon\nretry: -1\nretry:\n'));
    expect(parser.retry).toBe(1500);
  });

  test('reads the same as another parser, however the bytes are cut', () => {
    const random = randomOf(20);
    const pieces = [
      'data: ',
      'data',
      ':',
      'event: ',
      'changes',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'ü€😀',
      ' ',
      'id: 1',
      '{}',
    ];
    let events = 0;
    for (let round = 0; round < 2000; round += 1) {
      const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join('');
      const expected: unknown[] = [];
      const other = createParser({
        onEvent: ({ event: type = 'message', data }) => expected.push({ type, data }),
      });
      // It takes a last CR for the first half of a line end, and waits.
      other.feed(text.replaceAll(/\r\n?/g, '\n'));
      const parser = createEventParser(1000);
      const all: unknown[] = [];
      const bytes = bytesOf(text);
      for (let at = 0, to = 0; at < bytes.length; at = to) {
        to = at + random(8);
        all.push(...parser.feed(bytes.slice(at, to)));
      }
      expect(all, JSON.stringify(text)).toEqual(expected);
      events += all.length;
    }
    expect(events).toBeGreaterThan(1000);
  });

  test.each([
    ['a line', 'x'],
    ['the data of an event', 'data: xxxx\n'],
    ['an event of empty lines', 'data\n'],
  ])('holds no more than it may of %s', (_, part) => {
    const parser = createEventParser(1000);
    const feed = () => {
      for (let n = 0; n <= 1000; n += 1) parser.feed(bytesOf(part));
    };
    expect(feed).toThrow(EventTooLongError);
  });

  test('takes any number of events that are short enough', () => {
    const parser = createEventParser(1000);
    for (let n = 0; n < 1000; n += 1)
      expect(parser.feed(bytesOf(`data: ${'x'.repeat(900)}\n\n`))).toHaveLength(1);
  });
});
