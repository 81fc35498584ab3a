// The sample for the Go SDK.
import { readFileSync } from 'node:fs';
import { type Operation, resolve, type Schema } from '../operations.ts';
import { camel, indent, literal, pascal, pathValues, plainFields } from './text.ts';

// The generator gives a method a result only for JSON, so the sample checks the method itself.
const client = readFileSync('generated/clients/go/tasks.go', 'utf8');

export const go = (operation: Operation): string => {
  const { id, secured, inQuery, hasQuery, body, isPaged } = operation;
  const returnsValue = !new RegExp(`\\) ${pascal(id)}\\(.*\\) error \\{`).test(client);
  const before: string[] = [];
  const fields = plainFields(operation);
  const isPointer = (name: string, schema: Schema) =>
    !schema.required?.includes(name) || resolve(schema.properties?.[name] ?? {}).nullable === true;
  // A field that may be absent is a pointer in Go, so its value needs a variable.
  const pointed = (name: string, value: unknown) => {
    if (value === null) return 'nil';
    before.push(`${camel(name)} := ${literal(value)}`);
    return `&${camel(name)}`;
  };
  const args = ['context.Background()', ...pathValues(operation)];
  if (body && fields) {
    const set = fields.map(
      ([name, value]) =>
        `${pascal(name)}: ${isPointer(name, body.schema) || value === null ? pointed(name, value) : literal(value)}`,
    );
    args.push(`tasks.${body.name}{${set.join(', ')}}`);
  } else if (body) {
    before.push(
      `var body tasks.${body.name}`,
      `if err := json.Unmarshal([]byte(\`${literal(body.value)}\`), &body); err != nil {\n\tlog.Fatal(err)\n}`,
    );
    args.push('body');
  }
  if (inQuery.length > 0) {
    const set = inQuery.map(({ name, example }) => `${pascal(name)}: ${pointed(name, example)}`);
    args.push(`&tasks.${pascal(id)}Params{${set.join(', ')}}`);
  } else if (hasQuery) args.push('nil');
  const call = isPaged
    ? `for item, err := range client.${pascal(id)}Items(${args.join(', ')}) {
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(item)
}`
    : returnsValue
      ? `result, err := client.${pascal(id)}(${args.join(', ')})
if err != nil {
	log.Fatal(err)
}
fmt.Println(result)`
      : `if err := client.${pascal(id)}(${args.join(', ')}); err != nil {
	log.Fatal(err)
}`;
  const prints = isPaged || returnsValue;
  const imports = [
    'context',
    ...(secured ? ['crypto/rand'] : []),
    ...(body && !fields ? ['encoding/json'] : []),
    ...(prints ? ['fmt'] : []),
    'log',
    'os',
  ];
  const settings = [
    ['ServerURL', 'os.Getenv("API")'],
    ...(secured
      ? [
          ['Auth', 'tasks.Auth{Bearer: func() string { return os.Getenv("TOKEN") }}'],
          ['IdempotencyKey', 'rand.Text'],
        ]
      : []),
    ['Retry', 'tasks.RetryConfig{Retries: 3}'],
  ];
  // Aligned as in gofmt.
  const width = Math.max(...settings.map(([name = '']) => name.length)) + 2;
  return `package main

import (
	${imports.map(literal).join('\n\t')}

	"tasks-api/tasks"
)

func main() {
	client := tasks.New(tasks.Config{
		${settings.map(([name, value]) => `${`${name}:`.padEnd(width)}${value},`).join('\n\t\t')}
	})
	${indent([...before, call].join('\n'), '\t')}
}
`;
};
