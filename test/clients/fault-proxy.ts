// A proxy in front of the sandbox that does to each step of the scenario what a bad network, a busy
// server or a later version would do. A step is a base URL: a program creates a client of
// `<API>/<step id>`, so the proxy knows which step a request belongs to, and the program remains
// plain consumer code. Requests without a step pass unchanged.
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  /** Responds itself, and does not forward the request. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly html?: string;
      /** The detail of the problem document, instead of a short one. */
      readonly detail?: string;
    }
  /** Drops the connection; the server never sees the request. */
  | { readonly kind: 'drop' }
  /** Drops the connection after the server has responded: the client gets nothing. */
  | { readonly kind: 'lose' }
  /** As a gateway that lost the server's response: responds itself, after the server has. */
  | { readonly kind: 'gateway'; readonly status: number }
  /** Sends the status of the server's response without its body. */
  | { readonly kind: 'empty' }
  /** Never responds, although the server has. */
  | { readonly kind: 'stall' }
  /** Sends half of the body, then resets the connection. */
  | { readonly kind: 'cut' }
  /** Sends the lines of the first half of the body, and ends as if that were all. */
  | { readonly kind: 'shorten' }
  /** Sends more text after the body, which was complete. */
  | { readonly kind: 'append'; readonly text: string }
  /** Sends the body without its last byte. */
  | { readonly kind: 'unterminated' }
  /** Sends the lines up to the first task, and the others only when the step's next request arrives. */
  | { readonly kind: 'pause' }
  /** Changes the body to what a later version may send: new fields, and items of a new type. */
  | { readonly kind: 'later-version' };

export interface Rule {
  /** The requests that it concerns: all, unless it names a method or a part of the path. */
  readonly method?: string;
  readonly path?: string;
  /** How many of them, from the first one; 1 unless given. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A request of a step, as the proxy saw it. Times are in milliseconds. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
  /** When the proxy was done with it. */
  endedAt: number;
  /** The status and headers of the server's response, or the proxy's own. */
  status: number | undefined;
  responseHeaders: IncomingHttpHeaders;
  /** The detail of the problem document, when the response was one. */
  detail: string | undefined;
  readonly fault: Fault | undefined;
}

export interface FaultProxy {
  readonly url: string;
  /** The requests of a step, in the order in which they arrived. */
  readonly requestsOf: (step: string) => readonly Seen[];
  close(): Promise<void>;
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The id of the requests to which the proxy responds itself. */
const ownRequestId = '0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11';

const ownProblem = (status: number, detail = `The test wants ${status}`) =>
  JSON.stringify({
    type: `/problems/injected-${status}`,
    title: `Injected ${status}`,
    status,
    detail,
    instance: `urn:uuid:${ownRequestId}`,
  });

// `metadata` has texts by names of the client's own, in every version.
const withNewFields = (text: string): unknown =>
  JSON.parse(text, (key, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) && key !== 'metadata'
      ? { ...value, added_later: { by: 'a later version' } }
      : value,
  );

const newItem = JSON.stringify({ type: 'archived_later', id: 1 });
const newResult = JSON.stringify({ op: 'archive_later', id: 1 });

const laterVersion = (path: string, body: string): string => {
  if (path.includes('/task-export')) {
    const lines = body.split('\n').map((line) => (line === '' ? '' : JSON.stringify(withNewFields(line))));
    return [newItem, ...lines].join('\n');
  }
  const whole = withNewFields(body);
  const name = path.includes('/task-changes') ? 'items' : path.includes('/task-batches') ? 'results' : '';
  if (!(whole instanceof Object && name in whole)) return JSON.stringify(whole);
  const known: unknown = Reflect.get(whole, name);
  const items = Array.isArray(known) ? known : [];
  // The results of a batch are in the order of its operations.
  const all = name === 'items' ? [JSON.parse(newItem), ...items] : [...items, JSON.parse(newResult)];
  return JSON.stringify({ ...whole, [name]: all });
};

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const forward = async (target: string, { method, path, headers }: Seen, body: Buffer): Promise<Response> => {
  // Bodies that the proxy changes or cuts must not be compressed.
  const { 'accept-encoding': _, ...others } = headers;
  const forwarded = request(new URL(path, target), { method, headers: others });
  forwarded.end(body);
  const [response]: [IncomingMessage] = (await once(forwarded, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 502, headers: response.headers, body: await bodyOf(response) };
};

const send = (outgoing: ServerResponse, { status, headers, body }: Response): void => {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
};

const startBody = (outgoing: ServerResponse, { status, headers }: Response): void => {
  const { 'content-length': _, 'transfer-encoding': __, ...others } = headers;
  outgoing.writeHead(status, others);
};

/** Waits until `happened`, at most ten seconds; returns whether it has. */
const until = async (happened: () => boolean): Promise<boolean> => {
  for (let waited = 0; waited < 10_000 && !happened(); waited += 20) await sleep(20);
  return happened();
};

type Apply = (
  outgoing: ServerResponse,
  response: Response,
  seen: Seen,
  isNextHere: () => boolean,
) => Promise<void> | void;

const halfOf = (body: Buffer) => body.subarray(0, Math.floor(body.length / 2));

/** What each fault does with the server's response. */
const faults: Readonly<Record<Exclude<Fault['kind'], 'respond' | 'drop'>, Apply>> = {
  lose: (outgoing) => void outgoing.destroy(),
  gateway: (outgoing, _response, { fault }) => {
    outgoing.writeHead(fault?.kind === 'gateway' ? fault.status : 502, { 'content-type': 'text/html' });
    outgoing.end('<h1>Bad gateway</h1>');
  },
  empty: (outgoing, response) => {
    startBody(outgoing, response);
    outgoing.end();
  },
  stall: () => {},
  cut: async (outgoing, response) => {
    startBody(outgoing, response);
    outgoing.write(halfOf(response.body));
    // The half must leave before the connection does.
    await sleep(50);
    outgoing.destroy();
  },
  shorten: (outgoing, response) => {
    startBody(outgoing, response);
    const half = halfOf(response.body);
    outgoing.end(half.subarray(0, half.lastIndexOf('\n') + 1));
  },
  append: (outgoing, response, { fault }) => {
    startBody(outgoing, response);
    outgoing.end(response.body + (fault?.kind === 'append' ? fault.text : ''));
  },
  unterminated: (outgoing, response) => {
    startBody(outgoing, response);
    outgoing.end(response.body.subarray(0, -1));
  },
  pause: async (outgoing, response, _seen, isNextHere) => {
    startBody(outgoing, response);
    const first = response.body.indexOf('\n', response.body.indexOf('"type":"task"')) + 1;
    outgoing.write(response.body.subarray(0, first));
    if (await until(isNextHere)) outgoing.end(response.body.subarray(first));
    else outgoing.destroy();
  },
  'later-version': (outgoing, response, { path }) => {
    startBody(outgoing, response);
    outgoing.end(laterVersion(path, response.body.toString()));
  },
};

type Arrived = Pick<Seen, 'method' | 'path'>;

/** The fault of a request that arrives after those before it. */
const faultOf = (rule: Rule | undefined, before: readonly Arrived[], arrived: Arrived): Fault | undefined => {
  if (rule === undefined) return undefined;
  const concerns = ({ method, path }: Arrived) =>
    (rule.method ?? method) === method && path.includes(rule.path ?? '');
  return concerns(arrived) && before.filter(concerns).length < (rule.times ?? 1) ? rule.fault : undefined;
};

/** Starts a proxy of `target` on a free port. `rules` has an entry for each step. */
export const startFaultProxy = async (
  target: string,
  rules: ReadonlyMap<string, Rule | undefined>,
): Promise<FaultProxy> => {
  const requests = new Map<string, Seen[]>([...rules.keys()].map((step) => [step, []]));

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const [, step = '', rest = ''] = /^\/([^/?]*)(.*)$/.exec(incoming.url ?? '') ?? [];
    const ofStep = requests.get(step);
    const { method = 'GET', headers } = incoming;
    const path = ofStep === undefined ? (incoming.url ?? '/') : rest;
    const fault = ofStep && faultOf(rules.get(step), ofStep, { method, path });
    const at = performance.now();
    const body = await bodyOf(incoming);
    const seen: Seen = {
      method,
      path,
      headers,
      body: body.toString(),
      at,
      endedAt: at,
      status: undefined,
      responseHeaders: {},
      detail: undefined,
      fault,
    };
    ofStep?.push(seen);
    if (fault?.kind === 'drop') return void outgoing.destroy();
    const response = fault?.kind === 'respond' ? ownResponse(fault) : await forward(target, seen, body);
    seen.status = response.status;
    seen.responseHeaders = response.headers;
    if (/problem\+json/.test(response.headers['content-type'] ?? '')) {
      seen.detail = JSON.parse(response.body.toString()).detail;
    }
    if (fault === undefined || fault.kind === 'respond') send(outgoing, response);
    else await faults[fault.kind](outgoing, response, seen, () => ofStep?.at(-1) !== seen);
    seen.endedAt = performance.now();
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requestsOf: (step) => requests.get(step) ?? [],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const ownResponse = ({ status, headers, html, detail }: Extract<Fault, { kind: 'respond' }>): Response => ({
  status,
  headers: {
    'content-type': html === undefined ? 'application/problem+json' : 'text/html',
    'x-request-id': ownRequestId,
    ...headers,
  },
  body: Buffer.from(html ?? ownProblem(status, detail)),
});
