// Reads the environment once and checks it as a whole, so that all errors are reported together. An
// error never repeats a value, because some values are secrets.
import { z } from 'zod';
import { isPathPrefix } from './contract/server-address.ts';
import type { ReadyProbe } from './db/readiness.ts';
import { AddressError, parseAddress, unpooled } from './postgres/address.ts';
import { isSettingName } from './postgres/sharding-key.ts';
import { faultOfSecrets, faultOfUrl, secretsOf, type WebhookSettings } from './webhook/settings.ts';

const whole = (least: number, most: number) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);

const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

const databaseUrl = z.string().superRefine((url, context) => {
  try {
    parseAddress(url);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

// White space between them, because a comma may be part of an address.
const databaseUrls = z
  .string()
  .transform((list) => list.trim().split(/\s+/))
  .superRefine((urls, context) => {
    for (const [index, url] of urls.entries()) {
      const place = urls.length > 1 ? `address ${index + 1} of ${urls.length} ` : '';
      for (const { message } of databaseUrl.safeParse(url).error?.issues ?? []) {
        context.addIssue({ code: 'custom', message: place + message });
      }
    }
  });

const isPublicUrl = (text: string): boolean => {
  const { protocol = '', username, password, pathname = '' } = URL.parse(text) ?? {};
  const isPlain = !/[?#\s]|\/$/.test(text) && username === '' && password === '';
  return /^https?:$/.test(protocol) && isPlain && (pathname === '/' || isPathPrefix(pathname));
};

const publicUrl = z
  .string()
  .refine(
    isPublicUrl,
    'must be an http or https address, without a query and without a slash at its end; ' +
      'its path may contain letters, digits and -._~',
  )
  .transform((text) => {
    const { origin, pathname } = new URL(text);
    return pathname === '/' ? origin : origin + pathname;
  });

const isWebOrigin = (text: string): boolean => /^https?:/.test(text) && URL.parse(text)?.origin === text;

// Schemes of apps and extensions (Capacitor, Tauri, Electron, browsers), whose origins the URL
// standard does not define. A page from a file has no origin of its own.
const isAppOrigin = (text: string): boolean =>
  /^(?!https?:|file:)[a-z][a-z0-9+.-]*:\/\/[\w.-]+(?::\d+)?$/.test(text);

// One label, as in certificates (RFC 9525, section 6.3), and never directly before a top-level
// domain.
const isWildcard = (text: string): boolean =>
  /^https?:\/\/\*(?:\.[^.*]+){2,}$/.test(text) && isWebOrigin(text.replace('*', 'a'));

const faultOfOrigin = (text: string): string | null => {
  if (isWildcard(text) || (!text.includes('*') && (isWebOrigin(text) || isAppOrigin(text)))) return null;
  // Only pages that the operator knows may use tokens.
  if (text === '*' || text === 'null')
    return 'must not contain * or the opaque origin, which every page can have: list the origins';
  if (text.includes('*'))
    return 'may contain * only as the first label of a host, as in https://*.example.com';
  return 'must be a list of origins, separated by commas, each with a scheme and a host and without a path';
};

const origins = z
  .string()
  .transform((list) => list.split(',').map((item) => item.trim()))
  .superRefine((list, context) => {
    for (const message of new Set(list.map(faultOfOrigin))) {
      if (message !== null) context.addIssue({ code: 'custom', message });
    }
  });

// Compared as they are with `iss` and `aud`.
const names = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .refine((list) => !list.includes(''), 'must be a list of names, separated by commas, none of them empty');

const hasCredentials = (text: string): boolean => {
  const { username = '', password = '' } = URL.parse(text) ?? {};
  return username !== '' || password !== '';
};

const withoutCredentials = 'must not contain a user or a password';

// The metadata for authorization contains them.
const issuers = names.refine((list) => !list.some(hasCredentials), withoutCredentials);

// fetch refuses an address with credentials in it.
const keySetUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address', abort: true })
  .refine((value) => !hasCredentials(value), withoutCredentials);

/** Where the embedded database stores its data if DATA_DIR is not set. */
export const defaultDataDir = '.data';

const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= 32,
    'must be at least 32 bytes, as HS256 requires (RFC 7518, 3.2)',
  );

/** A text in which `faultOf` finds no fault. */
const faultless = (faultOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const environment = z.object({
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_URL_UNPOOLED: databaseUrls.optional(),
  DATABASE_POOL_MAX: whole(1, 1000).default(10),
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  DATABASE_CONNECT_TIMEOUT_MS: whole(1, 600_000).default(15_000),
  DATABASE_TIMEOUT_MS: whole(1, 600_000).default(10_000),
  DATABASE_SHARDING_KEY: z
    .string()
    .refine(isSettingName, 'must be the name of a setting that contains a dot, such as pgdog.sharding_key')
    .optional(),
  READY_PROBE: z.enum(['query', 'idle'], 'must be query or idle').default('query'),
  MAX_REQUESTS: whole(1, 100_000).default(500),
  MAX_CONNECTIONS: whole(1, 1_000_000).default(2000),
  MAX_WAITING: whole(0, 1_000_000).default(1000),
  RATE_LIMIT: whole(0, 1_000_000).default(600),
  HISTORY_DAYS: whole(0, 3650).default(30),
  CORS_ORIGINS: origins.default([]),
  TRUST_PROXY: whole(0, 10).default(0),
  PUBLIC_URL: publicUrl.optional(),
  MCP: flag.optional(),
  METRICS_PORT: whole(0, 65_535).optional(),
  METRICS_ON_API: flag.optional(),
  WEB_CONCURRENCY: whole(1, 64).default(1),
  SHUTDOWN_DELAY_MS: whole(0, 600_000).optional(),
  SHUTDOWN_TIMEOUT_MS: whole(1, 600_000).default(10_000),
  DATA_DIR: z.string().default(defaultDataDir),
  JWT_SECRET: secret.optional(),
  BETTER_AUTH_SECRET: secret.optional(),
  JWT_JWKS_URL: keySetUrl.optional(),
  JWT_ISSUER: issuers.default([]),
  JWT_AUDIENCE: names.default([]),
  REQUIRE_SCOPES: flag.default(false),
  WEBHOOK_URL: faultless(faultOfUrl).optional(),
  WEBHOOK_SECRET: faultless(faultOfSecrets).optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  NODE_ENV: z.string().optional(),
});

/** The names of the variables that the service reads. */
export const variables: readonly string[] = Object.keys(environment.shape);

type Present = Readonly<Record<string, string | undefined>>;

const faultOfMcp = (env: Present): string | false => {
  const missing = ['PUBLIC_URL', 'JWT_AUDIENCE'].filter((name) => env[name] === undefined);
  const reason = 'an agent looks up where to get a token, and a token for another service must not work here';
  return missing.length > 0 && `MCP: set ${missing.join(' and ')}: ${reason}`;
};

// Errors between variables. They depend only on which variables are set, so an error in one
// variable does not hide them.
const faultsBetween = (env: Present): string[] => {
  const hasSecret = (env.JWT_SECRET ?? env.BETTER_AUTH_SECRET) !== undefined;
  const hasKeySet = env.JWT_JWKS_URL !== undefined;
  const hasDatabase = env.DATABASE_URL !== undefined;
  return [
    env.JWT_SECRET !== undefined &&
      env.BETTER_AUTH_SECRET !== undefined &&
      env.JWT_SECRET !== env.BETTER_AUTH_SECRET &&
      'BETTER_AUTH_SECRET: is another name for JWT_SECRET, and the two differ',
    hasSecret && hasKeySet && 'JWT_JWKS_URL: set either a secret or a key set, not both',
    hasDatabase &&
      !hasSecret &&
      !hasKeySet &&
      'JWT_SECRET: set JWT_SECRET (or BETTER_AUTH_SECRET) or JWT_JWKS_URL: tokens cannot be checked',
    !hasDatabase &&
      env.DATABASE_URL_UNPOOLED !== undefined &&
      'DATABASE_URL: is required when DATABASE_URL_UNPOOLED is set',
    !hasDatabase &&
      Number(env.WEB_CONCURRENCY) > 1 &&
      'WEB_CONCURRENCY: needs DATABASE_URL, the embedded database serves one process',
    env.MCP === 'true' && hasDatabase && faultOfMcp(env),
    // The metadata of the API would be at the path of that of `/mcp` (RFC 9728, section 3.1).
    (env.MCP ?? String(!hasDatabase)) === 'true' &&
      /[^/]\/mcp$/.test(env.PUBLIC_URL ?? '') &&
      'PUBLIC_URL: must not end in /mcp with MCP: agents add that themselves',
    env.WEBHOOK_URL !== undefined &&
      env.WEBHOOK_SECRET === undefined &&
      'WEBHOOK_SECRET: is required when WEBHOOK_URL is set: the receiver cannot verify messages without it',
    env.WEBHOOK_SECRET !== undefined &&
      env.WEBHOOK_URL === undefined &&
      'WEBHOOK_URL: is required when WEBHOOK_SECRET is set',
    env.METRICS_ON_API === 'true' &&
      env.METRICS_PORT !== undefined &&
      'METRICS_ON_API: set either METRICS_ON_API or METRICS_PORT, not both',
    env.METRICS_ON_API === 'true' &&
      Number(env.WEB_CONCURRENCY) > 1 &&
      'METRICS_ON_API: set METRICS_PORT, a worker knows only its own requests',
    !hasDatabase &&
      env.NODE_ENV === 'production' &&
      'DATABASE_URL: is required in production: the embedded database is for development',
  ].filter((fault) => fault !== false);
};

export interface Config {
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  readonly logLevel: string;
  /** Where Postgres is, or null for the embedded one. */
  readonly database: {
    readonly url: string;
    /** Connections of this process: its share, when there are several workers. */
    readonly poolMax: number;
  } | null;
  /**
   * The direct addresses of the databases that owners are spread over; empty if there is only one.
   */
  readonly shardUrls: readonly string[];
  readonly preparedStatements: boolean;
  /** The setting that contains the owner in each of the owner's transactions, or null for none. */
  readonly shardingKey: string | null;
  /** How long to wait for a connection to open, in milliseconds. */
  readonly connectTimeout: number;
  /** How long a request may wait for the database, in milliseconds. */
  readonly databaseTimeout: number;
  /** When readiness probes the database. */
  readonly readyProbe: ReadyProbe;
  /** The maximum number of requests in progress; further ones are refused. */
  readonly maxRequests: number;
  /** Connections at once; fewer if the system allows the process fewer open files. */
  readonly maxConnections: number;
  /** Requests that wait for changes at once; further ones are refused. */
  readonly maxWaiting: number;
  /** Requests of an owner per minute; 0 for no limit. */
  readonly rateLimit: number;
  /** For how many days the history is kept; 0 for none. */
  readonly historyDays: number;
  /**
   * The origins whose pages may read the responses; `https://*.example.com` is every origin with
   * one label in place of `*`.
   */
  readonly corsOrigins: readonly string[];
  /** How many proxies in front are trusted about the client's address and scheme. */
  readonly trustedProxies: number;
  /** Where clients reach the service, without a slash at its end; null if unknown. */
  readonly publicUrl: string | null;
  /** Whether agents can use the service over the Model Context Protocol. */
  readonly mcp: boolean;
  /** The port of the metrics, or null for none. */
  readonly metricsPort: number | null;
  /** Whether `/metrics` is on the API's port. */
  readonly metricsOnApi: boolean;
  readonly workers: number;
  /**
   * How long to continue to serve after SIGTERM, so that load balancers notice, in milliseconds.
   */
  readonly shutdownDelay: number;
  /** How long requests in progress may take to finish after that, in milliseconds. */
  readonly shutdownTimeout: number;
  /** Where the embedded database and its secret are stored. */
  readonly dataDir: string;
  /** The key that verifies tokens, or null for the embedded database's own secret. */
  readonly key: { readonly secret: string } | { readonly jwksUrl: URL } | null;
  /** The accepted values of `iss`; empty for any. */
  readonly issuers: readonly string[];
  /** The accepted values of `aud`; empty for any. */
  readonly audiences: readonly string[];
  /** Whether a token without a claim about scopes has none of them, instead of all. */
  readonly requireScopes: boolean;
  /** The receiver of the webhook; null if there is none. */
  readonly webhook: WebhookSettings | null;
}

/** All errors in the environment, one per line. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['The environment has errors:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const presentIn = (record: Present): Present =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== ''));

const faultsIn = (error: z.ZodError | undefined): string[] =>
  (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

/** What the commands that prepare the databases need. */
export interface MaintenanceConfig {
  /** The direct address of each database, without a pooler; empty for the embedded one. */
  readonly urls: readonly string[];
  readonly connectTimeout: number;
  readonly databaseTimeout: number;
  readonly logLevel: string;
}

const maintenance = environment.pick({
  DATABASE_URL: true,
  DATABASE_URL_UNPOOLED: true,
  DATABASE_CONNECT_TIMEOUT_MS: true,
  DATABASE_TIMEOUT_MS: true,
  LOG_LEVEL: true,
});

/** Reads the variables for the databases, not those for tokens. Throws ConfigError. */
export const readMaintenanceConfig = (record: Present): MaintenanceConfig => {
  const parsed = maintenance.safeParse(presentIn(record));
  if (!parsed.success) throw new ConfigError(faultsIn(parsed.error));
  const env = parsed.data;
  const pooled = env.DATABASE_URL === undefined ? [] : [unpooled(env.DATABASE_URL)];
  return {
    urls: env.DATABASE_URL_UNPOOLED ?? pooled,
    connectTimeout: env.DATABASE_CONNECT_TIMEOUT_MS,
    databaseTimeout: env.DATABASE_TIMEOUT_MS,
    logLevel: env.LOG_LEVEL,
  };
};

/**
 * Reads the configuration from a record of environment variables. An empty value counts as absent.
 */
export const readConfig = (record: Present): Config => {
  const present = presentIn(record);
  const parsed = environment.safeParse(present);
  const faults = [...faultsIn(parsed.error), ...faultsBetween(present)];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const env = parsed.data;
  const sharedSecret = env.JWT_SECRET ?? env.BETTER_AUTH_SECRET;
  return {
    port: env.PORT,
    host: env.HOST ?? (env.DATABASE_URL === undefined ? '127.0.0.1' : '0.0.0.0'),
    logLevel: env.LOG_LEVEL,
    database:
      env.DATABASE_URL === undefined
        ? null
        : {
            url: env.DATABASE_URL,
            poolMax: Math.max(1, Math.floor(env.DATABASE_POOL_MAX / env.WEB_CONCURRENCY)),
          },
    shardUrls: (env.DATABASE_URL_UNPOOLED ?? []).length > 1 ? (env.DATABASE_URL_UNPOOLED ?? []) : [],
    preparedStatements: env.DATABASE_PREPARED_STATEMENTS,
    shardingKey: env.DATABASE_SHARDING_KEY ?? null,
    connectTimeout: env.DATABASE_CONNECT_TIMEOUT_MS,
    databaseTimeout: env.DATABASE_TIMEOUT_MS,
    readyProbe: env.READY_PROBE,
    maxRequests: env.MAX_REQUESTS,
    maxConnections: env.MAX_CONNECTIONS,
    maxWaiting: env.MAX_WAITING,
    rateLimit: env.RATE_LIMIT,
    historyDays: env.HISTORY_DAYS,
    corsOrigins: env.CORS_ORIGINS,
    trustedProxies: env.TRUST_PROXY,
    publicUrl: env.PUBLIC_URL ?? null,
    mcp: env.MCP ?? env.DATABASE_URL === undefined,
    metricsPort: env.METRICS_PORT ?? null,
    metricsOnApi: env.METRICS_ON_API ?? (env.DATABASE_URL === undefined && env.METRICS_PORT === undefined),
    workers: env.WEB_CONCURRENCY,
    shutdownDelay: env.SHUTDOWN_DELAY_MS ?? (env.DATABASE_URL === undefined ? 0 : 5000),
    shutdownTimeout: env.SHUTDOWN_TIMEOUT_MS,
    dataDir: env.DATA_DIR,
    key:
      sharedSecret !== undefined
        ? { secret: sharedSecret }
        : env.JWT_JWKS_URL !== undefined
          ? { jwksUrl: new URL(env.JWT_JWKS_URL) }
          : null,
    issuers: env.JWT_ISSUER,
    audiences: env.JWT_AUDIENCE,
    requireScopes: env.REQUIRE_SCOPES,
    webhook:
      env.WEBHOOK_URL === undefined
        ? null
        : {
            url: new URL(env.WEBHOOK_URL),
            secrets: secretsOf(env.WEBHOOK_SECRET ?? '').filter((secret) => secret !== null),
          },
  };
};
