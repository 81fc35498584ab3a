// A task as the database answers it. The column names are the wire names, so a row is the body of a response: the
// check at the end keeps the two from drifting apart.
import { sql } from 'slonik';
import { z } from 'zod';
import type { components } from '../contract/operation.ts';

const timestamp = z.string();

export const taskRow = z.strictObject({
  id: z.string(),
  owner_id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
  completed_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  version: z.int(),
});

export type Task = z.infer<typeof taskRow>;

export const taskColumns = sql.fragment`
  id, owner_id, title, description, completed, completed_at, created_at, updated_at, version
`;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Contract = components['schemas']['Task'];

// Does not compile when the row and the contract's Task differ in a field, a type or a null.
true satisfies Equal<Readonly<Task>, Contract>;
