// The generated part of the Go SDK, api.go: the types and one method for each operation. The rest is
// written by hand, in go/. The output is formatted as gofmt formats it.
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

const initialisms = new Set(['id', 'url', 'uri', 'http', 'json', 'api']);

/** The exported name of a JSON name: `owner_id` is OwnerID. */
export const goName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .split(/[_\W]+/)
    .map((word) =>
      initialisms.has(word.toLowerCase()) ? word.toUpperCase() : word.replace(/^./, (c) => c.toUpperCase()),
    )
    .join('');

/** The name of a parameter: `task_id` is taskID. */
export const goParameter = (name: string): string =>
  goName(name).replace(/^[A-Z]+(?=[A-Z]|$)|^[A-Z]/, (c) => c.toLowerCase());

const plain: Readonly<Record<string, string>> = {
  string: 'string',
  uuid: 'string',
  date: 'string',
  'date-time': 'time.Time',
  integer: 'int',
  number: 'float64',
  boolean: 'bool',
  any: 'any',
};

const goType = (type: Type): string => {
  if (type.kind === 'named') return type.name;
  if (type.kind === 'map') {
    return `map[string]${type.hasNulls ? `Optional[${goType(type.item)}]` : goType(type.item)}`;
  }
  return type.kind === 'list' ? `[]${goType(type.item)}` : (plain[type.kind] ?? '');
};

/** A query parameter whose type has an empty value that cannot be meant is absent with that value. */
export const isPlainParameter = ({ required, allowsEmpty }: Field) => required || !allowsEmpty;

/** Lines of a comment, wrapped at 100 columns. */
const comment = (text: string, indent = ''): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(/\s+/)) {
        const line = lines.at(-1) ?? '';
        if (line !== '' && indent.length * 4 + line.length + word.length > 95) lines.push(word);
        else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
      }
      return lines.map((line) => `${indent}// ${line}`).join('\n');
    })
    .join(`\n${indent}//\n`);

const isUnion = (types: ReadonlyMap<string, NamedType>, type: Type) =>
  type.kind === 'named' && types.get(type.name)?.kind === 'union';

const typeOfField = ({ isRequest }: ObjectType, { type, required, nullable }: Field): string => {
  const base = goType(type);
  if (isRequest && !required) return `Optional[${base}]`;
  const canBeNil = type.kind === 'list' || type.kind === 'map' || type.kind === 'any';
  return (nullable || !required) && !canBeNil ? `*${base}` : base;
};

const struct = (types: ReadonlyMap<string, NamedType>, object: ObjectType): string => {
  const { name, description, fields, isRequest, tag } = object;
  const lists: string[] = [];
  const lines = fields.map((field) => {
    const item =
      !isRequest && field.type.kind === 'list' && isUnion(types, field.type.item) && field.type.item;
    if (item) lists.push(listOfUnions(goType(item)));
    const type = item ? `${goType(item)}List` : typeOfField(object, field);
    const options = field.required ? '' : ',omitzero';
    return `${comment(field.description, '\t')}\n\t${goName(field.name)} ${type} \`json:"${field.name}${options}"\`\n`;
  });
  const marshal =
    tag && isRequest
      ? `
// MarshalJSON implements [json.Marshaler].
func (value ${name}) MarshalJSON() ([]byte, error) {
	type fields ${name}
	return json.Marshal(struct {
		Tag string \`json:"${tag.name}"\`
		fields
	}{${JSON.stringify(tag.value)}, fields(value)})
}
`
      : '';
  return `${comment(`${name}: ${description}`)}\ntype ${name} struct {\n${lines.join('\n')}}\n${marshal}${lists.join('')}`;
};

const enumeration = ({ name, description, values }: EnumType): string => {
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

const union = ({ name, description, tag, members, isRequest }: UnionType): string => {
  const marker = `is${name}`;
  const names = members.map((member) => `[${member.name}]`).join(', ');
  const known = `${comment(`${name}: ${description} It is one of ${names}${isRequest ? '' : `, or [Unknown${name}]`}.`)}
type ${name} interface{ ${marker}() }
${members.map((member) => `\nfunc (${member.name}) ${marker}() {}\n`).join('')}`;
  if (isRequest) return known;
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

const textOf = ({ type }: Field, value: string): string => {
  if (type.kind === 'named') return `string(${value})`;
  if (type.kind === 'integer') return `strconv.Itoa(${value})`;
  if (type.kind === 'boolean') return `strconv.FormatBool(${value})`;
  if (type.kind === 'date-time') return `${value}.Format(time.RFC3339Nano)`;
  return value;
};

const zeroTest = ({ type }: Field, value: string): string => {
  if (type.kind === 'date-time') return `!${value}.IsZero()`;
  return `${value} != ${type.kind === 'integer' ? '0' : '""'}`;
};

const parameters = ({ id, inQuery, constants }: ApiOperation): string => {
  const name = `${goName(id)}Params`;
  const fields = inQuery.map(
    (field) =>
      `${comment(field.description, '\t')}\n\t${goName(field.name)} ${isPlainParameter(field) ? goType(field.type) : `Optional[${goType(field.type)}]`}\n`,
  );
  const sets = inQuery.map((field) => {
    const value = `p.${goName(field.name)}`;
    const set = (text: string) => `query.Set("${field.name}", ${textOf(field, text)})`;
    return isPlainParameter(field)
      ? `\tif ${zeroTest(field, value)} {\n\t\t${set(value)}\n\t}`
      : `\tif value, ok := ${value}.Get(); ok {\n\t\t${set('value')}\n\t}`;
  });
  const fixed = Object.entries(constants).map(([key, value]) => `\tquery.Set("${key}", "${value}")`);
  return `// ${name} are the query parameters of [Client.${goName(id)}]. None is required.
type ${name} struct {
${fields.join('\n')}}

func (p ${name}) query() url.Values {
	query := url.Values{}
${[...fixed, ...sets].join('\n')}
	return query
}
`;
};

/** The arguments of an operation in its declaration: what must be passed. */
const declared = ({ id, inPath, inQuery, body }: ApiOperation): string[] => [
  ...inPath.filter((name) => name !== 'user_id').map((name) => `${goParameter(name)} string`),
  ...(body ? [`body ${body}`] : []),
  ...(inQuery.length > 0 ? [`params ${goName(id)}Params`] : []),
];

const requestOf = ({
  method,
  path,
  inPath,
  inQuery,
  constants,
  body,
  keyed,
  secured,
  isExport,
}: ApiOperation) => {
  const segments = inPath.filter((name) => name !== 'user_id').map(goParameter);
  const fixed = Object.entries(constants).map(([name, value]) => `"${name}": {"${value}"}`);
  const fields = [
    `method: "${method}"`,
    `path: "${path.replace(/\{\w+\}/g, '%s')}"`,
    ...(inPath[0] === 'user_id' ? ['ofUser: true'] : []),
    ...(segments.length > 0 ? [`segments: []string{${segments.join(', ')}}`] : []),
    ...(inQuery.length > 0 ? ['query: params.query()'] : []),
    ...(inQuery.length === 0 && fixed.length > 0 ? [`query: url.Values{${fixed.join(', ')}}`] : []),
    ...(body ? ['body: body'] : []),
    ...(keyed ? ['keyed: true'] : []),
    ...(secured ? ['secured: true'] : []),
    ...(isExport ? ['accept: "application/x-ndjson"'] : []),
  ];
  return `request{${fields.join(', ')}}`;
};

const listMethod = (types: ReadonlyMap<string, NamedType>, operation: ApiOperation): string => {
  const { id, paging, result = '', description } = operation;
  const name = goName(id);
  const page = types.get(result);
  const itemsField =
    page?.kind === 'object' ? page.fields.find((field) => field.name === 'items') : undefined;
  if (itemsField?.type.kind !== 'list') throw new Error(`${id}: a page has no items`);
  const item = goType(itemsField.type.item);
  const head = `(ctx context.Context, params ${name}Params, options ...Option)`;
  const follow = (field: string, next: string) => `pages(func(${field} string) (*${result}, error) {
		page := params
		if ${field} != "" {
			page.${goName(field)} = ${field}
		}
		return c.${name}Page(ctx, page, options...)
	}, ${next})`;
  const nextSince = `func(page *${result}) string {
		if !page.HasMore {
			return ""
		}
		return page.NextSince
	}`;
  if (paging === 'since') {
    return `${method(name, description)}
//
// It follows all pages. After each, store its NextSince with what it has changed: it is the Since to
// continue from, now or the next time.
func (c *Client) ${name}${head} iter.Seq2[*${result}, error] {
	return ${follow('since', nextSince)}
}
`;
  }
  const nextCursor = `func(page *${result}) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	}`;
  return `${method(name, description)}
//
// It follows all pages.
func (c *Client) ${name}${head} iter.Seq2[${item}, error] {
	all := ${follow('cursor', nextCursor)}
	return items(all, func(page *${result}) []${item} { return page.Items })
}
`;
};

const method = (name: string, description: string) =>
  comment(`${name} ${description.replace(/^./, (letter) => letter.toLowerCase())}`);

const operationCode = (types: ReadonlyMap<string, NamedType>, operation: ApiOperation): string => {
  const { id, description, result, isExport, inQuery, paging } = operation;
  const name = goName(id);
  const args = ['ctx context.Context', ...declared(operation), 'options ...Option'].join(', ');
  const params = inQuery.length > 0 ? `${parameters(operation)}\n` : '';
  const sent = requestOf(operation);
  if (isExport) {
    return `${method(name, description)}
//
// The tasks come one by one as they arrive. The last error is [ErrIncompleteExport] if the export was
// cut off.
func (c *Client) ${name}(${args}) iter.Seq2[Task, error] {
	return c.export(ctx, ${sent}, options)
}
`;
  }
  const words = paging ? `// ${name}Page returns one page of [Client.${name}].` : method(name, description);
  const single =
    result === undefined
      ? `${words}
func (c *Client) ${name}(${args}) error {
	_, err := call[struct{}](ctx, c, ${sent}, options)
	return err
}
`
      : `${words}
func (c *Client) ${name}${paging ? 'Page' : ''}(${args}) (*${result}, error) {
	return call[${result}](ctx, c, ${sent}, options)
}
`;
  return `${params}${paging ? `${listMethod(types, operation)}\n` : ''}${single}`;
};

const errorName = (name: string) => `Err${name.replace(/Error$/, '')}`;

const errors = ({ errors: all }: ApiModel): string => {
  const lines = all.map(
    ({ status, name, description }) =>
      `${comment(`${errorName(name)} (${status}): ${description}`, '\t')}\n\t${errorName(name)} error = statusError(${status})`,
  );
  return `// The errors of the statuses, for [errors.Is].\nvar (\n${lines.join('\n\n')}\n)\n`;
};

/** The text of api.go. */
export const goCode = (model: ApiModel): string => {
  const types = new Map(model.types.map((type) => [type.name, type]));
  const declarations = model.types.map((type) => {
    if (type.kind === 'object') return struct(types, type);
    return type.kind === 'enum' ? enumeration(type) : union(type);
  });
  const code = [
    `// Version is the version of the contract that this client is generated from.\nconst Version = "${model.version}"\n`,
    ...model.operations.map((operation) => operationCode(types, operation)),
    ...declarations,
    errors(model),
  ].join('\n');
  const packages = ['bytes', 'context', 'encoding/json', 'iter', 'net/url', 'strconv', 'time'].filter(
    (path) => code.includes(`${path.split('/').at(-1)}.`),
  );
  return `// Code generated from the contract; DO NOT EDIT.

package tasks

import (
${packages.map((path) => `\t"${path}"`).join('\n')}
)

${code}`;
};
