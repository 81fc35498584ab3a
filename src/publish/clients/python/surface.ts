// Where an operation is in the Python SDK: `client.<resource>.<method>`.
import type { ApiOperation } from '../../model/operations.ts';
import { snake } from './names.ts';

/** Where the words of the operation's id would read badly. */
const named: Readonly<Record<string, readonly [resource: string, method: string]>> = {
  applyTaskBatch: ['tasks', 'batch'],
  listTaskChanges: ['tasks', 'changes'],
  exportTasks: ['tasks', 'export'],
  deleteUserData: ['user', 'delete_everything'],
  getLiveness: ['service', 'liveness'],
  getReadiness: ['service', 'readiness'],
};

export interface Place {
  readonly resource: string;
  readonly method: string;
}

/**
 * The place of an operation: its tag, and its id without the tag's word. `createTask` with the tag
 * `tasks` is `client.tasks.create`.
 */
export const placeOf = ({ id, tag }: ApiOperation): Place => {
  const [resource, method] = named[id] ?? [];
  if (resource !== undefined && method !== undefined) return { resource, method };
  const [verb = '', ...words] = snake(id).split('_');
  const rest = words.filter((word) => word !== tag && `${word}s` !== tag);
  return { resource: snake(tag), method: [verb, ...rest].join('_') };
};
