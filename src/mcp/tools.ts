// The tools of the service, derived from the contract at start: an operation with `x-mcp` is one, or
// several.
import type { AnyReply } from '../contract/operation.ts';
import type { Fault, Problem } from '../contract/problem.ts';
import { argumentsOf, type ToolArguments } from './arguments.ts';
import {
  type Document,
  type Operation,
  operationsOf,
  type Resolve,
  resolveIn,
  type Schema,
} from './contract.ts';
import { type Declaration, declarationsOf } from './extension.ts';
import { createConverter, type ToolSchema } from './schemas.ts';

/** A tool as a client sees it (Model Context Protocol, `Tool`). */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ToolSchema;
  readonly outputSchema: ToolSchema;
  readonly annotations: Readonly<Record<string, boolean>>;
}

export interface Tool extends Pick<ToolArguments, 'toValues' | 'nameOf' | 'inWords' | 'hintOf'> {
  readonly description: ToolDescription;
  readonly operation: Operation;
}

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

const changesNothing = ({ method }: Operation): boolean => method === 'get';

/** What a client may assume about a tool. No hint of idempotency means that there is none. */
const hintsOf = (operation: Operation, { destructive, idempotent }: Declaration) =>
  changesNothing(operation)
    ? { readOnlyHint: true, openWorldHint: false }
    : {
        destructiveHint: destructive ?? operation.method !== 'post',
        ...((idempotent ?? ['put', 'delete'].includes(operation.method)) && { idempotentHint: true }),
        openWorldHint: false,
      };

/** The union's branch for the kind that a tool is for, wherever the result has it. */
const ofKind = (schema: Schema, op: string | undefined, resolve: Resolve): Schema => {
  if (op === undefined) return schema;
  const found = resolve(schema);
  const { discriminator, properties, items } = found;
  const branch = discriminator?.mapping?.[op];
  if (branch !== undefined) return { $ref: branch };
  return {
    ...found,
    ...(items && { items: ofKind(items, op, resolve) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => {
          const { items: listed } = resolve(inner);
          return [name, listed === undefined ? inner : ofKind(inner, op, resolve)];
        }),
      ),
    }),
  };
};

/** The header that has the id of the change that a write has made: `change` of a result. */
const changeHeader = 'Change';

const outputOf = (
  { result, hasContent, headers }: Operation,
  { op }: Declaration,
  resolve: Resolve,
): ToolSchema => {
  const change = headers.includes(changeHeader) ? { change: { type: 'string' } } : {};
  if (result === undefined) {
    if (hasContent) throw new Error('the result of a tool must be JSON');
    return { type: 'object', properties: change };
  }
  const { convert, finish } = createConverter(resolve, 'output');
  const schema = resolve(ofKind(result, op, resolve));
  if (schema.type !== 'object') throw new Error('the result of a tool must be an object');
  return finish(convert({ ...schema, properties: { ...change, ...schema.properties } }));
};

const toolOf = (operation: Operation, declaration: Declaration, resolve: Resolve): Tool => {
  const { name, description } = declaration;
  const { inputSchema, ...rest } = argumentsOf(operation, declaration, resolve);
  return {
    ...rest,
    operation,
    description: {
      name,
      title: titleOf(name),
      description: description.trim(),
      inputSchema,
      outputSchema: outputOf(operation, declaration, resolve),
      annotations: hintsOf(operation, declaration),
    },
  };
};

/**
 * The tools that the contract declares, by name. Throws on a malformed declaration, and on a name
 * that occurs twice.
 */
export const toolsOf = (document: Document): ReadonlyMap<string, Tool> => {
  const resolve = resolveIn(document);
  const tools = new Map<string, Tool>();
  for (const operation of operationsOf(document, resolve)) {
    for (const declaration of declarationsOf(operation)) {
      const { name } = declaration;
      if (tools.has(name)) throw new Error(`x-mcp of ${operation.operationId}: ${name} exists already`);
      try {
        tools.set(name, toolOf(operation, declaration, resolve));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`x-mcp of ${operation.operationId}: ${name}: ${reason}`, { cause: error });
      }
    }
  }
  return tools;
};

/** The result of a tool call (Model Context Protocol, `CallToolResult`). */
export interface ToolResult {
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

/**
 * The result of a successful call: the change that it made, and the response's body; also as text,
 * for clients that read only that.
 */
export const resultOf = ({ body, headers = {} }: AnyReply): ToolResult => {
  const { [changeHeader]: change } = headers;
  const structuredContent = { ...(change !== undefined && { change }), ...Object(body) };
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
};

const retryAfter = (seconds: string | undefined) =>
  seconds === undefined ? {} : { retry_after: Number(seconds) };

const versionIn = (tag: string | undefined) => {
  const [, version] = /^"(\d+)"$/.exec(tag ?? '') ?? [];
  return version === undefined ? {} : { current_version: Number(version) };
};

/** What to do about a problem that has no faults to say so. */
const hintOfProblem = ({ slug }: Problem, { hintOf }: Pick<Tool, 'hintOf'>) => {
  if (slug === 'not-found') return hintOf();
  if (slug === 'precondition-failed') return hintOf('if_version');
  return slug === 'changed-since' ? 'undo the later changes first; list_changes has them' : undefined;
};

const withHint = (hint: string | undefined) => (hint === undefined ? {} : { hint });

const faultOf = ({ loc, msg, type }: Fault, { nameOf, inWords, hintOf }: Failing) => {
  const [place, id] = loc;
  const what = { msg: inWords(msg), type };
  // What an undo would change, which is no part of the request.
  if (place === 'tasks') return { task: id, ...what };
  if (place === 'lists') return { list: id, ...what };
  const argument = nameOf(loc);
  return { argument, ...what, ...withHint(type === 'additionalProperties' ? undefined : hintOf(argument)) };
};

type Failing = Pick<Tool, 'nameOf' | 'inWords' | 'hintOf'>;

/**
 * The result of a call that failed: the problem document, which names arguments in place of the parts
 * of a request, and its type without an address. Without structured content, because some clients
 * hold that against the output schema.
 */
export const failureOf = (tool: Failing, problem: Problem, requestId: string): ToolResult => {
  const { errors, detail, ...document } = problem.toDocument(requestId);
  const told = {
    ...document,
    type: problem.slug,
    detail: tool.inWords(detail),
    ...withHint(hintOfProblem(problem, tool)),
    ...(errors && { errors: errors.map((fault) => faultOf(fault, tool)) }),
    ...versionIn(problem.headers.ETag),
    ...retryAfter(problem.headers['Retry-After']),
  };
  return { content: [{ type: 'text', text: JSON.stringify(told) }], isError: true };
};
