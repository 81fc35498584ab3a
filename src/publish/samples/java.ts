// The sample for the Java SDK.
import type { Operation } from '../operations.ts';
import { camel, indent, literal, pascal, pathValues, plainFields } from './text.ts';

export const java = (operation: Operation): string => {
  const { id, secured, inQuery, hasQuery, body, isPaged, hasResult } = operation;
  const fields = plainFields(operation);
  const args = [...pathValues(operation)];
  if (body && fields) {
    const given = Object.fromEntries(fields);
    args.push(
      `new ${body.name}(${Object.keys(body.schema.properties ?? {})
        .map((name) => literal(given[name] ?? null))
        .join(', ')})`,
    );
  } else if (body) args.push(`${body.name}.fromJson(Json.parse("""\n    ${literal(body.value)}\n    """))`);
  if (inQuery.length > 0) {
    args.push(
      `new ${pascal(id)}Params()${inQuery.map(({ name, example }) => `.${camel(name)}(${literal(example)})`).join('')}`,
    );
  } else if (hasQuery) args.push('null');
  const call = isPaged
    ? `for (var item : tasks.${id}Items(${args.join(', ')})) {\n    System.out.println(item);\n}`
    : hasResult
      ? `var result = tasks.${id}(${args.join(', ')});\nSystem.out.println(result);`
      : `tasks.${id}(${args.join(', ')});`;
  const settings = [
    '.serverUrl(System.getenv("API"))',
    ...(secured
      ? [
          '.auth(new Auth().bearer(System.getenv("TOKEN")))',
          '.idempotencyKey(() -> java.util.UUID.randomUUID().toString())',
        ]
      : []),
    '.retry(new Retry().retries(3))',
  ];
  return `import tasksapi.Client;
import tasksapi.Client.*;

public class Sample {
    public static void main(String[] args) {
        var tasks = new Client(new Config()
            ${settings.join('\n            ')});
        ${indent(call, '        ')}
    }
}
`;
};
