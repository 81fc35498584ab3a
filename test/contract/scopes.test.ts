// Every operation of the contract with every kind of claim about scopes. The cases are made from the
// contract, so an operation that is added to it is covered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopeOf, scopes } from '../../src/contract/scopes.ts';
import { sharedPostgres } from '../support/app.ts';
import { type Operation, operations } from '../support/contract.ts';
import { sendRaw } from '../support/raw.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';
import { absent, type ExampleRequest, requestsOf, type Target } from './requests.ts';
import { metadataParameter, type Sweep, startSweep, type Victim } from './sweep-client.ts';

type Claims = Readonly<Record<string, unknown>>;

const secured = operations.filter((operation) => operation.secured);
const scoped = secured.flatMap((operation) => {
  const scope = scopeOf(operation.definition);
  return scope === null ? [] : [[operation.id, operation, scope] as const];
});
const others = (scope: string): string[] => scopes.filter((other) => other !== scope);

/** Claims that do not grant `scope`, with what they are. */
const refused = (scope: string): [string, Claims][] => [
  ['an empty scope', { scope: '' }],
  ['an empty list', { scp: [] }],
  ['the other scopes', { scope: others(scope).join(' ') }],
  ['the other scopes in a list', { scp: others(scope) }],
  ['a scope of the wrong type', { scope: { [scope]: true } }],
  ['an scp of the wrong type', { scp: 1 }],
];

/** More of them, in other spellings. */
const refusedSpellings = (scope: string): [string, Claims][] => [
  ['spaces', { scope: '  ' }],
  ['no scope of this API', { scope: 'openid profile email' }],
  ['null', { scope: null }],
  ['a number', { scope: 1 }],
  ['true', { scp: true }],
  ['a list with something else in it', { scp: [scope, 1] }],
  ['a list in a list', { scp: [[scope]] }],
  ['all in one text of a list', { scp: [scopes.join(' ')] }],
  ['a list as text', { scope: JSON.stringify(scopes) }],
  ['commas', { scope: scopes.join(',') }],
  ['a tab', { scope: scopes.join('\t') }],
  ['a line feed', { scope: `${scope}\n` }],
  ['a no-break space', { scope: scopes.join('\u00a0') }],
  ['upper case', { scope: scope.toUpperCase() }],
  ['a look-alike', { scope: scope.replace('a', '\u0430') }],
  ['another normal form', { scope: scope.replace(':', '\uff1a') }],
  ['a character that is not shown', { scope: `\u200b${scope}` }],
  ['a longer name', { scope: `${scope}s ${scope}:all` }],
  ['a shorter name', { scope: `tasks ${scope.slice(0, -1)}` }],
  ['a wildcard', { scope: 'tasks:* *' }],
  ['scope without it, scp with it', { scope: others(scope).join(' '), scp: scopes }],
  ['scope with it, scp without it', { scope: scopes.join(' '), scp: others(scope) }],
  ['scope with it, scp of the wrong type', { scope, scp: 1 }],
  ['scope null, scp with it', { scope: null, scp: [scope] }],
  ['another claim', { scope: '', scopes: scope, permissions: [scope], roles: [scope] }],
  ['very many other names', { scope: 'x '.repeat(5000) }],
];

/** Claims that grant `scope` and no other one. */
const granted = (scope: string): [string, Claims][] => [
  ['scope', { scope }],
  ['scp', { scp: [scope] }],
];

/** More of them, in other spellings. */
const grantedSpellings = (scope: string): [string, Claims][] => [
  ['scope among others', { scope: `openid ${scope} offline_access` }],
  ['scope with more spaces', { scope: `  openid   ${scope} ` }],
  ['scope twice', { scope: `${scope} ${scope}` }],
  ['scope after very many', { scope: `${'x '.repeat(5000)}${scope}` }],
  ['scope as a list', { scope: [scope] }],
  ['scp as text', { scp: `openid ${scope}` }],
  ['scp among others', { scp: ['openid', scope] }],
  ['both, with one in common', { scope: `${scope} openid`, scp: [scope, 'email'] }],
];

const challengeFor = (scope: string) =>
  `Bearer error="insufficient_scope", scope="${scope}", ${metadataParameter}`;

test('all operations that write need a scope for it, and all that read need that one', () => {
  const expected = (method: string, id: string) =>
    id === 'deleteUserData' ? 'tasks:erase' : method === 'GET' ? 'tasks:read' : 'tasks:write';
  for (const [id, { method }, scope] of scoped) expect([id, scope]).toEqual([id, expected(method, id)]);
  expect(secured.filter(({ definition }) => scopeOf(definition) === null).map(({ id }) => id)).toEqual([
    'getSession',
  ]);
});

const postgres = sharedPostgres();
const everything = { scope: scopes.join(' ') };
const listTasks = secured.find(({ id }) => id === 'listTasks') as Operation;

describe.each([false, true])('with REQUIRE_SCOPES=%s', (requireScopes) => {
  let sweep: Sweep;
  let reader: Victim;
  beforeAll(async () => {
    const tokens = { key: { secret: testSecret }, requireScopes };
    sweep = await startSweep({ postgres: postgres(), tokens });
    reader = await newOwnerOfAll();
  });
  afterAll(() => sweep.api.close());

  const newOwnerOfAll = () => sweep.newVictim(everything);

  /** The first example request of an operation, about `target`. */
  const requestOf = (operation: Operation, target: Target): ExampleRequest =>
    requestsOf(operation, target)[0] as ExampleRequest;

  const expectRefusal = async (
    owner: string,
    operation: Operation,
    request: ExampleRequest,
    claims: Claims,
  ) => {
    const scope = scopeOf(operation.definition) ?? '';
    const answer = await sweep.send(operation, request, await tokenFor(owner, claims));
    expect([claims, answer.status]).toEqual([claims, 403]);
    expect(answer.headers['www-authenticate']).toBe(challengeFor(scope));
    expect(JSON.parse(answer.text).type).toBe('/problems/insufficient-scope');
    return answer;
  };

  const expectSuccess = async (operation: Operation, claims: Claims) => {
    const owner = operation.method === 'GET' ? reader : await newOwnerOfAll();
    const token = await tokenFor(owner.id, claims);
    const { status } = await sweep.send(operation, requestOf(operation, owner.open), token);
    expect([claims, status < 300]).toEqual([claims, true]);
  };

  test.each(scoped)(
    '%s is refused without its scope, whatever else is wrong',
    async (_id, operation, scope) => {
      const [victim, stranger] = [await newOwnerOfAll(), absent()];
      const before = await sweep.rowsOf(victim.id);
      const good = requestOf(operation, victim.open);
      const broken = { ...good, path: `${good.path.split('?')[0]}?unknown=1`, json: good.json && 7 };
      const cases = requireScopes ? [{}] : refused(scope).map(([, claims]) => claims);
      for (const claims of cases) {
        await expectRefusal(victim.id, operation, good, claims);
      }
      // The same for what is the caller's, another's, no one's and not even valid.
      const claims = { scope: others(scope).join(' ') };
      const own = await expectRefusal(victim.id, operation, good, claims);
      for (const request of [good, broken, requestOf(operation, stranger)]) {
        expect(await expectRefusal(stranger.user_id, operation, request, claims)).toEqual(own);
      }
      expect(await sweep.rowsOf(victim.id, stranger.user_id)).toEqual(before);
    },
  );

  test.each(scoped)('%s is allowed with its scope alone', async (_id, operation, scope) => {
    for (const [, claims] of granted(scope)) await expectSuccess(operation, claims);
    // Without the claim, it is allowed only if scopes are not required.
    if (!requireScopes) await expectSuccess(operation, {});
  });

  test.each(refusedSpellings('tasks:read'))('not a scope: %s', async (_name, claims) => {
    await expectRefusal(newOwner(), listTasks, requestOf(listTasks, absent()), claims);
  });

  test.each(grantedSpellings('tasks:read'))('a scope: %s', (_name, claims) =>
    expectSuccess(listTasks, claims),
  );

  test('HEAD needs the scope of GET, and OPTIONS needs no token', async () => {
    const owner = await newOwnerOfAll();
    for (const [, operation, scope] of scoped.filter(([, { method }]) => method === 'GET')) {
      const { path } = requestOf(operation, owner.open);
      const head = async (claims: Claims) =>
        sweep.api.send('HEAD', path, { token: await tokenFor(owner.id, claims) });
      const answer = await head({ scope: others(scope).join(' ') });
      expect([answer.status, answer.text]).toEqual([403, '']);
      expect(answer.headers.get('www-authenticate')).toBe(challengeFor(scope));
      expect((await head({ scope })).status).toBe(200);
      expect((await sweep.api.send('OPTIONS', path)).status).toBe(204);
      const token = await tokenFor(owner.id, { scope: '' });
      expect((await sweep.api.send('OPTIONS', path, { token })).status).toBe(204);
    }
  });

  test('a token that only reads does everything that reads, and changes nothing', async () => {
    const owner = await newOwnerOfAll();
    const token = await tokenFor(owner.id, { scope: 'tasks:read' });
    const before = await sweep.rowsOf(owner.id);
    for (const operation of secured) {
      for (const request of requestsOf(operation, owner.open)) {
        const { status } = await sweep.send(operation, request, token);
        if (operation.method === 'GET') expect([200, 304, 412]).toContain(status);
        else expect([operation.id, status]).toEqual([operation.id, 403]);
      }
    }
    expect(await sweep.rowsOf(owner.id)).toEqual(before);
  });

  test('a token that only writes reads nothing and erases nothing', async () => {
    const owner = await newOwnerOfAll();
    const token = await tokenFor(owner.id, { scope: 'tasks:write' });
    for (const [id, operation, scope] of scoped.filter(([, , needed]) => needed !== 'tasks:write')) {
      const { status, text } = await sweep.send(operation, requestOf(operation, owner.open), token);
      expect([id, scope, status]).toEqual([id, scope, 403]);
      expect(text).not.toContain(owner.open.task_id);
    }
    const { json } = await owner.send('GET', 'tasks');
    expect(json.items.length).toBe(2);
  });

  test('getSession takes any token, and returns its scopes of this API', async () => {
    const owner = await newOwnerOfAll();
    const all = requireScopes ? [] : scopes;
    for (const [claims, expected] of [
      [{}, all],
      [{ scope: '' }, []],
      [{ scope: 7 }, []],
      [{ scope: 'tasks:write openid tasks:read' }, ['tasks:read', 'tasks:write']],
      [{ scp: ['tasks:erase'] }, ['tasks:erase']],
      [{ scope: 'tasks:read tasks:write', scp: ['tasks:erase', 'tasks:write'] }, ['tasks:write']],
    ] as const) {
      const token = await tokenFor(owner.id, { ...claims, client_id: 'agent' });
      // The second one is from the cache.
      for (let n = 0; n < 2; n++) {
        const { status, json } = await sweep.api.send('GET', '/api/v1/session', { token });
        expect([status, json.scopes, json.client_id]).toEqual([200, expected, 'agent']);
      }
    }
  });

  test('two tokens of one user keep their own scopes, also from the cache', async () => {
    const owner = await newOwnerOfAll();
    const [reading, writing] = await Promise.all(
      ['tasks:read', 'tasks:write'].map((scope) => tokenFor(owner.id, { scope })),
    );
    const statusOf = async (method: string, token: string | undefined) =>
      (
        await owner.send(method, 'tasks', {
          token: token ?? '',
          ...(method === 'POST' && { json: { title: 'a' } }),
        })
      ).status;
    for (let n = 0; n < 3; n++) {
      expect([await statusOf('GET', reading), await statusOf('POST', reading)]).toEqual([200, 403]);
      expect([await statusOf('GET', writing), await statusOf('POST', writing)]).toEqual([403, 201]);
    }
  });

  test('a body is not read: the refusal comes before it', async () => {
    const owner = await newOwnerOfAll();
    const token = await tokenFor(owner.id, { scope: 'tasks:read' });
    const bytes = [
      'POST /api/v1/users/me/tasks HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      'Content-Length: 1000000',
      'Connection: close',
      '',
      '',
    ].join('\r\n');
    const answer = await sendRaw(sweep.api.url, 'POST', '/api/v1/users/me/tasks', bytes);
    expect(answer.status).toBe(403);
  });
});

test('a refusal for lack of a scope counts as a request of its owner', async () => {
  const sweep = await startSweep({ postgres: postgres(), app: { rateLimit: 3 } });
  try {
    const owner = newOwner();
    const token = await tokenFor(owner, { scope: 'tasks:write' });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await sweep.api.send('GET', '/api/v1/users/me/tasks', { token });
      statuses.push(status);
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"owner";r=${Math.max(0, 2 - n)};`));
    }
    expect(statuses).toEqual([403, 403, 403, 429, 429]);
    // Those of the owner's other tokens, too.
    const { status } = await sweep.api.send('GET', '/api/v1/session', { token: await tokenFor(owner) });
    expect(status).toBe(429);
  } finally {
    await sweep.api.close();
  }
});
