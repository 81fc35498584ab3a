// Writes _resources.py: a class for each resource, with a method for each of its operations, once
// without and once with `async`.
import { isInSdks } from '../in-sdks.ts';
import {
  type Content,
  contract,
  type Definition,
  descriptionOf,
  docstring,
  identifier,
  methods,
  nameOf,
  type Parameter,
  resolve,
  type Schema,
  standardImports,
  string,
  typeOf,
  usedIn,
  wrap,
} from './schema.ts';
import { type Place, placeOf } from './surface.ts';

type Kind = 'page' | 'changes' | 'export' | 'nothing' | 'object';

/** What the contract has on an operation. */
interface Described extends Place {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly kind: Kind;
  readonly definition: Definition;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** The schema of the success response. */
  readonly result: Schema | undefined;
  /** The schema of each line of an export. */
  readonly lines: Schema | undefined;
  /** Whether the success response of a read has an entity tag. */
  readonly isTagged: boolean;
}

export interface Operation extends Described {
  /** The names of the arguments of its method. */
  readonly arguments: readonly string[];
}

const parameterOf = (parameter: Parameter): Parameter =>
  contract.components.parameters[nameOf(parameter)] ?? parameter;

const kindOf = (parameters: readonly Parameter[], response: Content): Kind => {
  const [media, body] = Object.entries(response.content ?? {})[0] ?? [];
  if (body?.['x-item-schema']) return 'export';
  if (parameters.some(({ name }) => name === 'cursor')) return 'page';
  if (parameters.some(({ name }) => name === 'since')) return 'changes';
  if (media === undefined) return 'nothing';
  if (media === 'application/json') return 'object';
  throw new Error(`The Python SDK cannot read ${media}.`);
};

/** An argument of a method. */
interface Argument {
  readonly name: string;
  readonly type: string;
  /** None if the argument is required. */
  readonly default?: string;
  readonly doc: string;
  readonly isPositional?: boolean;
}

const userId: Argument = { name: 'user_id', type: 'str', default: '"me"', doc: '' };

const ofCall: readonly Argument[] = [
  {
    name: 'extra_headers',
    type: 'Mapping[str, str] | None',
    default: 'None',
    doc: 'Other header fields of this call.',
  },
  {
    name: 'timeout',
    type: 'Timeout',
    default: 'NOT_GIVEN',
    doc: 'The time-out of this call instead of that of the client.',
  },
  {
    name: 'max_retries',
    type: 'int | None',
    default: 'None',
    doc: 'The number of repetitions instead of that of the client.',
  },
];

const isConstant = ({ required, schema }: Parameter) =>
  required === true && resolve(schema).enum?.length === 1;

const inPath = ({ parameters }: Described): readonly Argument[] =>
  parameters
    .filter((parameter) => parameter.in === 'path' && parameter.name !== 'user_id')
    .map(({ name, description = '' }) => ({ name, type: 'str', doc: description, isPositional: true }));

const inQuery = ({ parameters }: Described): readonly Argument[] =>
  parameters
    .filter((parameter) => parameter.in === 'query' && !isConstant(parameter))
    .map(({ name, description = '', required, schema }) => ({
      name: identifier(name),
      type: required ? typeOf(schema, 'argument') : `${typeOf(schema, 'argument')} | None`,
      ...(!required && { default: 'None' }),
      doc: description,
    }));

const inBody = ({ body }: Described): readonly Argument[] => {
  if (body === undefined) return [];
  const { properties = {}, required = [] } = resolve(body);
  const all = Object.entries(properties);
  return all.map(([name, schema]) => ({
    name: identifier(name),
    type: required.includes(name) ? typeOf(schema, 'argument') : `${typeOf(schema, 'argument')} | NotGiven`,
    ...(!required.includes(name) && { default: 'NOT_GIVEN' }),
    doc: descriptionOf(schema),
    // The only field of a body need not be named.
    isPositional: all.length === 1,
  }));
};

const has = ({ parameters }: Described, header: string) =>
  parameters.some(({ name, in: place }) => place === 'header' && name === header);

const takesIfNoneMatch = (operation: Described) =>
  operation.httpMethod === 'GET' && has(operation, 'If-None-Match');
const takesIfMatch = (operation: Described) => operation.httpMethod !== 'GET' && has(operation, 'If-Match');

const ifNoneMatch: Argument = {
  name: 'if_none_match',
  type: 'str | HasETag | None',
  default: 'None',
  doc: 'What you have, or its entity tag: the result is `None` if it has not changed since.',
};

const inHeaders = (operation: Described): readonly Argument[] => [
  ...(takesIfMatch(operation)
    ? [
        {
          name: 'if_match',
          type: 'str | HasETag | None',
          default: 'None',
          doc: 'The task as you know it, or its entity tag: if it has changed since, nothing is written and `PreconditionFailedError` is raised.',
        },
      ]
    : []),
  ...(has(operation, 'Idempotency-Key')
    ? [
        {
          name: 'idempotency_key',
          type: 'str | None',
          default: 'None',
          doc: 'A key of your own. Without one, each call has a new key, which all its attempts share.',
        },
      ]
    : []),
];

const argumentsOf = (operation: Described): readonly Argument[] => {
  const { parameters } = operation;
  const user = parameters.find(({ name }) => name === 'user_id');
  return [
    ...inPath(operation),
    ...inBody(operation),
    ...inQuery(operation),
    ...inHeaders(operation),
    ...(takesIfNoneMatch(operation) ? [ifNoneMatch] : []),
    ...(user ? [{ ...userId, doc: user.description ?? '' }] : []),
    ...ofCall,
  ];
};

/** The operations of the SDK. */
export const operations = (): readonly Operation[] =>
  Object.entries(contract.paths).flatMap(([path, item]) =>
    methods.flatMap((httpMethod): Operation[] => {
      const definition = item[httpMethod];
      if (definition === undefined || !isInSdks(definition.operationId)) return [];
      const parameters = [...(item.parameters ?? []), ...(definition.parameters ?? [])].map(parameterOf);
      const { requestBody, responses } = definition;
      const [, success = {}] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
      const kind = kindOf(parameters, success);
      const tag = definition.tags[0] ?? 'api';
      const described = {
        ...placeOf(definition.operationId, tag),
        id: definition.operationId,
        httpMethod: httpMethod.toUpperCase(),
        path,
        kind,
        definition,
        parameters,
        // A body that may be absent is accepted for the sake of intermediaries.
        body: requestBody?.required ? requestBody.content['application/json']?.schema : undefined,
        result: Object.values(success.content ?? {})[0]?.schema,
        lines: Object.values(success.content ?? {})[0]?.['x-item-schema'],
        isTagged: httpMethod === 'get' && 'ETag' in (success.headers ?? {}),
      };
      return [{ ...described, arguments: argumentsOf(described).map(({ name }) => name) }];
    }),
  );

const signature = (
  name: string,
  args: readonly Argument[],
  result: string,
  prefix: string,
): readonly string[] => {
  const positional = args.filter(({ isPositional }) => isPositional);
  const others = args
    .filter(({ isPositional }) => !isPositional)
    .toSorted((a, b) => Number(a.default !== undefined) - Number(b.default !== undefined));
  const write = (argument: Argument) =>
    `        ${argument.name}: ${argument.type}${argument.default === undefined ? '' : ` = ${argument.default}`},`;
  return [
    `    ${prefix}def ${name}(`,
    '        self,',
    ...positional.map(write),
    ...(others.length > 0 ? ['        *,'] : []),
    ...others.map(write),
    `    ) -> ${result}:`,
  ];
};

const documentation = (summary: string, description: string, args: readonly Argument[]): readonly string[] =>
  docstring(
    [
      `${summary}.`,
      ...(description === '' ? [] : ['', ...wrap(description, 88)]),
      '',
      'Args:',
      ...args.flatMap(({ name, doc }) =>
        wrap(`${name}: ${doc.replaceAll(/\n\s*\n/g, ' ')}`, 80).map((line, n) =>
          n === 0 ? `    ${line}` : `        ${line}`,
        ),
      ),
    ],
    '        ',
  );

/** An argument of a call that is a dictionary: in one line if it has one entry. */
const mapping = (name: string, entries: readonly (readonly [string, string])[]): readonly string[] => {
  const written = entries.map(([key, value]) => `${string(key)}: ${value}`);
  if (written.length < 2) return written.map((entry) => `    ${name}={${entry}},`);
  return [`    ${name}={`, ...written.map((entry) => `        ${entry},`), '    },'];
};

const callOf = (operation: Operation): readonly string[] => {
  const { httpMethod, path, parameters, body } = operation;
  const filled = path.replace(/\{(\w+)\}/g, '{segment($1)}');
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(
      (parameter) => [parameter.name, isConstant(parameter) ? 'True' : identifier(parameter.name)] as const,
    );
  const headers = [
    ...(takesIfNoneMatch(operation) ? [['If-None-Match', 'etag_of(if_none_match)'] as const] : []),
    ...(takesIfMatch(operation) ? [['If-Match', 'etag_of(if_match)'] as const] : []),
    ...(has(operation, 'Idempotency-Key') ? [['Idempotency-Key', 'new_key(idempotency_key)'] as const] : []),
  ];
  const fields = Object.keys(body === undefined ? {} : (resolve(body).properties ?? {}));
  return [
    'Call(',
    `    ${string(httpMethod)},`,
    `    ${filled === path ? '' : 'f'}${string(filled)},`,
    ...mapping('query', query),
    ...mapping('headers', headers),
    ...(body
      ? [
          '    body=given(',
          '        {',
          ...fields.map((name) => `            ${string(name)}: ${identifier(name)},`),
          '        }',
          '    ),',
        ]
      : []),
    '    extra_headers=extra_headers,',
    '    timeout=timeout,',
    '    max_retries=max_retries,',
    ')',
  ];
};

const indented = (lines: readonly string[], by: string) =>
  lines.map((line) => (line === '' ? '' : by + line));

/** How the classes without and with `async` differ. */
interface Style {
  readonly prefix: '' | 'Async';
  readonly def: '' | 'async ';
  readonly wait: '' | 'await ';
}

const sync: Style = { prefix: '', def: '', wait: '' };
const async: Style = { prefix: 'Async', def: 'async ', wait: 'await ' };

/** `call` with the operation's Call as its last argument. */
const passing = (call: string, operation: Operation): readonly string[] => [
  `        ${call}`,
  ...indented(callOf(operation), '            ').map((line, n, all) =>
    n === all.length - 1 ? `${line},` : line,
  ),
  '        )',
];

const withoutDefault = (args: readonly Argument[], name: string, type: string) =>
  args.map((argument) => {
    if (argument.name !== name) return argument;
    const { default: _, ...required } = argument;
    return { ...required, type };
  });

/** A method that sends one request. */
const single = (operation: Operation, name: string, { def, wait }: Style): readonly string[] => {
  const { definition, kind, result } = operation;
  const args = argumentsOf(operation);
  const { summary, description = '' } = definition;
  const doc = documentation(summary, description, args);
  if (kind === 'nothing' || result === undefined) {
    return [
      ...signature(name, args, 'None', def),
      ...doc,
      ...passing(`${wait}self._transport.send(`, operation),
    ];
  }
  const type = nameOf(result);
  if (!takesIfNoneMatch(operation)) {
    return [
      ...signature(name, args, type, def),
      ...doc,
      ...passing(`return ${wait}self._transport.get(\n            ${type}._decode,`, operation),
    ];
  }
  const always = args.map((argument) =>
    argument.name === 'if_none_match' ? { ...argument, type: 'None' } : argument,
  );
  const overload = (given: readonly Argument[], returns: string) => {
    const lines = signature(name, given, returns, def);
    return ['    @overload', ...lines.slice(0, -1), `${lines.at(-1)} ...`];
  };
  return [
    ...overload(always, type),
    ...overload(withoutDefault(args, 'if_none_match', 'str | HasETag'), `${type} | None`),
    ...signature(name, args, `${type} | None`, def),
    ...doc,
    ...passing(`return ${wait}self._transport.get_if_changed(\n            ${type}._decode,`, operation),
  ];
};

/** The type of the objects on the pages that an operation returns. */
const itemOf = ({ result = {} }: Operation): string => {
  const items = resolve(result).properties?.items?.items;
  if (items === undefined) throw new Error('a page without items');
  return nameOf(items);
};

/** The method that follows the pages, and the one that gets a page. */
const paged = (operation: Operation, style: Style): readonly string[] => {
  const { method, kind, definition } = operation;
  const isList = kind === 'page';
  const moving = isList ? 'cursor' : 'since';
  const left = new Set(isList ? ['cursor', 'if_none_match'] : []);
  const args = argumentsOf(operation).filter(({ name }) => !left.has(name));
  const all = isList
    ? 'Iterate over the result: the next page is read when it is needed.'
    : 'Iterate over the result: the next page is read when it is needed. Then store `next_since`.';
  const type = `${style.prefix}${isList ? 'Pager' : 'Changes'}[${itemOf(operation)}]`;
  const passed = args.map(({ name }) => `${name}=${name === moving ? `${moving}_` : name},`);
  const variable = isList ? 'cursor' : 'since_';
  return [
    ...signature(method, args, type, ''),
    ...documentation(definition.summary, all, args),
    `        return ${style.prefix}${isList ? 'Pager' : 'Changes'}(`,
    `            lambda ${variable}: self.${method}_page(`,
    ...passed.map((line) => `                ${line}`),
    ...(isList ? ['                cursor=cursor,'] : []),
    '            ),',
    ...(isList ? [] : ['            since,']),
    '        )',
    '',
    ...single(operation, `${method}_page`, style),
  ];
};

const exported = (operation: Operation, { prefix }: Style): readonly string[] => {
  const args = argumentsOf(operation);
  const { summary } = operation.definition;
  return [
    ...signature(operation.method, args, `${prefix}Export`, ''),
    ...documentation(
      summary,
      'Iterate over the result: tasks come as they arrive, and `IncompleteExportError` is raised if the export is cut off.',
      args,
    ),
    ...[`        call = ${callOf(operation)[0]}`, ...indented(callOf(operation).slice(1), '        ')],
    `        return ${prefix}Export(lambda: self._transport.open(call, is_stream=True))`,
  ];
};

const methodOf = (operation: Operation, style: Style): readonly string[] => {
  if (operation.kind === 'page' || operation.kind === 'changes') return paged(operation, style);
  return operation.kind === 'export'
    ? exported(operation, style)
    : single(operation, operation.method, style);
};

const className = (resource: string) =>
  `${resource.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Resource`;

const tagDescription = (resource: string): string =>
  contract.tags.find(({ name }) => name === resource)?.description ??
  `The operations of \`client.${resource}\`.`;

const resourceClass = (resource: string, own: readonly Operation[], style: Style): readonly string[] => [
  `class ${style.prefix}${className(resource)}:`,
  ...docstring(wrap(tagDescription(resource), 92), '    '),
  '',
  `    def __init__(self, transport: ${style.prefix}Transport) -> None:`,
  '        self._transport = transport',
  ...own.flatMap((operation) => ['', ...methodOf(operation, style)]),
];

/** The module of the resources. `models` and `args` are the names that it can use. */
export const resourcesModule = (models: readonly string[], args: readonly string[]): string => {
  const byResource = Map.groupBy(operations(), ({ resource }) => resource);
  const classes = [sync, async].flatMap((style) => [
    ...[...byResource].map(([resource, own]) => resourceClass(resource, own, style)),
    [
      `class ${style.prefix}Resources:`,
      '    """All operations, by what they concern."""',
      '',
      `    def __init__(self, transport: ${style.prefix}Transport) -> None:`,
      ...[...byResource.keys()].map(
        (resource) => `        self.${resource} = ${style.prefix}${className(resource)}(transport)`,
      ),
    ],
  ]);
  const code = classes.map((lines) => lines.join('\n')).join('\n\n\n');
  const importing = (module: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`from ${module} import (`, ...names.map((name) => `    ${name},`), ')'];
  const head = [
    '"""The operations of the API, as the contract describes them."""',
    '',
    'from __future__ import annotations',
    '',
    ...standardImports(code),
    '',
    ...importing('._arguments', usedIn(code, args)),
    'from ._call import Call, Timeout, etag_of, given, new_key, segment',
    'from ._export import AsyncExport, Export',
    'from ._model import NOT_GIVEN, HasETag, NotGiven',
    ...importing('._models', usedIn(code, models)),
    'from ._pages import AsyncChanges, AsyncPager, Changes, Pager',
    'from ._transport import AsyncTransport, Transport',
  ];
  return `${head.join('\n')}\n\n\n${code}\n`;
};
