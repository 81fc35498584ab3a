// An API whose trusted keys can be replaced while it runs, because starting one takes seconds and
// these tests need many.
import type { Authenticate } from '../../src/auth/authenticate.ts';
import { createAuthenticate, type TokenSettings } from '../../src/auth/verify.ts';
import { type Api, startApi } from '../support/app.ts';

export interface TrustingApi extends Api {
  /**
   * From now on, tokens are verified as in an API that has just started with these settings and has
   * not fetched any keys.
   */
  trust(tokens: TokenSettings): void;
  /** The log lines about the key set since the last call of `trust`. */
  readonly keySetLogs: { readonly level: string; readonly msg: string; readonly fields: object }[];
}

/** Starts an API that logs everything, trusting `tokens`. */
export const startTrusting = async (tokens: TokenSettings): Promise<TrustingApi> => {
  const keySetLogs: TrustingApi['keySetLogs'] = [];
  const log = {
    info: (fields: object, msg: string) => void keySetLogs.push({ level: 'info', msg, fields }),
    warn: (fields: object, msg: string) => void keySetLogs.push({ level: 'warn', msg, fields }),
  };
  let authenticate: Authenticate = createAuthenticate(tokens, log);
  const api = await startApi({
    authenticate: (lines, guard) => authenticate(lines, guard),
    logLevel: 'trace',
  });
  return {
    ...api,
    keySetLogs,
    trust: (settings) => {
      keySetLogs.length = 0;
      authenticate = createAuthenticate(settings, log);
    },
  };
};
