// The arguments of a tool: flat names that a model fills in, in place of a request's path, query,
// headers and body. This module declares them from an operation, turns a call's arguments into the
// values of a request, and names the arguments in what is wrong with them.
import { type Fault, problems } from '../contract/problem.ts';
import { isRecord } from '../contract/record.ts';
import { shortened } from '../contract/shortened.ts';
import type { Operation, Parameter, Resolve, Schema } from './contract.ts';
import type { Declaration } from './extension.ts';
import { createConverter, type ToolSchema, textOf } from './schemas.ts';

/** A request's values by place; headers in lower case. */
export interface Values {
  readonly path: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, string>;
  body: unknown;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** What a tool takes. */
export interface ToolArguments {
  readonly inputSchema: ToolSchema;
  /** The values of the request. Throws a Problem (422) whose faults name arguments. */
  readonly toValues: (given: Arguments) => Values;
  /** The argument at a place of the request, such as `tasks[0].due` for an operation of a batch. */
  readonly nameOf: (loc: Fault['loc']) => string;
  /** A sentence about the request as one about the arguments. */
  readonly inWords: (text: string) => string;
  /** What to do about a fault of an argument, or about what the call names being nowhere. */
  readonly hintOf: (argument?: string) => string | undefined;
}

const versionArgument = 'if_version';
const keyArgument = 'idempotency_key';

/** Headers that are arguments. Others are for caches. */
const headerArguments: Readonly<Record<string, string>> = {
  'if-match': versionArgument,
  'idempotency-key': keyArgument,
};

/** Headers that no tool has: a tool that reads returns what there is. */
const isIgnoredHeader = (name: string, method: string): boolean =>
  name === 'if-none-match' || (name === 'if-match' && method === 'get');

const versionSchema: Schema = {
  type: 'integer',
  description: 'Act only if the version is still this one.',
};

interface Field {
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** The member of the object that has the field, if it is not the object itself. */
  readonly within?: string | undefined;
  /** Whether it is the Idempotency-Key. */
  readonly isKey?: boolean;
  /** Whether `clear` may name the field. */
  readonly isClearable?: boolean;
}

/** The fields of an object as arguments. */
type Fields = ReadonlyMap<string, Field>;

const clear = 'clear';

/** An object in which an absent member keeps its value. */
const isPatch = ({ minProperties = 0, required = [] }: Schema): boolean =>
  minProperties > 0 && required.length === 0;

/**
 * The fields of an object. Those of its required object members, such as the `changes` of an
 * operation, become fields of it.
 */
const fieldsOf = (schema: Schema, resolve: Resolve, left: readonly string[] = []): Fields => {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).flatMap(([name, reference]): [string, Field][] => {
    if (left.includes(name)) return [];
    const property = resolve(reference);
    const isRequired = required.includes(name);
    if (isRequired && property.properties !== undefined) {
      return [...fieldsOf(property, resolve)].map(([inner, field]) => [inner, { ...field, within: name }]);
    }
    const isClearable = isPatch(schema) && property.nullable === true;
    return [[name, { schema: reference, isRequired, isClearable }]];
  });
  const names = new Set(fields.map(([name]) => name));
  if (names.size < fields.length || names.has(clear))
    throw new Error('two arguments would have the same name');
  return new Map(fields);
};

const clearableOf = (fields: Fields): readonly string[] =>
  [...fields].flatMap(([name, { isClearable }]) => (isClearable ? [name] : []));

/** Whether an empty string is a value. */
const acceptsEmpty = ({ type, minLength = 0, format, pattern, enum: values }: Schema): boolean =>
  type === 'string' &&
  minLength === 0 &&
  format === undefined &&
  values === undefined &&
  (pattern === undefined || new RegExp(pattern).test(''));

/** More faults than this are not listed. */
const maxFaults = 20;

class Faults {
  readonly #found: Fault[] = [];

  add(loc: Fault['loc'], msg: string, type: string): void {
    if (this.#found.length < maxFaults) this.#found.push({ loc: ['argument', ...loc], msg, type });
  }

  throwIfAny(): void {
    if (this.#found.length > 0) throw problems.invalid(this.#found);
  }
}

interface Reader {
  readonly fields: Fields;
  /** Converts the given arguments to the members of an object. */
  read(given: Arguments, at: Fault['loc'], faults: Faults): Record<string, unknown>;
}

/**
 * Reads the fields of an object, and names those that are missing; `list` is the argument beside them.
 * Models fill in optional arguments with empty strings and nulls, which are ignored where they are no
 * values. Where one could be meant to clear a field, it is refused, because it could be meant either
 * way.
 */
const readerOf = (fields: Fields, resolve: Resolve, list?: string): Reader => {
  const clearable = clearableOf(fields);
  const names = [...(list ? [list] : []), ...fields.keys(), ...(clearable.length > 0 ? [clear] : [])];
  const wrappers = new Set([...fields.values()].flatMap(({ within }) => within ?? []));
  const isIgnored = ({ schema, isRequired, isKey }: Field, value: unknown): boolean => {
    const found = resolve(schema);
    // A key asks for protection, which is not to get lost without notice.
    if (isRequired || (isKey && value === '')) return false;
    return value === '' ? !acceptsEmpty(found) : value === null && found.nullable !== true;
  };
  const read: Reader['read'] = (given, at, faults) => {
    const members: Record<string, unknown> = {};
    const inner = new Map([...wrappers].map((name): [string, Record<string, unknown>] => [name, {}]));
    for (const [name, object] of inner) members[name] = object;
    const targetOf = ({ within }: Field) => (within === undefined ? members : (inner.get(within) ?? members));
    for (const [name, value] of Object.entries(given)) {
      const field = fields.get(name);
      if (name === clear && clearable.length > 0) continue;
      if (field === undefined) {
        faults.add(
          [...at, shortened(name)],
          `is not known here: ${names.join(', ')}`,
          'additionalProperties',
        );
      } else if (field.isClearable && (value === null || isIgnored(field, value))) {
        const what = value === null ? 'null' : 'empty';
        faults.add([...at, name], `must not be ${what}: to remove it, send clear: ["${name}"]`, 'type');
      } else if (!isIgnored(field, value)) targetOf(field)[name] = value;
    }
    for (const [name, { isRequired }] of fields) {
      if (isRequired && given[name] === undefined) faults.add([...at, name], 'is required', 'required');
    }
    const cleared = clearable.length > 0 ? (given[clear] ?? []) : [];
    if (!Array.isArray(cleared) || cleared.length > clearable.length) {
      faults.add([...at, clear], `must be a list of some of: ${clearable.join(', ')}`, 'type');
      return members;
    }
    for (const name of new Set<unknown>(cleared)) {
      const field = typeof name === 'string' ? fields.get(name) : undefined;
      if (typeof name !== 'string' || !field?.isClearable)
        faults.add([...at, clear], `must contain only: ${clearable.join(', ')}`, 'enum');
      else if (targetOf(field)[name] !== undefined) {
        faults.add(
          [...at, clear],
          `must not contain ${name}, which has a value as well`,
          'additionalProperties',
        );
      } else targetOf(field)[name] = null;
    }
    return members;
  };
  return { fields, read };
};

type Convert = (schema: Schema) => ToolSchema;

/** The input schema of an object's fields. */
const objectOf = (fields: Fields, convert: Convert) => {
  const clearable = clearableOf(fields);
  const required = [...fields].flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries([...fields].map(([name, { schema }]) => [name, convert(schema)])),
      ...(clearable.length > 0 && {
        [clear]: { type: 'array', items: { enum: clearable } },
      }),
    },
    ...(required.length > 0 && { required }),
  };
};

interface ParameterArgument {
  readonly parameter: Parameter;
  readonly argument: string;
}

/** The parameters that are arguments. The user is always the caller. */
const parametersOf = ({ parameters, operationId, method }: Operation): readonly ParameterArgument[] =>
  parameters.flatMap((parameter) => {
    if (parameter.name === 'user_id') return [];
    if (parameter.in !== 'header') return [{ parameter, argument: parameter.name }];
    const name = parameter.name.toLowerCase();
    if (isIgnoredHeader(name, method)) return [];
    const argument = headerArguments[name];
    if (argument === undefined)
      throw new Error(`x-mcp of ${operationId}: the header ${name} has no argument`);
    return [{ parameter, argument }];
  });

/** The field of a parameter, with its own description. */
const fieldOfParameter = ({ parameter, argument }: ParameterArgument, resolve: Resolve): [string, Field] => {
  const { schema = {}, description, 'x-mcp-text': text, required } = parameter;
  const own = argument === versionArgument ? versionSchema : { ...resolve(schema) };
  const told = textOf({
    ...(description && { description }),
    ...(text !== undefined && { 'x-mcp-text': text }),
  });
  return [
    argument,
    {
      schema: { ...own, description: '', 'x-mcp-text': told.description ?? own['x-mcp-text'] ?? '' },
      isRequired: required === true,
      isKey: argument === keyArgument,
    },
  ];
};

const textOfValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What is wrong with a list for a parameter of the query, which would be taken for repetitions of it. */
const faultOfList = ({ schema = {}, description = '' }: Parameter, resolve: Resolve): string => {
  const { type, description: told = '' } = resolve(schema);
  if (type !== 'string') return 'must not be a list';
  return `must be a text${/separated by commas/.test(description + told) ? ', separated by commas' : ', not a list'}`;
};

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** Without the spaces around it that a server of HTTP leaves out (RFC 9110, section 5.5). */
const withoutBlanks = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (start < end && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
};

/**
 * The longest text of an argument that is a parameter over HTTP, in characters: a query has no more. It
 * is checked before anything looks at the text.
 */
const maxParameter = 16_384;

/** The value of a header; undefined for a value that cannot be one. */
const headerValueOf = (argument: string, value: unknown): string | undefined => {
  const isVersion = argument === versionArgument;
  if (typeof value !== 'string' && !(isVersion && typeof value === 'number')) return undefined;
  const text = withoutBlanks(String(value));
  // An entity tag is the version in quotes.
  return isVersion && /^\d+$/.test(text) ? `"${text}"` : text;
};

const putParameter = (
  values: Values,
  { parameter, argument }: ParameterArgument,
  value: unknown,
  faults: Faults,
): void => {
  if (typeof value === 'string' && value.length > maxParameter) {
    faults.add([argument], `must have at most ${maxParameter} characters`, 'maxLength');
  } else if (parameter.in === 'path') values.path[parameter.name] = textOfValue(value);
  else if (parameter.in === 'query') values.query[parameter.name] = value;
  else {
    const text = headerValueOf(argument, value);
    if (text !== undefined) values.headers[parameter.name.toLowerCase()] = text;
    else
      faults.add([argument], `must be ${argument === versionArgument ? 'an integer' : 'a string'}`, 'type');
  }
};

/** The list of a batch, as the tool's own list. */
interface List {
  /** Its name in the body, and that of the tool's argument. */
  readonly property: string;
  readonly argument: string;
  readonly schema: Schema;
  readonly discriminator: string;
  readonly op: string;
  readonly reader: Reader;
}

/** The list of the body whose items are of several kinds, for one kind. */
const listOf = (body: Schema, { op, list }: Declaration, resolve: Resolve): List | undefined => {
  if (op === undefined || list === undefined) return undefined;
  for (const [property, reference] of Object.entries(body.properties ?? {})) {
    const schema = resolve(reference);
    const { discriminator } = schema.items ? resolve(schema.items) : {};
    const branch = discriminator?.mapping?.[op];
    if (discriminator === undefined || branch === undefined) continue;
    const { propertyName } = discriminator;
    const fields = fieldsOf(resolve<Schema>({ $ref: branch }), resolve, [propertyName]);
    const reader = readerOf(fields, resolve);
    return { property, argument: list, schema, discriminator: propertyName, op, reader };
  }
  throw new Error(`no list has items of the kind ${op}`);
};

const readList = (list: List, given: unknown, faults: Faults): unknown => {
  const { argument, reader, discriminator, op, schema } = list;
  // The validator refuses what is not a list, or too long.
  if (!Array.isArray(given) || given.length > (schema.maxItems ?? 0)) return given;
  return given.map((item: unknown, index) => {
    if (isRecord(item)) return { [discriminator]: op, ...reader.read(item, [argument, index], faults) };
    faults.add([argument, index], 'must be an object', 'type');
    return item;
  });
};

const inBrackets = (loc: Fault['loc']): string =>
  loc
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '') || 'arguments';

/** The place of a request in terms of the arguments. */
const namer = (list: List | undefined, wrappers: ReadonlySet<string>) => {
  const inBody = (rest: Fault['loc']): Fault['loc'] => {
    if (list === undefined) return wrappers.has(String(rest[0])) ? rest.slice(1) : rest;
    const [property, index, member, ...inner] = rest;
    if (property !== list.property) return rest;
    const isWithin = [...list.reader.fields.values()].some(({ within }) => within === member);
    const after = member === undefined ? [] : isWithin ? inner : [member, ...inner];
    return [list.argument, ...(index === undefined ? [] : [index]), ...after];
  };
  return ([place, ...rest]: Fault['loc']): string => {
    if (place === 'body') return inBrackets(inBody(rest));
    if (place === 'header') return headerArguments[String(rest[0])] ?? inBrackets(rest);
    return inBrackets(rest);
  };
};

/** A sentence about the request as one about the arguments. */
const inWords = (text: string): string =>
  Object.entries(headerArguments).reduce(
    (said, [header, argument]) => said.replace(new RegExp(header, 'gi'), argument),
    text
      .replace('; in a URL, write + as %2B', '')
      .replace('entity tag is in the ETag header', 'version is in current_version')
      .replace(/\b(children|tasks)=(delete|detach)\b/g, '$1 "$2"'),
  );

const tasksAreFound = 'find_tasks has the ids of tasks';

/** What to do about an argument that does not fit, by its name. */
export const hints: Readonly<Record<string, string>> = {
  id: tasksAreFound,
  task_id: tasksAreFound,
  parent_id: tasksAreFound,
  before: tasksAreFound,
  after: tasksAreFound,
  list_id: 'list_lists has the ids of lists',
  change: 'list_changes has the changes',
  if_version: 'read it again with get_task, and decide whether your change still makes sense',
  cursor: 'start again without cursor',
};

/** The hint for an argument as `nameOf` names it, or for a tool whose path leads nowhere. */
const hinter = (parameters: readonly ParameterArgument[], list: List | undefined) => {
  const [found] = parameters.filter(({ parameter }) => parameter.in === 'path');
  return (argument = found?.argument ?? ''): string | undefined => {
    const name = argument.slice(argument.lastIndexOf('.') + 1);
    // A new task's id is of the model's own choice.
    if (name === 'id' && !list?.reader.fields.get(name)?.isRequired) return undefined;
    return Object.hasOwn(hints, name) ? hints[name] : undefined;
  };
};

/** Declares the arguments of a tool. Throws on what cannot be one. */
export const argumentsOf = (
  operation: Operation,
  declaration: Declaration,
  resolve: Resolve,
): ToolArguments => {
  const parameters = parametersOf(operation);
  const body: Schema = operation.body ? resolve(operation.body) : {};
  const list = listOf(body, declaration, resolve);
  const own = fieldsOf(body, resolve, list && [list.property]);
  const ofParameters = parameters.map((one) => fieldOfParameter(one, resolve));
  const fields: Fields = new Map([...ofParameters, ...own]);
  if (fields.size < own.size + parameters.length || (list && fields.has(list.argument))) {
    throw new Error('two arguments would have the same name');
  }
  const { convert, finish } = createConverter(resolve, 'input');
  const root = objectOf(fields, convert);
  const items = list && {
    ...{ type: 'array', ...(list.schema.maxItems !== undefined && { maxItems: list.schema.maxItems }) },
    items: objectOf(list.reader.fields, convert),
  };
  const reader = readerOf(fields, resolve, list?.argument);
  const toValues = (given: Arguments): Values => {
    const faults = new Faults();
    const { [list?.argument ?? '']: listed, ...others } = given;
    if (list !== undefined && listed === undefined) faults.add([list.argument], 'is required', 'required');
    const members = reader.read(list === undefined ? given : others, [], faults);
    const values: Values = { path: { user_id: 'me' }, query: {}, headers: {}, body: undefined };
    for (const one of parameters) {
      const { [one.argument]: value } = members;
      delete members[one.argument];
      if (Array.isArray(value) && one.parameter.in === 'query') {
        faults.add([one.argument], faultOfList(one.parameter, resolve), 'type');
      } else if (value !== undefined) putParameter(values, one, value, faults);
    }
    if (list !== undefined && listed !== undefined) members[list.property] = readList(list, listed, faults);
    faults.throwIfAny();
    if (operation.body && (operation.isBodyRequired || Object.keys(members).length > 0))
      values.body = members;
    return values;
  };
  return {
    inputSchema: finish({
      ...root,
      ...(list && {
        properties: { [list.argument]: items, ...root.properties },
        required: [list.argument, ...(root.required ?? [])],
      }),
    }),
    toValues,
    nameOf: namer(list, new Set([...own.values()].flatMap(({ within }) => within ?? []))),
    inWords,
    hintOf: hinter(parameters, list),
  };
};
