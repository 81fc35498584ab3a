// Tokens and owners for the tests. Each test takes owners of its own, so none needs cleaning up
// after.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

export const testSecret = 'a secret for the tests, 32 bytes and more';

export const newOwner = (): string => `user-${randomUUID()}`;

/** An HS256 token signed with `testSecret`, good for an hour unless `claims` says otherwise. */
export const tokenFor = (owner: string, claims: Record<string, unknown> = {}): Promise<string> =>
  new SignJWT({ sub: owner, exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(testSecret));
