// The sample for the Go SDK.
import { goName, goType } from '../clients/go/names.ts';
import { goModule } from '../clients/go.ts';
import type { Field, Type } from '../model/types.ts';
import { model } from '../model.ts';
import type { SdkSample } from './operation.ts';
import { camel, indent, literal } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

const { types } = model;

const typeName = (type: Type): string => (type.kind === 'named' ? `tasks.${type.name}` : goType(type));

const anonymous = { name: '', description: '', nullable: false, allowsEmpty: true };

const mapName = ({ item, hasNulls }: Extract<Type, { kind: 'map' }>): string =>
  `map[string]${hasNulls ? `tasks.Optional[${typeName(item)}]` : typeName(item)}`;

/** A Go expression of a value; statements that must come before it are added to `before`. */
const expression = (type: Type, value: unknown, before: string[]): string => {
  if (type.kind === 'list') {
    const items = (value as readonly unknown[]).map((item) => expression(type.item, item, before));
    const item = typeName(type.item);
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
      ? `tasks.Null[${typeName(type)}]()`
      : `tasks.Set(${expression(type, value, before)})`;
  }
  if (!nullable) return expression(type, value, before);
  if (value === null) return 'nil';
  before.push(`${camel(name)} := ${expression(type, value, before)}`);
  return `&${camel(name)}`;
};

const argumentsOf = ({ operation, inPath, body }: SdkSample, before: string[]): string =>
  [
    'context.Background()',
    ...inPath.map(literal),
    ...(operation.body ? [expression({ kind: 'named', name: operation.body }, body ?? {}, before)] : []),
    ...(operation.inQuery.length > 0 ? [`tasks.${goName(operation.id)}Params{}`] : []),
  ].join(', ');

const failed = 'if err != nil {\n\tlog.Fatal(err)\n}';

/** The call, and what is done with its result. */
const callOf = (sample: SdkSample, before: string[]): { code: string; prints: boolean } => {
  const { id, result, isExport, paging } = sample.operation;
  const call = `client.${goName(id)}(${argumentsOf(sample, before)})`;
  if (isExport || paging) {
    const loop = `${indent(failed, '\t')}\n\tfmt.Println(item)`;
    return { code: `for item, err := range ${call} {\n\t${loop}\n}`, prints: true };
  }
  if (result === undefined) {
    return { code: `if err := ${call}; err != nil {\n\tlog.Fatal(err)\n}`, prints: false };
  }
  return { code: `result, err := ${call}\n${failed}\nfmt.Println(result)`, prints: true };
};

export const go = (sample: SdkSample): string => {
  const before: string[] = [];
  const { code, prints } = callOf(sample, before);
  const token = sample.operation.secured ? ', tasks.WithToken(os.Getenv("TOKEN"))' : '';
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
