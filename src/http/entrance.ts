// The steps by which a request is admitted: without a token, only its turn or place; with one, the
// verification of the token, the owner's limits, the body, and a place among the requests in
// progress.
import type { Context } from 'koa';
import type { Operation } from 'openapi-backend';
import type { OwnerId, Principal } from '../auth/principal.ts';
import { Problem, problems } from '../contract/problem.ts';
import { type Admission, type Pool, Refused, type Visit } from './admission.ts';
import type { Turns } from './anonymous-turns.ts';
import type { AuthenticateFrom } from './bad-tokens.ts';
import { announcesBody, bodyLimitOf, readBody } from './body.ts';
import { addressOf } from './client-address.ts';
import { valuesOf } from './header-values.ts';
import { createPace } from './pace.ts';
import type { Place } from './places.ts';
import { charactersOfOne, type RequestRate } from './rate-limit.ts';

export interface EntranceOptions {
  readonly admission: Admission;
  readonly authenticate: AuthenticateFrom;
  /** The turns of anonymous requests, and of refusals. */
  readonly turns: Turns;
  /** Counts the requests of a principal in a minute; null if they are not limited. */
  readonly rate: RequestRate | null;
  /** Operations whose response is short and immediate: such a request holds only a connection. */
  readonly light: readonly string[];
  /** The operation that monitoring uses, which has places of its own. */
  readonly monitoring: string;
  /** How many proxies in front are trusted about the client's address. */
  readonly trustedProxies: number;
  readonly operations: readonly Operation[];
}

export interface Entrance {
  /**
   * Runs `work` for a request of this operation, or of none. Throws a Problem when there is no
   * place for it.
   */
  enter<T>(ctx: Context, operation: Operation | undefined, work: () => Promise<T>): Promise<T>;
  /**
   * Returns the caller. Throws a Problem: 401, 429, or 503 when too many requests wait for
   * verification.
   */
  verify(ctx: Context): Promise<Principal>;
  /** Admits the part of the owner's request that has arrived. Throws a Problem: 429 or 503. */
  admit(ctx: Context, operation: Operation, principal: Principal): Promise<void>;
  /**
   * Admits an operation within a request that has been admitted, as far as the operation has a limit
   * of its own. Throws a Problem: 429.
   */
  admitCall(ctx: Context, operation: Operation, principal: Principal): void;
  /**
   * If a request was refused, resolves when the refusal may be sent: a flood of them is not cheap. A
   * request waits once, however often its refusal passes here.
   */
  delayRefusal(ctx: Context, error: unknown): Promise<void> | undefined;
  /**
   * Reads the body; undefined if there is none. Throws a Problem, also when the body takes too
   * long.
   */
  readRest(ctx: Context, operation: Operation): Promise<unknown>;
  /**
   * Counts a response of `length` characters until it has been read, and for the owner's rate.
   * `began` is when the work on it began, on performance.now()'s clock. Resolves when the owner may
   * have it; undefined if that is now. Throws a Problem if the owner leaves too much unread, except
   * for a write, because it has already happened.
   */
  holdResponse(ctx: Context, length: number, began: number): Promise<void> | undefined;
  /**
   * Turns a request from one in progress into one that waits, until its response has closed or the
   * returned function is called. Throws a Problem if too many wait: 429 or 503.
   */
  park(ctx: Context): () => void;
  /**
   * Counts a piece of a stream of events until the returned function is called. Throws a Problem if
   * the owner leaves too much unread: 429 or 503.
   */
  holdPiece(ctx: Context, length: number): (() => void) | undefined;
  /**
   * Counts a piece of a stream that took `took` milliseconds; resolves when its owner may have the
   * next one.
   */
  pace(ctx: Context, took: number): Promise<void> | undefined;
}

/** For shorter responses, the bound on their number is enough; in characters. */
const largeResponse = 32 * 1024;

/**
 * Whether the request has changed nothing: by its method; to an endpoint, by that of the operation
 * that it has performed, if any.
 */
const isSafe = ({ method, state: { performed } }: Context): boolean =>
  performed === null || ['get', 'head'].includes(performed?.method ?? method.toLowerCase());

/** How many of an operation one owner may have in progress, by the contract's `x-at-once`. */
const limitedOperations = (admission: Admission, operations: readonly Operation[]) =>
  new Map<Operation, Pool>(
    operations.flatMap((operation) => {
      const { 'x-at-once': most } = operation as { readonly 'x-at-once'?: number };
      return most === undefined ? [] : [[operation, admission.poolOf(most)] as const];
    }),
  );

/**
 * How much memory a body may occupy, in bytes: its announced length, or else the maximum length.
 */
const sizeOf = ({ req: { headers } }: Context, operation: Operation): number => {
  const most = bodyLimitOf(operation) * 1024;
  const announced = headers['content-length'];
  return announced === undefined ? most : Math.min(most, Number(announced));
};

interface Arrival {
  readonly visit: Visit;
  /** The owner, if the request was admitted before its body had arrived. */
  receivingFor: OwnerId | undefined;
  /** Its place among the requests in progress. */
  place: Place<Visit> | undefined;
  /** Whether it has waited for the turn of its refusal. */
  hasWaited: boolean;
  /** What a stream of events has sent and its owner's rate has not been charged for, in characters. */
  uncharged: number;
}

// Not in a WeakMap by request, which costs the garbage collector more than everything else here.
const arrivalOf = (ctx: Context): Arrival => ctx.state.arrival;

const ownerOf = (ctx: Context): OwnerId | undefined => ctx.state.principal?.ownerId;

const isOpen = (operation: Operation | undefined): boolean => (operation?.security ?? []).length === 0;

/**
 * Whether the request was refused for lack of a place, as one too many, or because of its token's
 * scopes.
 */
const isRefusal = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.status === 429 || error.slug === 'insufficient-scope' || error.cause instanceof Refused);

type Doors = Pick<EntranceOptions, 'admission' | 'turns' | 'light' | 'monitoring' | 'trustedProxies'>;

/** Admits a request that needs no token, or that has no operation. */
const createOpenDoor = ({ admission, turns, light, monitoring, trustedProxies }: Doors) => {
  // Without an operation, the response is short as well: OPTIONS, 404, 405.
  const poolOf = (operation: Operation | undefined): Pool | null => {
    const name = operation?.operationId;
    if (name === undefined || light.includes(name)) return null;
    return name === monitoring ? admission.monitoring : admission.anonymous;
  };
  return async (ctx: Context, operation: Operation | undefined): Promise<void> => {
    // A caller with a known token waits for its turn as well, so that its requests cost others no
    // more.
    if (ctx.state.known !== undefined) await turns.take(ctx.state.known.ownerId, ctx.res);
    const pool = poolOf(operation);
    if (pool !== null) admission.hold(arrivalOf(ctx).visit, pool, addressOf(ctx.req, trustedProxies));
  };
};

type BodyReader = (ctx: Context, operation: Operation, owner: OwnerId) => Promise<unknown>;

/**
 * Reads a body for which its owner has a place; a slow client loses the place when another one
 * needs it.
 */
const createBodyReader =
  (admission: Admission): BodyReader =>
  async (ctx, operation, owner) => {
    const { visit } = arrivalOf(ctx);
    admission.hold(visit, admission.bodies, owner, sizeOf(ctx, operation));
    const place = admission.hold(visit, admission.receiving, owner);
    const { cut } = visit;
    try {
      return await new Promise((resolve, reject) => {
        visit.cut = () => reject(problems.requestTimeout());
        readBody(ctx, operation).then(resolve, reject);
      });
    } finally {
      visit.cut = cut;
      place.release();
    }
  };

const createOutput = (admission: Admission, rate: RequestRate | null) => {
  const { places } = admission.requests;
  const pacing = createPace((owner) => places.used > places.heldBy(owner));
  const holdResponse: Entrance['holdResponse'] = (ctx, length, began) => {
    const owner = ownerOf(ctx);
    if (owner === undefined || length < largeResponse) return undefined;
    rate?.charge(owner, length);
    const { visit } = arrivalOf(ctx);
    if (isSafe(ctx)) admission.hold(visit, admission.responses, owner, length);
    else visit.held.push(admission.responses.places.hold(owner, visit, length));
    // The rest before this response is for earlier ones; the rest for this one comes before the
    // next.
    const rest = pacing.rest(owner);
    pacing.spent(owner, performance.now() - began);
    return rest;
  };
  const pace: Entrance['pace'] = (ctx, took) => {
    const owner = ownerOf(ctx);
    if (owner === undefined) return undefined;
    pacing.spent(owner, took);
    return pacing.rest(owner);
  };
  return { holdResponse, pace };
};

/** What requests that wait for changes hold, and what they send. */
const createWaiting = (admission: Admission, rate: RequestRate | null) => {
  const park: Entrance['park'] = (ctx) => {
    const { visit, place } = arrivalOf(ctx);
    const { ownerId }: Principal = ctx.state.principal;
    const waiting = admission.hold(visit, admission.waiting, ownerId);
    place?.release();
    const { res, state } = ctx;
    state.parkedAt = performance.now();
    // Nothing moves on the connection meanwhile, and without a listener Node would end it.
    const stay = (): void => {};
    res.on('timeout', stay);
    return () => {
      res.off('timeout', stay);
      waiting.release();
      state.parkedUntil = performance.now();
    };
  };
  const holdPiece: Entrance['holdPiece'] = (ctx, length) => {
    const owner = ownerOf(ctx);
    if (owner === undefined) return undefined;
    const arrival = arrivalOf(ctx);
    arrival.uncharged += length;
    // Many short pieces cost as much as a long one.
    if (arrival.uncharged >= charactersOfOne) {
      rate?.charge(owner, arrival.uncharged);
      arrival.uncharged %= charactersOfOne;
    }
    if (length < largeResponse) return undefined;
    const { visit } = arrival;
    const place = admission.hold(visit, admission.responses, owner, length);
    return () => {
      place.release();
      visit.held.splice(visit.held.indexOf(place), 1);
    };
  };
  return { park, holdPiece };
};

export const createEntrance = (options: EntranceOptions): Entrance => {
  const { admission, authenticate, turns, rate, trustedProxies, operations } = options;
  const limited = limitedOperations(admission, operations);
  const enterOpen = createOpenDoor(options);
  const read = createBodyReader(admission);
  const admitCall: Entrance['admitCall'] = (ctx, operation, { ownerId }) => {
    const pool = limited.get(operation);
    if (pool !== undefined) admission.hold(arrivalOf(ctx).visit, pool, ownerId);
  };
  const delayRefusal: Entrance['delayRefusal'] = (ctx, error) => {
    const arrival = arrivalOf(ctx);
    if (arrival.hasWaited || !isRefusal(error)) return undefined;
    arrival.hasWaited = true;
    return turns.take(ownerOf(ctx) ?? addressOf(ctx.req, trustedProxies), ctx.res);
  };
  return {
    ...createOutput(admission, rate),
    ...createWaiting(admission, rate),
    admitCall,
    delayRefusal,

    enter: async (ctx, operation, work) => {
      // Before anything is awaited, because the end of the response could be missed.
      const visit = admission.enter(ctx.req, ctx.res);
      const arrival: Arrival = {
        visit,
        receivingFor: undefined,
        place: undefined,
        hasWaited: false,
        uncharged: 0,
      };
      ctx.state.arrival = arrival;
      try {
        if (isOpen(operation)) await enterOpen(ctx, operation);
        return await work();
      } catch (error) {
        await delayRefusal(ctx, error);
        throw error;
      } finally {
        admission.handled(visit);
      }
    },

    verify: async (ctx) => {
      if (ctx.state.known !== undefined) return ctx.state.known;
      const address = addressOf(ctx.req, trustedProxies);
      const place = admission.hold(arrivalOf(ctx).visit, admission.unverified, address);
      const principal = await authenticate(valuesOf(ctx.req, 'authorization'), () => address);
      place.release();
      return principal;
    },

    admit: async (ctx, operation, principal) => {
      const arrival = arrivalOf(ctx);
      const { visit } = arrival;
      const { ownerId } = principal;
      await rate?.count(ctx, principal);
      admitCall(ctx, operation, principal);
      if (announcesBody(ctx)) {
        admission.check(visit, admission.requests, ownerId);
        arrival.receivingFor = ownerId;
      } else arrival.place = admission.hold(visit, admission.requests, ownerId);
    },

    readRest: async (ctx, operation) => {
      if (!announcesBody(ctx)) return undefined;
      const { visit, receivingFor: owner } = arrivalOf(ctx);
      if (owner === undefined) return readBody(ctx, operation);
      const body = await read(ctx, operation, owner);
      // It takes its place only now, not while the body is arriving.
      admission.hold(visit, admission.requests, owner);
      return body;
    },
  };
};
