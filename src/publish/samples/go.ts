// The sample for the Go SDK.
import { readFileSync } from 'node:fs';
import { type ApiModel, type Field, modelOf, type Type } from '../clients/api-model.ts';
import { goName } from '../clients/go/names.ts';
import { goModule } from '../clients/go.ts';
import type { Operation } from '../operations.ts';
import { camel, indent, literal } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

const model: ApiModel = modelOf(JSON.parse(readFileSync('generated/openapi.json', 'utf8')));
const types = new Map(model.types.map((type) => [type.name, type]));

const scalarName = (type: Type): string =>
  ({ integer: 'int', number: 'float64', boolean: 'bool' })[type.kind as string] ?? 'string';

const anonymous = { name: '', description: '', nullable: false, allowsEmpty: true };

const mapName = ({ item, hasNulls }: Extract<Type, { kind: 'map' }>): string =>
  `map[string]${hasNulls ? `tasks.Optional[${scalarName(item)}]` : scalarName(item)}`;

/** A Go expression of a value; statements that must come before it are added to `before`. */
const expression = (type: Type, value: unknown, before: string[]): string => {
  if (type.kind === 'list') {
    const items = (value as readonly unknown[]).map((item) => expression(type.item, item, before));
    const item = type.item.kind === 'named' ? `tasks.${type.item.name}` : scalarName(type.item);
    if (type.item.kind !== 'named') return `[]${item}{${items.join(', ')}}`;
    return `[]${item}{\n\t${items.map((text) => `${indent(text, '\t')},`).join('\n\t')}\n}`;
  }
  if (type.kind === 'map') {
    const entries = Object.entries(value as Fields).map(
      ([name, item]) =>
        `${literal(name)}: ${fieldValue({ ...anonymous, type: type.item, required: !type.hasNulls }, item, before)}`,
    );
    return `${mapName(type)}{${entries.join(', ')}}`;
  }
  const named = type.kind === 'named' ? types.get(type.name) : undefined;
  if (named?.kind === 'union') {
    const member = named.members.find((one) => one.value === (value as Fields)[named.tag]);
    return expression({ kind: 'named', name: member?.name ?? '' }, value, before);
  }
  if (named?.kind === 'object') {
    const set = named.fields
      .filter(({ name }) => (value as Fields)[name] !== undefined)
      .map((field) => `${goName(field.name)}: ${fieldValue(field, (value as Fields)[field.name], before)}`);
    return `tasks.${named.name}{${set.join(', ')}}`;
  }
  return named ? `tasks.${named.name}(${literal(value)})` : literal(value);
};

const fieldValue = ({ name, type, required, nullable }: Field, value: unknown, before: string[]): string => {
  if (!required) {
    return value === null
      ? `tasks.Null[${scalarName(type)}]()`
      : `tasks.Set(${expression(type, value, before)})`;
  }
  if (!nullable) return expression(type, value, before);
  if (value === null) return 'nil';
  before.push(`${camel(name)} := ${expression(type, value, before)}`);
  return `&${camel(name)}`;
};

const argumentsOf = ({ id, inPath, body }: Operation, before: string[]): string => {
  const { inQuery = [] } = model.operations.find((operation) => operation.id === id) ?? {};
  return [
    'context.Background()',
    ...inPath.filter(({ name }) => name !== 'user_id').map(({ example }) => literal(example)),
    ...(body ? [expression({ kind: 'named', name: body.name }, body.value, before)] : []),
    ...(inQuery.length > 0 ? [`tasks.${goName(id)}Params{}`] : []),
  ].join(', ');
};

const failed = 'if err != nil {\n\tlog.Fatal(err)\n}';

/** The call, and what is done with its result. */
const callOf = (operation: Operation, before: string[]): { code: string; prints: boolean } => {
  const { id } = operation;
  const { result, isExport, paging } = model.operations.find((one) => one.id === id) ?? {};
  const call = `client.${goName(id)}(${argumentsOf(operation, before)})`;
  if (isExport || paging) {
    const loop = `${indent(failed, '\t')}\n\tfmt.Printf("%+v\\n", item)`;
    return { code: `for item, err := range ${call} {\n\t${loop}\n}`, prints: true };
  }
  if (result === undefined) {
    return { code: `if err := ${call}; err != nil {\n\tlog.Fatal(err)\n}`, prints: false };
  }
  return { code: `result, err := ${call}\n${failed}\nfmt.Printf("%+v\\n", *result)`, prints: true };
};

export const go = (operation: Operation): string => {
  const before: string[] = [];
  const { code, prints } = callOf(operation, before);
  const token = operation.secured ? ', tasks.WithToken(os.Getenv("TOKEN"))' : '';
  const imports = ['context', ...(prints ? ['fmt'] : []), 'log', 'os'];
  return `package main

import (
	${imports.map(literal).join('\n\t')}

	"${goModule}"
)

func main() {
	client, err := tasks.New(os.Getenv("API")${token})
	${indent(failed, '\t')}
	${indent([...before, code].join('\n'), '\t')}
}
`;
};
