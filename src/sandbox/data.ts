// The data of the sandbox: the tasks and owners of the contract's examples. The secret is public,
// so it must never verify a token anywhere else.
import { SignJWT } from 'jose';
import { newTask } from '../tasks/batch.ts';
import type { Task } from '../tasks/columns.ts';

export const sandboxSecret = 'the public secret of the sandbox, good for nothing else';

/**
 * The owner of the contract's examples, and another user, whose tasks that owner must never see.
 */
export const sandboxOwners = ['7f1c9a52', 'c4b0e83d'] as const;

const [owner, other] = sandboxOwners;

const milk = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';
const taxReturn = 'a1b6f7f0-25c1-4f4e-8d52-6f1f5f0f7c02';
const plants = 'd90b6a3e-6a0c-4c39-9f43-0a1f0d2f8e03';
const foreign = '5c7d1e44-9d1b-4b7a-8f0e-3e2a1b0c9d04';

const filed = {
  title: 'File the tax return',
  description: 'The forms are in the blue folder.',
  due: '2026-05-31',
  start: '2026-04-01',
  priority: 'high',
  labels: ['Home', 'Tax 2025'],
  metadata: { 'crm.ticket': '4711' },
} as const;
const daily = { title: 'Water the plants', due: '2026-01-11T18:00', labels: ['Home'] };
const watered = { completed: true, completed_at: '2026-01-11T18:20:00.250000Z' };

/** In the order of their creation. */
export const exampleTasks: readonly Task[] = [
  newTask(taxReturn, owner, filed, '2026-01-10T08:00:00.000001Z'),
  {
    ...newTask(plants, owner, daily, '2026-01-11T07:15:00.500000Z'),
    ...watered,
    updated_at: watered.completed_at,
    version: 2,
  },
  newTask(milk, owner, { title: 'Buy milk' }, '2026-01-12T09:30:00.123456Z'),
  newTask(foreign, other, { title: 'Another user’s task' }, '2026-01-12T10:00:00.000000Z'),
];

// 2100-01-01: a fixture that expires breaks someone's tests one day.
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
