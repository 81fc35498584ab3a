// What the sandbox holds: the tasks and owners of the contract's examples. The secret is public, so it must never check
// a token anywhere else.
import { SignJWT } from 'jose';
import type { components } from '../contract/operation.ts';

export type ExampleTask = components['schemas']['Task'];

export const sandboxSecret = 'the public secret of the sandbox, good for nothing else';

/** The owner of the contract's examples, and somebody whose tasks that owner must never see. */
export const sandboxOwners = ['7f1c9a52', 'c4b0e83d'] as const;

const open = { description: null, completed: false, completed_at: null, version: 1 } as const;

/** In the order in which they were made. */
export const exampleTasks: readonly ExampleTask[] = [
  {
    ...open,
    id: 'a1b6f7f0-25c1-4f4e-8d52-6f1f5f0f7c02',
    owner_id: '7f1c9a52',
    title: 'File the tax return',
    description: 'The forms are in the blue folder.',
    created_at: '2026-01-10T08:00:00.000001Z',
    updated_at: '2026-01-10T08:00:00.000001Z',
  },
  {
    id: 'd90b6a3e-6a0c-4c39-9f43-0a1f0d2f8e03',
    owner_id: '7f1c9a52',
    title: 'Water the plants',
    description: null,
    completed: true,
    completed_at: '2026-01-11T18:20:00.250000Z',
    created_at: '2026-01-11T07:15:00.500000Z',
    updated_at: '2026-01-11T18:20:00.250000Z',
    version: 2,
  },
  {
    ...open,
    id: '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7',
    owner_id: '7f1c9a52',
    title: 'Buy milk',
    created_at: '2026-01-12T09:30:00.123456Z',
    updated_at: '2026-01-12T09:30:00.123456Z',
  },
  {
    ...open,
    id: '5c7d1e44-9d1b-4b7a-8f0e-3e2a1b0c9d04',
    owner_id: 'c4b0e83d',
    title: 'Somebody else’s task',
    created_at: '2026-01-12T10:00:00.000000Z',
    updated_at: '2026-01-12T10:00:00.000000Z',
  },
];

// 2100-01-01: a fixture that expires breaks somebody's tests one day.
const expiry = 4_102_444_800;

/** A token for each owner, always the same. */
export const sandboxTokens = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    await Promise.all(
      sandboxOwners.map(async (owner) => [
        owner,
        await new SignJWT({ sub: owner, exp: expiry })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(sandboxSecret)),
      ]),
    ),
  );
