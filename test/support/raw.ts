// Requests that no well-behaved client would send: bytes on a socket, and what came back.
import { connect } from 'node:net';
import { departures } from './contract.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Writes `bytes` to the server, waits until it closes the connection (send `Connection: close`),
 * and reads its one answer, held against the contract as an answer to `method` and `path`.
 */
export const sendRaw = async (
  url: string,
  method: string,
  path: string,
  bytes: string | Buffer,
): Promise<RawAnswer> => {
  const { hostname, port } = new URL(url);
  const received = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    // A reset after the answer is the server not reading the rest of what was sent.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => resolve(text));
  });
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map(
      (line) =>
        [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as [string, string],
    ),
  );
  const answer = {
    method,
    path,
    status: Number(statusLine.split(' ')[1]),
    headers,
    text: rest.join('\r\n\r\n'),
  };
  const strayed = departures(answer);
  if (strayed.length > 0)
    throw new Error(`${method} ${path} answered ${received} against the contract:\n${strayed.join('\n')}`);
  return answer;
};
