// The data of the sandbox: the tasks and owners of the contract's examples. The secret is public,
// so it must never verify a token anywhere else.
import { SignJWT } from 'jose';
import type { Task, TaskCreate } from '../tasks/columns.ts';
import { newTask } from '../tasks/content.ts';
import type { TaskList } from '../tasks/lists/columns.ts';
import { creationKey } from '../tasks/position.ts';

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

const first = (id: string, user: string, change: bigint, given: TaskCreate, at: string): Task =>
  newTask(id, { owner: user, given, at, position: creationKey(change, 0) });

/** In the order of their creation. */
export const exampleTasks: readonly Task[] = [
  first(taxReturn, owner, 1n, filed, '2026-01-10T08:00:00.000001Z'),
  {
    ...first(plants, owner, 2n, daily, '2026-01-11T07:15:00.500000Z'),
    ...watered,
    updated_at: watered.completed_at,
    version: 2,
  },
  first(milk, owner, 3n, { title: 'Buy milk' }, '2026-01-12T09:30:00.123456Z'),
  first(foreign, other, 4n, { title: 'Another user’s task' }, '2026-01-12T10:00:00.000000Z'),
];

/** A task that was deleted, and the number of the change that deleted it: the one of the contract's examples. */
export const deletedTask: Task = first(
  '0c9f7a43-6a0b-4f0e-b3de-1e1b5ab1d2a9',
  owner,
  6n,
  { title: 'Call the plumber' },
  '2026-01-12T09:50:00.000001Z',
);
export const deletionChange = 61;

/** The list of the contract's examples, without tasks. */
export const exampleList: TaskList = {
  id: '6e0f7a51-3d6b-4a53-8a6e-1c2d3e4f5a01',
  owner_id: owner,
  name: 'Groceries',
  metadata: {},
  position: 'p0000000000005000',
  created_at: '2026-01-12T09:45:00.123456Z',
  updated_at: '2026-01-12T09:45:00.123456Z',
  version: 1,
};

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
