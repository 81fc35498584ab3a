// The types of the contract in Go. The output is formatted as gofmt formats it.
import type { EnumType, Field, ObjectType, Type, Types, UnionType } from '../../model/types.ts';
import { comment, goName, goType } from './names.ts';

const isUnion = (types: Types, type: Type) => type.kind === 'named' && types.get(type.name)?.kind === 'union';

const typeOfField = ({ isSent }: ObjectType, { type, required, nullable }: Field): string => {
  const base = goType(type);
  if (isSent && !required) return `Optional[${base}]`;
  const canBeNil = type.kind === 'list' || type.kind === 'map' || type.kind === 'either';
  return (nullable || !required) && !canBeNil ? `*${base}` : base;
};

/** A list of unions, which decodes each item as what its tag names. */
const listOfUnions = (name: string) => `
// ${name}List is a list of values of different kinds.
type ${name}List []${name}

// UnmarshalJSON implements [json.Unmarshaler].
func (list *${name}List) UnmarshalJSON(text []byte) (err error) {
	*list, err = decodeAll(text, decode${name})
	return err
}
`;

const unionInList = (types: Types, { isSent }: ObjectType, { type }: Field) =>
  !isSent && type.kind === 'list' && isUnion(types, type.item) ? type.item : undefined;

/** Whether a list of these unions is declared with this object: with the first one that has it. */
const declaresList = (types: Types, object: ObjectType, item: Type): boolean => {
  const holder = [...types.values()].find(
    (one) =>
      one.kind === 'object' &&
      one.fields.some((field) => {
        const found = unionInList(types, one, field);
        return found !== undefined && goType(found) === goType(item);
      }),
  );
  return holder?.name === object.name;
};

/** How what is sent is written: with its tag, and with empty lists and maps instead of nil. */
const marshaler = ({ name, fields, tag }: ObjectType): string => {
  const empty = fields.filter(
    ({ required, nullable, type }) => required && !nullable && (type.kind === 'list' || type.kind === 'map'),
  );
  if (!tag && empty.length === 0) return '';
  const fills = empty.map((field) => {
    const value = `value.${goName(field.name)}`;
    return `\tif ${value} == nil {\n\t\t${value} = ${goType(field.type)}{}\n\t}\n`;
  });
  const tagged = tag
    ? `struct {
		Tag string \`json:"${tag.name}"\`
		fields
	}{${JSON.stringify(tag.value)}, fields(value)}`
    : 'fields(value)';
  return `
// MarshalJSON implements [json.Marshaler].
func (value ${name}) MarshalJSON() ([]byte, error) {
	type fields ${name}
${fills.join('')}	return json.Marshal(${tagged})
}
`;
};

/** How what is received is read: with everything that is required; and how it is shown. */
const unmarshaler = ({ name, fields }: ObjectType): string => {
  const required = fields
    .filter((field) => field.required)
    .map((field) => `, ${JSON.stringify(`${field.name}${field.nullable ? '?' : ''}`)}`);
  return `
// UnmarshalJSON implements [json.Unmarshaler].
func (value *${name}) UnmarshalJSON(text []byte) error {
	type fields ${name}
	return decodeObject(text, (*fields)(value)${required.join('')})
}

// String returns the fields as JSON, for people to read.
func (value ${name}) String() string { return textOf("${name}", value) }
`;
};

export const struct = (types: Types, object: ObjectType): string => {
  const { name, description, fields, isSent } = object;
  const lists = new Set<string>();
  const lines = fields.map((field) => {
    const item = unionInList(types, object, field);
    if (item && declaresList(types, object, item)) lists.add(listOfUnions(goType(item)));
    const type = item ? `${goType(item)}List` : typeOfField(object, field);
    const options = field.required ? '' : ',omitzero';
    return `${comment(field.description, '\t')}\n\t${goName(field.name)} ${type} \`json:"${field.name}${options}"\`\n`;
  });
  const marshal = isSent ? marshaler(object) : unmarshaler(object);
  return `${comment(`${name}: ${description}`)}\ntype ${name} struct {\n${lines.join('\n')}}\n${marshal}${[...lists].join('')}`;
};

export const enumeration = ({ name, description, values }: EnumType): string => {
  const constants = values.map((value) => [
    `${name}${goName(value)}${value.startsWith('-') ? 'Desc' : ''}`,
    `= ${JSON.stringify(value)}`,
  ]);
  const width = Math.max(...constants.map(([constant = '']) => constant.length));
  return `${comment(`${name}: ${description}`)}
type ${name} string

// The values of ${name} that this version knows.
const (
${constants.map(([constant = '', value]) => `\t${constant.padEnd(width)} ${name} ${value}`).join('\n')}
)
`;
};

export const union = ({ name, description, tag, members, isSent }: UnionType): string => {
  const marker = `is${name}`;
  const names = members.map((member) => `[${member.name}]`).join(', ');
  const known = `${comment(`${name}: ${description} It is one of ${names}${isSent ? '' : `, or [Unknown${name}]`}.`)}
type ${name} interface{ ${marker}() }
${members.map((member) => `\nfunc (${member.name}) ${marker}() {}\n`).join('')}`;
  if (isSent) return known;
  return `${known}
// Unknown${name} is of a kind that this version does not know. Skip it.
type Unknown${name} struct {
	Kind string
	JSON json.RawMessage
}

func (Unknown${name}) ${marker}() {}

func decode${name}(text []byte) (${name}, error) {
	kind, err := tagOf(text, "${tag}")
	if err != nil {
		return nil, err
	}
	switch kind {
${members.map((m) => `\tcase ${JSON.stringify(m.value)}:\n\t\treturn decodeAs[${m.name}, ${name}](text)\n`).join('')}	default:
		return Unknown${name}{kind, bytes.Clone(text)}, nil
	}
}
`;
};
