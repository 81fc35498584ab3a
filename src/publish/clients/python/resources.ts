// Writes _resources.py: a class for each resource, with a method for each of its operations, once
// without and once with `async`.

import type { ApiOperation, Paging } from '../../model/operations.ts';
import type { Field, Types } from '../../model/types.ts';
import type { ApiModel } from '../../model.ts';
import { type Argument, argumentsOf, fieldsOfBody, takesIfMatch } from './arguments.ts';
import { constant, docstring, identifier, standardImports, string, usedIn, wrap } from './names.ts';
import { placeOf } from './surface.ts';

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

/** The argument of a field, as it is sent. */
const sentAs = ({ name, type }: Field): string =>
  type.kind === 'date' ? `day(${identifier(name)})` : identifier(name);

const callOf = (types: Types, operation: ApiOperation): readonly string[] => {
  const { method, path, inQuery, constants, keyed, canBeUnchanged, body, statuses } = operation;
  const filled = path.replace(/\{(\w+)\}/g, '{segment($1)}');
  const query = [
    ...Object.entries(constants).map(([name, value]) => [name, constant(value)] as const),
    ...inQuery.map((field) => [field.name, sentAs(field)] as const),
  ];
  const headers = [
    ...(canBeUnchanged ? [['If-None-Match', 'etag_of(if_none_match)'] as const] : []),
    ...(takesIfMatch(operation) ? [['If-Match', 'etag_of(if_match)'] as const] : []),
    ...(keyed ? [['Idempotency-Key', 'new_key(idempotency_key)'] as const] : []),
  ];
  return [
    'Call(',
    `    ${string(method)},`,
    `    ${filled === path ? '' : 'f'}${string(filled)},`,
    `    statuses=(${statuses.map((status) => `${status},`).join(' ')}),`,
    ...mapping('query', query),
    ...mapping('headers', headers),
    ...(body
      ? [
          '    body=given(',
          '        {',
          ...fieldsOfBody(types, operation).map(
            (field) => `            ${string(field.name)}: ${sentAs(field)},`,
          ),
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
const passing = (call: string, types: Types, operation: ApiOperation): readonly string[] => [
  `        ${call}`,
  ...indented(callOf(types, operation), '            ').map((line, n, all) =>
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
const single = (
  types: Types,
  operation: ApiOperation,
  name: string,
  { def, wait }: Style,
): readonly string[] => {
  const { summary, description, result, canBeUnchanged } = operation;
  const args = argumentsOf(types, operation);
  const doc = documentation(summary, description, args);
  if (result === undefined) {
    return [
      ...signature(name, args, 'ResponseInfo', def),
      ...doc,
      ...passing(`return ${wait}self._transport.send(`, types, operation),
    ];
  }
  if (!canBeUnchanged) {
    return [
      ...signature(name, args, result, def),
      ...doc,
      ...passing(`return ${wait}self._transport.get(\n            ${result}._decode,`, types, operation),
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
    ...overload(always, result),
    ...overload(withoutDefault(args, 'if_none_match', 'str | int | HasETag'), `${result} | None`),
    ...signature(name, args, `${result} | None`, def),
    ...doc,
    ...passing(
      `return ${wait}self._transport.get_if_changed(\n            ${result}._decode,`,
      types,
      operation,
    ),
  ];
};

/** The method that follows the pages, and the one that gets a page. */
const paged = (
  types: Types,
  operation: ApiOperation,
  { by, item }: Paging,
  style: Style,
): readonly string[] => {
  const { method } = placeOf(operation);
  const isList = by === 'cursor';
  const left = new Set(isList ? ['cursor', 'if_none_match'] : []);
  const args = argumentsOf(types, operation).filter(({ name }) => !left.has(name));
  const all = isList
    ? 'Iterate over the result: the next page is read when it is needed.'
    : 'Iterate over the result: the next page is read when it is needed. Then store `next_since`.';
  const type = `${style.prefix}${isList ? 'Pager' : 'Changes'}[${item}]`;
  const passed = args.map(({ name }) => `${name}=${name === by ? `${by}_` : name},`);
  const variable = isList ? 'cursor' : 'since_';
  return [
    ...signature(method, args, type, ''),
    ...documentation(operation.summary, all, args),
    `        return ${style.prefix}${isList ? 'Pager' : 'Changes'}(`,
    `            lambda ${variable}: self.${method}_page(`,
    ...passed.map((line) => `                ${line}`),
    ...(isList ? ['                cursor=cursor,'] : []),
    '            ),',
    ...(isList ? [] : ['            since,']),
    '        )',
    '',
    ...single(types, operation, `${method}_page`, style),
  ];
};

const exported = (types: Types, operation: ApiOperation, { prefix }: Style): readonly string[] => {
  const args = argumentsOf(types, operation);
  const [first, ...call] = callOf(types, operation);
  return [
    ...signature(placeOf(operation).method, args, `${prefix}Export`, ''),
    ...documentation(
      operation.summary,
      'Iterate over the result: tasks come as they arrive, and `IncompleteExportError` is raised if the export is cut off.',
      args,
    ),
    ...[`        call = ${first}`, ...indented(call, '        ')],
    `        return ${prefix}Export(lambda: self._transport.stream(call))`,
  ];
};

const methodOf = (types: Types, operation: ApiOperation, style: Style): readonly string[] => {
  if (operation.isExport) return exported(types, operation, style);
  return operation.paging
    ? paged(types, operation, operation.paging, style)
    : single(types, operation, placeOf(operation).method, style);
};

const className = (resource: string) =>
  `${resource.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Resource`;

const resourceClass = (
  { tags, types }: ApiModel,
  resource: string,
  own: readonly ApiOperation[],
  style: Style,
): readonly string[] => [
  `class ${style.prefix}${className(resource)}:`,
  ...docstring(wrap(tags.get(resource) ?? `The operations of \`client.${resource}\`.`, 92), '    '),
  '',
  `    def __init__(self, transport: ${style.prefix}Transport) -> None:`,
  '        self._transport = transport',
  ...own.flatMap((operation) => ['', ...methodOf(types, operation, style)]),
];

/** The module of the resources. `models` and `args` are the names that it can use. */
export const resourcesModule = (
  model: ApiModel,
  models: readonly string[],
  args: readonly string[],
): string => {
  const byResource = Map.groupBy(model.operations, (operation) => placeOf(operation).resource);
  const classes = [sync, async].flatMap((style) => [
    ...[...byResource].map(([resource, own]) => resourceClass(model, resource, own, style)),
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
    'from ._call import Call, Timeout, day, etag_of, given, new_key, segment',
    'from ._export import AsyncExport, Export',
    'from ._model import NOT_GIVEN, HasETag, NotGiven, ResponseInfo',
    ...importing('._models', usedIn(code, models)),
    'from ._pages import AsyncChanges, AsyncPager, Changes, Pager',
    'from ._transport import AsyncTransport, Transport',
  ];
  return `${head.join('\n')}\n\n\n${code}\n`;
};
