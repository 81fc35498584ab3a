// What an error of the database means, as data: one row for each message or code that the service
// distinguishes. The first row that matches decides. Neon's proxy reports every error before the
// session with SQLSTATE XX000, including those of Postgres and PgBouncer; PgBouncer uses 08P01 for
// nearly all of its own errors, and PgDog 58000. For these codes only the message counts.
// OPERATIONS.md has an alert for each kind.

/** The kinds of failures: the labels of `database_errors_total`. */
export const failureKinds = [
  /**
   * Credentials, database, address or certificate are not accepted: someone must correct something.
   */
  'refused',
  /** A limit or a quota has been reached: connections, compute time, disk, memory. */
  'resources',
  /** No connection opens, or one broke. */
  'connection',
  /** A table, a column, a type or a function is missing: not migrated. */
  'schema',
  /** The server ended a statement that took too long. */
  'cancelled',
  /** The server accepts no writes. */
  'read_only',
  /** Deadlocks, lock time-outs, serialization failures. */
  'contention',
  /** The service's own line was full. */
  'overloaded',
  /** A statement had no result within the deadline. */
  'deadline',
  /** Anything else: the statement is the cause. */
  'statement',
] as const;

export type FailureKind = (typeof failureKinds)[number];

export interface FailureRule {
  readonly kind: FailureKind;
  /** The whole SQLSTATE (PostgreSQL, appendix A), or the code of the socket or of TLS. */
  readonly code?: RegExp;
  /** Part of the message; compared only if the code does not decide (see `vagueCodes`). */
  readonly message?: RegExp;
  /**
   * Whether a connection that fails to open like this is tried again while requests wait for it.
   */
  readonly retry: boolean;
  /**
   * True if a connection that breaks like this had not passed the statement to Postgres, which may
   * then be sent again.
   */
  readonly unsent?: true;
}

/**
 * The SQLSTATEs that mean nothing by themselves, because proxies and poolers use them for
 * everything.
 */
export const vagueCodes = /^(?:XX000|58000|08...)$/;

const rule = (
  kind: FailureKind,
  retry: boolean,
  message: RegExp,
  more: Partial<FailureRule> = {},
): FailureRule => ({ kind, retry, message, ...more });

const unsent = { unsent: true } as const;

// A pooler passes on the server's message ("server login has been failing, cached error: …"), and
// Neon's proxy puts "Control plane request failed: " before some refusals. So the rows with the
// reason come before the general ones.
const messages: readonly FailureRule[] = [
  // Postgres, also through proxies and poolers.
  rule('refused', false, /(?:password|SASL|SCRAM|PAM|LDAP|certificate|"trust") authentication failed/i),
  rule('refused', false, /\b(?:role|database) "[^"]*" (?:does not exist|is not |is disabled)/),
  rule('refused', false, /permission denied for database/),
  rule('refused', false, /pg_hba\.conf/),
  rule('refused', false, /unsupported (?:options )?startup parameter|unrecognized configuration parameter/),
  rule('resources', true, /too many (?:clients already|connections for (?:role|database))/),
  rule('resources', true, /remaining connection slots are reserved|reserved connection slots/),
  rule(
    'connection',
    true,
    /the database system is (?:starting up|shutting down|in recovery|not (?:yet )?accepting)/,
  ),

  // Neon's proxy: proxy/src/{auth,compute,control_plane,sasl,pglb} of neondatabase/neon, and its
  // control plane.
  rule('refused', false, /Endpoint ID is not specified|VPC endpoint ID is not specified/),
  rule('refused', false, /is not allowed to connect to this endpoint|from a blocked network/),
  rule('refused', false, /Inconsistent project name|Project name \('.*'\) must contain/),
  rule('refused', false, /is missing in startup packet/),
  rule('refused', false, /connection is insecure/),
  rule('refused', false, /endpoint (?:is|has been) disabled|endpoint cannot be found/),
  rule('refused', false, /requested (?:resource|project|endpoint|branch) could not be found/),
  rule('refused', false, /role you're attempting to use is protected/),
  rule('refused', false, /Unsupported authentication method|Malformed password message/),
  rule('refused', false, /authentication protocol violation|SCRAM-PLUS not used|channel binding/i),
  rule(
    'resources',
    false,
    /exceeded the (?:[a-z ]+ quota|compute time|limit of concurrently active|rate limit)/,
  ),
  rule('resources', false, /endpoint is temporarily unavailable/),
  rule('resources', true, /Too many connections (?:to this endpoint|attempts)|Failed to acquire permit/),
  rule('connection', true, /Couldn't connect to compute node|Control plane request failed|^Internal error$/),
  rule('connection', true, /already has running operations|Authentication timed out/),

  // PgBouncer: disconnect_client() in its src.
  rule('refused', false, /no such (?:database|user)|login rejected|SSL required|bouncer config error/),
  rule('refused', false, /(?:username|password) too long|empty password returned|wrong password type/),
  rule(
    'resources',
    true,
    /no more connections allowed|client connections exceeded|resources? exhaustion/,
    unsent,
  ),
  rule('resources', true, /query_wait_timeout/, unsent),
  rule('cancelled', true, /^(?:query[ _]timeout|idle transaction timeout|transaction timeout)$/),
  rule('connection', true, /server login|cannot connect to server|pgbouncer (?:is )?shut/i, unsent),
  rule('connection', true, /client_login_timeout|pause failed|(?:pooler is|server) shutting down/),

  // PgDog: pgdog/src/{backend,frontend,net} of pgdogdev/pgdog.
  rule('refused', false, /no such shard|no such user\/database|only TLS connections are allowed/),
  rule('resources', true, /checkout timeout/),
  rule('connection', true, /all replicas down|no (?:primary|replicas)\b|^pool is |pool for user .* is down/),
  rule('connection', true, /connect timeout|read timeout|health ?check|replica lag|could not resolve/),
  rule('connection', true, /server (?:error|closed)\b|connection closed by peer|not connected/),
  rule('connection', true, /PgDog is shutting down|client login timeout/),
  rule('statement', false, /cross-shard|sharding key|omnisharded|query has no route|direct-to-shard/),

  // `pg` and Slonik, which give these no code.
  rule('refused', false, /does not support SSL|^SASL: /),
  rule(
    'connection',
    false,
    /Connection pool (?:has ended|is being terminated|(?:is being|has been) shut down)|^the pool is closed$/,
    unsent,
  ),
  rule('connection', true, /not queryable|client is (?:pending|destroyed)/i, unsent),
  rule('connection', true, /timeout expired|connection terminated|establishing an SSL connection/i),
];

const coded = (kind: FailureKind, retry: boolean, code: RegExp): FailureRule => ({ kind, retry, code });

const codes: readonly FailureRule[] = [
  // Invalid authorization, no such database, no privilege; and Node's errors about certificates.
  coded('refused', false, /^(?:28...|3D000|42501)$/),
  coded('refused', false, /^(?:ERR_TLS_.*|ERR_SSL_.*|CERT_.*|DEPTH_.*|SELF_SIGNED.*|UNABLE_TO_.*|EPROTO)$/),
  coded('resources', true, /^(?:53...|EMFILE|ENFILE)$/),
  // The server's disk: an I/O error, a file that is missing.
  coded('resources', false, /^58(?:030|P01|P02)$/),
  coded('schema', false, /^(?:42P01|42703|42704|42883|3F000)$/),
  coded('cancelled', false, /^(?:57014|25P03|25P04)$/),
  coded('read_only', false, /^25006$/),
  coded('contention', false, /^(?:40...|55P03|72...)$/),
  // Operator interventions, connection exceptions, PgDog's system errors, sockets and host names.
  coded('connection', true, /^(?:57P0[1-5]|08...|58000|E(?!RR_)[A-Z_]+|ERR_(?:STREAM|SOCKET)_.*)$/),
];

/** The table: first messages, for codes that mean nothing, then codes. */
export const failureRules: readonly FailureRule[] = [...messages, ...codes];
