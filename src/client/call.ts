// What a call takes and returns: the types that the generated interface of the client is written in.
import type { Task, TaskList } from '../../generated/clients/typescript/types.ts';
import type { TasksError } from './errors.ts';

/** An `ETag` as a response had it, or the `version` of a task or list. */
export type EntityTag = string | number;

/** What every call accepts as its last argument. */
export interface CallOptions {
  /** Header fields to send as well. They take precedence over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long one attempt may take, in milliseconds, besides the `wait` of a query; for an export, how
   * long to wait for its next part. Infinity for no time-out.
   */
  readonly timeout?: number | undefined;
  /** How often a failed attempt is repeated, at most. */
  readonly maxRetries?: number | undefined;
}

export interface IfMatch {
  /** Proceed only if the task or list still has this entity tag; otherwise a PreconditionFailedError. */
  readonly ifMatch?: EntityTag | undefined;
}

export interface IfNoneMatch {
  /** Proceed only if the task, list or page no longer has this entity tag. */
  readonly ifNoneMatch?: EntityTag | undefined;
}

export interface IdempotencyKey {
  /** The key of this write; a new UUID when absent. All attempts of a call have the same key. */
  readonly idempotencyKey?: string | undefined;
}

/** All of them, as the client reads them. */
export type AnyOptions = CallOptions & IfMatch & IfNoneMatch & IdempotencyKey;

/** A result and the response that it came in, whose body has been read. */
export interface WithResponse<T> {
  readonly data: T;
  readonly response: Response;
}

/** The promise of a result. */
export interface Call<T> extends Promise<T> {
  /** The result with its response, for headers such as `ETag`. */
  withResponse(): Promise<WithResponse<T>>;
}

/**
 * A list. Awaited, it is its first page. Iterated, it is the items of all pages, each page requested
 * when the one before has been read. It sends nothing before that.
 */
export interface Pager<Item, Page> extends Call<Page>, AsyncIterable<Item> {
  /** The pages, for their other fields: where the list continues, the token to resume from. */
  pages(): AsyncIterable<Page>;
}

/** How to follow changes. */
export interface FollowOptions {
  /**
   * Called with each failure after which the client connects again: a lost connection, no response,
   * 429 or 5xx. What is not called after is a stream that the server has ended.
   */
  readonly onError?: ((error: TasksError) => void) | undefined;
  /**
   * After how many milliseconds without a byte a stream is given up; 40,000 when absent. The server
   * sends something at least every 15 seconds.
   */
  readonly silence?: number | undefined;
}

/** A list of changes, which can also be followed. */
export interface Feed<Item, Page> extends Pager<Item, Page> {
  /**
   * The pages so far and, as soon as there are any, those to come. It does not end by itself: leave
   * the loop, or abort the signal of the call. Each page comes once: a broken connection is
   * continued after the last page that was read. Throws an ApiError that trying again cannot change
   * (401, 403, 404, 410, 422), what the token function throws, and the signal's reason.
   */
  follow(options?: FollowOptions): AsyncIterable<Page>;
}

/** The tasks of an export, as they arrive. */
export interface TaskExport extends AsyncIterable<Task> {
  /** The lists, which come before the tasks: all of them from the first task on, or at the end. */
  readonly lists: readonly TaskList[];
}

/** How an operation continues from page to page. */
export interface Paging {
  /** The query parameter that takes the value of the field `next` of the page before. */
  readonly by: string;
  readonly next: string;
  /** The field that is true while there is more now. Without it, a null `next` is the end. */
  readonly more?: string;
  /** The types of items that this version knows, by a field of theirs. It leaves out others. */
  readonly known?: { readonly field: string; readonly values: readonly string[] };
  /** Whether there is also a stream of pages to come. */
  readonly isLive?: boolean;
}

/** What a call of an operation sends. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Whether it takes a token. */
  readonly secured: boolean;
  /** The parameters of the path besides the user, in the order of the arguments. */
  readonly params: readonly string[];
  readonly hasBody: boolean;
  readonly hasQuery: boolean;
  /** Query parameters that can have one value only. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Whether it takes an Idempotency-Key. */
  readonly isKeyed: boolean;
  /** The statuses of its success. */
  readonly statuses: readonly number[];
  /** The fields that every success has, and those of them that are lists. None if it has no body. */
  readonly result?: { readonly required: readonly string[]; readonly lists: readonly string[] };
  /** Whether its response is an export. */
  readonly isExport: boolean;
  readonly paging?: Paging;
}

/** A promise of a result from that of the result and its response. */
export const callOf = <T>(both: Promise<WithResponse<T>>): Call<T> => {
  const result = both.then(({ data }) => data);
  const withResponse = () => {
    // The caller awaits the other promise now, and handles its rejection.
    result.catch(() => {});
    return both;
  };
  return Object.assign(result, { withResponse });
};
