// Admission: what a request may hold while it is processed and its response is read. Each kind of
// request has places of its own, so requests without a token cannot keep out requests with one, and
// no owner or address can hold all places of a kind. A request that finds no place is refused at
// once.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Problem, problems } from '../contract/problem.ts';
import { breakOff } from './break-off.ts';
import { ClientDisconnected } from './on-error.ts';
import { type Bound, createPlaces, mostWasteful, type Place, type Places } from './places.ts';
import { ClientStalled } from './stream.ts';

/** A request from its arrival until its response has closed and its handler has ended. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly held: Place<Visit>[];
  /** How many of two ends are still to come: that of the response and that of the handler. */
  ends: number;
  readonly startedAt: number;
  /**
   * Since when nothing has moved because the client does not read, or has not sent the whole body;
   * infinite otherwise.
   */
  waitingSince: number;
  /** A number that changes whenever the client has read more. */
  progress: number;
  /** Ends the visit for good. */
  cut: () => void;
}

/** Places of a kind, and the Problem for a request that finds none. */
export interface Pool {
  readonly name: string;
  readonly places: Places<Visit>;
  readonly refusal: (bound: Bound, cause: Refused) => Problem;
}

/** Why a request was refused; the message is one of a short list, so it can be a label. */
export class Refused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Refused';
  }
}

export interface AdmissionOptions {
  /** Requests with a token in progress at once. */
  readonly maxRequests: number;
  /** Requests that wait for changes at once. */
  readonly maxWaiting: number;
  /**
   * Called when a connection is cut to make room because its client does not read or does not send.
   */
  readonly cut: (reason: 'stalled' | 'slow_body') => void;
}

export interface Admission {
  /** Requests with a token, by owner. */
  readonly requests: Pool;
  /** Requests with a token whose body is still arriving, by owner. */
  readonly receiving: Pool;
  /** Bytes of request bodies, by owner, until the response has closed. */
  readonly bodies: Pool;
  /**
   * Characters of large responses to requests with a token, by owner, until they have been read.
   */
  readonly responses: Pool;
  /**
   * Requests that wait for their token to be verified, and refusals of tokens that are not read, by
   * address.
   */
  readonly unverified: Pool;
  /** Requests that need no token, by address. */
  readonly anonymous: Pool;
  /** Requests that wait for changes, by owner. */
  readonly waiting: Pool;
  /** Requests for the metrics, by address: they are served however busy the service is. */
  readonly monitoring: Pool;
  /** Places for an operation of which a key may have no more than `most` in progress at once. */
  poolOf(most: number): Pool;
  /**
   * Begins a visit. Call it before anything is awaited, or a response that closes meanwhile goes
   * unnoticed.
   */
  enter(request: IncomingMessage, response: ServerResponse): Visit;
  /** The handler has ended. */
  handled(visit: Visit): void;
  /** Throws as `hold` would; holds nothing. */
  check(visit: Visit, pool: Pool, key: string): void;
  /**
   * Holds places until the visit has ended, or until they are released. Throws a Problem when there
   * are none left, and ClientDisconnected when the client has gone.
   */
  hold(visit: Visit, pool: Pool, key: string, weight?: number): Place<Visit>;
}

/**
 * How long a client may keep others waiting for its place by not reading or not sending, in
 * milliseconds.
 */
const patience = 5000;

/** How often unread responses are checked, in milliseconds. */
const interval = 1000;

/** Request bodies in memory, in bytes: one owner alone may hold a quarter. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Large responses in memory, in characters: one owner alone may hold a quarter. */
const maxResponses = 64 * 1024 * 1024;

/** Requests of one owner that wait for changes. Each reads when something has changed. */
const maxOwnWaiting = 100;

const readings = 64;

const third = (free: number): number => free / 3;
const same = (free: number): number => free;

/**
 * Too much from all callers together is the service's problem; too much from one caller is the
 * caller's.
 */
const byOwner = (bound: Bound, cause: Refused): Problem =>
  bound === 'total' ? problems.unavailable(cause) : problems.tooManyRequests(1, cause);

const byAddress = (_bound: Bound, cause: Refused): Problem => problems.unavailable(cause);

/**
 * A number that changes only when the client's system has taken more of what was written to the
 * connection. Only the handle knows how much of the data that libuv holds has left; Node's own
 * time-out reads it there, too.
 */
const progressOf = (socket: Socket): number => {
  const handle: unknown = Reflect.get(socket, '_handle');
  const isKnown = typeof handle === 'object' && handle !== null && 'writeQueueSize' in handle;
  return socket.bytesWritten - socket.writableLength - (isKnown ? Number(handle.writeQueueSize) : 0);
};

const observe = (visit: Visit, now: number): void => {
  const { socket, complete } = visit.request;
  if (!complete) {
    visit.waitingSince = visit.startedAt;
    return;
  }
  const progress = progressOf(socket);
  if (socket.writableLength === 0) visit.waitingSince = Number.POSITIVE_INFINITY;
  else if (progress !== visit.progress || visit.waitingSince > now) visit.waitingSince = now;
  visit.progress = progress;
};

const poolOf = (
  name: string,
  total: number,
  shareOf: (free: number) => number,
  refusal: Pool['refusal'],
): Pool => ({ name, places: createPlaces({ total, shareOf }), refusal });

/**
 * Checks regularly whether the holders of places in these pools still read, while there are any.
 */
const createWatch = (pools: readonly Pool[]): (() => void) => {
  let isWatching = false;
  const watch = (): void => {
    if (isWatching) return;
    isWatching = true;
    setTimeout(() => {
      isWatching = false;
      const now = performance.now();
      for (const { places } of pools) for (const { holder } of places.held()) observe(holder, now);
      if (pools.some(({ places }) => places.used > 0)) watch();
    }, interval).unref();
  };
  return watch;
};

const visitOf = (request: IncomingMessage, response: ServerResponse): Visit => ({
  request,
  response,
  held: [],
  ends: response.closed ? 1 : 2,
  startedAt: performance.now(),
  waitingSince: Number.POSITIVE_INFINITY,
  progress: 0,
  cut: () => breakOff(response, new ClientStalled()),
});

const end = (visit: Visit): void => {
  visit.ends -= 1;
  if (visit.ends > 0) return;
  for (const place of visit.held) place.release();
};

export const createAdmission = ({ maxRequests, maxWaiting, cut }: AdmissionOptions): Admission => {
  const anonymous = poolOf('anonymous', Math.max(8, Math.ceil(maxRequests / 8)), same, byAddress);
  const requests = poolOf('requests', maxRequests, third, byOwner);
  const monitoring = poolOf('monitoring', readings, same, byAddress);
  const watch = createWatch([anonymous, monitoring, requests]);

  /** Takes a place away from a client that does nothing with it. */
  const makeRoom = ({ places }: Pool, key: string | undefined): boolean => {
    const now = performance.now();
    for (const { holder } of places.held(key)) observe(holder, now);
    const found = mostWasteful(places, ({ waitingSince }) => waitingSince, now - patience, key);
    if (found === undefined) return false;
    cut(found.holder.request.complete ? 'stalled' : 'slow_body');
    found.release();
    found.holder.cut();
    return true;
  };

  const check = (visit: Visit, wanted: Pool, key: string, weight = 1): void => {
    if (visit.response.closed) throw new ClientDisconnected();
    const { places } = wanted;
    const bound = places.boundOn(key, weight);
    if (bound === null) return;
    if (makeRoom(wanted, bound === 'share' ? key : undefined) && places.boundOn(key, weight) === null) return;
    throw wanted.refusal(bound, new Refused(bound === 'total' ? wanted.name : `${wanted.name}_share`));
  };

  return {
    requests,
    anonymous,
    receiving: poolOf('receiving', maxRequests, third, byOwner),
    bodies: poolOf('bodies', maxBodyBytes, third, byOwner),
    responses: poolOf('responses', maxResponses, third, byOwner),
    unverified: poolOf('unverified', Math.max(64, maxRequests), same, byAddress),
    waiting: poolOf('waiting', maxWaiting, (free) => Math.min(free / 3, maxOwnWaiting), byOwner),
    monitoring,
    poolOf: (most) => poolOf('operation', Number.POSITIVE_INFINITY, () => most, byOwner),
    enter: (request, response) => {
      const visit = visitOf(request, response);
      response.once('close', () => end(visit));
      return visit;
    },
    handled: end,
    check,
    hold: (visit, wanted, key, weight = 1) => {
      check(visit, wanted, key, weight);
      const place = wanted.places.hold(key, visit, weight);
      visit.held.push(place);
      watch();
      return place;
    },
  };
};
