// The bundled contract in OpenAPI's own terms: its operations, and what its references lead to. The
// docs page and the samples read it directly; the SDKs read the model that model.ts creates from it.
import { readFileSync } from 'node:fs';
import type { OpenAPIV3 } from 'openapi-types';

export type Document = OpenAPIV3.Document;
export type Schema = OpenAPIV3.SchemaObject;
export type Reference = OpenAPIV3.ReferenceObject;
export type SchemaOrReference = Schema | Reference;

/** The contract as `npm run generate:bundle` wrote it. */
export const document: Document = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));

const isReference = (value: object): value is Reference => '$ref' in value;

/** The name in `components` of what a reference leads to; undefined for anything else. */
export const nameOf = (value: object): string | undefined =>
  isReference(value) ? value.$ref.split('/').at(-1) : undefined;

/** What a local reference leads to; anything else unchanged. Throws if it leads nowhere. */
export const dereferenceIn = <T extends object>(contract: Document, value: T | Reference): T => {
  if (!isReference(value)) return value;
  const keys = value.$ref.slice(2).split('/');
  const found = keys.reduce((at, key) => Object(at)[key], Object(contract));
  if (found === undefined) throw new Error(`${value.$ref} does not exist in the contract`);
  return dereferenceIn<T>(contract, found);
};

/** The same in the bundled contract. */
export const dereference = <T extends object>(value: T | Reference): T => dereferenceIn(document, value);

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

export interface ContractOperation {
  readonly id: string;
  /** In lower case. */
  readonly method: (typeof methods)[number];
  readonly path: string;
  readonly definition: OpenAPIV3.OperationObject;
  /** Those of the path, and the operation's own. */
  readonly parameters: readonly OpenAPIV3.ParameterObject[];
  readonly secured: boolean;
  /** The first form of the body. */
  readonly body:
    | (OpenAPIV3.MediaTypeObject & { readonly mediaType: string; readonly required: boolean })
    | undefined;
}

const bodyOf = (contract: Document, { requestBody }: OpenAPIV3.OperationObject) => {
  const { required = false, content = {} } = requestBody ? dereferenceIn(contract, requestBody) : {};
  const [entry] = Object.entries(content);
  return entry && { ...entry[1], mediaType: entry[0], required };
};

/** The webhooks of a contract: what the server sends, as operations of the receiver. */
export const webhooksOf = (
  contract: Document & { readonly 'x-webhooks'?: OpenAPIV3.PathsObject },
): readonly ContractOperation[] => operationsOf({ ...contract, paths: contract['x-webhooks'] ?? {} });

/** Every operation of a contract. */
export const operationsOf = (contract: Document): readonly ContractOperation[] =>
  Object.entries(contract.paths).flatMap(([path, item = {}]) =>
    methods.flatMap((method) => {
      const definition = item[method];
      if (definition === undefined) return [];
      const { operationId, parameters = [], security = contract.security ?? [] } = definition;
      if (operationId === undefined) throw new Error(`${method} ${path} has no operationId`);
      return [
        {
          id: operationId,
          method,
          path,
          definition,
          parameters: [...(item.parameters ?? []), ...parameters].map((one) => dereferenceIn(contract, one)),
          secured: security.length > 0,
          body: bodyOf(contract, definition),
        },
      ];
    }),
  );
