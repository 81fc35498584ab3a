// The contract as types. What a handler receives (Call) and what it may return (Reply) are derived
// from each operation that openapi-typescript generates, so a handler that deviates from
// openapi.yaml does not compile.
import type { operations } from '../../generated/openapi.d.ts';

export type { components } from '../../generated/openapi.d.ts';

/** The operationIds of openapi.yaml. */
export type OperationId = keyof operations;

/** Leaves out the index signature that openapi-typescript adds to response headers. */
type Declared<T> = { readonly [K in keyof T as string extends K ? never : K]: T[K] };

/**
 * Header names reach the handler in lower case (RFC 9110, section 5.1: they are case-insensitive).
 */
type LowerCase<T> = { readonly [K in keyof T as Lowercase<K & string>]: T[K] };

type Parameters<Op extends OperationId, In extends 'path' | 'query' | 'header'> = Exclude<
  operations[Op]['parameters'][In],
  undefined
>;

type ContentOf<Body> = Body extends { content: infer Content } ? Content[keyof Content] : undefined;

// Undefined, too, where the contract does not require one.
type RequestBody<Op extends OperationId> = operations[Op] extends { requestBody: infer Body }
  ? ContentOf<Body>
  : operations[Op] extends { requestBody?: infer Body }
    ? ([Body] extends [never] ? never : ContentOf<Body>) | undefined
    : undefined;

/** The operations whose 200 can be a stream of events: those with `x-event-stream` in the contract. */
type Streaming = 'listTaskChanges';

type MediaTypeOf<Op extends OperationId> =
  | (operations[Op]['responses'] extends { 200: { content: infer Content } } ? keyof Content : undefined)
  | (Op extends Streaming ? 'text/event-stream' : never);

/**
 * A request as a handler sees it: authenticated, its owner checked, validated against the contract.
 * `context` is what the composition root makes available to the operation.
 */
export interface Call<Op extends OperationId, HandlerContext> {
  /** The media type that the client prefers among those that a 200 of the operation can have. */
  readonly mediaType: MediaTypeOf<Op>;
  readonly path: Parameters<Op, 'path'>;
  readonly query: Parameters<Op, 'query'>;
  readonly headers: LowerCase<Parameters<Op, 'header'>>;
  readonly body: RequestBody<Op>;
  readonly context: HandlerContext;
}

/** The statuses that handlers return themselves; every 4xx and 5xx is a thrown Problem. */
type Success = 200 | 201 | 202 | 204 | 304 | 307;

type DeclaredHeaders<Response> = Response extends { headers: infer Headers }
  ? Declared<Headers>
  : Record<never, never>;

/** The name of every header that any response of the contract has. */
type HeaderName = {
  [Op in OperationId]: {
    [Status in keyof operations[Op]['responses']]: keyof DeclaredHeaders<operations[Op]['responses'][Status]>;
  }[keyof operations[Op]['responses']];
}[OperationId];

/**
 * Not set by the handler: the HTTP layer sets the first five, and `tasks/idempotent.ts` the last two.
 */
type SetByOthers =
  | 'X-Request-Id'
  | 'Cache-Control'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'X-Accel-Buffering'
  | 'Idempotency-Replayed'
  | 'Change';

// A header of another response does not compile.
type ReplyHeaders<Response, Headers = Omit<DeclaredHeaders<Response>, SetByOthers>> = Headers & {
  readonly [Name in Exclude<HeaderName, keyof Headers>]?: never;
};

type WithHeaders<Headers> =
  Record<never, never> extends Headers ? { readonly headers?: Headers } : { readonly headers: Headers };

// A stream of lines may be long: it is sent in pieces.
type Body<Content> = Content extends { readonly 'application/x-ndjson': unknown }
  ? AsyncIterable<string>
  : Content[keyof Content];

type WithBody<Response> = Response extends { content: infer Content }
  ? { readonly body: Body<Content> }
  : { readonly body?: never };

/** A content coding of replies (RFC 9110, section 8.4.1); identity is no coding. */
export type ContentCoding = 'br' | 'gzip' | 'identity';

/**
 * Content in one coding, with its strong entity tag: each coding has its own (RFC 9110, section
 * 8.8.3.3).
 */
export interface Representation {
  readonly coding: ContentCoding;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Static content, prepared once in each requested coding, or without one if there is no room. */
export type Represent = (coding: ContentCoding) => Promise<Representation>;

type ReplyOf<Responses> = {
  [Status in keyof Responses & Success]: { readonly status: Status } & WithHeaders<
    ReplyHeaders<Responses[Status]>
  > &
    WithBody<Responses[Status]>;
}[keyof Responses & Success];

type EventsOf<Op extends OperationId> = Op extends Streaming
  ? {
      readonly status: 200;
      readonly headers?: never;
      readonly mediaType: 'text/event-stream';
      readonly body: AsyncIterable<string>;
    }
  : never;

/** The declared responses of an operation: status, declared headers, body. */
export type Reply<Op extends OperationId> = ReplyOf<operations[Op]['responses']> | EventsOf<Op>;

// The HTTP layer chooses the coding, and so the entity tag, and compares it with the request's.
type StaticReplyOf<Response> = Response extends { headers: { ETag: string } }
  ? {
      readonly status: 200;
      readonly headers?: Omit<ReplyHeaders<Response>, 'ETag'>;
      readonly represent: Represent;
    }
  : never;

/** A reply of static content, by an operation that declares an entity tag for its 200. */
export type StaticReply<Op extends OperationId> = operations[Op]['responses'] extends { 200: infer Response }
  ? StaticReplyOf<Response>
  : never;

/** Any reply, for the HTTP layer that writes it. */
export interface AnyReply {
  readonly status: number;
  /** Another one than the first that the contract declares for the status. */
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** The body in the form in which it is sent, in place of a value. */
  readonly text?: string;
  readonly represent?: Represent;
}

export type Handler<Op extends OperationId, HandlerContext> = (
  call: Call<Op, HandlerContext>,
) => Promise<Reply<Op> | StaticReply<Op>>;

/** One handler for each of the named operations: a missing one does not compile. */
export type Handlers<Ops extends OperationId, HandlerContext> = {
  readonly [Op in Ops]: Handler<Op, HandlerContext>;
};
