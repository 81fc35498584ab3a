// Every operation of the contract against everybody who must not use it. The cases are made from
// the contract, so an operation that is added to it is covered; one that the sweep cannot cover
// fails it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Operation, operations } from '../support/contract.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';
import {
  absent,
  type ExampleRequest,
  isAboutOne,
  requestsOf,
  type Target,
  unknownParameters,
  withoutValue,
} from './requests.ts';
import { metadataParameter, type Sweep, startSweep, targetOf } from './sweep-client.ts';

/**
 * The secured operations whose path contains no owner, and why they cannot reach another owner's
 * data.
 */
const withoutOwner: Readonly<Record<string, string>> = {
  getSession: 'returns what the token itself contains',
};

/** The operations that need no token. One more must be meant, and is written here. */
const open = [
  'getLiveness',
  'getReadiness',
  'getMetrics',
  'getOpenApiJson',
  'getOpenApiYaml',
  'getDocs',
  'getConsole',
  'getRoot',
  'getResourceMetadata',
  'getMcpResourceMetadata',
  'getProblemPage',
];

const secured = operations.filter((operation) => operation.secured);
const named = (list: readonly Operation[]) => list.map((operation) => [operation.id, operation] as const);
const ofOwner = (operation: Operation) => operation.path.includes('{user_id}');
const writes = (operation: Operation) => operation.method !== 'GET';

let sweep: Sweep;
beforeAll(async () => {
  sweep = await startSweep();
});
afterAll(() => sweep.api.close());

describe('the sweep covers the contract', () => {
  test('each secured operation is of an owner, or is listed with a reason', () => {
    const others = secured.filter((operation) => !ofOwner(operation)).map(({ id }) => id);
    expect(others).toEqual(Object.keys(withoutOwner));
  });

  test('it can fill every path parameter of a secured operation with what another owner has', () => {
    expect(secured.flatMap(unknownParameters)).toEqual([]);
    expect(
      unknownParameters({ ...(secured[0] as Operation), parameters: [{ name: 'label_id', in: 'path' }] }),
    ).toEqual(['label_id']);
  });

  test('it has a value for every optional parameter', () => {
    expect(operations.flatMap(withoutValue)).toEqual([]);
    expect(
      withoutValue({ ...(secured[0] as Operation), parameters: [{ name: 'colour', in: 'query' }] }),
    ).toEqual(['colour']);
  });

  test('only the listed operations need no token, and none of them is below /api', () => {
    const unsecured = operations.filter((operation) => !operation.secured);
    expect(unsecured.map(({ id }) => id).sort()).toEqual([...open].sort());
    expect(unsecured.filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
  });

  test('the rows that are watched are in every table', async () => {
    const victim = await sweep.newVictim();
    const tables = (await sweep.rowsOf(victim.id)).map(({ table }) => table);
    expect([...new Set(tables)]).toEqual(sweep.tables);
  });

  // Without this, a refusal would prove nothing for a request that no one could make.
  test.each(named(operations))(
    '%s accepts its example requests, and a write writes',
    async (_id, operation) => {
      const { length } = requestsOf(operation, absent());
      for (let index = 0; index < length; index += 1) {
        const owner = await sweep.newVictim();
        const before = await sweep.rowsOf(owner.id);
        const request = requestsOf(operation, targetOf(operation, owner))[index] as ExampleRequest;
        const answer = await sweep.send(operation, request, operation.secured ? owner.token : null);
        const expected = request.name.startsWith('with If-') ? [200, 204, 304, 412] : [200, 201, 204, 307];
        expect(expected).toContain(answer.status);
        const after = await sweep.rowsOf(owner.id);
        if (writes(operation) && answer.status < 300) expect(after).not.toEqual(before);
        else expect(after).toEqual(before);
      }
    },
  );
});

describe('without a good token', () => {
  const tokens: readonly (readonly [string, (owner: string) => string | null | Promise<string>])[] = [
    ['no token', () => null],
    ['a token that is none', () => 'abc'],
    ['a token of empty parts', () => '..'],
    ['a token without its signature', async (owner) => (await tokenFor(owner)).replace(/[^.]+$/, '')],
    [
      'a token with other claims',
      async (owner) => (await tokenFor(owner)).replace(/\..+\./, `.${btoa('{}')}.`),
    ],
    ['an expired token', (owner) => tokenFor(owner, { exp: Math.floor(Date.now() / 1000) - 60 })],
    [
      'a token that is not good yet',
      (owner) => tokenFor(owner, { nbf: Math.floor(Date.now() / 1000) + 600 }),
    ],
  ];

  test.each(named(secured))(
    '%s answers 401, whatever is asked for, and does nothing',
    async (_id, operation) => {
      const victim = await sweep.newVictim();
      const before = await sweep.rowsOf(victim.id);
      for (const [name, make] of tokens) {
        const token = await make(victim.id);
        const answers = await sweep.attack(operation, victim.open, token);
        for (const { status, headers } of answers) {
          expect({ name, status }).toEqual({ name, status: 401 });
          expect(headers['www-authenticate']).toBe(
            token === null
              ? `Bearer ${metadataParameter}`
              : `Bearer error="invalid_token", ${metadataParameter}`,
          );
        }
        expect(await sweep.attack(operation, absent(), token)).toEqual(answers);
      }
      expect(await sweep.rowsOf(victim.id)).toEqual(before);
    },
  );

  test.each(open)('%s gives everyone the same response', async (id) => {
    const operation = operations.find((one) => one.id === id) as Operation;
    const answers = await sweep.attack(operation, absent(), null);
    expect(answers.map(({ status }) => status)).not.toContain(401);
    for (const [, make] of tokens) {
      const others = await sweep.attack(operation, absent(), await make(newOwner()));
      // The metrics count these very requests.
      if (id === 'getMetrics') {
        expect(others.map(({ status }) => status)).toEqual(answers.map(({ status }) => status));
      } else expect(others).toEqual(answers);
    }
  });
});

describe("with another owner's token", () => {
  test.each(named(secured.filter(ofOwner)))(
    '%s on a path of this owner answers as for an owner that never was, and does nothing',
    async (_id, operation) => {
      const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
      const before = await sweep.rowsOf(victim.id, attacker.id);
      const missing = await sweep.attack(operation, absent(), attacker.token);
      expect(new Set(missing.map(({ status }) => status))).toEqual(new Set([404]));
      const targets: Target[] = [
        victim.open,
        victim.completed,
        { ...absent(), user_id: victim.id },
        { ...attacker.open, user_id: victim.id },
        { ...victim.open, user_id: victim.id.toUpperCase() },
        { ...victim.open, user_id: `me/../${victim.id}` },
        { ...victim.open, user_id: ' me' },
        { ...victim.open, user_id: 'ME' },
      ];
      for (const target of targets) {
        expect(await sweep.attack(operation, target, attacker.token)).toEqual(missing);
      }
      expect(await sweep.rowsOf(victim.id, attacker.id)).toEqual(before);
    },
  );

  test.each(named(secured.filter(ofOwner)))(
    '%s on a path of this owner says nothing of what is wrong with the request',
    async (_id, operation) => {
      const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
      const [first] = await sweep.attack(operation, absent(), attacker.token);
      for (const request of requestsOf(operation, { ...victim.open, task_id: 'no-uuid' })) {
        const broken = {
          ...request,
          path: `${request.path.split('?')[0]}?unknown=1`,
          json: request.json && 7,
        };
        const answer = { request: first?.request, ...(await sweep.send(operation, broken, attacker.token)) };
        expect(answer).toEqual(first);
      }
    },
  );

  test.each(named(secured.filter(isAboutOne)))(
    "%s of this owner's task or list, on the own path, answers as for one that never was, and does nothing",
    async (_id, operation) => {
      const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
      const before = await sweep.rowsOf(victim.id, attacker.id);
      for (const user_id of ['me', attacker.id]) {
        const attack = (target: Target) =>
          sweep.attack(operation, { ...target, user_id }, attacker.token, (request) => request.isAboutOne);
        const missing = await attack(absent());
        expect(missing.filter(({ status }) => status < 400)).toEqual([]);
        if (/\{(?:task|list)_id\}/.test(operation.path)) {
          expect(new Set(missing.map(({ status }) => status))).toEqual(new Set([404]));
        }
        for (const target of [victim.open, victim.completed]) {
          expect(await attack(target)).toEqual(missing);
        }
      }
      expect(await sweep.rowsOf(victim.id, attacker.id)).toEqual(before);
    },
  );

  test.each(named(secured))(
    '%s of what is theirs shows and changes nothing of this owner',
    async (_id, operation) => {
      const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
      const before = await sweep.rowsOf(victim.id);
      for (const target of [attacker.open, { ...attacker.completed, user_id: 'me' }]) {
        for (const { text, headers } of await sweep.attack(operation, target, attacker.token)) {
          const shown = text + JSON.stringify(headers);
          for (const secret of [
            victim.id,
            victim.open.task_id,
            victim.completed.task_id,
            victim.open.list_id,
          ]) {
            expect(shown).not.toContain(secret);
          }
        }
      }
      expect(await sweep.rowsOf(victim.id)).toEqual(before);
    },
  );

  test("a cursor of this owner's list leads to nothing of this owner", async () => {
    const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
    const { json: page } = await victim.send('GET', 'tasks?limit=1');
    const { json: stolen } = await attacker.send('GET', `tasks?cursor=${page.next_cursor}`);
    expect(stolen.items.map(({ owner_id }: { owner_id: string }) => owner_id)).not.toContain(victim.id);
  });
});
