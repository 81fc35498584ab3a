// The README of the Python SDK lists its methods: all of them, and no others.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const directory = 'generated/clients/python';

test('the Python README lists every method of every resource', () => {
  const code = readFileSync(`${directory}/tasks_api/_resources.py`, 'utf8');
  const methods = code.split(/^class /m).flatMap((part) => {
    const [, resource] = /^(?!Async)(\w+)Resource:/.exec(part) ?? [];
    const names = [...part.matchAll(/^ {4}def ([a-z]\w*)\(/gm)].map(([, name]) => name);
    return resource === undefined ? [] : names.map((name) => `client.${resource.toLowerCase()}.${name}`);
  });
  const readme = readFileSync(`${directory}/README.md`, 'utf8');
  const listed = [...readme.matchAll(/^\| (`.*`) \| `(client\.\w+)` \|$/gm)].flatMap(
    ([, names = '', resource]) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => `${resource}.${name}`),
  );
  expect(listed.toSorted()).toEqual([...new Set(methods)].toSorted());
});
