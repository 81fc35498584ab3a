// What src/postgres uses of `pg` and Slonik beyond their documentation, each on the real library:
// an upgrade that renames one, or changes what it does, fails here by its name.
// src/postgres/README.md lists them.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { createDriverFactory, createPool, type DatabasePool, sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { parseAddress } from '../../src/postgres/address.ts';
import type { BackendKey } from '../../src/postgres/cancel.ts';
import { ChannelBindingMissing, createClient } from '../../src/postgres/client.ts';
import { ExtendedQuery } from '../../src/postgres/extended-query.ts';
import { ConnectionLost, failureOf, isConnectionLoss } from '../../src/postgres/failure.ts';
import { statementsOn } from '../../src/postgres/statements.ts';
import { isRealPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

const sources = new URL('../../src/postgres/', import.meta.url);
const types: pg.CustomTypesConfig = { getTypeParser: () => String };

describe('the page of src/postgres', () => {
  const page = readFileSync(new URL('README.md', sources), 'utf8');

  test('names every property and event of a connection of `pg` that the code touches', () => {
    const files = ['cancel.ts', 'client.ts', 'driver.ts', 'extended-query.ts'];
    const code = files.map((file) => readFileSync(new URL(file, sources), 'utf8')).join('\n');
    const names = [
      ...code.matchAll(/\bconnection\??\.(?!on\b|prependListener\b|emit\b)(\w+)/g),
      ...code.matchAll(/\bconnection\.(?:on|prependListener|emit)\(\s*'(\w+)'/g),
      ...code.matchAll(/^ {2}(handle\w+)\(/gm),
    ].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(30);
    expect([...new Set(names)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('is about all of them: no other folder touches a connection of `pg`', () => {
    const source = new URL('../', sources);
    const others = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(?!postgres\/).*\.ts$/.test(file),
    );
    const touching = others.filter((file) =>
      /\bpg\.connection\b/.test(readFileSync(new URL(file, source), 'utf8')),
    );
    expect(others.length).toBeGreaterThan(100);
    expect(touching).toEqual([]);
  });

  test('names every file of the folder, and no other', () => {
    const files = readdirSync(sources).filter((file) => file.endsWith('.ts'));
    const named = [...page.matchAll(/^\| `([\w-]+\.ts)` \|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(files.sort());
  });
});

/** What the driver uses of a connection, and `@types/pg` does not declare. */
interface Internals {
  readonly stream: Socket;
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
}

describe('pg, on a session', () => {
  let postgres: TestPostgres;
  let client: pg.Client;
  let internals: Internals;
  // What the client has called on the statement that ran last.
  let calls: [name: string, message: unknown][];
  let sent: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url;
    const opening = createClient(parseAddress(url), 10_000, { types });
    await opening.connect();
    client = opening.pg;
    internals = client.connection as unknown as Internals;
    const { stream } = internals;
    const write = stream.write.bind(stream);
    // The type of each message that goes out.
    stream.write = ((bytes: Buffer, ...rest: []) => {
      sent += String.fromCharCode(bytes[0] ?? 0);
      return write(bytes, ...rest);
    }) as Socket['write'];
  });
  afterAll(async () => {
    await client.end();
    await postgres.close();
  });

  const handlers = Object.getOwnPropertyNames(ExtendedQuery.prototype).filter((name) => /^handle/.test(name));

  const run = (text: string, values: readonly unknown[] = [], name?: string) => {
    calls = [];
    sent = '';
    return new Promise((resolve, reject) => {
      const decoders = new Map();
      const query = new ExtendedQuery({ text, values, name, types, decoders }, (error, result) =>
        error ? reject(error) : resolve(result),
      );
      const target = query as unknown as Record<string, (...args: unknown[]) => void>;
      for (const handler of handlers) {
        const original = target[handler];
        target[handler] = (...args) => {
          calls.push([handler, args[0]]);
          original?.apply(query, args);
        };
      }
      client.query(query);
    });
  };

  test('parse, bind, describe, execute and sync each send one message, under cork and uncork', async () => {
    await run('SELECT $1::int4 AS n', [7]);
    expect(sent).toBe('PBDES');
    expect(internals.stream.writableCorked).toBe(0);
    expect(calls).toMatchObject([
      ['handleRowDescription', { fields: [{ name: 'n', dataTypeID: 23 }] }],
      ['handleDataRow', { fields: ['7'] }],
      ['handleCommandComplete', { text: 'SELECT 1' }],
      ['handleReadyForQuery', {}],
    ]);
  });

  test('query sends one message of the simple protocol', async () => {
    await run('SELECT 1 AS n');
    expect(sent).toBe('Q');
    expect(calls.map(([name]) => name)).toEqual([
      'handleRowDescription',
      'handleDataRow',
      'handleCommandComplete',
      'handleReadyForQuery',
    ]);
  });

  test('parsedStatements has a named statement once it is parsed, submittedNamedStatements until then', async () => {
    const name = `internals ${randomUUID()}`;
    const text = 'SELECT $1::int4 AS n';
    const first = run(text, [1], name);
    expect(internals.submittedNamedStatements[name]).toBe(text);
    expect(internals.parsedStatements[name]).toBeUndefined();
    await first;
    expect(internals.submittedNamedStatements[name]).toBeUndefined();
    expect(internals.parsedStatements[name]).toBe(text);
    await run(text, [2], name);
    expect(sent).toBe('BDES');
  });

  test('a named statement that is refused is in neither of them', async () => {
    const name = `internals ${randomUUID()}`;
    await expect(run('SELECT nonsense FROM nowhere WHERE $1', ['x'], name)).rejects.toMatchObject({
      code: '42P01',
    });
    expect(calls[0]).toMatchObject(['handleError', { code: '42P01' }]);
    expect(internals.parsedStatements[name]).toBeUndefined();
    expect(internals.submittedNamedStatements[name]).toBeUndefined();
    // The session continues.
    await run('SELECT 1 AS n');
  });

  test('an error that submit returns reaches handleError, and the session continues', async () => {
    const name = `internals ${randomUUID()}`;
    await run('SELECT $1::int4 AS n', [1], name);
    await expect(run('SELECT $1::int8 AS n', [1], name)).rejects.toThrow('more than one text');
    expect(calls.map(([handler]) => handler)).toEqual(['handleError']);
    await run('SELECT 1 AS n');
  });

  test('handleEmptyQuery is called for a comment', async () => {
    await run('-- nothing');
    expect(calls.map(([name]) => name)).toEqual(['handleEmptyQuery', 'handleReadyForQuery']);
  });

  test('processID and secretKey are what the backend has reported', async () => {
    const { processID, secretKey } = client as unknown as BackendKey;
    expect([typeof processID, typeof secretKey]).toEqual(['number', 'number']);
    const { rows } = (await run('SELECT pg_backend_pid() AS pid')) as { rows: unknown[] };
    if (isRealPostgres) expect(rows).toEqual([{ pid: String(processID) }]);
  });

  // PGlite reads and writes files of its own in place of these messages.
  test.skipIf(!isRealPostgres)(
    'handleCopyInResponse gets sendCopyFail, handleCopyData what is copied',
    async () => {
      const table = `internals_${randomUUID().replaceAll('-', '')}`;
      await run(`CREATE TEMP TABLE ${table} (n integer)`);
      await expect(run(`COPY ${table} FROM STDIN`)).rejects.toMatchObject({ code: '57014' });
      expect(calls.map(([name]) => name)).toEqual(['handleCopyInResponse', 'handleError']);
      expect(sent).toBe('Qf');
      await run("COPY (SELECT 'text') TO STDOUT");
      expect(calls.map(([name]) => name)).toContain('handleCopyData');
    },
  );

  test('no method of the statement is left out', () => {
    expect(handlers.sort()).toEqual([
      'handleCommandComplete',
      'handleCopyData',
      'handleCopyInResponse',
      'handleDataRow',
      'handleEmptyQuery',
      'handleError',
      'handleReadyForQuery',
      'handleRowDescription',
    ]);
  });

  test('a stream that is destroyed fails what runs and what comes after as lost connections', async () => {
    const opening = createClient(
      parseAddress(process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url),
      10_000,
    );
    await opening.connect();
    const errors: Error[] = [];
    opening.pg.on('error', (error) => errors.push(error));
    const ask = () =>
      new Promise<Error | null>((resolve) => {
        const options = { text: 'SELECT 1', values: [], name: undefined, types, decoders: new Map() };
        opening.pg.query(new ExtendedQuery(options, resolve));
      });
    const running = ask();
    opening.pg.connection.stream.destroy();
    const ended = await running;
    expect(ended?.message).toBe('Connection terminated unexpectedly');
    expect(errors).toEqual([ended]);
    const after = await ask();
    expect(after?.message).toMatch(/not queryable/);
    for (const error of [ended, after]) expect(error && isConnectionLoss(error)).toBe(true);
    expect(failureOf(after)).toMatchObject({ kind: 'connection', unsent: true });
  });
});

/** A server that hands over each connection; it ends with the test. */
const listen = async (serve: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
};

const nextBytes = async (socket: Socket): Promise<Buffer> => (await once(socket, 'data'))[0];

/** A message of the server: its type, its length and its content. */
const message = (type: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
};

const sasl = (...mechanisms: string[]): Buffer =>
  message('R', Buffer.concat([Buffer.from([0, 0, 0, 10]), Buffer.from(`${mechanisms.join('\0')}\0\0`)]));

const sslRequest = Buffer.from('0000000804d2162f', 'hex');

describe('pg, while a connection opens', () => {
  interface Connection {
    readonly stream: Socket;
    on(event: string, listener: (value: unknown) => void): void;
    connect(port: number | string, host?: string): void;
    requestSsl(): void;
    cancel(processID: number, secretKey: number): void;
  }
  const connectionTo = (config: pg.ClientConfig): Connection => {
    const { connection } = new pg.Client({ host: '127.0.0.1', user: 'u', database: 'd', ...config });
    onTestFinished(() => void connection.stream.destroy());
    return connection as unknown as Connection;
  };

  test('connect, requestSsl and cancel work without a session, and report it with connect and sslconnect', async () => {
    const received = Promise.withResolvers<Buffer[]>();
    const port = await listen(async (socket) => {
      const request = await nextBytes(socket);
      socket.write('S');
      received.resolve([request, await nextBytes(socket)]);
    });
    const connection = connectionTo({ port, ssl: { rejectUnauthorized: false } });
    const events: string[] = [];
    connection.on('connect', () => {
      events.push('connect');
      connection.requestSsl();
    });
    connection.on('sslconnect', () => events.push('sslconnect'));
    connection.on('error', () => {});
    connection.connect(port, '127.0.0.1');
    const [request, hello] = await received.promise;
    expect(request).toEqual(sslRequest);
    // A record of the TLS handshake.
    expect(hello?.[0]).toBe(0x16);
    expect(events).toEqual(['connect', 'sslconnect']);
  });

  test('cancel sends the key of the backend, and stream.destroy ends the connection', async () => {
    const received = Promise.withResolvers<Buffer>();
    const closed = Promise.withResolvers<void>();
    const port = await listen(async (socket) => {
      socket.on('close', () => closed.resolve());
      received.resolve(await nextBytes(socket));
    });
    const connection = connectionTo({ port });
    connection.on('connect', () => connection.cancel(0x1234, 0x56789abc));
    connection.connect(port, '127.0.0.1');
    expect((await received.promise).toString('hex')).toBe('0000001004d2162e0000123456789abc');
    connection.stream.destroy();
    await closed.promise;
  });

  test('an error of the socket is an error event', async () => {
    const port = await listen((socket) => socket.destroy());
    const connection = connectionTo({ port, ssl: { rejectUnauthorized: false } });
    const failed = new Promise((resolve) => connection.on('error', resolve));
    connection.connect(1, '127.0.0.1');
    expect(await failed).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('sslnegotiation=direct begins with TLS, without a request', async () => {
    const received = Promise.withResolvers<Buffer>();
    const port = await listen(async (socket) => received.resolve(await nextBytes(socket)));
    const address = parseAddress(`postgresql://u@127.0.0.1:${port}/d?sslmode=require&sslnegotiation=direct`);
    const opening = createClient(address, 10_000);
    const failed = opening.connect().catch(() => {});
    expect((await received.promise)[0]).toBe(0x16);
    opening.abort(new Error('seen'));
    await failed;
  });

  const open = (port: number, query: string) =>
    createClient(parseAddress(`postgresql://u:p@127.0.0.1:${port}/d${query}`), 10_000).connect();
  const rejection = async (opening: Promise<void>): Promise<Error> => {
    const error = await opening.then(
      () => new Error('it opened'),
      (reason: Error) => reason,
    );
    return error;
  };

  test('authenticationSASL comes before pg responds to it, and emit("error") ends the connection', async () => {
    let answered: Buffer | undefined;
    const port = await listen(async (socket) => {
      await nextBytes(socket);
      socket.write(sasl('SCRAM-SHA-256'));
      socket.on('data', (bytes: Buffer) => {
        answered = bytes;
      });
    });
    const address = { ...parseAddress(`postgresql://u:p@127.0.0.1:${port}/d`), channelBindingRequired: true };
    const error = await rejection(createClient(address, 10_000).connect());
    expect(error).toBeInstanceOf(ChannelBindingMissing);
    expect(answered).toBeUndefined();
  });

  test('parameterStatus is reported before the session is ready', async () => {
    const asked = Promise.withResolvers<string>();
    const port = await listen(async (socket) => {
      await nextBytes(socket);
      socket.write(message('R', Buffer.from([0, 0, 0, 0])));
      const values = { DateStyle: 'ISO, MDY', TimeZone: 'UTC', client_encoding: 'LATIN1' };
      for (const [name, value] of Object.entries({ ...values, standard_conforming_strings: 'on' }))
        socket.write(message('S', Buffer.from(`${name}\0${value}\0`)));
      socket.write(message('Z', Buffer.from('I')));
      asked.resolve((await nextBytes(socket)).toString());
    });
    const opening = createClient(parseAddress(`postgresql://u@127.0.0.1:${port}/d`), 10_000);
    const failed = opening.connect().catch(() => {});
    // The one that is not as it should be: the two before it would come first if nothing had been
    // reported.
    expect(await asked.promise).toContain("SET client_encoding = 'UTF8'");
    opening.abort(new Error('seen'));
    await failed;
  });

  test.each([
    ['a server without TLS', Buffer.from('N'), 'does not support SSL', { kind: 'refused' }],
    ['a server that responds with an error', Buffer.from('E'), 'establishing an SSL', { kind: 'connection' }],
  ])('%s has the message that failure-rules.ts knows', async (_what, reply, text, failure) => {
    const port = await listen(async (socket) => {
      await nextBytes(socket);
      socket.write(reply);
    });
    const error = await rejection(open(port, '?sslmode=require'));
    expect(error.message).toContain(text);
    expect(failureOf(error)).toMatchObject(failure);
  });

  test('a server with unknown mechanisms has the message that failure-rules.ts knows', async () => {
    const port = await listen(async (socket) => {
      await nextBytes(socket);
      socket.write(sasl('UNKNOWN'));
    });
    const error = await rejection(open(port, ''));
    expect(error.message).toMatch(/^SASL: /);
    expect(failureOf(error)).toMatchObject({ kind: 'refused' });
  });

  test('a server that hangs up has the message that failure-rules.ts knows', async () => {
    const port = await listen((socket) => socket.destroy());
    const error = await rejection(open(port, ''));
    expect(failureOf(error)).toMatchObject({ kind: 'connection', retry: true });
  });
});

describe('Slonik, over a driver', () => {
  interface Sent {
    readonly text: string;
    readonly name: string | undefined;
  }
  interface Driver {
    readonly sent: Sent[];
    /** What the next statement fails with. */
    failure: Error | undefined;
    opened: number;
    ended: number;
    /** Fails the open connections. */
    breaks: ((error: Error) => void)[];
    /** What Slonik emits to the connections. */
    events: string[];
    holdEnd: boolean;
  }
  const row = z.object({ n: z.int() });
  const ask = (name?: string) => ({ ...sql.type(row)`SELECT 1 AS n`, ...(name !== undefined && { name }) });

  const openPool = async (): Promise<{ pool: DatabasePool; driver: Driver }> => {
    const driver: Driver = {
      sent: [],
      failure: undefined,
      opened: 0,
      ended: 0,
      breaks: [],
      events: [],
      holdEnd: false,
    };
    const driverFactory = createDriverFactory(async () => ({
      createPoolClient: async ({ clientEventEmitter }) => ({
        connect: async () => {
          driver.opened += 1;
          driver.breaks.push((error) => clientEventEmitter.emit('error', error));
          for (const event of ['acquire', 'release', 'destroy'] as const) {
            clientEventEmitter.on(event, () => driver.events.push(event));
          }
        },
        end: async () => {
          driver.ended += 1;
          if (driver.holdEnd) await new Promise(() => {});
        },
        query: async (text, _values, options) => {
          driver.sent.push({ text, name: options?.name });
          const { failure } = driver;
          driver.failure = undefined;
          if (failure) throw failure;
          return { command: 'SELECT' as const, fields: [], rowCount: 1, rows: [{ n: 1 }] };
        },
        stream: () => {
          throw new Error('not used');
        },
      }),
    }));
    const pool = await createPool('postgresql://', {
      driverFactory,
      maxPoolSize: 1,
      connectionRetryLimit: 0,
      gracefulTerminationTimeout: 50,
      resetConnection: async () => {},
    });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    return { pool, driver };
  };
  const lost = () => new ConnectionLost(new Error('cut'), true);

  test('opens no connection of its own, and gives the name of a statement to the driver', async () => {
    const { pool, driver } = await openPool();
    expect(driver.opened).toBe(0);
    await pool.connect((connection) => connection.any(ask('a_name')));
    expect(driver).toMatchObject({ opened: 1, sent: [{ text: 'SELECT 1 AS n', name: 'a_name' }] });
  });

  test('ends a transaction with COMMIT, which the driver recognizes', async () => {
    const { pool, driver } = await openPool();
    await pool.connect((connection) => connection.transaction((inside) => inside.any(ask())));
    expect(driver.sent.map(({ text }) => text)).toEqual(['START TRANSACTION', 'SELECT 1 AS n', 'COMMIT']);
    const source = readFileSync(new URL('driver.ts', sources), 'utf8');
    const [, pattern = ''] = /isCommit = \/(.+)\/i;/.exec(source) ?? [];
    expect(driver.sent.map(({ text }) => new RegExp(pattern, 'i').test(text))).toEqual([false, false, true]);
  });

  test('passes an error of the driver on as it is, and gives up the connection of a BackendTerminatedError', async () => {
    const { pool, driver } = await openPool();
    const failure = lost();
    driver.failure = failure;
    await expect(pool.connect((connection) => connection.any(ask()))).rejects.toBe(failure);
    expect(driver.ended).toBe(1);
    await pool.connect((connection) => connection.any(ask()));
    expect(driver.opened).toBe(2);
  });

  test('sends no ROLLBACK after a BackendTerminatedError', async () => {
    const { pool, driver } = await openPool();
    const failed = pool.connect((connection) =>
      connection.transaction((inside) => {
        driver.failure = lost();
        return inside.any(ask());
      }),
    );
    await expect(failed).rejects.toBeInstanceOf(ConnectionLost);
    expect(driver.sent.map(({ text }) => text)).toEqual(['START TRANSACTION', 'SELECT 1 AS n']);
  });

  test('gives up a connection whose driver emits an error, and refuses what comes after on it', async () => {
    const { pool, driver } = await openPool();
    driver.holdEnd = true;
    let refusal: unknown;
    let translated: unknown;
    const leased = pool.connect(async (connection) => {
      driver.breaks[0]?.(lost());
      refusal = await connection.any(ask()).catch((error: unknown) => error);
      translated = await statementsOn(connection)
        .any(ask())
        .catch((error: unknown) => error);
    });
    await expect(leased).rejects.toBeInstanceOf(ConnectionLost);
    await expect.poll(() => translated).toBeDefined();
    expect(refusal).toMatchObject({ message: 'Client is pending destroy.' });
    expect(translated).toBeInstanceOf(ConnectionLost);
    expect(translated).toMatchObject({ mayHaveRun: false });
    expect(failureOf(refusal)).toMatchObject({ kind: 'connection', unsent: true });
    expect(driver).toMatchObject({ sent: [], ended: 1 });
  });

  test('emits acquire and release with each lease, and leases no connection again that fails after a release', async () => {
    const { pool, driver } = await openPool();
    await pool.connect((connection) => connection.any(ask()));
    await expect.poll(() => driver.events).toEqual(['acquire', 'release']);
    await pool.connect((connection) => connection.any(ask()));
    await expect.poll(() => driver.events).toEqual(['acquire', 'release', 'acquire', 'release']);
    driver.holdEnd = true;
    driver.breaks[0]?.(lost());
    expect(driver.events.slice(4)).toEqual(['destroy']);
    await pool.connect((connection) => connection.any(ask()));
    expect(driver).toMatchObject({ opened: 2, ended: 1 });
    driver.holdEnd = false;
  });

  test('what is thrown inside of a lease costs the connection, what is returned does not', async () => {
    const { pool, driver } = await openPool();
    await pool.connect((connection) => connection.any(ask()));
    await pool.connect((connection) => connection.any(ask()));
    expect(driver).toMatchObject({ opened: 1, ended: 0 });
    await expect(pool.connect(() => Promise.reject(new Error('given up')))).rejects.toThrow('given up');
    expect(driver.ended).toBe(1);
  });

  test('a pool that ends, or has ended, has a message that failure-rules.ts knows', async () => {
    const { pool } = await openPool();
    const work = Promise.withResolvers<void>();
    const leased = pool.connect(() => work.promise);
    const connect = () =>
      pool.connect((connection) => connection.any(ask())).catch((error: unknown) => error);
    const ending = pool.end();
    const refusals = [await connect()];
    work.resolve();
    await Promise.all([leased, ending]);
    refusals.push(await connect());
    expect(refusals.map(String)).toEqual([
      expect.stringContaining('Connection pool is being shut down'),
      expect.stringContaining('Connection pool has been shut down'),
    ]);
    for (const error of refusals)
      expect(failureOf(error)).toMatchObject({ kind: 'connection', unsent: true });
  });
});
