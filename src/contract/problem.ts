// The closed catalogue of problems (RFC 9457). Every 4xx and 5xx response is one of these: errors
// are thrown from here, never written inline.
import type { components } from './operation.ts';
import type { Scope } from './scopes.ts';

export const catalogue = {
  'malformed-request': [400, 'Malformed request'],
  'not-authenticated': [401, 'Not authenticated'],
  'insufficient-scope': [403, 'Insufficient scope'],
  'quota-exceeded': [403, 'Quota exceeded'],
  'history-off': [403, 'History off'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'not-acceptable': [406, 'Not acceptable'],
  'request-timeout': [408, 'Request timeout'],
  'idempotency-in-progress': [409, 'Idempotent request in progress'],
  'erasure-in-progress': [409, 'Erasure in progress'],
  'id-taken': [409, 'Id taken'],
  'not-empty': [409, 'Not empty'],
  'change-limit-reached': [409, 'Change limit reached'],
  'changed-since': [409, 'Changed since'],
  'already-undone': [409, 'Already undone'],
  'change-token-expired': [410, 'Change token expired'],
  'precondition-failed': [412, 'Precondition failed'],
  'payload-too-large': [413, 'Payload too large'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'validation-error': [422, 'Validation error'],
  'batch-not-applicable': [422, 'Batch not applicable'],
  'idempotency-key-reused': [422, 'Idempotency key reused'],
  'too-many-requests': [429, 'Too many requests'],
  'header-fields-too-large': [431, 'Request header fields too large'],
  'internal-error': [500, 'Internal error'],
  'service-unavailable': [503, 'Service unavailable'],
} as const;

export type ProblemSlug = keyof typeof catalogue;
export type Fault = components['schemas']['Fault'];
export type ProblemDocument = components['schemas']['Problem'];

interface ProblemInit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly Fault[];
  /** The actual cause: for the log, never for the client. */
  readonly cause?: unknown;
}

/**
 * Why the service takes no requests although nothing is wrong with it: the cause of a 503 that is
 * not logged as an error.
 */
export class NotReady extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotReady';
  }
}

/**
 * The database refused the argument of a function in a statement, such as the name of a time zone:
 * the cause of a 500, for those that can do without.
 */
export class InvalidArgument extends Error {
  constructor(cause: unknown) {
    super('the database refused the argument of a function', { cause });
    this.name = 'InvalidArgument';
  }
}

/** A problem on its way to the client. `detail` is public; `cause` is not. */
export class Problem extends Error {
  readonly slug: ProblemSlug;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly Fault[] | undefined;

  constructor(slug: ProblemSlug, detail: string, init: ProblemInit = {}) {
    super(detail, { cause: init.cause });
    this.name = 'Problem';
    this.slug = slug;
    this.status = catalogue[slug][0];
    this.headers = init.headers ?? {};
    this.errors = init.errors;
  }

  /** The document for a client that reaches the service below `prefix`; `requestId` is a UUID. */
  toDocument(requestId: string, prefix = ''): ProblemDocument {
    return {
      type: `${prefix}/problems/${this.slug}`,
      title: catalogue[this.slug][1],
      status: this.status,
      detail: this.message,
      instance: `urn:uuid:${requestId}`,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

/** What a problem is about. */
type Kind = 'task' | 'list';

/** Seconds after which a client may try again if something behind the service is unreachable. */
const retryAfter = '5';

const scopeChallenge = (asked: readonly Scope[]): string =>
  `Bearer error="insufficient_scope", scope="${asked.join(' ')}"`;

export const problems = {
  malformed: (detail: string, cause?: unknown) => new Problem('malformed-request', detail, { cause }),

  /** The request has no bearer token: a bare challenge (RFC 6750, section 3.1). */
  noToken: () =>
    new Problem('not-authenticated', 'Not authenticated', { headers: { 'WWW-Authenticate': 'Bearer' } }),

  /** The token is not valid. Only the log contains the reason. */
  invalidToken: (cause?: unknown) =>
    new Problem('not-authenticated', 'Invalid or expired token', {
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      cause,
    }),

  /**
   * The token is valid but does not allow the operation (RFC 6750, section 3.1). `asked` are the scopes
   * that the client should ask for, if they are not the missing one alone.
   */
  insufficientScope: (missing: Scope, asked: readonly Scope[] = [missing]) =>
    new Problem('insufficient-scope', `The token lacks the scope ${missing}, which this operation needs`, {
      headers: { 'WWW-Authenticate': scopeChallenge(asked) },
    }),

  /** The token is valid but allows none of what needs one of these scopes. */
  noScope: (asked: readonly Scope[]) =>
    new Problem('insufficient-scope', `The token has none of the scopes ${asked.join(', ')}`, {
      headers: { 'WWW-Authenticate': scopeChallenge(asked) },
    }),

  /** The user has as many lists as one can have. */
  quotaExceeded: () =>
    new Problem('quota-exceeded', 'You have 500 lists, which is the most that a user can have'),

  notFound: () => new Problem('not-found', 'Not found'),

  methodNotAllowed: (allow: string) =>
    new Problem('method-not-allowed', 'This path does not take that method', { headers: { Allow: allow } }),

  /** `types` are the media types in which the operation responds. */
  notAcceptable: (types: readonly string[]) =>
    new Problem('not-acceptable', `This operation responds with ${types.join(' or ')}`),

  /** The rest of the request is not read, and the connection ends. */
  requestTimeout: () =>
    new Problem('request-timeout', 'The request took too long to arrive', {
      headers: { Connection: 'close' },
    }),

  /** `etag` is null for a deleted task or list, which has none. */
  preconditionFailed: (etag: string | null, what: Kind = 'task') =>
    etag === null
      ? new Problem('precondition-failed', `The ${what} was deleted, so it meets no If-Match`)
      : new Problem(
          'precondition-failed',
          `The ${what} does not meet the precondition; its current entity tag is in the ETag header`,
          { headers: { ETag: etag } },
        ),

  payloadTooLarge: (limit: string) =>
    new Problem('payload-too-large', `The request body is larger than ${limit}`),

  /** `headers` list what the operation accepts. */
  unsupportedMediaType: (detail: string, headers: Readonly<Record<string, string>>) =>
    new Problem('unsupported-media-type', detail, { headers }),

  invalid: (errors: readonly Fault[]) =>
    new Problem(
      'validation-error',
      errors.length === 1
        ? 'The request has 1 fault, listed in errors'
        : `The request has ${errors.length} faults, listed in errors`,
      { errors },
    ),

  /** An operation of a batch cannot be applied; the faults identify it, or several whose ids are taken. */
  batchNotApplicable: (errors: readonly Fault[]) =>
    new Problem('batch-not-applicable', 'An operation cannot be applied, so none was', { errors }),

  idempotencyInProgress: () =>
    new Problem('idempotency-in-progress', 'The first request with this Idempotency-Key is still running', {
      headers: { 'Retry-After': '1' },
    }),

  /** All data of the user is being deleted in pieces, and some pieces are left. */
  erasureInProgress: () =>
    new Problem('erasure-in-progress', 'All your data is being deleted; send the request again in a moment', {
      headers: { 'Retry-After': '1' },
    }),

  /** The id that was chosen for a new task or list is that of another one of the same user, or was. */
  idTaken: (what: Kind = 'task') =>
    new Problem('id-taken', `A ${what} with this id exists, or was deleted not long ago; choose another id`),

  /** A task with subtasks, or a list with tasks, is deleted only if it is clear what happens to them. */
  notEmpty: (what: Kind) =>
    new Problem(
      'not-empty',
      what === 'task'
        ? 'The task has subtasks: send children=delete or children=detach'
        : 'The list has tasks: send tasks=delete or tasks=detach',
    ),

  /** A version or a change number has reached its maximum. */
  changeLimitReached: (cause?: unknown) =>
    new Problem(
      'change-limit-reached',
      'The task or list, or all that you have, has reached the maximum number of changes',
      {
        cause,
      },
    ),

  /** The operator has switched the history off. */
  historyOff: () => new Problem('history-off', 'This server keeps no history'),

  /** A change cannot be undone because of what was changed after it, which the faults name. */
  changedSince: (errors: readonly Fault[]) =>
    new Problem(
      'changed-since',
      'Something was changed after this change, so nothing was undone; errors has what',
      { errors },
    ),

  /** `by` is the change that has undone it. */
  alreadyUndone: (by: bigint) => new Problem('already-undone', `This change was undone by the change ${by}`),

  idempotencyKeyReused: () =>
    new Problem('idempotency-key-reused', 'This Idempotency-Key was used for another request', {
      errors: [{ loc: ['header', 'idempotency-key'], msg: 'was used for another request', type: 'reused' }],
    }),

  changeTokenExpired: () =>
    new Problem(
      'change-token-expired',
      'The change token is too old; discard your copy and start again without since',
    ),

  /** `seconds` until a request would be accepted again. */
  tooManyRequests: (seconds: number, cause?: unknown) =>
    new Problem('too-many-requests', 'Too many requests in this minute, or in progress at once', {
      headers: { 'Retry-After': String(seconds) },
      cause,
    }),

  headersTooLarge: () => new Problem('header-fields-too-large', 'The header fields are too large'),

  internal: (cause: unknown) => new Problem('internal-error', 'Internal server error', { cause }),

  unavailable: (cause?: unknown) =>
    new Problem('service-unavailable', 'Service temporarily unavailable', {
      headers: { 'Retry-After': retryAfter },
      cause,
    }),
};
