// A request's way in, one step after the other: what it needs no token for, or the verification of its token, its
// owner's limits, its body, and its place among the requests in progress.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Operation } from 'openapi-backend';
import type { OwnerId, Principal } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import type { Admission, Pool, Visit } from './admission.ts';
import type { AuthenticateFrom } from './bad-tokens.ts';
import { announcesBody, bodyLimitOf, readBody } from './body.ts';
import { networkOf } from './client-address.ts';
import { ClientDisconnected } from './on-error.ts';
import type { Place } from './places.ts';
import type { RequestRate } from './rate-limit.ts';

export interface EntranceOptions {
  readonly admission: Admission;
  readonly authenticate: AuthenticateFrom;
  /** Counts what a principal asks in a minute; null when nothing is counted. */
  readonly rate: RequestRate | null;
  /** The operations that must get through however busy the service is. */
  readonly vital: readonly string[];
  /** How many proxies in front are believed about the client's address. */
  readonly trustedProxies: number;
  readonly operations: readonly Operation[];
}

export interface Entrance {
  /** Runs `work` for a request of this operation, or of none. Throws a Problem when there is no place for it. */
  enter<T>(ctx: Context, operation: Operation | undefined, work: () => Promise<T>): Promise<T>;
  /** Who calls. Throws a Problem: 401, 429, or 503 when too many wait for that. */
  verify(ctx: Context, authorization: readonly string[]): Promise<Principal>;
  /** Lets the owner's request in as far as it has arrived. Throws a Problem: 429 or 503. */
  admit(ctx: Context, operation: Operation, principal: Principal): Promise<void>;
  /** Reads what remains to be read; undefined without a body. Throws a Problem, also when the body takes too long. */
  readRest(ctx: Context, operation: Operation): Promise<unknown>;
  /**
   * Counts a response of so many characters until it has been read, and for the owner's rate. Throws a Problem when the owner leaves too many
   * unread, but not to a write, which has happened.
   */
  holdResponse(ctx: Context, length: number): void;
}

/** Shorter responses are bounded well enough by their number, in characters. */
const largeResponse = 32 * 1024;

const isSafe = ({ method }: Context): boolean => method === 'GET' || method === 'HEAD';

/**
 * The client's address as the nearest of the trusted proxies that wrote `X-Forwarded-For` has it; that of the connection
 * without them. Read from the end, where the proxies write: what comes before is the client's own and may be long.
 */
export const clientAddress = ({ headers, socket }: IncomingMessage, trustedProxies: number): string => {
  const forwarded = headers['x-forwarded-for'];
  const own = socket.remoteAddress ?? '';
  if (trustedProxies === 0 || typeof forwarded !== 'string') return own;
  let end = forwarded.length;
  for (let left = trustedProxies; ; left--) {
    const start = forwarded.lastIndexOf(',', end - 1) + 1;
    if (left === 1 || start === 0) return forwarded.slice(start, end).trim() || own;
    end = start - 1;
  }
};

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
  readonly address: string;
  /** The owner, when the request has been let in while its body was still to come. */
  receivingFor: OwnerId | undefined;
}

export const createEntrance = ({
  admission,
  authenticate,
  rate,
  vital,
  trustedProxies,
  operations,
}: EntranceOptions): Entrance => {
  const limited = limitedOperations(admission, operations);
  // Not in a WeakMap by request: those cost the garbage collector more than all the rest of this.
  const arrivalOf = (ctx: Context): Arrival => ctx.state.arrival;

  /** Places for a request of an operation that needs no token, or of none. */
  const openPool = (operation: Operation | undefined): Pool | null => {
    if (operation === undefined) return admission.anonymous;
    if (vital.includes(operation.operationId ?? '')) return admission.health;
    return (operation.security ?? []).length > 0 ? null : admission.anonymous;
  };

  const read = async ({ visit }: Arrival, ctx: Context, operation: Operation, owner: OwnerId) => {
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

  return {
    enter: async (ctx, operation, work) => {
      // Before anything is awaited: the end of the response could be missed.
      const visit = admission.enter(ctx.req, ctx.res);
      try {
        const address = networkOf(clientAddress(ctx.req, trustedProxies));
        const arrival: Arrival = { visit, address, receivingFor: undefined };
        ctx.state.arrival = arrival;
        const pool = openPool(operation);
        if (pool !== null) admission.hold(visit, pool, address);
        return await work();
      } finally {
        admission.handled(visit);
      }
    },

    verify: async (ctx, authorization) => {
      const { visit, address } = arrivalOf(ctx);
      let place: Place<Visit> | undefined;
      let refusal: unknown;
      try {
        place = admission.hold(visit, admission.unverified, address);
      } catch (error) {
        if (error instanceof ClientDisconnected) throw error;
        refusal = error;
      }
      const verification = authenticate(authorization, () => address);
      if (place === undefined) {
        // A token that is known already waits for nothing, so it needs no place among those that wait.
        const turn = new Promise<never>((_, reject) => setImmediate(reject, refusal));
        return Promise.race([verification, turn]);
      }
      const principal = await verification;
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
      const arrival = arrivalOf(ctx);
      const { visit, receivingFor: owner } = arrival;
      if (owner === undefined) return readBody(ctx, operation);
      const body = await read(arrival, ctx, operation, owner);
      // Its place is taken now, and not while the body trickles in.
      admission.hold(visit, admission.requests, owner);
      return body;
    },

    holdResponse: (ctx, length) => {
      const owner: OwnerId | undefined = ctx.state.principal?.ownerId;
      if (owner === undefined || length < largeResponse) return;
      rate?.charge(owner, length);
      const { visit } = arrivalOf(ctx);
      if (isSafe(ctx)) admission.hold(visit, admission.responses, owner, length);
      else visit.held.push(admission.responses.places.hold(owner, visit, length));
    },
  };
};
