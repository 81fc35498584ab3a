// What every SDK must do, as steps that are the same for all languages. For each step, a language's
// program creates a client of `<API>/<step id>` and does what `does` describes; it prints
// `ok <step id>` when it has seen what `sees` describes. The proxy applies the step's rule, and
// `proof` looks at what arrived at the proxy and at the server, so that nothing rests on the
// program's word alone. The table of the SDKs in the documentation lists the same steps.
//
// Environment of a program: API, TOKEN, TOKEN_2 (another token of the same user), and OTHER_TOKEN
// (of another user, whose data may be deleted). When a step fails, the runner shows what the program
// has printed after `failed <step id>`, up to its next `ok` or `failed`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule, Seen } from './fault-proxy.ts';

export interface StoredTask {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
  readonly version: number;
  readonly list_id: string | null;
}

/** What a proof can look at. */
export interface Evidence {
  /** The step's requests. */
  readonly requests: readonly Seen[];
  /** The user's tasks on the server that have the title. */
  readonly tasks: (title: string) => readonly StoredTask[];
  /** What the program has printed as `text <step id> <text on one line>`. */
  readonly texts: readonly string[];
  /** Everything that the program has printed. */
  readonly output: string;
  readonly tokens: readonly string[];
}

export interface Step {
  readonly id: string;
  /** The requirement that it belongs to: an index of `requirements`. */
  readonly requirement: number;
  /** What an SDK that passes does. */
  readonly text: string;
  readonly does: string;
  readonly sees: string;
  readonly rule?: Rule;
  /** Returns why the evidence does not prove the step; nothing if it does. */
  readonly proof?: (evidence: Evidence) => string | undefined;
}

export const requirements: Readonly<Record<number, string>> = {
  1: 'Package',
  2: 'Retries',
  3: 'Time-outs',
  4: 'Errors',
  5: 'Null',
  6: 'Headers of one call',
  7: 'Later versions of the API',
  8: 'Export',
  9: 'Pages and changes',
  10: 'Conditional requests',
  11: 'Tokens',
  12: 'Lists, order and series',
  13: 'History and undo',
};

type Proof = NonNullable<Step['proof']>;

const all =
  (...proofs: readonly Proof[]): Proof =>
  (evidence) =>
    proofs.map((proof) => proof(evidence)).find((fault) => fault !== undefined);

const by = (requests: readonly Seen[], method: string) => requests.filter((seen) => seen.method === method);

/** `least` to `most` requests of the method arrived. */
const attempts =
  (method: string, least: number, most = least): Proof =>
  ({ requests }) => {
    const { length } = by(requests, method);
    return length < least || length > most ? `${length} attempts of ${method}` : undefined;
  };

const oneKey =
  (method: string): Proof =>
  ({ requests }) => {
    const keys = by(requests, method).map(({ headers }) => headers['idempotency-key']);
    return keys[0] === undefined || new Set(keys).size > 1 ? `keys: ${keys.join(', ')}` : undefined;
  };

/** At least so many milliseconds passed before each repetition. Timers can be 1 ms early. */
const waited =
  (method: string, milliseconds: number): Proof =>
  ({ requests }) => {
    const waits = by(requests, method).map(({ at }, n, same) => at - (same[n - 1]?.endedAt ?? -Infinity));
    return waits.some((wait) => wait < milliseconds - 10)
      ? `waited ${waits.slice(1).join(', ')} ms`
      : undefined;
  };

/**
 * As `waited`, but a repetition at once may follow each attempt: the HTTP clients of Go and Java make
 * it themselves when a connection ends before the first byte of the response to a read.
 */
const paused =
  (method: string, milliseconds: number): Proof =>
  ({ requests }) => {
    const waits = by(requests, method).map(({ at }, n, same) => at - (same[n - 1]?.endedAt ?? -Infinity));
    const isShort = (wait = Number.POSITIVE_INFINITY) => wait < milliseconds - 10;
    return waits.some((wait, n) => isShort(wait) && isShort(waits[n - 1]))
      ? `waited ${waits.slice(1).join(', ')} ms`
      : undefined;
  };

/** The server has as many tasks with the title as `versions`, in these versions. */
const stored =
  (title: string, ...versions: readonly number[]): Proof =>
  ({ tasks }) => {
    const found = tasks(title).map(({ version }) => version);
    return found.join() === versions.join() ? undefined : `the server has the versions ${found.join()}`;
  };

const responded =
  (method: string, status: number): Proof =>
  ({ requests }) =>
    by(requests, method).at(-1)?.status === status ? undefined : `no response ${status}`;

/** The last request was in progress for so many milliseconds. */
const lasted =
  (method: string, milliseconds: number): Proof =>
  ({ requests }) => {
    const { at = 0, endedAt = 0 } = by(requests, method).at(-1) ?? {};
    return endedAt - at < milliseconds ? `it ended after ${endedAt - at} ms` : undefined;
  };

/** The printed text of the error has the problem's detail and the request id. */
const errorText: Proof = ({ requests, texts }) => {
  const last = requests.at(-1);
  const parts = [last?.detail ?? '', String(last?.responseHeaders['x-request-id'] ?? '')];
  return texts.some((text) => parts.every((part) => part !== '' && text.includes(part)))
    ? undefined
    : `the text has no ${parts.join(' or no ')}: ${texts.join()}`;
};

/** The program has printed at least so many texts that are not empty, and none of them is long. */
const printed =
  (least: number): Proof =>
  ({ texts }) => {
    if (texts.filter((text) => text !== '').length < least) return `printed ${texts.length} texts`;
    return texts.some((text) => text.length > 5000) ? 'printed a text of thousands of characters' : undefined;
  };

const respond = (status: number, headers: Record<string, string> = {}): Rule['fault'] => ({
  kind: 'respond',
  status,
  headers,
});

const lost = (id: string, method: string, call: string, versions: readonly number[]): Step => ({
  id,
  requirement: 2,
  text: `${call} happens once when its response is lost`,
  does: `${call === 'Creation' ? 'Create' : `Create a task, then do this: ${call}, of`} the task "${id}".`,
  sees: 'The result of the call, as if nothing had happened.',
  rule: { method, fault: { kind: 'lose' } },
  proof: all(attempts(method, 2), oneKey(method), stored(id, ...versions)),
});

const retries: readonly Step[] = [
  {
    id: 'retry-503',
    requirement: 2,
    text: 'Repeats a creation after a 503, when the time in Retry-After has passed',
    does: 'Create the task "retry-503".',
    sees: 'The task.',
    rule: { method: 'POST', fault: respond(503, { 'retry-after': '1' }) },
    proof: all(attempts('POST', 2), oneKey('POST'), waited('POST', 1000), stored('retry-503', 1)),
  },
  {
    id: 'retry-429',
    requirement: 2,
    text: 'Repeats a change after a 429, when the time in Retry-After has passed',
    does: 'Create the task "retry-429", then update its description.',
    sees: 'Version 2 of the task.',
    rule: { method: 'PATCH', fault: respond(429, { 'retry-after': '1' }) },
    proof: all(attempts('PATCH', 2), oneKey('PATCH'), waited('PATCH', 1000), stored('retry-429', 2)),
  },
  ...[
    { status: 408, headers: {}, reason: '' },
    { status: 409, headers: { 'retry-after': '1' }, reason: ' with Retry-After' },
  ].map(
    ({ status, headers, reason }): Step => ({
      id: `retry-${status}`,
      requirement: 2,
      text: `Repeats a creation after a ${status}${reason}`,
      does: `Create the task "retry-${status}".`,
      sees: 'The task.',
      rule: { method: 'POST', fault: respond(status, headers) },
      proof: all(attempts('POST', 2), oneKey('POST'), stored(`retry-${status}`, 1)),
    }),
  ),
  {
    id: 'dropped-create',
    requirement: 2,
    text: 'Repeats a creation whose connection was lost before the server got it',
    does: 'Create the task "dropped-create".',
    sees: 'The task.',
    rule: { method: 'POST', fault: { kind: 'drop' } },
    proof: all(attempts('POST', 2), oneKey('POST'), stored('dropped-create', 1)),
  },
  ...[502, 504].map(
    (status): Step => ({
      id: `gateway-${status}`,
      requirement: 2,
      text: `Repeats a creation after a ${status} of a gateway, and it happens once`,
      does: `Create the task "gateway-${status}".`,
      sees: 'The task.',
      rule: { method: 'POST', fault: { kind: 'gateway', status } },
      proof: all(attempts('POST', 2), oneKey('POST'), stored(`gateway-${status}`, 1)),
    }),
  ),
  {
    id: 'empty-success',
    requirement: 2,
    text: 'Repeats a creation whose response has lost its body',
    does: 'Create the task "empty-success".',
    sees: 'The task.',
    rule: { method: 'POST', fault: { kind: 'empty' } },
    proof: all(attempts('POST', 2), oneKey('POST'), stored('empty-success', 1)),
  },
  lost('lost-create', 'POST', 'Creation', [1]),
  lost('lost-update', 'PATCH', 'PATCH with If-Match', [2]),
  lost('lost-replace', 'PUT', 'PUT with If-Match', [2]),
  lost('lost-delete', 'DELETE', 'DELETE', []),
  lost('lost-complete', 'PATCH', 'Completing', [2]),
  {
    ...lost('lost-batch', 'POST', 'A batch', [1]),
    does: 'Send a batch that creates the task "lost-batch".',
  },
  {
    id: 'lost-read',
    requirement: 2,
    text: 'Repeats a read whose response is lost',
    does: 'Create the task "lost-read", then get it.',
    sees: 'The task.',
    rule: { method: 'GET', fault: { kind: 'lose' } },
    proof: attempts('GET', 2),
  },
  {
    id: 'retries-end',
    requirement: 2,
    text: 'Gives up after a few attempts, with the last error',
    does: 'Create the task "retries-end".',
    sees: 'The error of status 503.',
    rule: { times: Number.POSITIVE_INFINITY, fault: respond(503, { 'retry-after': '1' }) },
    proof: all(attempts('POST', 2, 6), oneKey('POST'), stored('retries-end')),
  },
  {
    id: 'backoff',
    requirement: 2,
    text: 'Waits between attempts without Retry-After, too',
    does: 'Get any task.',
    sees: 'The error of a lost connection.',
    rule: { times: Number.POSITIVE_INFINITY, fault: { kind: 'drop' } },
    proof: all(attempts('GET', 2, 8), paused('GET', 30)),
  },
  {
    id: 'long-retry-after',
    requirement: 2,
    text: 'Does not wait for an hour',
    does: 'Get any task.',
    sees: 'The error of status 503, at once.',
    rule: { fault: respond(503, { 'retry-after': '3600' }) },
    proof: attempts('GET', 1),
  },
  {
    id: 'huge-retry-after',
    requirement: 2,
    text: 'Does not wait for longer than any number either',
    does: 'Get any task.',
    sees: 'The error of status 503, at once.',
    rule: { fault: respond(503, { 'retry-after': '99999999999999999999' }) },
    proof: attempts('GET', 1),
  },
  {
    id: 'own-key',
    requirement: 2,
    text: 'Takes an idempotency key from the caller',
    does: 'Create the task "own-key" twice with the idempotency key "a key of my own".',
    sees: 'The same id twice.',
    proof: all(attempts('POST', 2), stored('own-key', 1), ({ requests }) =>
      requests.every(({ headers }) => headers['idempotency-key'] === 'a key of my own')
        ? undefined
        : 'another key was sent',
    ),
  },
];

const timeouts: readonly Step[] = [
  {
    id: 'timeout-default',
    requirement: 3,
    text: 'Has a time-out by default',
    does: 'Nothing.',
    sees: 'That a client without settings has a time-out of a minute at most.',
  },
  {
    id: 'timeout-client',
    requirement: 3,
    text: 'Takes a time-out for all calls of a client',
    does: 'Get any task with a client whose time-out is half a second, without retries.',
    sees: 'The error of a time-out.',
    rule: { times: Number.POSITIVE_INFINITY, fault: { kind: 'stall' } },
    proof: attempts('GET', 1),
  },
  {
    id: 'timeout-call',
    requirement: 3,
    text: 'Takes a time-out for one call',
    does: 'Get any task with a time-out of half a second for this call only, without retries.',
    sees: 'The error of a time-out.',
    rule: { times: Number.POSITIVE_INFINITY, fault: { kind: 'stall' } },
    proof: attempts('GET', 1),
  },
  {
    id: 'timeout-wait',
    requirement: 3,
    text: 'Waits for changes for longer than its time-out',
    does: 'Read all changes; then read those after them with `wait` 2, a time-out of one second, without retries.',
    sees: 'No change, and no error.',
    proof: all(attempts('GET', 2, 20), responded('GET', 200), lasted('GET', 1900)),
  },
  {
    id: 'timeout-retry',
    requirement: 3,
    text: 'Repeats a creation that timed out, and it happens once',
    does: 'Create the task "timeout-retry" with a time-out of half a second.',
    sees: 'The task.',
    rule: { method: 'POST', fault: { kind: 'stall' } },
    proof: all(attempts('POST', 2), oneKey('POST'), stored('timeout-retry', 1)),
  },
];

const error = (status: number, does: string, rule?: Rule, proof?: Proof): Step => ({
  id: `error-${status}`,
  requirement: 4,
  text: `Has an error for ${status}, with the detail and the request id in its text`,
  does: `${does} Print the text of the error as "text error-${status} …".`,
  sees: `The error of status ${status} and no other, with its typed problem document and headers.`,
  ...(rule && { rule }),
  proof: all(
    errorText,
    attempts(/update/i.test(does) ? 'PATCH' : /create/i.test(does) ? 'POST' : 'GET', 1),
    proof ?? (() => undefined),
  ),
});

const injected = (status: number, headers: Record<string, string> = {}): Step =>
  error(status, 'Get any task, without retries.', { fault: respond(status, headers) });

const errors: readonly Step[] = [
  injected(400),
  injected(403),
  error(401, 'Get any task with the token "not.a.token".'),
  error(404, 'Get a task that does not exist.'),
  injected(409),
  injected(410),
  {
    ...error(412, 'Update a stale task: "error-412" with If-Match "7".'),
    sees: 'The error of status 412 and no other; its header ETag is "1".',
  },
  error(413, 'Create a task whose description has 200,000 characters.'),
  injected(415),
  {
    ...error(422, 'Create a task with the title " ".'),
    sees: 'The error of status 422 and no other; the place of its first fault is body, title.',
  },
  injected(429, { 'retry-after': '1' }),
  injected(500),
  injected(503, { 'retry-after': '1' }),
  {
    id: 'error-html',
    requirement: 4,
    text: 'Has an error for a response that is not a problem document',
    does: 'Get any task, without retries.',
    sees: 'The error of a 5xx, without a problem document.',
    rule: { fault: { ...respond(502), html: '<h1>Bad gateway</h1>' } as Rule['fault'] },
    proof: attempts('GET', 1),
  },
  {
    id: 'error-html-success',
    requirement: 4,
    text: 'Has an error for a success that the contract does not declare',
    does: 'Delete any task.',
    sees: 'The error of a response, which is not that of a lost connection.',
    rule: { fault: { ...respond(200), html: '<h1>Log in</h1>' } as Rule['fault'] },
    proof: attempts('DELETE', 1),
  },
  {
    id: 'redirect',
    requirement: 4,
    text: 'Does not follow a redirect',
    does: 'Delete any task.',
    sees: 'The error of a response, which is not that of a lost connection.',
    rule: { fault: respond(302, { location: '/redirect/elsewhere' }) },
    proof: all(attempts('DELETE', 1), attempts('GET', 0)),
  },
  {
    id: 'unasked-304',
    requirement: 4,
    text: 'Has an error for a 304 that the caller has not asked for',
    does: 'Delete any task.',
    sees: 'The error of a response, as for `redirect`.',
    rule: { fault: respond(304) },
    proof: attempts('DELETE', 1),
  },
  {
    id: 'error-long',
    requirement: 4,
    text: 'Shortens the text of an error whose detail is long',
    does: 'Get any task, without retries. Print the text of the error as "text error-long …".',
    sees: 'The error of status 400.',
    rule: { fault: { kind: 'respond', status: 400, detail: 'd'.repeat(100_000) } },
    proof: printed(1),
  },
  {
    id: 'base-url',
    requirement: 4,
    text: 'Refuses a base URL with a query or a password, without showing it',
    does:
      'Create a client of `<API>/base-url?x=1`, and one of `http://user:<TOKEN>@127.0.0.1`. Print the text of each ' +
      'error as "text base-url …".',
    sees: 'An error of each, before any request.',
    proof: all(printed(2), attempts('GET', 0), ({ texts, tokens: secret }) =>
      texts.some((text) => secret.some((token) => text.includes(token))) ? 'shows the password' : undefined,
    ),
  },
  {
    id: 'error-connection',
    requirement: 4,
    text: 'Has an error for a lost connection',
    does: 'Get any task, without retries.',
    sees: 'The error of a lost connection, which is not that of a time-out.',
    rule: { times: Number.POSITIVE_INFINITY, fault: { kind: 'drop' } },
  },
];

const data: readonly Step[] = [
  {
    id: 'null',
    requirement: 5,
    text: 'Sends null, and leaves out what the caller leaves out',
    does: 'Create "null" with a description; update only `completed` to true, then only the description to null.',
    sees: 'The description after the first update, and none after the second.',
    proof: ({ requests, tasks }) => {
      const bodies = by(requests, 'PATCH').map(({ body }) => JSON.stringify(JSON.parse(body)));
      const [task] = tasks('null');
      return bodies.join() === '{"completed":true},{"description":null}' &&
        task?.description === null &&
        task.completed
        ? undefined
        : `sent ${bodies.join()}`;
    },
  },
  {
    id: 'headers-per-call',
    requirement: 6,
    text: 'Takes If-Match, Idempotency-Key and X-Request-Id for one call',
    does:
      'Create "headers-per-call". With one client, update its description with If-Match "1", the key ' +
      '"key of this call" and the request id "4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22"; then get it.',
    sees: 'Version 2 of the task.',
    proof: ({ requests }) => {
      const [patch] = by(requests, 'PATCH');
      const [get] = by(requests, 'GET');
      const sent = ['if-match', 'idempotency-key', 'x-request-id'].map((name) => [
        patch?.headers[name],
        get?.headers[name],
      ]);
      const [match, key, id] = sent;
      const isRight =
        match?.[0] === '"1"' &&
        key?.[0] === 'key of this call' &&
        id?.[0] === '4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22';
      return isRight &&
        get !== undefined &&
        sent.every(([, after]) => after !== '"1"' && after !== key?.[0] && after !== id?.[0])
        ? undefined
        : `sent ${JSON.stringify(sent)}`;
    },
  },
  {
    id: 'later-version',
    requirement: 7,
    text: 'Ignores new fields, and accepts changes, lines of an export and results of a batch of a new type',
    does:
      'Create the task "later-version", get it, read all changes, export all tasks, and send a batch that creates ' +
      '"later-version 2".',
    sees: 'The task in each of them, the result of the batch, and no error.',
    rule: { times: Number.POSITIVE_INFINITY, fault: { kind: 'later-version' } },
    proof: ({ requests }) =>
      ['/task-changes', '/task-export', '/task-batches'].every((path) =>
        requests.some((seen) => seen.path.includes(path)),
      )
        ? undefined
        : 'did not read the changes and the export, or send the batch',
  },
  {
    id: 'batch-results',
    requirement: 7,
    text: 'Has a type for each kind of batch operation and result',
    does: 'Create "batch-results"; a batch creates "batch-results 2", updates the first one to completed, deletes it.',
    sees: 'The created task, the completed one, and the id of the deleted one, each from a typed result.',
    proof: all(stored('batch-results'), stored('batch-results 2', 1)),
  },
  {
    id: 'deleted-change',
    requirement: 7,
    text: 'Has a type for each kind of change',
    does: 'Read all changes, create and delete the task "deleted-change", and continue from the token.',
    sees: 'A typed change with the id and the time of the deletion.',
    proof: stored('deleted-change'),
  },
];

const exports_: readonly Step[] = [
  {
    id: 'export',
    requirement: 8,
    text: 'Exports all tasks as an iterator of typed tasks',
    does: 'Create "export 1" and "export 2", and export all tasks.',
    sees: 'Both titles, once each.',
    proof: attempts('GET', 1),
  },
  {
    id: 'export-streams',
    requirement: 8,
    text: 'Hands over tasks of an export while the others are on their way',
    does: 'Create "export-streams 1" and "export-streams 2", and export all tasks; get the first task when it arrives.',
    sees: 'The end of the export.',
    rule: { path: '/task-export', fault: { kind: 'pause' } },
    proof: ({ requests }) => {
      const [exported, read] = by(requests, 'GET');
      return exported !== undefined && read !== undefined && read.at < exported.endedAt
        ? undefined
        : 'the first task came with the last';
    },
  },
  ...(['cut', 'shorten'] as const).map(
    (kind): Step => ({
      id: `export-${kind}`,
      requirement: 8,
      text:
        kind === 'cut'
          ? 'Reports an export whose connection breaks'
          : 'Reports an export that ends early as if it were complete',
      does: `Create "export-${kind} 1" and "export-${kind} 2", and export all tasks.`,
      sees: 'An error of the SDK at the end.',
      rule: { path: '/task-export', times: Number.POSITIVE_INFINITY, fault: { kind } },
      proof: ({ requests }) =>
        requests.some(({ fault }) => fault?.kind === kind) ? undefined : 'there was no export',
    }),
  ),
  ...(
    [
      ['continues', 'has another line after its end', { kind: 'append', text: '{"type":"later"}\n' }],
      ['blank', 'has an empty line', { kind: 'append', text: '\n' }],
      ['rest', 'has half a line after its end', { kind: 'append', text: '{' }],
      ['unterminated', 'ends in the middle of its last line', { kind: 'unterminated' }],
    ] as const
  ).map(
    ([name, text, fault]): Step => ({
      id: `export-${name}`,
      requirement: 8,
      text: `Reports an export that ${text}`,
      does: 'Export all tasks.',
      sees: 'An error of the SDK at the end.',
      rule: { path: '/task-export', times: Number.POSITIVE_INFINITY, fault },
      proof: attempts('GET', 1),
    }),
  ),
];

const pages: readonly Step[] = [
  {
    id: 'pages',
    requirement: 9,
    text: 'Follows the pages of a list',
    does: 'Create "pages 1" to "pages 5"; list those that contain "pages", by `created_at`, two on a page.',
    sees: 'The five titles in order.',
    proof: attempts('GET', 3),
  },
  {
    id: 'changes',
    requirement: 9,
    text: 'Follows the changes, and has the change token to continue from',
    does: 'Read all changes, two at a time. Create "changes 1" to "changes 3". Continue so from the token.',
    sees: 'Exactly the three new tasks.',
    proof: ({ requests }) => {
      const asked = by(requests, 'GET').map(({ path }) => path.includes('since='));
      return asked[0] === false && asked.filter((since) => since).length >= 2
        ? undefined
        : 'did not continue';
    },
  },
  {
    id: 'changes-expired',
    requirement: 9,
    text: 'Has an error of its own for a change token that has expired',
    does: 'With OTHER_TOKEN: create a task, read all changes, delete everything, continue from the token.',
    sees: 'The error of status 410.',
    proof: responded('GET', 410),
  },
  {
    id: 'not-modified',
    requirement: 10,
    text: 'Does not treat 304 as an error',
    does: 'Create "not-modified"; get it with its entity tag in If-None-Match.',
    sees: 'That it has not changed, and no error.',
    proof: responded('GET', 304),
  },
  {
    id: 'not-modified-page',
    requirement: 10,
    text: 'Does not treat 304 as an error for a page of a list either',
    does: 'Get the first page of a list, then again with its entity tag in If-None-Match.',
    sees: 'That it has not changed, and no error.',
    proof: responded('GET', 304),
  },
];

const lists: readonly Step[] = [
  {
    id: 'lists',
    requirement: 12,
    text: 'Creates lists and tasks in them, follows the pages of lists, and exports them',
    does:
      'Create the lists "lists 1" and "lists 2", and the task "lists" in the second one. List the lists, one on a ' +
      'page. List the tasks of the second list. Export all tasks.',
    sees: 'Both lists, only that task, and both lists in the export.',
    proof: ({ requests, tasks }) => {
      const [task] = tasks('lists');
      const read = by(requests, 'GET').filter(({ path }) => path.includes('/lists?'));
      return task?.list_id && read.length >= 2 ? undefined : 'the task is in no list, or there was one page';
    },
  },
  {
    id: 'places',
    requirement: 12,
    text: 'Moves a task in the manual order',
    does:
      'Create "places 1" to "places 3". Place the third before the first. List those that contain "places", by ' +
      'position.',
    sees: 'The third, the first and the second.',
    proof: ({ requests, tasks }) => {
      const [patch] = by(requests, 'PATCH');
      const place = { before: tasks('places 1')[0]?.id };
      return patch?.body === JSON.stringify({ place }) ? undefined : `sent ${patch?.body}`;
    },
  },
  {
    id: 'subtasks',
    requirement: 12,
    text: 'Deletes a task with a choice for its subtasks',
    does:
      'Create the task "subtasks" and its subtask "subtasks 1". Delete the first one, without a choice for its ' +
      'subtasks; then with the choice that they stay.',
    sees: 'The error of status 409 with the type /problems/not-empty; then none.',
    proof: all(stored('subtasks'), stored('subtasks 1', 2)),
  },
  {
    ...lost('lost-occurrence', 'PATCH', 'Completing a task of a series', [1, 2]),
    requirement: 12,
    does:
      'Create the task "lost-occurrence", due on 2026-03-01, with the rule FREQ=DAILY and the anchor completion. ' +
      'Complete it on 2026-03-09.',
    sees: 'The completed task, with the id of the next one, which is due on 2026-03-10.',
  },
];

const history: readonly Step[] = [
  {
    id: 'undo',
    requirement: 13,
    text: 'Undoes a completion and a deletion, by the id of the change in the header of the response',
    does:
      'Create the task "undo" and complete it. Take the id of the change from the response, and undo it. Delete the ' +
      'task, and undo that in the same way.',
    sees: 'The id of the task in what the undo returns, and that it is open again, each time.',
    proof: all(attempts('PATCH', 1), attempts('DELETE', 1), stored('undo', 4)),
  },
  {
    id: 'lost-undo',
    requirement: 13,
    text: 'Undo happens once when its response is lost',
    does: 'Create the task "lost-undo", complete it, and undo that.',
    sees: 'What the undo returns.',
    rule: { path: '/undo', fault: { kind: 'lose' } },
    proof: all(stored('lost-undo', 3), ({ requests }) => {
      const undoes = requests.filter(({ path }) => path.endsWith('/undo'));
      const keys = new Set(undoes.map(({ headers }) => headers['idempotency-key']));
      return undoes.length === 2 && keys.size === 1 && !keys.has(undefined)
        ? undefined
        : `${undoes.length} attempts with ${keys.size} keys`;
    }),
  },
  {
    id: 'undo-refused',
    requirement: 13,
    text: 'Has an error for an undo that is refused, with what was changed later',
    does: 'Create the task "undo-refused", complete it, change its description, and undo the completion.',
    sees: 'The error of status 409 with the type /problems/changed-since, and one fault, whose `loc` has the id.',
    proof: all(responded('POST', 409), stored('undo-refused', 3)),
  },
  {
    id: 'history',
    requirement: 13,
    text: 'Follows the pages of the history, and of the versions of a task',
    does:
      'Create the task "history", change its description, and complete it. List the changes, two on a page, and ' +
      'stop after the third. List the versions of the task, one on a page.',
    sees: 'The operations completeTask, updateTask and createTask; the versions 3, 2 and 1.',
    proof: ({ requests }) => {
      const count = (part: string) => by(requests, 'GET').filter(({ path }) => path.includes(part)).length;
      const [changes, versions] = [count('/changes?'), count('/versions?')];
      return changes === 2 && versions === 3 ? undefined : `${changes} and ${versions} pages`;
    },
  },
  {
    id: 'restore',
    requirement: 13,
    text: 'Restores an earlier version of a task that was deleted',
    does: 'Create the task "restore", change its description, and delete it. Restore its first version.',
    sees: 'The task, in version 3, without a description.',
    proof: stored('restore', 3),
  },
];

const tokens: readonly Step[] = [
  {
    id: 'token-function',
    requirement: 11,
    text: 'Takes the token from a function, for each request',
    does: 'With one client whose function returns TOKEN the first time and then TOKEN_2, get the session twice.',
    sees: 'The same user id twice.',
    proof: ({ requests, tokens: expected }) => {
      const sent = requests.map(({ headers }) => headers.authorization);
      return sent.join() === expected.map((token) => `Bearer ${token}`).join()
        ? undefined
        : 'sent other tokens';
    },
  },
  {
    id: 'token-hidden',
    requirement: 11,
    text: 'Shows the token in no text of a client or error',
    does:
      'Print a client in the language’s usual and debug forms, as "text token-hidden …". Get any task with a ' +
      'token that contains TOKEN and a character that no token has, and print the error of the SDK or of the ' +
      'language in the same forms. Then get a task that does not exist, and print that error.',
    sees: 'Nothing.',
    proof: all(errorText, ({ output, texts, tokens: secret }) => {
      if (secret.some((token) => output.includes(token))) return 'the output has a token';
      if (!texts.some((text) => /token .*character/.test(text)))
        return 'the error of the token was not printed';
      return texts.length < 3 || texts.includes('') ? 'the client was not printed' : undefined;
    }),
  },
];

/** What a package must contain; `check` returns what is wrong with the one in `directory`. */
export interface PackageStep {
  readonly id: string;
  readonly requirement: number;
  readonly text: string;
  readonly check: (directory: string) => string | undefined;
}

const topics = [
  'install',
  'first call',
  'errors',
  'pages',
  'retries',
  'conditional requests',
  'changes',
  'undo',
  'export',
];

export const packageSteps: readonly PackageStep[] = [
  {
    id: 'readme',
    requirement: 1,
    text: `Has a README with a section on each of these: ${topics.join(', ')}`,
    check: (directory) => {
      const file = join(directory, 'README.md');
      const headings = existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)] : [];
      const absent = topics.filter(
        (topic) => !headings.some(([, heading]) => heading?.toLowerCase().includes(topic)),
      );
      return absent.length > 0 ? `${file} has no section on ${absent.join(', ')}` : undefined;
    },
  },
  {
    id: 'licence',
    requirement: 1,
    text: 'Contains its licence',
    check: (directory) => (existsSync(join(directory, 'LICENSE')) ? undefined : `no LICENSE in ${directory}`),
  },
];

/** The steps of the programs, in the order of the requirements. */
export const steps: readonly Step[] = [
  ...retries,
  ...timeouts,
  ...errors,
  ...data,
  ...exports_,
  ...pages,
  ...lists,
  ...history,
  ...tokens,
];
