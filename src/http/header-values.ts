// The values of a header field as they arrived: Node joins repeated fields into one, or drops all
// but the first.
import type { IncomingMessage } from 'node:http';

/**
 * Every value of a header field; `name` is in lower case. Node's headersDistinct would copy all
 * other fields, too.
 */
export const valuesOf = ({ rawHeaders }: IncomingMessage, name: string): string[] => {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const field = rawHeaders[at] ?? '';
    if (field.length === name.length && field.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
};
