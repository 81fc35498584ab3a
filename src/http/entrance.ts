// A request's way in, one step after the other: what it needs no token for, or the verification of
// its token, its owner's limits, its body, and its place among the requests in progress.
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
import type { RequestRate } from './rate-limit.ts';

export interface EntranceOptions {
  readonly admission: Admission;
  readonly authenticate: AuthenticateFrom;
  /** The turns of what no token identifies. */
  readonly turns: Turns;
  /** Counts what a principal asks in a minute; null when nothing is counted. */
  readonly rate: RequestRate | null;
  /**
   * Operations whose response is short and that wait for nothing: a connection is all that such a
   * request holds.
   */
  readonly light: readonly string[];
  /** The operation that the monitoring asks for, which has places of its own. */
  readonly monitoring: string;
  /** How many proxies in front are believed about the client's address. */
  readonly trustedProxies: number;
  readonly operations: readonly Operation[];
}

export interface Entrance {
  /**
   * Runs `work` for a request of this operation, or of none. Throws a Problem when there is no
   * place for it.
   */
  enter<T>(ctx: Context, operation: Operation | undefined, work: () => Promise<T>): Promise<T>;
  /** Who calls. Throws a Problem: 401, 429, or 503 when too many wait for that. */
  verify(ctx: Context): Promise<Principal>;
  /** Lets the owner's request in as far as it has arrived. Throws a Problem: 429 or 503. */
  admit(ctx: Context, operation: Operation, principal: Principal): Promise<void>;
  /**
   * Reads what remains to be read; undefined without a body. Throws a Problem, also when the body
   * takes too long.
   */
  readRest(ctx: Context, operation: Operation): Promise<unknown>;
  /**
   * Counts a response of so many characters until it has been read, and for the owner's rate.
   * `began`: when the work on it did, on performance.now()'s clock. Resolves when the owner may
   * have it; undefined for now. Throws a Problem when the owner leaves too many unread, but not to
   * a write, which has happened.
   */
  holdResponse(ctx: Context, length: number, began: number): Promise<void> | undefined;
  /**
   * Counts a piece of a stream that took so many milliseconds; resolves when its owner may have the
   * next one.
   */
  pace(ctx: Context, took: number): Promise<void> | undefined;
}

/** Shorter responses are bounded well enough by their number, in characters. */
const largeResponse = 32 * 1024;

const isSafe = ({ method }: Context): boolean => method === 'GET' || method === 'HEAD';

/** How many of an operation one owner may have in progress, by the contract's `x-at-once`. */
const limitedOperations = (admission: Admission, operations: readonly Operation[]) =>
  new Map<Operation, Pool>(
    operations.flatMap((operation) => {
      const { 'x-at-once': most } = operation as { readonly 'x-at-once'?: number };
      return most === undefined ? [] : [[operation, admission.poolOf(most)] as const];
    }),
  );

/** What a body may occupy, in bytes: as much as it announces, or else as much as it may be long. */
const sizeOf = ({ req: { headers } }: Context, operation: Operation): number => {
  const most = bodyLimitOf(operation) * 1024;
  const announced = headers['content-length'];
  return announced === undefined ? most : Math.min(most, Number(announced));
};

interface Arrival {
  readonly visit: Visit;
  /** The owner, when the request has been let in while its body was still to come. */
  receivingFor: OwnerId | undefined;
}

// Not in a WeakMap by request: those cost the garbage collector more than all the rest of this.
const arrivalOf = (ctx: Context): Arrival => ctx.state.arrival;

const ownerOf = (ctx: Context): OwnerId | undefined => ctx.state.principal?.ownerId;

const isOpen = (operation: Operation | undefined): boolean => (operation?.security ?? []).length === 0;

/** Whether the request had no place, or was one too many. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 429 || error.cause instanceof Refused);

type Doors = Pick<EntranceOptions, 'admission' | 'turns' | 'light' | 'monitoring' | 'trustedProxies'>;

/** The way of a request that needs no token, or that no operation is for. */
const createOpenDoor = ({ admission, turns, light, monitoring, trustedProxies }: Doors) => {
  // Where there is no operation, the response is short as well: OPTIONS, 404, 405.
  const poolOf = (operation: Operation | undefined): Pool | null => {
    const name = operation?.operationId;
    if (name === undefined || light.includes(name)) return null;
    return name === monitoring ? admission.monitoring : admission.anonymous;
  };
  return async (ctx: Context, operation: Operation | undefined): Promise<void> => {
    // A token makes none of this dearer to others.
    if (ctx.state.known !== undefined) await turns.take(ctx.state.known.ownerId, ctx.res);
    const pool = poolOf(operation);
    if (pool !== null) admission.hold(arrivalOf(ctx).visit, pool, addressOf(ctx.req, trustedProxies));
  };
};

type BodyReader = (ctx: Context, operation: Operation, owner: OwnerId) => Promise<unknown>;

/**
 * Reads a body that its owner has a place for; a client that is slow loses it when another one
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
    // What came before is rested for now, and this one when the next one comes.
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

export const createEntrance = (options: EntranceOptions): Entrance => {
  const { admission, authenticate, turns, rate, trustedProxies, operations } = options;
  const limited = limitedOperations(admission, operations);
  const enterOpen = createOpenDoor(options);
  const read = createBodyReader(admission);
  return {
    ...createOutput(admission, rate),

    enter: async (ctx, operation, work) => {
      // Before anything is awaited: the end of the response could be missed.
      const visit = admission.enter(ctx.req, ctx.res);
      const arrival: Arrival = { visit, receivingFor: undefined };
      ctx.state.arrival = arrival;
      try {
        if (isOpen(operation)) await enterOpen(ctx, operation);
        return await work();
      } catch (error) {
        // Refusals are cheap, but any number of them is not.
        if (isRefusal(error)) {
          await turns.take(ownerOf(ctx) ?? addressOf(ctx.req, trustedProxies), ctx.res);
        }
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
      const pool = limited.get(operation);
      if (pool !== undefined) admission.hold(visit, pool, ownerId);
      if (announcesBody(ctx)) {
        admission.check(visit, admission.requests, ownerId);
        arrival.receivingFor = ownerId;
      } else admission.hold(visit, admission.requests, ownerId);
    },

    readRest: async (ctx, operation) => {
      if (!announcesBody(ctx)) return undefined;
      const { visit, receivingFor: owner } = arrivalOf(ctx);
      if (owner === undefined) return readBody(ctx, operation);
      const body = await read(ctx, operation, owner);
      // Its place is taken now, and not while the body trickles in.
      admission.hold(visit, admission.requests, owner);
      return body;
    },
  };
};
