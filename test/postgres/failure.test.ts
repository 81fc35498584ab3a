// What each message and code means, row by row: the texts are those of the programs' own sources.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ConnectionLost,
  ConnectionNotOpened,
  failureOf,
  GaveUp,
  kindOf,
  mayHaveRun,
} from '../../src/postgres/failure.ts';
import { type FailureKind, failureKinds, failureRules } from '../../src/postgres/failure-rules.ts';

type Row = readonly [kind: FailureKind, retry: boolean, code: string | undefined, message: string];

const coded = (code: string | undefined, message: string): Error =>
  Object.assign(new Error(message), code !== undefined && { code });

const control = 'Control plane request failed';

/** Before the session: Neon's proxy, with Postgres' and PgBouncer's own errors passed on. */
const neon: readonly Row[] = [
  ['refused', false, 'XX000', 'database "nowhere" does not exist'],
  ['refused', false, 'XX000', 'role "nobody" does not exist'],
  ['refused', false, 'XX000', 'role "nobody" is not permitted to log in'],
  ['refused', false, 'XX000', "password authentication failed for user 'somebody'"],
  [
    'refused',
    false,
    'XX000',
    'no pg_hba.conf entry for host "10.0.0.1", user "a", database "b", no encryption',
  ],
  ['refused', false, 'XX000', 'permission denied for database "neondb"'],
  [
    'refused',
    false,
    'XX000',
    'unsupported startup parameter in options: statement_timeout. Please use unpooled connection or remove this parameter',
  ],
  ['refused', false, 'XX000', 'unrecognized configuration parameter "stetment_timeout"'],
  [
    'refused',
    false,
    'XX000',
    'Endpoint ID is not specified. Either please upgrade the postgres client library',
  ],
  [
    'refused',
    false,
    'XX000',
    'VPC endpoint ID is not specified. This endpoint requires a VPC endpoint ID to connect.',
  ],
  ['refused', false, 'XX000', 'This IP address 192.0.2.1 is not allowed to connect to this endpoint.'],
  ['refused', false, 'XX000', 'This VPC endpoint id vpce-1 is not allowed to connect to this endpoint.'],
  ['refused', false, 'XX000', 'This connection is trying to access this endpoint from a blocked network.'],
  ['refused', false, 'XX000', `${control}: endpoint is disabled`],
  ['refused', false, 'XX000', 'The endpoint has been disabled. Enable it using the API and retry.'],
  ['refused', false, 'XX000', `${control}: endpoint cannot be found`],
  ['refused', false, 'XX000', "The requested endpoint could not be found, or you don't have access to it."],
  ['refused', false, 'XX000', "The role you're attempting to use is protected and cannot be used"],
  ['refused', false, 'XX000', 'connection is insecure (try using `sslmode=require`)'],
  ['refused', false, 'XX000', "Inconsistent project name inferred from SNI ('a') and project option ('b')."],
  ['refused', false, 'XX000', "Project name ('a_b') must contain only alphanumeric characters and hyphen."],
  ['refused', false, 'XX000', "Parameter 'user' is missing in startup packet."],
  ['refused', false, 'XX000', 'Unsupported authentication method: gss'],
  ['refused', false, 'XX000', 'Malformed password message: missing terminator'],
  ['refused', false, 'XX000', 'authentication protocol violation'],
  ['refused', false, 'XX000', 'SCRAM-PLUS not used'],
  ['refused', false, 'XX000', 'unsupported channel binding method tls-unique'],
  [
    'resources',
    false,
    'XX000',
    'Your account or project has exceeded the compute time quota. Upgrade your plan',
  ],
  ['resources', false, 'XX000', 'Your project has exceeded the data transfer quota. Upgrade your plan'],
  ['resources', false, 'XX000', 'Your project has exceeded the logical size quota. Upgrade your plan'],
  ['resources', false, 'XX000', "You've exceeded the compute time for this branch. Upgrade your plan"],
  [
    'resources',
    false,
    'XX000',
    'You have exceeded the limit of concurrently active endpoints. Please suspend some',
  ],
  ['resources', false, 'XX000', "You've exceeded the rate limit. Please wait a moment and try again."],
  ['resources', false, 'XX000', `${control}: endpoint is temporarily unavailable. Check your quotas`],
  ['resources', true, 'XX000', 'too many connections for role "somebody"'],
  ['resources', true, 'XX000', 'too many connections for database "neondb"'],
  ['resources', true, 'XX000', 'sorry, too many clients already'],
  [
    'resources',
    true,
    'XX000',
    'remaining connection slots are reserved for roles with the SUPERUSER attribute',
  ],
  ['resources', true, 'XX000', 'Too many connections to this endpoint. Please try again later.'],
  ['resources', true, 'XX000', 'Too many connections attempts'],
  [
    'resources',
    true,
    'XX000',
    'Failed to acquire permit to connect to the database. Too many database connection attempts',
  ],
  ['resources', true, 'XX000', 'no more connections allowed (max_client_conn)'],
  ['connection', true, 'XX000', "Couldn't connect to compute node"],
  ['connection', true, 'XX000', control],
  ['connection', true, 'XX000', 'Internal error'],
  ['connection', true, 'XX000', 'Authentication timed out'],
  [
    'connection',
    true,
    'XX000',
    'Your project already has running operations. Please wait until they complete',
  ],
  ['connection', true, 'XX000', 'the database system is starting up'],
  ['connection', true, 'XX000', 'the database system is not yet accepting connections'],
  ['connection', true, 'XX000', 'something that no one has written down'],
];

/** Before the session: PgBouncer, most of it with 08P01. */
const pgBouncer: readonly Row[] = [
  ['refused', false, '08P01', 'no such database: nowhere'],
  ['refused', false, '08P01', 'no such user'],
  ['refused', false, '08P01', 'password authentication failed'],
  ['refused', false, '08P01', 'SASL authentication failed'],
  ['refused', false, '08P01', 'SSL required'],
  ['refused', false, '08P01', 'database "a" is disabled'],
  ['refused', false, '08P01', 'unsupported startup parameter: statement_timeout'],
  ['refused', false, '08P01', 'bouncer config error'],
  ['refused', false, '08P01', 'server login failed: wrong password type'],
  [
    'refused',
    false,
    '08P01',
    'server login has been failing, cached error: database "a" does not exist (server_login_retry)',
  ],
  [
    'resources',
    true,
    '08P01',
    'server login has been failing, cached error: sorry, too many clients already (server_login_retry)',
  ],
  [
    'connection',
    true,
    '08P01',
    'server login has been failing, cached error: connect failed (server_login_retry)',
  ],
  ['resources', true, '08P01', 'no more connections allowed (max_client_conn)'],
  ['resources', true, '08P01', 'client connections exceeded (max_db_client_connections)'],
  ['resources', true, '08P01', 'bouncer resources exhaustion'],
  ['resources', true, '08P01', 'query_wait_timeout'],
  ['connection', true, '08P01', 'pgbouncer cannot connect to server'],
  ['connection', true, '08P01', 'client_login_timeout (server down)'],
  ['connection', true, '08P01', 'pooler is shutting down'],
  ['connection', true, '08P01', 'server shutting down'],
  ['cancelled', true, '08P01', 'query_timeout'],
];

/** PgDog: 58000 for nearly everything. */
const pgDog: readonly Row[] = [
  [
    'refused',
    false,
    '28000',
    'password for user "a" and database "b" is wrong, or the database does not exist',
  ],
  ['refused', false, '08004', 'only TLS connections are allowed'],
  ['refused', false, '58000', 'no such shard: 7'],
  ['resources', true, '58000', 'checkout timeout'],
  ['resources', true, '58000', 'replica checkout timeout'],
  ['connection', true, '58000', 'all replicas down'],
  ['connection', true, '58000', 'no primary'],
  ['connection', true, '58000', 'pool is banned'],
  ['connection', true, '58000', 'connection pool for user "a" and database "b" is down'],
  ['connection', true, '58000', 'connect timeout'],
  ['connection', true, '58000', 'server error'],
  ['connection', true, '58000', 'server not connected'],
  ['connection', true, '57P05', 'client login timeout'],
  ['connection', true, '57P01', 'PgDog is shutting down'],
];

/** The network, TLS and `pg`. */
const network: readonly Row[] = [
  ['connection', true, undefined, 'timeout expired'],
  ['connection', true, undefined, 'Connection terminated unexpectedly'],
  ['connection', true, undefined, 'There was an error establishing an SSL connection'],
  ['connection', true, 'ECONNREFUSED', ''],
  ['connection', true, 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN a'],
  ['connection', true, 'ENOTFOUND', 'getaddrinfo ENOTFOUND a'],
  ['connection', false, undefined, 'Connection pool is being terminated.'],
  ['connection', false, undefined, 'Connection pool is being shut down. Cannot create a new connection.'],
  ['connection', false, undefined, 'Connection pool has been shut down. Cannot create a new connection.'],
  ['resources', true, 'EMFILE', 'too many open files'],
  ['refused', false, undefined, 'The server does not support SSL connections'],
  [
    'refused',
    false,
    undefined,
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
  ],
  [
    'refused',
    false,
    undefined,
    'the server offers no channel binding, and the URL requires it (channel_binding=require)',
  ],
  ['refused', false, 'ERR_TLS_CERT_ALTNAME_INVALID', ''],
  ['refused', false, 'CERT_HAS_EXPIRED', 'certificate has expired'],
  ['refused', false, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['refused', false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', ''],
];

/** Postgres itself, directly. */
const postgres: readonly Row[] = [
  ['refused', false, '28P01', 'password authentication failed for user "a"'],
  ['refused', false, '3D000', 'database "a" does not exist'],
  ['refused', false, '55000', 'database "a" is not currently accepting connections'],
  ['refused', false, '42501', 'permission denied for database "a"'],
  ['resources', true, '53300', 'sorry, too many clients already'],
  ['connection', true, '57P03', 'the database system is starting up'],
];

/** In the middle of a session. */
const session: readonly Row[] = [
  ['resources', true, '53100', 'could not extend file because project size limit (512 MB) has been exceeded'],
  ['resources', true, '53200', 'out of memory'],
  ['resources', false, '58030', 'could not read file "base/1"'],
  ['schema', false, '42P01', 'relation "tasks" does not exist'],
  ['schema', false, '42703', 'column "a" does not exist'],
  ['schema', false, '42883', 'function a() does not exist'],
  ['refused', false, '42501', 'permission denied for table tasks'],
  ['cancelled', false, '57014', 'canceling statement due to statement timeout'],
  ['cancelled', false, '25P03', 'terminating connection due to idle-in-transaction timeout'],
  ['read_only', false, '25006', 'cannot execute INSERT in a read-only transaction'],
  ['contention', false, '40P01', 'deadlock detected'],
  ['contention', false, '55P03', 'canceling statement due to lock timeout'],
  ['connection', true, '57P01', 'terminating connection due to administrator command'],
  ['connection', true, 'ECONNRESET', 'read ECONNRESET'],
  ['resources', true, '58000', 'checkout timeout'],
  ['connection', true, '58000', 'all replicas down'],
  ['statement', false, '58000', 'cross-shard queries are disabled'],
  ['statement', false, 'XX000', 'cache lookup failed for type 7'],
  ['statement', false, '23505', 'duplicate key value violates unique constraint'],
  ['statement', false, '22003', 'integer out of range'],
  ['statement', false, undefined, 'not a timestamp in the ISO DateStyle'],
  // What a user wrote does not decide.
  ['statement', false, '22P02', 'invalid input syntax: "password authentication failed"'],
];

describe('a connection that does not open', () => {
  test.each([...neon, ...pgBouncer, ...pgDog, ...network, ...postgres])(
    'is %s, and tried again: %s, with %s "%s"',
    (kind, retry, code, message) => {
      const error = coded(code, message);
      expect(failureOf(new ConnectionNotOpened(error))).toMatchObject({ kind, retry });
      // Also when the deadline came before the outcome of another attempt.
      expect(kindOf(new GaveUp('deadline', new ConnectionNotOpened(error)))).toBe(kind);
    },
  );
});

describe('a statement that fails', () => {
  test.each(session)('is %s, and tried again: %s, with %s "%s"', (kind, retry, code, message) => {
    expect(failureOf(coded(code, message))).toMatchObject({ kind, retry });
    expect(kindOf(new Error('wrapped', { cause: coded(code, message) }))).toBe(kind);
  });

  test('because its connection broke is a failure of the connection, whatever broke it', () => {
    expect(kindOf(new ConnectionLost(new Error('who knows'), true))).toBe('connection');
    expect(kindOf(new GaveUp('deadline', new ConnectionLost(new Error('who knows'), true)))).toBe(
      'connection',
    );
  });

  test('because the service gave up is what it gave up for', () => {
    expect([kindOf(new GaveUp('overloaded')), kindOf(new GaveUp('deadline'))]).toEqual([
      'overloaded',
      'deadline',
    ]);
  });

  test.each(['query_wait_timeout', 'pgbouncer cannot connect to server', 'Client is destroyed'])(
    'with %s was never sent, and may be',
    (message) => {
      expect(mayHaveRun(coded('08P01', message), false)).toBe(false);
      expect(mayHaveRun(coded('08P01', 'server conn crashed?'), false)).toBe(true);
    },
  );
});

describe('the table', () => {
  const opening = [...neon, ...pgBouncer, ...pgDog, ...network, ...postgres];

  test('has no row that nothing reaches', () => {
    const reached = new Set([
      ...opening.map(([, , code, message]) => failureOf(new ConnectionNotOpened(coded(code, message)))),
      ...session.map(([, , code, message]) => failureOf(coded(code, message))),
      failureOf(coded('08P01', 'Client is destroyed')),
    ]);
    expect(failureRules.filter((row) => !reached.has(row))).toEqual([]);
  });

  test('agrees with the alerts in OPERATIONS.md: each kind has one, and there is no other', () => {
    const text = readFileSync(new URL('../../OPERATIONS.md', import.meta.url), 'utf8');
    const alerts = [...text.matchAll(/^\| .*/gm)].flatMap(([line]) => {
      const [, alert = ''] = line.split('|');
      return alert.includes('kind=') ? [...alert.matchAll(/"([a-z_]+)"/g)].map(([, kind]) => kind) : [];
    });
    expect(alerts.sort()).toEqual([...failureKinds].sort());
  });
});
