// What calls throw: one class for each status that a program treats in its own way, and one for each
// way to get no response. No message contains a token, a query or a body.
import type { Problem } from '../../generated/clients/typescript/types.ts';

/** What all errors of this client are instances of. */
export class TasksError extends Error {
  override readonly name: string = 'TasksError';
}

/** What the server refused, or something between the client and the server. */
export interface Refusal {
  readonly method: string;
  /** The path of the request, without its query. */
  readonly path: string;
  readonly response: Response;
  /** Undefined if the response did not come from the service. */
  readonly problem: Problem | undefined;
}

const requestIdOf = ({ response, problem }: Refusal): string | undefined =>
  response.headers.get('X-Request-Id') ?? problem?.instance.replace(/^urn:uuid:/, '');

/** A problem can be as long as a body; a message ends up in logs. */
const longestMessage = 1000;

const shortened = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;

const messageOf = (refusal: Refusal): string => {
  const { method, path, response, problem } = refusal;
  const what = problem
    ? `${problem.title}: ${problem.detail}`
    : response.ok
      ? 'the response is not what the service sends'
      : 'the response is not from the service';
  const [fault] = problem?.errors ?? [];
  const where = fault ? ` (${fault.loc.join('.')}: ${fault.msg})` : '';
  const id = requestIdOf(refusal);
  const text = shortened(`${method} ${path}: ${response.status} ${what}${where}`);
  return `${text}${id === undefined ? '' : ` (request ${shortened(id)})`}`;
};

/** A response that is not the success that the contract declares. The classes below are for single statuses. */
export class ApiError extends TasksError {
  override readonly name: string = 'ApiError';
  readonly status: number;
  /** The problem document (RFC 9457); undefined if the response did not come from the service. */
  readonly problem: Problem | undefined;
  /** The headers of the response: `ETag` of a 412, `Retry-After` of a 429 or 503. */
  readonly headers: Headers;
  /** The `X-Request-Id`, which is also in the server's log. */
  readonly requestId: string | undefined;
  constructor(refusal: Refusal) {
    super(messageOf(refusal));
    this.status = refusal.response.status;
    this.problem = refusal.problem;
    this.headers = refusal.response.headers;
    this.requestId = requestIdOf(refusal);
  }
}

/**
 * A response below 400 that is not what the service sends: a login page, a redirect, a 304 without
 * `ifNoneMatch`, an empty or incomplete body. What the call wanted may have happened.
 */
export class InvalidResponseError extends ApiError {
  override readonly name = 'InvalidResponseError';
}

/** 400: the request could not be read. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';
}

/** 401: there is no token, or it is not valid. */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}

/** 403: the token lacks a scope, or a limit of the user is reached; see `problem.type`. */
export class ForbiddenError extends ApiError {
  override readonly name = 'ForbiddenError';
}

/** 404: no such task or list, or it belongs to another user. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}

/**
 * 409: an earlier request is still in progress, an id is taken, or what is to be deleted is not empty;
 * see `problem.type`.
 */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}

/** 410: the change token is too old. Discard the copy and start again without `since`. */
export class ChangeTokenExpiredError extends ApiError {
  override readonly name = 'ChangeTokenExpiredError';
}

/** 412: the task or list has changed since. `headers` has its `ETag`. */
export class PreconditionFailedError extends ApiError {
  override readonly name = 'PreconditionFailedError';
}

/** 422: `problem.errors` lists the faults of the request. */
export class ValidationError extends ApiError {
  override readonly name = 'ValidationError';
}

/** 429: too many requests, after all retries. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}

/** 5xx: the server failed or is overloaded, after all retries. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

const byStatus: Readonly<Record<number, typeof ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  410: ChangeTokenExpiredError,
  412: PreconditionFailedError,
  422: ValidationError,
  429: RateLimitError,
};

/** The error of a response, in the class of its status. */
export const apiError = (refusal: Refusal): ApiError => {
  const { status } = refusal.response;
  if (status < 400) return new InvalidResponseError(refusal);
  return new (byStatus[status] ?? (status >= 500 ? ServerError : ApiError))(refusal);
};

/** No response, or only a part of one; `cause` has the reason. */
export class ConnectionError extends TasksError {
  override readonly name: string = 'ConnectionError';
}

/** No response within the time-out. */
export class TimeoutError extends ConnectionError {
  override readonly name = 'TimeoutError';
}

/** An export that does not end as a complete one does: some of its tasks are missing. */
export class IncompleteExportError extends TasksError {
  override readonly name = 'IncompleteExportError';
}
