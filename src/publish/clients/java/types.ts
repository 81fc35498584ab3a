// The types of the contract in Java: a record for what is received, a class for what is sent.
import type { EnumType, Field, ObjectType, Type, Types, UnionType } from '../../model/types.ts';
import { javaConstant, javadoc, javaName, javaType } from './names.ts';

const readers: Readonly<Partial<Record<Type['kind'], string>>> = {
  'date-time': 'instant',
  boolean: 'bool',
  either: 'any',
};

const reader = (type: Type): string => {
  if (type.kind === 'named') return `${type.name}::from`;
  if (type.kind === 'list') return `value -> Json.list(value, ${reader(type.item)})`;
  if (type.kind === 'map') return `value -> Json.map(value, ${reader(type.item)})`;
  return `Json::${readers[type.kind] ?? type.kind}`;
};

const etag = `
    /** The entity tag of this version, for {@link RequestOptions#ifMatch} and {@link RequestOptions#ifNoneMatch}. */
    public String etag() {
        return "\\"" + version + "\\"";
    }
`;

/** Methods of types that are not in the contract. */
const extras: Readonly<Record<string, string>> = {
  TaskList: etag,
  Task: `${etag}
    /** The task as JSON, with the names and formats of the API. */
    public String toJson() {
        return Json.text(this);
    }
`,
  Fault: `
    /** The place of the fault, such as {@code body.title}. */
    public String place() {
        return loc.stream().map(String::valueOf).collect(java.util.stream.Collectors.joining("."));
    }
`,
};

export type Unions = ReadonlyMap<string, UnionType>;

export const response = ({ name, description, fields }: ObjectType, unions: Unions): string => {
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

export const request = ({ name, description, fields, tag }: ObjectType, types: Types, unions: Unions) => {
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

export const enumeration = ({ name, description, values }: EnumType): string => `${javadoc(description)}
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

export const union = ({ name, description, tag, members, isSent }: UnionType): string => {
  const names = members.map((member) => member.name);
  if (isSent) {
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
