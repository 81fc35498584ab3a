// `npm run token -- alice`: a development token for a user, on standard output.
import { parseArgs } from 'node:util';
import { mintToken } from '../auth/development.ts';
import { isClientId, ownerIdFrom } from '../auth/principal.ts';
import { ConfigError, readConfig } from '../config.ts';
import { isScope, scopes } from '../contract/scopes.ts';
import { tokenKey } from '../db/connect.ts';
import { hasEmbeddedSecret } from '../db/embedded.ts';
import { DataDirectoryUnusable } from '../db/lock.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const usage =
  'Usage: npm run token -- USER [--scope SCOPES] [--client NAME], for example: npm run token -- alice';

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { scope: { type: 'string' }, client: { type: 'string' } },
    });
  } catch {
    return fail(usage);
  }
};

/** The user, and what else the token contains. Ends the process if the command line is wrong. */
const readArguments = () => {
  const { positionals, values } = parse();
  const subject = (positionals.length === 1 ? ownerIdFrom(positionals[0]) : null) ?? fail(usage);
  const { scope, client: clientId } = values;
  const granted = scope?.split(' ').filter((name) => name !== '') ?? scopes;
  if (!granted.every(isScope)) fail(`The scopes are ${scopes.join(', ')}. Put spaces between several.`);
  if (clientId !== undefined && !isClientId(clientId))
    fail('The name of a client has 1 to 255 characters, without control characters.');
  return { subject, granted: granted.filter(isScope), clientId };
};

try {
  const { subject, granted, clientId } = readArguments();
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
    const { issuers, audiences } = config;
    // A service with another DATA_DIR refuses the token, and would not say why.
    if (isNew) {
      console.error(
        `Created a new secret in ${config.dataDir}. Only a service with the same DATA_DIR accepts this token.`,
      );
    }
    console.log(
      await mintToken({ secret: key.secret, subject, issuers, audiences, scopes: granted, clientId }),
    );
  }
} catch (error) {
  if (error instanceof ConfigError || error instanceof DataDirectoryUnusable) fail(error.message);
  throw error;
}
