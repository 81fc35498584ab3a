// `x-mcp` of an operation: which tools it is. A malformed one stops the start, because a tool would
// otherwise be missing, or do something else, without anyone noticing.
import type { Operation } from './contract.ts';

/** One tool of an operation. */
export interface Declaration {
  readonly name: string;
  /** When to use the tool, for the model that chooses. */
  readonly description: string;
  /** For an operation on a list of things of several kinds: the kind that this tool is for. */
  readonly op?: string;
  /** What the tool calls that list. */
  readonly list?: string;
  /** Whether the tool can delete or overwrite something; by the method when absent. */
  readonly destructive?: boolean;
  /** Whether repeating a call has no further effect; by the method when absent. */
  readonly idempotent?: boolean;
}

const members: Readonly<Record<keyof Declaration, 'string' | 'boolean'>> = {
  name: 'string',
  description: 'string',
  op: 'string',
  list: 'string',
  destructive: 'boolean',
  idempotent: 'boolean',
};

const isMember = (name: string): name is keyof Declaration => Object.hasOwn(members, name);

const faultOf = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'must be an object, a list of objects, or false';
  for (const [name, member] of Object.entries(value)) {
    if (!isMember(name)) return `has an unknown member ${name}`;
    if (typeof member !== members[name]) return `${name} must be a ${members[name]}`;
  }
  if (!('name' in value && /^[a-z][a-z_]{2,39}$/.test(String(value.name))))
    return 'needs a name, such as find_tasks';
  if (!('description' in value && value.description !== '')) return `${value.name} needs a description`;
  if ('op' in value !== 'list' in value) return `${value.name} needs both op and list, or neither`;
  return undefined;
};

const isDeclaration = (value: unknown): value is Declaration => faultOf(value) === undefined;

/**
 * The tools that an operation declares; none if it has no `x-mcp`, or `x-mcp: false`. Throws on a
 * malformed one.
 */
export const declarationsOf = ({
  operationId,
  extension,
}: Pick<Operation, 'operationId' | 'extension'>): readonly Declaration[] => {
  if (extension === undefined || extension === false) return [];
  return [extension].flat().map((value: unknown) => {
    if (!isDeclaration(value)) throw new Error(`x-mcp of ${operationId}: ${faultOf(value)}`);
    return value;
  });
};
