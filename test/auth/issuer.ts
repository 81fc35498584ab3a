// An identity provider for the tests: keys created by jose, a key set over HTTP that can be made to
// fail, and tokens that no honest library would sign.
import { createHmac, KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const issuer = 'https://issuer.example';
export const audience = 'https://tasks.example';

export const now = (): number => Math.floor(Date.now() / 1000);

/** Claims that every API of these tests accepts. */
export const claimsFor = (owner: string): Record<string, unknown> => ({
  iss: issuer,
  aud: audience,
  sub: owner,
  exp: now() + 3600,
});

export type Algorithm = 'EdDSA' | 'ES256' | 'RS256';
export type Sign = (input: Buffer) => Buffer;

export interface SigningKey {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** As published, without `kid` if the key set should not contain it. */
  readonly jwk: JWK;
  readonly sign: Sign;
}

export const newKey = async (alg: Algorithm, named = true): Promise<SigningKey> => {
  const pair = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  const privateKey = KeyObject.from(pair.privateKey);
  return {
    alg,
    kid,
    publicKey: KeyObject.from(pair.publicKey),
    privateKey,
    jwk: { ...(await exportJWK(pair.publicKey)), alg, use: 'sig', ...(named && { kid }) },
    sign: (input) =>
      sign(alg === 'EdDSA' ? null : 'sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
};

export const hmac =
  (secret: string | Buffer): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A compact JWS (RFC 7515, section 3.1) of any header and payload; a string is used unchanged. */
export const compact = (header: unknown, payload: unknown, signWith: Sign): string => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signWith(Buffer.from(input)).toString('base64url')}`;
};

/**
 * A token as the issuer itself would sign it; `header` adds to its header or removes from it
 * (undefined).
 */
export const tokenOf = (
  key: SigningKey,
  payload: unknown,
  header: Readonly<Record<string, unknown>> = {},
): string => compact({ alg: key.alg, kid: key.kid, ...header }, payload, key.sign);

export interface WebServer {
  readonly url: URL;
  /** How many requests have come. */
  requests: number;
  /** The handler for them; may be replaced at any time. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** Listens on a port of the loopback address, a free one unless named. */
export const serve = async (answer: RequestListener, wanted = 0): Promise<WebServer> => {
  const server = createServer((request, response) => {
    web.requests += 1;
    web.answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(wanted, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const web: WebServer = {
    url: new URL(`http://127.0.0.1:${port}/jwks`),
    requests: 0,
    answer,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return web;
};

/** Responds with a key set (RFC 7517, section 5). */
export const publish =
  (...keys: readonly SigningKey[]): RequestListener =>
  (_request, response) => {
    response.setHeader('Content-Type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  };
