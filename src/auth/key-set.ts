// The published keys of an identity provider (RFC 7517): fetched early, refreshed in the
// background, and still used while the provider is unreachable. jose chooses the key of a token.
// This module decides when to fetch, because jose's own remote key set fetches again at each
// request after a failure, and makes all requests wait at each refresh.
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { problems } from '../contract/problem.ts';
import { publishedAlgorithms, type SkippedKey, type UsableKeys, usableKeysOf } from './usable-keys.ts';

/** The log of the key set: `(fields, message)`. */
export interface KeySetLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * The durations below are in milliseconds. After this one, keys in use are fetched again in the
 * background.
 */
const refreshAfter = 300_000;

/** After this one, a token waits for the new keys, unless the provider is unreachable. */
const revalidateAfter = 600_000;

/** While the provider is unreachable, the last keys are used for this long. */
const maxStale = 86_400_000;

/** How long a fetch may take. */
const fetchTimeout = 5_000;

/** How long requests wait for a fetch, from its start, because each holds a place meanwhile. */
const patience = 2_000;

/** The pause after a first failed fetch; it doubles with each further one, up to the longest. */
const firstPause = 1_000;
const longestPause = 30_000;

/** A token of an unknown key triggers a fetch, but not again within this time. */
const renewalCooldown = 10_000;

/** A key set may be this large, in bytes once decoded. Real ones are a few kilobytes. */
const maxSize = 1_048_576;

/** Verifies tokens. */
export interface VerificationKeys {
  /** The values of `alg` that a token may have. */
  readonly algorithms: readonly string[];
  /** Finds the key that a token names; throws jose's errors. */
  readonly find: JWTVerifyGetKey;
  /**
   * A number that changes with the keys; null while no key may be trusted. Starts a fetch when one
   * is due.
   */
  version(): number | null;
  /** Resolves when keys are available. Throws a Problem: 503. */
  ready(): Promise<void>;
  /**
   * Fetches the keys for a token whose key is unknown. Resolves to false if they were fetched just
   * now. Throws a Problem: 503.
   */
  renew(): Promise<boolean>;
  /**
   * Fetches the keys before a token needs them. Resolves when the fetch has ended, even if it
   * failed.
   */
  prepare(): Promise<void>;
}

interface Fetching {
  /** Ends with the fetch, whether it succeeds or not. */
  readonly done: Promise<void>;
  /** Ends with the fetch, or when requests have waited long enough. */
  readonly soon: Promise<void>;
  isSlow: boolean;
}

const textOf = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maxSize) throw new Error(`the key set is larger than ${maxSize} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

const fetchKeys = async (url: URL): Promise<UsableKeys> => {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // Keys come from the configured address only.
    redirect: 'manual',
    signal: AbortSignal.timeout(fetchTimeout),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the key set's response has status ${response.status}`);
  }
  return usableKeysOf(JSON.parse(await textOf(response)));
};

/** Logs which keys of a set are not used, once for as long as they stay the same. */
const createReport = (log: KeySetLog) => {
  let reported = '';
  return (faulty: readonly SkippedKey[], ignored: readonly SkippedKey[]): void => {
    const skipped = JSON.stringify([faulty, ignored]);
    if (skipped === reported) return;
    reported = skipped;
    if (faulty.length > 0) log.warn({ keys: faulty }, 'the key set has keys that cannot be trusted');
    if (ignored.length > 0) log.info({ keys: ignored }, 'the key set has keys that are not for tokens');
  };
};

/** Starts work that many callers may wait for, each for at most `patience` from its start. */
const begin = (work: Promise<void>): Fetching => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      fetching.isSlow = true;
      resolve();
    }, patience);
  });
  const done = work.finally(() => clearTimeout(timer));
  const fetching: Fetching = { done, soon: Promise.race([done, tooLong]), isSlow: false };
  return fetching;
};

/** When to fetch again after failures. */
const createBackoff = () => {
  let failures = 0;
  let retryAt = 0;
  return {
    get failures() {
      return failures;
    },
    isOver: () => Date.now() >= retryAt,
    fail: () => {
      const pause = Math.min(longestPause, firstPause * 2 ** failures);
      failures += 1;
      // Not at the same time as other instances, which have failed at the same moment.
      retryAt = Date.now() + pause * (1 + Math.random() / 4);
    },
    reset: () => {
      failures = 0;
      retryAt = 0;
    },
  };
};

/** The keys of the last fetch. */
interface Fetched {
  readonly find: JWTVerifyGetKey;
  readonly version: number;
  /** The keys as text, to notice when they change. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Fetches the keys at `url`, one fetch at a time, and keeps the last ones. */
const createFetcher = (url: URL, log: KeySetLog) => {
  const report = createReport(log);
  const backoff = createBackoff();
  let fetched: Fetched | null = null;
  let fetching: Fetching | null = null;
  let versions = 0;
  const accept = ({ keys, ignored, faulty }: UsableKeys): void => {
    report(faulty, ignored);
    if (keys.length === 0) {
      // A key that anyone can sign with may have been trusted before, so the earlier keys are
      // dropped. Broken keys are a temporary fault.
      if (faulty.length === 0 || faulty.some(({ reason }) => reason !== 'broken')) fetched = null;
      throw new Error('the key set has no key that can be trusted');
    }
    const text = JSON.stringify(keys);
    if (text !== fetched?.text) versions += 1;
    fetched = { find: createLocalJWKSet({ keys: [...keys] }), version: versions, text, at: Date.now() };
    const { failures } = backoff;
    if (failures > 0) log.info({ failures }, 'the key set can be fetched again');
    backoff.reset();
  };
  const fail = (error: unknown): void => {
    backoff.fail();
    const { failures } = backoff;
    log.warn({ err: error, failures, stale: fetched !== null }, 'the key set could not be fetched');
  };
  const start = (): Fetching => {
    const work = fetchKeys(url).then(accept).catch(fail);
    fetching = begin(
      work.finally(() => {
        fetching = null;
      }),
    );
    return fetching;
  };
  return {
    get fetched() {
      return fetched;
    },
    get fetching() {
      return fetching;
    },
    get isFailing() {
      return backoff.failures > 0;
    },
    /** False during the pause after a failure, and while a fetch is in progress. */
    mayStart: () => fetching === null && backoff.isOver(),
    /** The fetch in progress, or a new one. */
    fetch: () => fetching ?? start(),
  };
};

/** The key set at `url`. Nothing is fetched until it is needed. */
export const createKeySet = (url: URL, log: KeySetLog): VerificationKeys => {
  const source = createFetcher(url, log);
  let renewableAt = 0;
  // The log contains the cause, once for each fetch.
  const unavailable = () => problems.unavailable(new Error('there is no fresh key set'));
  const isOutOfReach = () => source.isFailing || source.fetching?.isSlow === true;
  const version = (): number | null => {
    const { fetched } = source;
    const age = fetched === null ? Number.POSITIVE_INFINITY : Date.now() - fetched.at;
    if (age >= refreshAfter && source.mayStart()) source.fetch();
    return fetched !== null && age < (isOutOfReach() ? maxStale : revalidateAfter) ? fetched.version : null;
  };
  return {
    algorithms: publishedAlgorithms,
    find: async (header, token) => {
      if (source.fetched === null) throw unavailable();
      return source.fetched.find(header, token);
    },
    version,
    ready: async () => {
      if (version() !== null) return;
      await source.fetching?.soon;
      if (version() === null) throw unavailable();
    },
    renew: async () => {
      if (source.fetching === null) {
        if (!source.mayStart()) throw unavailable();
        const now = Date.now();
        if (!source.isFailing && now < renewableAt) return false;
        renewableAt = now + renewalCooldown;
      }
      await source.fetch().soon;
      if (isOutOfReach()) throw unavailable();
      return true;
    },
    prepare: () => source.fetch().done,
  };
};
