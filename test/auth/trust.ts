// An API whose trust can be replaced while it runs, because starting one takes seconds and these tests want many.
import { type Authenticate, createAuthenticate, type TokenSettings } from '../../src/auth/verify.ts';
import { type Api, startApi } from '../support/app.ts';

export interface TrustingApi extends Api {
  /** From now on tokens are checked as by an API just started with these settings: with no key fetched yet. */
  trust(tokens: TokenSettings): void;
}

/** Starts an API that logs everything, trusting `tokens`. */
export const startTrusting = async (tokens: TokenSettings): Promise<TrustingApi> => {
  let authenticate: Authenticate = createAuthenticate(tokens);
  const api = await startApi({ authenticate: (lines) => authenticate(lines), logLevel: 'trace' });
  return {
    ...api,
    trust: (settings) => {
      authenticate = createAuthenticate(settings);
    },
  };
};
