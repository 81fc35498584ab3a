// The contract's operations for code samples: what must be sent, with the contract's own examples
// as values.
import { readFileSync } from 'node:fs';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example: string | number | boolean;
}

interface Media {
  readonly schema: Schema;
  readonly examples: Readonly<Record<string, { readonly $ref?: string; readonly value: Json }>>;
}

interface Definition {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly object[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, Media>>;
  };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

/** The contract as `npm run generate:bundle` wrote it. */
export const document = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));

/** Resolves a local reference; returns anything else unchanged. */
export const resolve = <T>(value: T & { readonly $ref?: string }): T =>
  value.$ref === undefined
    ? value
    : resolve(
        value.$ref
          .slice(2)
          .split('/')
          .reduce((at, key) => at[key], document),
      );

export interface Body {
  readonly mediaType: string;
  readonly value: Json;
  /** The schema's name in components. */
  readonly name: string;
  readonly schema: Schema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  /** What must be sent, in the order of the contract. */
  readonly inPath: readonly Parameter[];
  readonly inQuery: readonly Parameter[];
  readonly body: Body | undefined;
  /** Whether the SDKs follow its pages automatically. */
  readonly isPaged: boolean;
  /** Whether its first success response has a body. */
  readonly hasResult: boolean;
  /** Whether that body is an export. */
  readonly isExport: boolean;
}

const bodyOf = ({ requestBody }: Definition): Body | undefined => {
  const [entry] = requestBody?.required ? Object.entries(requestBody.content) : [];
  if (entry === undefined) return undefined;
  const [mediaType, { schema, examples }] = entry;
  const [example] = Object.values(examples);
  if (example === undefined) throw new Error('a request body without an example');
  return {
    mediaType,
    value: resolve(example).value,
    name: schema.$ref?.split('/').at(-1) ?? '',
    schema: resolve(schema),
  };
};

const toOperation = (path: string, method: string, shared: readonly Parameter[], definition: Definition) => {
  const all = [...shared, ...(definition.parameters ?? [])].map((parameter) => resolve(parameter));
  const required = (place: string) =>
    all.filter((parameter) => parameter.in === place && (place === 'path' || parameter.required));
  const [success] = Object.entries(definition.responses).filter(([status]) => status < '4');
  const content = success && resolve(success[1]).content;
  return {
    id: definition.operationId,
    method: method.toUpperCase(),
    path,
    secured: (definition.security ?? document.security).length > 0,
    inPath: required('path'),
    inQuery: required('query'),
    body: bodyOf(definition),
    isPaged: all.some(({ name }) => name === 'cursor'),
    hasResult: content !== undefined,
    isExport: content !== undefined && 'application/x-ndjson' in content,
  };
};

/** Every operation of the contract. */
export const operations = (): readonly Operation[] =>
  Object.entries(document.paths as Record<string, Record<string, never>>).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map(([method, definition]) => toOperation(path, method, item.parameters ?? [], definition)),
  );
