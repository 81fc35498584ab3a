// A key set, an API that trusts it, a victim with a task, and an attacker who knows everything that
// is public and also has a key and a server.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import {
  audience,
  claimsFor,
  issuer,
  newKey,
  publish,
  type SigningKey,
  serve,
  tokenOf,
  type WebServer,
} from './issuer.ts';
import {
  expectRefusals,
  expectUnlogged,
  expectUntouched,
  invalidToken,
  newVictim,
  type Victim,
} from './refusal.ts';

export interface World {
  readonly api: Api;
  readonly victim: Victim;
  readonly rsa: SigningKey;
  readonly ec: SigningKey;
  readonly ed: SigningKey;
  /** The attacker's own key, and where the attacker publishes it. */
  readonly evil: SigningKey;
  readonly evilUrl: string;
  /** The claims of the victim's token. */
  readonly claims: Record<string, unknown>;
  readonly genuine: string;
}

export type Forge = (world: World) => string | Promise<string>;

export const partsOf = (token: string) => token.split('.') as [string, string, string];

/**
 * Sets the world up for a test file. After each test, the victim's task is unchanged, the
 * attacker's server has received no request, and no token is in the log.
 */
export const useWorld = () => {
  let keySet: WebServer;
  let attacker: WebServer;
  let world: World;
  const sent: string[] = [];
  beforeAll(async () => {
    const [rsa, ec, ed, evil] = await Promise.all([
      newKey('RS256'),
      newKey('ES256'),
      newKey('EdDSA'),
      newKey('RS256'),
    ]);
    keySet = await serve(publish(rsa, ec, ed));
    attacker = await serve(publish(evil));
    const tokens = { key: { jwksUrl: keySet.url }, issuer, audience };
    const api = await startApi({ tokens, logLevel: 'trace' });
    const victim = await newVictim(api, (owner) => tokenOf(rsa, claimsFor(owner)));
    const claims = claimsFor(victim.id);
    world = { api, victim, rsa, ec, ed, evil, evilUrl: attacker.url.href, claims, genuine: victim.token };
  });
  afterEach(async () => {
    await expectUntouched(world.api, world.victim);
    expect(attacker.requests).toBe(0);
    expectUnlogged(world.api, [world.genuine, ...sent.splice(0)]);
  });
  afterAll(async () => {
    await world.api.close();
    await Promise.all([keySet.close(), attacker.close()]);
  });
  return {
    now: () => world,
    /** Tries the forged token on everything that the victim has. */
    refuse: async (forge: Forge): Promise<void> => {
      const token = await forge(world);
      sent.push(token);
      await expectRefusals(world.api, world.victim, invalidToken, [`Authorization: Bearer ${token}`]);
    },
  };
};
