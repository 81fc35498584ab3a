// The sample for the PHP SDK. Its idempotency key is passed with the call, not with the client.
import type { Operation } from '../operations.ts';
import { camel, literal, plainFields, quoted } from './text.ts';

const write = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return literal(value);
  return `[${Object.entries(value)
    .map(([name, inner]) => `${write(name)} => ${write(inner)}`)
    .join(', ')}]`;
};

export const php = (operation: Operation): string => {
  const { id, method, secured, inPath, inQuery, body, isPaged, hasResult } = operation;
  const fields = plainFields(operation);
  const args = inPath.map(({ example }) => write(example));
  if (body && fields) {
    args.push(
      `new ${body.name}(${fields.map(([name, value]) => `${camel(name)}: ${write(value)}`).join(', ')})`,
    );
  } else if (body) args.push(`${body.name}::fromArray(${write(body.value)})`);
  args.push(...inQuery.map(({ name, example }) => `${camel(name)}: ${write(example)}`));
  if (method === 'POST' || method === 'PATCH') args.push('idempotencyKey: bin2hex(random_bytes(16))');
  const call = isPaged
    ? `foreach ($tasks->${id}Items(${args.join(', ')}) as $item) {\n    print_r($item);\n}`
    : hasResult
      ? `$result = $tasks->${id}(${args.join(', ')});\nprint_r($result);`
      : `$tasks->${id}(${args.join(', ')});`;
  const auth = secured ? `\n    auth: ['bearer' => getenv('TOKEN')],` : '';
  return `<?php

require 'client.php';

use TasksApi\\{Client, Config${body ? `, ${body.name}` : ''}};

$tasks = new Client(new Config(
    serverUrl: getenv('API'),${auth}
    retry: ['retries' => 3],
));

${call}
`;
};
