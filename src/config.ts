// The environment, read once and checked as a whole: every fault is reported in one go. Values are never repeated in
// a fault, because some of them are secrets.
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1).max(600_000);

const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a postgres:// or postgresql:// address',
});

const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= 32,
    'must be at least 32 bytes, as HS256 requires (RFC 7518, 3.2)',
  );

const environment = z
  .object({
    PORT: z.coerce.number('must be a port number').int().min(0).max(65_535).default(3000),
    HOST: z.string().optional(),
    DATABASE_URL: databaseUrl.optional(),
    DATABASE_URL_UNPOOLED: databaseUrl.optional(),
    DATABASE_POOL_MAX: z.coerce.number('must be a number').int().min(1).max(1000).default(10),
    DATABASE_PREPARED_STATEMENTS: flag.default(true),
    DATABASE_CONNECT_TIMEOUT_MS: milliseconds.default(15_000),
    DATA_DIR: z.string().default('.data'),
    JWT_SECRET: secret.optional(),
    BETTER_AUTH_SECRET: secret.optional(),
    JWT_JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
    JWT_ISSUER: z.string().optional(),
    JWT_AUDIENCE: z.string().optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    NODE_ENV: z.string().optional(),
  })
  .superRefine((env, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const keys = [env.JWT_SECRET ?? env.BETTER_AUTH_SECRET, env.JWT_JWKS_URL].filter(
      (key) => key !== undefined,
    );
    if (keys.length > 1) fault('JWT_JWKS_URL', 'set either a secret or a key set, not both');
    if (keys.length === 0 && env.DATABASE_URL !== undefined) {
      fault('JWT_SECRET', 'set JWT_SECRET (or BETTER_AUTH_SECRET) or JWT_JWKS_URL: tokens cannot be checked');
    }
    if (env.DATABASE_URL === undefined && env.DATABASE_URL_UNPOOLED !== undefined) {
      fault('DATABASE_URL', 'is required when DATABASE_URL_UNPOOLED is set');
    }
    if (env.DATABASE_URL === undefined && env.NODE_ENV === 'production') {
      fault('DATABASE_URL', 'is required in production: the embedded database is for development');
    }
  });

export interface Config {
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  readonly logLevel: string;
  /** Where Postgres is, or null for the embedded one. */
  readonly database: {
    readonly url: string;
    /** The address for migrations, past any pooler. */
    readonly unpooledUrl: string;
    readonly poolMax: number;
  } | null;
  readonly preparedStatements: boolean;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Where the embedded database and its secret lie. */
  readonly dataDir: string;
  /** The key that tokens are checked with, or null for the embedded database's own secret. */
  readonly key: { readonly secret: string } | { readonly jwksUrl: URL } | null;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** Everything that is wrong with the environment, a line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['The environment has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads the configuration from a record of environment variables. An empty value counts as absent. */
export const readConfig = (record: Readonly<Record<string, string | undefined>>): Config => {
  const present = Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
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
            unpooledUrl: env.DATABASE_URL_UNPOOLED ?? env.DATABASE_URL,
            poolMax: env.DATABASE_POOL_MAX,
          },
    preparedStatements: env.DATABASE_PREPARED_STATEMENTS,
    connectTimeout: env.DATABASE_CONNECT_TIMEOUT_MS,
    dataDir: env.DATA_DIR,
    key:
      sharedSecret !== undefined
        ? { secret: sharedSecret }
        : env.JWT_JWKS_URL !== undefined
          ? { jwksUrl: new URL(env.JWT_JWKS_URL) }
          : null,
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
  };
};
