// `npm run token -- alice`: a development token for a user, on standard output.
import { mintToken } from '../auth/development.ts';
import { ownerIdFrom } from '../auth/principal.ts';
import { ConfigError, readConfig } from '../config.ts';
import { tokenKey } from '../db/connect.ts';
import { hasEmbeddedSecret } from '../db/embedded.ts';
import { DataDirectoryUnusable } from '../db/lock.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

try {
  const subject =
    (process.argv.length === 3 && !process.argv[2]?.startsWith('-') ? ownerIdFrom(process.argv[2]) : null) ??
    fail('Usage: npm run token -- USER, for example: npm run token -- alice');
  // In a path, `me` is whoever the token names.
  if (subject === 'me')
    fail(
      '"me" stands for the user of a token, so no user has that name. Choose another: npm run token -- alice',
    );
  const config = readConfig(process.env);
  const isNew = config.key === null && !hasEmbeddedSecret(config.dataDir);
  const key = await tokenKey(config);
  if (!('secret' in key)) fail('JWT_JWKS_URL is set: your identity provider issues the tokens.');
  else {
    const { issuer, audience } = config;
    // A service with another DATA_DIR refuses the token, and would not say why.
    if (isNew) {
      console.error(
        `Created a new secret in ${config.dataDir}. Only a service with the same DATA_DIR accepts this token.`,
      );
    }
    console.log(await mintToken({ secret: key.secret, subject, issuer, audience }));
  }
} catch (error) {
  if (error instanceof ConfigError || error instanceof DataDirectoryUnusable) fail(error.message);
  throw error;
}
