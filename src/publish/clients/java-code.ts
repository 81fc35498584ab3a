// The generated part of the Java SDK: the client's methods, the types and the exceptions of the
// contract. The rest is written by hand, in java/.
import type {
  ApiModel,
  ApiOperation,
  EnumType,
  Field,
  NamedType,
  ObjectType,
  Type,
  UnionType,
} from './api-model.ts';

/** The package, which is also the group of the artifact. To publish the SDK, replace it. */
export const javaPackage = 'com.example.tasks';

/** The name of a member: `owner_id` is ownerId. */
export const javaName = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The name of a constant: `-created_at` is CREATED_AT_DESC. */
export const javaConstant = (value: string): string =>
  `${value.replace(/^-/, '').replace(/\W+/g, '_').toUpperCase()}${value.startsWith('-') ? '_DESC' : ''}`;

const pascal = (name: string) => javaName(name).replace(/^./, (letter) => letter.toUpperCase());

const boxed: Readonly<Record<string, string>> = {
  string: 'String',
  uuid: 'UUID',
  date: 'LocalDate',
  'date-time': 'Instant',
  integer: 'Long',
  number: 'Double',
  boolean: 'Boolean',
  any: 'Object',
};
const primitives: Readonly<Record<string, string>> = {
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
};
const readers: Readonly<Record<string, string>> = {
  'date-time': 'instant',
  boolean: 'bool',
};

const javaType = (type: Type, canBeNull: boolean): string => {
  if (type.kind === 'named') return type.name;
  if (type.kind === 'list') return `List<${javaType(type.item, true)}>`;
  if (type.kind === 'map') return `Map<String, ${javaType(type.item, true)}>`;
  return (canBeNull ? undefined : primitives[type.kind]) ?? boxed[type.kind] ?? '';
};

const reader = (type: Type): string => {
  if (type.kind === 'named') return `${type.name}::from`;
  if (type.kind === 'list') return `value -> Json.list(value, ${reader(type.item)})`;
  if (type.kind === 'map') return `value -> Json.map(value, ${reader(type.item)})`;
  return `Json::${readers[type.kind] ?? type.kind}`;
};

/** Text of the contract as Javadoc, wrapped at 110 columns. */
const javadoc = (text: string, indent = '', tags: readonly (readonly [string, string])[] = []): string => {
  const clean = (words: string) =>
    words
      .replace(/`([^`]*)`/g, (_, code: string) => `{@code ${code.replace(/[{}]/g, '')}}`)
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/\*\//g, '*&#47;');
  const wrap = (words: string, first: string, rest: string): string[] => {
    const lines = [first];
    for (const word of words.split(/\s+/)) {
      const line = lines.at(-1) ?? '';
      if (line.trim() !== '' && indent.length + line.length + word.length > 105) lines.push(`${rest}${word}`);
      else lines[lines.length - 1] = /^$|[ >]$/.test(line) ? line + word : `${line} ${word}`;
    }
    return lines;
  };
  const paragraphs = text.trim().split(/\n{2,}/);
  const body = paragraphs.flatMap((paragraph, n) => [
    ...(n > 0 ? [''] : []),
    ...wrap(clean(paragraph), n > 0 ? '<p>' : '', ''),
  ]);
  const last = tags.flatMap(([tag, words]) => wrap(clean(words), `${tag} `, '    '));
  const lines = [...body, ...(last.length > 0 ? ['', ...last] : [])];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join('\n');
};

const file = (imports: readonly string[], code: string): string => {
  const used = imports.filter((path) => new RegExp(`\\b${path.split('.').at(-1)}\\b`).test(code)).toSorted();
  const lines = used.map((path) => `import ${path};\n`).join('');
  return `// Generated from the contract. Do not edit.\npackage ${javaPackage};\n\n${lines}${lines && '\n'}${code}`;
};

const standard = [
  'com.fasterxml.jackson.databind.JsonNode',
  'java.time.Instant',
  'java.time.LocalDate',
  'java.util.List',
  'java.util.Map',
  'java.util.UUID',
];

/** Methods of types that are not in the contract. */
const extras: Readonly<Record<string, string>> = {
  Task: `
    /** The entity tag of this version, for {@link RequestOptions#ifMatch} and {@link RequestOptions#ifNoneMatch}. */
    public String etag() {
        return "\\"" + version + "\\"";
    }
`,
  Fault: `
    /** The place of the fault, such as {@code body.title}. */
    public String place() {
        return loc.stream().map(String::valueOf).collect(java.util.stream.Collectors.joining("."));
    }
`,
};

type Unions = ReadonlyMap<string, UnionType>;

const response = ({ name, description, fields }: ObjectType, unions: Unions): string => {
  const union = unions.get(name);
  const isOptional = ({ required, nullable }: Field) => !required || nullable;
  const components = fields.map(
    (field) => `${javaType(field.type, isOptional(field))} ${javaName(field.name)}`,
  );
  const tags = fields.map((field): [string, string] => [
    `@param ${javaName(field.name)}`,
    field.description.trim(),
  ]);
  const reads = fields.map(
    (field) => `Json.field(json, "${field.name}", ${isOptional(field)}, ${reader(field.type)})`,
  );
  return `${javadoc(description, '', tags)}
public record ${name}(
        ${components.join(',\n        ')})${union ? ` implements ${union.name}` : ''} {
    static ${name} from(JsonNode json) {
        return new ${name}(
                ${reads.join(',\n                ')});
    }
${extras[name] ?? ''}}
`;
};

/** The expression of a value as JsonBody.put wants it. */
const plain = (type: Type, value: string): string => {
  if (type.kind === 'list') {
    const item = plain(type.item, 'item');
    return item === 'item'
      ? value
      : `${value} == null ? null : ${value}.stream().map(item -> ${item}).toList()`;
  }
  if (type.kind === 'named') return `fieldsOf(${value})`;
  return ['uuid', 'date', 'date-time'].includes(type.kind) ? `textOf(${value})` : value;
};

const request = (
  { name, description, fields, tag }: ObjectType,
  types: ReadonlyMap<string, NamedType>,
  unions: Unions,
) => {
  const union = unions.get(name);
  const isEnum = ({ type }: Field) => type.kind === 'named' && types.get(type.name)?.kind === 'enum';
  const put = (field: Field) => {
    const value = javaName(field.name);
    return `put("${field.name}", ${isEnum(field) ? `textOf(${value})` : plain(field.type, value)});`;
  };
  const required = fields.filter((field) => field.required);
  const parameters = required.map(
    (field) => `${javaType(field.type, field.nullable)} ${javaName(field.name)}`,
  );
  const tags = required.map((field): [string, string] => [
    `@param ${javaName(field.name)}`,
    field.description.trim(),
  ]);
  const body = [...(tag ? [`put("${tag.name}", "${tag.value}");`] : []), ...required.map(put)];
  const setters = fields
    .filter((field) => !field.required)
    .map(
      (field) => `
${javadoc(field.description, '    ')}
    public ${name} ${javaName(field.name)}(${javaType(field.type, field.nullable)} ${javaName(field.name)}) {
        ${put(field)}
        return this;
    }
`,
    );
  return `${javadoc(description)}
public final class ${name} extends JsonBody${union ? ` implements ${union.name}` : ''} {
${javadoc('Creates it with what is required.', '    ', tags)}
    public ${name}(${parameters.join(', ')}) {${body.map((line) => `\n        ${line}`).join('')}
    }
${setters.join('')}}
`;
};

const enumeration = ({ name, description, values }: EnumType): string => `${javadoc(description)}
public enum ${name} {
${values.map((value) => `    /** {@code ${value}}. */\n    ${javaConstant(value)}("${value}")`).join(',\n\n')};

    private final String value;

    ${name}(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static ${name} from(JsonNode json) {
        for (${name} one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
`;

const union = ({ name, description, tag, members, isRequest }: UnionType): string => {
  const names = members.map((member) => member.name);
  if (isRequest) {
    return `${javadoc(description)}\npublic sealed interface ${name} permits ${names.join(', ')} {}\n`;
  }
  return `${javadoc(description)}
public sealed interface ${name} permits ${[...names, `${name}.Unknown`].join(', ')} {
    /**
     * It is of a kind that this version does not know. Skip it.
     *
     * @param kind The value of {@code ${tag}}.
     * @param json The whole object.
     */
    record Unknown(String kind, String json) implements ${name} {}

    /** Reads an object by its {@code ${tag}}. */
    static ${name} from(JsonNode json) {
        String kind = Json.field(json, "${tag}", false, Json::string);
        return switch (kind) {
${members.map((member) => `            case "${member.value}" -> ${member.name}.from(json);`).join('\n')}
            default -> new Unknown(kind, json.toString());
        };
    }
}
`;
};

const paramsClass = ({ id, inQuery }: ApiOperation): string => {
  const name = `${pascal(id)}Params`;
  const setters = inQuery.map(
    (field) => `
${javadoc(field.description, '    ')}
    public ${name} ${javaName(field.name)}(${javaType(field.type, false)} ${javaName(field.name)}) {
        return with("${field.name}", ${javaName(field.name)});
    }
`,
  );
  return `/** The query parameters of {@link TasksClient#${id}}. They do not change: each method returns new ones. */
public final class ${name} {
    private final Map<String, Object> values;

    private ${name}(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ${name} create() {
        return new ${name}(Map.of());
    }

    private ${name} with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ${name}(more);
    }
${setters.join('')}
    Map<String, Object> values() {
        return values;
    }
}
`;
};

const callOf = ({ method, path, inPath, inQuery, constants, body, keyed, secured }: ApiOperation): string => {
  const segments = inPath.map((name) => (name === 'user_id' ? 'transport.user' : javaName(name)));
  const parts = [
    `new Call(${[`"${method}"`, `"${path.replace(/\{\w+\}/g, '%s')}"`, ...segments].join(', ')})`,
    ...(inQuery.length > 0 ? ['.query(params.values())'] : []),
    ...Object.entries(constants).map(([name, value]) => `.query(Map.of("${name}", "${value}"))`),
    ...(body ? ['.body(body)'] : []),
    ...(keyed ? ['.keyed()'] : []),
    ...(secured ? ['.secured()'] : []),
  ];
  return parts.join('\n                ');
};

interface Signature {
  readonly name: string;
  readonly returns: string;
  readonly parameters: readonly (readonly [type: string, name: string])[];
}

/** A method with all its parameters, one without options, and one without query parameters. */
const overloads = ({ name, returns, parameters }: Signature, doc: string, code: string): string => {
  const call = returns === 'void' ? name : `return ${name}`;
  const [last, ...others] = parameters.toReversed();
  const plainest =
    last?.[1] === 'params' && others.length === 0
      ? `
    /** The same, without query parameters. */
    public ${returns} ${name}() {
        ${call}(${last[0]}.create());
    }
`
      : '';
  const declared = (all: Signature['parameters']) => all.map((pair) => pair.join(' ')).join(', ');
  const names = [...parameters.map(([, parameter]) => parameter), 'RequestOptions.create()'].join(', ');
  return `
${javadoc(doc, '    ')}
    public ${returns} ${name}(${declared(parameters)}) {
        ${call}(${names});
    }
${plainest}
    /** The same, with options. */
    public ${returns} ${name}(${declared([...parameters, ['RequestOptions', 'options']])}) {
${code}
    }
`;
};

const pager = (
  operation: ApiOperation,
  parameters: Signature['parameters'],
  types: ReadonlyMap<string, NamedType>,
) => {
  const { id, result = '', paging, description } = operation;
  const page = types.get(result);
  const items = page?.kind === 'object' ? page.fields.find(({ name }) => name === 'items') : undefined;
  if (items?.type.kind !== 'list') throw new Error(`${id}: a page has no items`);
  const next =
    paging === 'cursor' ? 'TaskPage::nextCursor' : 'page -> page.hasMore() ? page.nextSince() : null';
  const pages = `Pages.of(
                ${paging} -> ${id}Page(${paging} == null ? params : params.${paging}(${paging}), options),
                ${next.replace('TaskPage', result)})`;
  if (paging === 'cursor') {
    return overloads(
      { name: id, returns: `Pages<${javaType(items.type.item, true)}>`, parameters },
      `${description}\n\nIt follows all pages.`,
      `        Pages<${result}> pages = ${pages};\n        return pages.items(${result}::items);`,
    );
  }
  return overloads(
    { name: id, returns: `Pages<${result}>`, parameters },
    `${description}\n\nIt follows all pages. After each, store its \`nextSince\` with what it has changed: it is the \`since\` to continue from, now or the next time.`,
    `        return ${pages};`,
  );
};

const operationCode = (operation: ApiOperation, types: ReadonlyMap<string, NamedType>): string => {
  const { id, description, result, isExport, inPath, inQuery, body, paging } = operation;
  const parameters: Signature['parameters'] = [
    ...inPath.filter((name) => name !== 'user_id').map((name) => ['UUID', javaName(name)] as const),
    ...(body ? [[body, 'body'] as const] : []),
    ...(inQuery.length > 0 ? [[`${pascal(id)}Params`, 'params'] as const] : []),
  ];
  const call = `        Call call = ${callOf(operation)};`;
  if (isExport) {
    const doc = `${description}\n\nThe tasks come one by one as they arrive. Close the export if you do not read it to its end.`;
    return overloads(
      { name: id, returns: 'TaskExport', parameters },
      doc,
      `${call}\n        return transport.export(call, options);`,
    );
  }
  const single = overloads(
    { name: paging ? `${id}Page` : id, returns: result ?? 'void', parameters },
    paging ? `Returns one page of what \`${id}\` returns.` : description,
    `${call}\n        ${result ? `return transport.send(call, options, ${result}::from)` : 'transport.send(call, options, null)'};`,
  );
  return paging ? `${pager(operation, parameters, types)}${single}` : single;
};

const clientCode = (model: ApiModel, types: ReadonlyMap<string, NamedType>): string => `/**
 * A client of the Tasks API, for the user of its token. It is safe for use by several threads; make one and share it.
 */
public final class TasksClient {
    /** The version of the contract that this client is generated from. */
    public static final String VERSION = "${model.version}";

    private final Transport transport;

    TasksClient(Transport transport) {
        this.transport = transport;
    }

    /** Returns the settings of a client of the server at {@code baseUrl}. */
    public static TasksClientBuilder builder(String baseUrl) {
        return new TasksClientBuilder(baseUrl);
    }

    @Override
    public String toString() {
        return "TasksClient of " + transport;
    }
${model.operations.map((operation) => operationCode(operation, types)).join('')}}
`;

/** The name of the exception of an error of the contract. */
const exceptionName = (name: string) => `${name.replace(/Error$/, '')}Exception`;

const exceptionCode = (
  name: string,
  status: number,
  description: string,
) => `${javadoc(`${status}: ${description}`)}
public final class ${name} extends ApiException {
    private static final long serialVersionUID = 1L;

    ${name}(Failure failure) {
        super(failure);
    }
}
`;

const statuses = ({ errors }: ApiModel) => `/** The exception of each status. */
final class Statuses {
    private Statuses() {}

    static ApiException exception(ApiException.Failure failure) {
        return switch (failure.status()) {
${errors.map(({ status, name }) => `            case ${status} -> new ${exceptionName(name)}(failure);`).join('\n')}
            default -> new ApiException(failure);
        };
    }
}
`;

/** The generated files, by name. */
export const javaCode = (model: ApiModel): ReadonlyMap<string, string> => {
  const types = new Map(model.types.map((type) => [type.name, type]));
  const unions = new Map(
    model.types.flatMap((type) =>
      type.kind === 'union' ? type.members.map((member) => [member.name, type] as const) : [],
    ),
  );
  const codeOf = (type: NamedType): string => {
    if (type.kind === 'enum') return enumeration(type);
    if (type.kind === 'union') return union(type);
    return type.isRequest ? request(type, types, unions) : response(type, unions);
  };
  return new Map([
    ['TasksClient', file(standard, clientCode(model, types))],
    ['Statuses', file([], statuses(model))],
    ...model.types.map((type): [string, string] => [type.name, file(standard, codeOf(type))]),
    ...model.operations
      .filter(({ inQuery }) => inQuery.length > 0)
      .map((operation): [string, string] => [
        `${pascal(operation.id)}Params`,
        file(standard, paramsClass(operation)),
      ]),
    ...model.errors.map(({ name, status, description }): [string, string] => [
      exceptionName(name),
      file([], exceptionCode(exceptionName(name), status, description)),
    ]),
  ]);
};
