// The parts of the contract that tools are derived from, as they are in the bundled document: OpenAPI
// 3.0 with local references, and the extensions `x-mcp` and `x-mcp-text`.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping?: Readonly<Record<string, string>>;
  };
  readonly 'x-mcp-text'?: string;
}

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  readonly 'x-mcp-text'?: string;
}

interface Content {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly headers?: object;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly isBodyRequired: boolean;
  /** The schema of the successful response; undefined if that is no JSON. */
  readonly result: Schema | undefined;
  /** Whether the successful response has content. */
  readonly hasContent: boolean;
  /** The names of the successful response's headers. */
  readonly headers: readonly string[];
  readonly extension: unknown;
  readonly definition: object;
}

interface Item {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
  readonly 'x-mcp'?: unknown;
}

export interface Document {
  readonly paths: Readonly<Record<string, Item & Readonly<Record<string, Item | readonly Parameter[]>>>>;
  readonly [name: string]: unknown;
}

/** Whether the object has paths; what is in them has been linted. */
export const isDocument = (value: object): value is Document =>
  'paths' in value && typeof value.paths === 'object' && value.paths !== null;

export type Resolve = <T extends { readonly $ref?: string }>(value: T) => T;

/** Looks references up in the document. Throws on one that leads nowhere. */
export const resolveIn =
  (document: object): Resolve =>
  <T extends { readonly $ref?: string }>(value: T): T => {
    if (value.$ref === undefined) return value;
    const found = value.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => (at instanceof Object ? Reflect.get(at, name) : undefined), document);
    if (found === undefined) throw new Error(`The contract has nothing at ${value.$ref}`);
    return resolveIn(document)(found as T);
  };

const schemaOf = (content: Content | undefined): Schema | undefined =>
  content?.content?.['application/json']?.schema;

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** The operations of the contract, with the parameters of their paths. */
export const operationsOf = (document: Document, resolve: Resolve): readonly Operation[] =>
  Object.values(document.paths).flatMap((item) =>
    methods.flatMap((method) => {
      const definition = item[method] as Item | undefined;
      if (definition?.operationId === undefined) return [];
      const { operationId, requestBody, responses = {} } = definition;
      const body = requestBody && resolve(requestBody);
      const declared = responses[Object.keys(responses).find((status) => /^2/.test(status)) ?? ''];
      const success = declared && resolve(declared);
      return [
        {
          operationId,
          method,
          parameters: [...(item.parameters ?? []), ...(definition.parameters ?? [])].map((one) =>
            resolve(one),
          ),
          body: schemaOf(body),
          isBodyRequired: body?.required === true,
          result: schemaOf(success),
          hasContent: success?.content !== undefined,
          headers: Object.keys(success?.headers ?? {}),
          extension: definition['x-mcp'],
          definition,
        },
      ];
    }),
  );
