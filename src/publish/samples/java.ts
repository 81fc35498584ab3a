// The sample for the Java SDK.
import { javaConstant, javaName, javaPackage } from '../clients/java/names.ts';
import type { Field, Type } from '../model/types.ts';
import { model } from '../model.ts';
import type { SdkSample } from './operation.ts';
import { indent, literal } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

const { types } = model;

/** A Java expression of a value. */
const expression = (type: Type, value: unknown): string => {
  if (value === null) return 'null';
  if (type.kind === 'list') {
    const items = (value as readonly unknown[]).map((item) => expression(type.item, item));
    const isShort = type.item.kind !== 'named';
    return isShort ? `List.of(${items.join(', ')})` : `List.of(\n    ${items.join(',\n    ')})`;
  }
  if (type.kind === 'map') {
    // Map.of allows no null.
    const entries = Object.entries(value as Fields).map(
      ([name, item]) => `put(${literal(name)}, ${expression(type.item, item)});`,
    );
    return `new HashMap<>() {{ ${entries.join(' ')} }}`;
  }
  if (type.kind === 'uuid') return `UUID.fromString(${literal(value)})`;
  if (type.kind === 'date-time') return `OffsetDateTime.parse(${literal(value)})`;
  if (type.kind === 'date') return `LocalDate.parse(${literal(value)})`;
  return type.kind === 'named' ? namedExpression(type.name, value) : literal(value);
};

const namedExpression = (name: string, value: unknown): string => {
  const type = types.get(name);
  if (type?.kind === 'enum') return `${name}.${javaConstant(String(value))}`;
  const given = value as Fields;
  if (type?.kind === 'union') {
    const member = type.members.find((one) => one.value === given[type.tag]);
    return namedExpression(member?.name ?? '', value);
  }
  const fields = type?.kind === 'object' ? type.fields : [];
  const of = (field: Field) => expression(field.type, given[field.name]);
  const required = fields.filter((field) => field.required).map(of);
  const others = fields.filter((field) => !field.required && given[field.name] !== undefined);
  const set = others.map((field) => `.${javaName(field.name)}(${of(field)})`);
  return `new ${name}(${required.join(', ')})${set.join('')}`;
};

/** The call, and what is done with its result. */
const callOf = ({ operation, inPath, body }: SdkSample): string => {
  const { id, result, isExport, paging } = operation;
  const values = [
    ...inPath.map((value, n) => expression(operation.inPath[n]?.type ?? { kind: 'string' }, value)),
    ...(operation.body && operation.needsBody
      ? [expression({ kind: 'named', name: operation.body }, body)]
      : []),
  ];
  const call = `tasks.${id}(${values.join(', ')})`;
  const print = (what: string) => `System.out.println(${what});`;
  if (isExport) {
    return `try (var export = ${call}) {\n    for (var task : export) ${print('task')}\n}`;
  }
  if (paging) return `for (var item : ${call}) ${print('item')}`;
  return result ? `var result = ${call};\n${print('result')}` : `${call};`;
};

export const java = (sample: SdkSample): string => {
  const call = callOf(sample);
  const imports = ['OffsetDateTime', 'LocalDate', 'HashMap', 'List', 'UUID']
    .filter((name) => new RegExp(`\\b${name}\\b`).test(call))
    .map((name) => `import java.${/OffsetDateTime|LocalDate/.test(name) ? 'time' : 'util'}.${name};\n`);
  const token = sample.operation.secured ? '\n            .token(System.getenv("TOKEN"))' : '';
  return `import ${javaPackage}.*;
${imports.join('')}
public class Sample {
    public static void main(String[] args) {
        var tasks = TasksClient.builder(System.getenv("API"))${token}
            .build();
        ${indent(call, '        ')}
    }
}
`;
};
