// The receiver and the secrets of the webhook, as the configuration has them. No error repeats a
// value: the address may contain credentials, and a secret is one.

/** Where messages go, and what signs them. */
export interface WebhookSettings {
  readonly url: URL;
  /** Each of them signs, so that a receiver that knows one of them can verify. */
  readonly secrets: readonly Buffer[];
}

const isLoopback = (hostname: string): boolean =>
  /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/** What is wrong with the address of the receiver; null if nothing is. */
export const faultOfUrl = (text: string): string | null => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an https address';
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return 'must be an https address: http is only for a receiver on this machine (localhost)';
  return url.hash === '' ? null : 'must not contain a fragment (#): it would not be sent';
};

/** Secrets at once: while one replaces another, there are two. */
const maxSecrets = 5;

// Bytes, as in Standard Webhooks' "Symmetric signature".
const [shortest, longest] = [24, 64];

const prefix = 'whsec_';

const withoutPadding = (base64: string): string => base64.replace(/={1,2}$/, '');

const secretOf = (text: string): Buffer | null => {
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isExact = withoutPadding(bytes.toString('base64')) === withoutPadding(encoded);
  const isValid = text.startsWith(prefix) && isExact;
  return isValid && bytes.length >= shortest && bytes.length <= longest ? bytes : null;
};

/** The secrets in `text`, separated by white space; null for a malformed one. */
export const secretsOf = (text: string): (Buffer | null)[] => text.trim().split(/\s+/).map(secretOf);

/** What is wrong with the secrets; null if nothing is. */
export const faultOfSecrets = (text: string): string | null => {
  const secrets = secretsOf(text);
  if (secrets.length > maxSecrets) return `must be ${maxSecrets} secrets at most`;
  const index = secrets.indexOf(null);
  const place = secrets.length > 1 ? `secret ${index + 1} of ${secrets.length} ` : '';
  return index < 0
    ? null
    : `${place}must be ${prefix} and ${shortest} to ${longest} bytes in base64, ` +
        `such as the output of: echo "${prefix}$(openssl rand -base64 32)"`;
};
