// The connections: how many there may be, and what each is doing. One address can hold no more than
// a share of them. When there is no room for a new one, the connection that has been idle for
// longest makes room.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../observability/log.ts';
import { networkOf } from './client-address.ts';
import { createPlaces, mostWasteful } from './places.ts';

/** A connection: its responses leave in the order of its requests. */
export interface Connection {
  readonly socket: Socket;
  /** The request that came last: only it may be incomplete. */
  latest: IncomingMessage | undefined;
  /** The requests without a complete response, in order. */
  readonly waiting: ServerResponse[];
  /** The one of them that is in progress. */
  current: ServerResponse | undefined;
  /** Checks whether the request that could not be read is the next to get a response. */
  failure: (() => void) | undefined;
  /** Since when it has had no request, on performance.now()'s clock; infinite while it has one. */
  idleSince: number;
}

/** Why the server ended a connection that was not done. */
export type Cut = 'connections' | 'connections_share' | 'idle' | 'pipelined';

export interface ConnectionsOptions {
  /** Connections at once. */
  readonly total: number;
  /** False behind a proxy, whose address all connections have. */
  readonly perAddress: boolean;
  readonly cut: (reason: Cut) => void;
  readonly log?: Logger | undefined;
}

export interface Connections {
  /** Accepts a connection, or ends it. */
  accept(socket: Socket): void;
  /** Undefined for a connection that was not accepted. */
  of(socket: Socket): Connection | undefined;
  all(): Iterable<Connection>;
  readonly open: number;
}

/** How long a new connection has to send something before it may be ended, in milliseconds. */
const patience = 1000;

/** How often a lack of room is logged, in milliseconds. */
const logInterval = 10_000;

const any = (): number => Number.POSITIVE_INFINITY;

/** Logs at most one line in each interval, with what has happened since the one before. */
const logScarcity = (log: Logger | undefined, limit: number) => {
  let next = Number.NEGATIVE_INFINITY;
  const counts = { refused: 0, closed_idle: 0 };
  return (what: keyof typeof counts, open: number): void => {
    counts[what] += 1;
    if (performance.now() < next) return;
    next = performance.now() + logInterval;
    log?.warn({ open, limit, ...counts }, 'no room for more connections');
    Object.assign(counts, { refused: 0, closed_idle: 0 });
  };
};

const connectionOf = (socket: Socket): Connection => ({
  socket,
  latest: undefined,
  waiting: [],
  current: undefined,
  failure: undefined,
  idleSince: performance.now(),
});

export const createConnections = ({ total, perAddress, cut, log }: ConnectionsOptions): Connections => {
  // An address that is alone may have half of them.
  const places = createPlaces<Connection>({ total, shareOf: perAddress ? (free) => free : any });
  const connections = new WeakMap<Socket, Connection>();
  const report = logScarcity(log, total);

  /** True when there is room for one more of this address, if need be in place of an idle one. */
  const findRoom = (key: string): boolean => {
    const bound = places.boundOn(key);
    if (bound === null) return true;
    const own = bound === 'share' ? key : undefined;
    const idle = mostWasteful(places, ({ idleSince }) => idleSince, performance.now() - patience, own);
    report(idle === undefined ? 'refused' : 'closed_idle', places.used);
    if (idle === undefined) {
      cut(bound === 'total' ? 'connections' : 'connections_share');
      return false;
    }
    cut('idle');
    idle.release();
    idle.holder.socket.destroy();
    return true;
  };

  return {
    accept: (socket) => {
      const key = perAddress ? networkOf(socket.remoteAddress ?? '') : '';
      // It may be gone by now, and would never close.
      if (socket.destroyed || !findRoom(key)) {
        socket.destroy();
        return;
      }
      const connection = connectionOf(socket);
      connections.set(socket, connection);
      const place = places.hold(key, connection);
      socket.once('close', place.release);
    },
    of: (socket) => connections.get(socket),
    *all() {
      for (const { holder } of places.held()) yield holder;
    },
    get open() {
      return places.used;
    },
  };
};
