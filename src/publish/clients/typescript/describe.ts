// The contract's operations as the methods of the TypeScript client: arguments, result, pages.
import { document, resolve } from '../../operations.ts';
import { isInSdks } from '../in-sdks.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly (string | boolean)[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping: Readonly<Record<string, string>>;
  };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: Schema;
}

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Definition {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Required<Response>['content'] };
  readonly responses: Readonly<Record<string, Response>>;
}

/** The name of a schema that is referred to. */
export const nameOf = ({ $ref }: Schema): string | undefined => $ref?.split('/').at(-1);

/** The type of a parameter. */
export const typeOf = (schema: Schema): string => {
  const known = nameOf(schema);
  if (known !== undefined) return known;
  if (schema.enum)
    return schema.enum.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(' | ');
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown');
};

/** The only value that a parameter can have; the caller need not write it. */
const onlyValue = ({ required, schema }: Parameter): string | undefined =>
  required && schema.enum?.length === 1 ? String(schema.enum[0]) : undefined;

/**
 * By which fields an operation continues: a list by its cursor, the change feed by its token, whose
 * last page has one, too.
 */
const pagingOf = (page: Schema | undefined, query: readonly Parameter[]) => {
  const items = page?.properties?.items?.items;
  const by = query.find(({ name }) => name === 'cursor' || name === 'since')?.name;
  if (page === undefined || items === undefined || by === undefined) return undefined;
  const { discriminator } = resolve(items);
  return {
    item: nameOf(items) ?? '',
    by,
    next: `next_${by}`,
    ...(page.properties?.has_more && { more: 'has_more' }),
    // A later version may add types of items; this one leaves them out.
    ...(discriminator && {
      known: { field: discriminator.propertyName, values: Object.keys(discriminator.mapping) },
    }),
  };
};

const describe = (path: string, method: string, shared: readonly Parameter[], definition: Definition) => {
  const all = [...shared, ...(definition.parameters ?? [])].map((parameter) => resolve(parameter));
  const [success] = Object.entries(definition.responses).filter(([status]) => status.startsWith('2'));
  if (success === undefined || !isInSdks(definition.operationId)) return [];
  const [media] = Object.entries(resolve(success[1]).content ?? {});
  const result = media && nameOf(media[1].schema);
  const isExport = media?.[0] === 'application/x-ndjson';
  const query = all.filter((parameter) => parameter.in === 'query');
  const fixed = query.flatMap((parameter) => {
    const value = onlyValue(parameter);
    return value === undefined ? [] : [[parameter.name, value] as const];
  });
  const params = all.filter((parameter) => parameter.in === 'path' && parameter.name !== 'user_id');
  const headers = all.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const [body] = definition.requestBody?.required ? Object.values(definition.requestBody.content) : [];
  return [
    {
      id: definition.operationId,
      doc: `${definition.summary}.\n\n${definition.description}`,
      method: method.toUpperCase(),
      path,
      secured: (definition.security ?? document.security).length > 0,
      params: params.map(({ name }) => name),
      body: body && typeOf(body.schema),
      query: query.filter((parameter) => onlyValue(parameter) === undefined),
      fixed: Object.fromEntries(fixed),
      headers,
      result: isExport ? undefined : result,
      isExport,
      canBeUnchanged: method === 'get' && headers.includes('If-None-Match'),
      paging: result === undefined ? undefined : pagingOf(document.components.schemas[result], query),
    },
  ];
};

/** An operation as a method. */
export type Described = ReturnType<typeof describe>[number];

/** The operations that programs use. */
export const methods = (): readonly Described[] =>
  Object.entries(document.paths as Record<string, Record<string, never>>).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .flatMap(([method, definition]) => describe(path, method, item.parameters ?? [], definition)),
  );
