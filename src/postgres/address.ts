// Reads a Postgres URL once, and honours all of it: Neon's URLs work as they are pasted, and a URL
// that asks for something that this service cannot do is refused with a line that reports it, never
// obeyed in part.
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';

/** A connection as `pg` takes it. */
export interface Address extends ClientConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly ssl: ConnectionOptions | false;
  /**
   * True when the server must bind its authentication to the TLS channel (RFC 5929), as Neon's URLs
   * demand.
   */
  readonly channelBindingRequired: boolean;
}

/**
 * The URL asks for something that cannot be done. The message names the parameter, and contains no
 * value that could be a secret.
 */
export class AddressError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AddressError';
  }
}

const local = new BlockList();
local.addSubnet('127.0.0.0', 8);
local.addSubnet('10.0.0.0', 8);
local.addSubnet('172.16.0.0', 12);
local.addSubnet('192.168.0.0', 16);
local.addSubnet('169.254.0.0', 16);
local.addAddress('::1', 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether `host` is reached over a network that others can listen on: anything but private names
 * and addresses.
 */
export const isPublic = (host: string): boolean => {
  const family = isIP(host);
  if (family !== 0) return !local.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return !host.startsWith('/') && host.includes('.') && !/\.(?:local|localhost|internal|test)$/.test(host);
};

const modes = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'];

const oneOf = (name: string, value: string, allowed: readonly string[]): string => {
  if (!allowed.includes(value)) throw new AddressError(`${name} must be one of ${allowed.join(', ')}`);
  return value;
};

const certificates = (file: string): string => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new AddressError('sslrootcert names a file that cannot be read');
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new AddressError('sslrootcert names a file without a certificate');
  }
  return text;
};

const tlsOf = (mode: string, host: string, rootCertificate: string | null): ConnectionOptions | false => {
  if (mode === 'disable') return false;
  if (mode === 'no-verify') return { rejectUnauthorized: false };
  const ca = rootCertificate === null || rootCertificate === 'system' ? null : certificates(rootCertificate);
  const trust = { rejectUnauthorized: true, ...(ca !== null && { ca }) };
  // As in libpq, `require` with a root certificate verifies the chain; to a public host it verifies
  // the name as well.
  if (mode === 'verify-full' || (mode === 'require' && isPublic(host))) return trust;
  if (mode === 'verify-ca' || ca !== null) return { ...trust, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false };
};

const decoded = (text: string, what: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError(`the ${what} has a broken percent-escape`);
  }
};

// They would be sent as start-up parameters, which transaction poolers refuse.
const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];

const known = new Set([
  'sslmode',
  'sslrootcert',
  'sslnegotiation',
  'channel_binding',
  'options',
  'application_name',
  'gssencmode',
]);

const checkNames = (parameters: URLSearchParams): void => {
  for (const name of parameters.keys()) {
    if (limits.includes(name)) {
      throw new AddressError(
        `${name} cannot be set in the URL, poolers refuse it: run \`npm run limits\`, which sets it on the role`,
      );
    }
    if (!known.has(name)) {
      // A text that is not a name may be the rest of a password that was not escaped.
      const shown = /^[a-z_]{1,40}$/.test(name) ? name : 'what follows the question mark';
      throw new AddressError(`${shown} is a parameter that cannot be honoured`);
    }
    if (parameters.getAll(name).length > 1) throw new AddressError(`${name} appears twice`);
  }
};

/** Reads a `postgres://` or `postgresql://` URL. Throws AddressError. */
export const parseAddress = (text: string): Address => {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new AddressError('must be a postgres:// or postgresql:// address');
  }
  const parameters = url.searchParams;
  checkNames(parameters);
  const host = decoded(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw new AddressError('names no host');
  if (host.includes(',')) throw new AddressError('names several hosts, and only one can be honoured');
  const fallback = isPublic(host) ? 'require' : 'disable';
  const mode = oneOf('sslmode', parameters.get('sslmode') ?? fallback, modes);
  const ssl = tlsOf(mode, host, parameters.get('sslrootcert'));
  const negotiation = oneOf('sslnegotiation', parameters.get('sslnegotiation') ?? 'postgres', [
    'postgres',
    'direct',
  ]);
  const binding = oneOf('channel_binding', parameters.get('channel_binding') ?? 'prefer', [
    'disable',
    'prefer',
    'require',
  ]);
  oneOf('gssencmode', parameters.get('gssencmode') ?? 'disable', ['disable', 'prefer']);
  if (ssl === false && binding === 'require') {
    throw new AddressError('channel_binding=require needs TLS, which sslmode=disable turns off');
  }
  if (ssl === false && negotiation === 'direct') throw new AddressError('sslnegotiation=direct needs TLS');
  // As in libpq, the user of the operating system when the URL names none.
  const user = decoded(url.username, 'user') || userInfo().username;
  const options = parameters.get('options');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: decoded(url.password, 'password'),
    database: decoded(url.pathname.slice(1), 'database') || user,
    ssl,
    sslnegotiation: negotiation as 'postgres' | 'direct',
    enableChannelBinding: ssl !== false && binding !== 'disable',
    channelBindingRequired: binding === 'require',
    application_name: parameters.get('application_name') ?? 'tasks-api',
    ...(options !== null && { options }),
  };
};

/** The host, the port and the database, as a name for logs. Throws AddressError. */
export const nameOf = (text: string): string => {
  const { host, port, database } = parseAddress(text);
  return `${host}:${port}/${database}`;
};

/** The direct address of a Neon database, given its pooled one; any other address as it is. */
export const unpooled = (text: string): string =>
  text.replace(/-pooler(\.[a-z0-9.-]+\.neon\.tech)(?=[:/?]|$)/i, '$1');
