// `npm run generate:clients`: the SDKs, one folder of generated/clients/ for each language, with
// the manifest that the language's own tools need to install it. Redocly writes the code;
// redocly.yaml defines how they follow pages.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const directory = 'generated/clients';
const bundle = readFileSync('generated/openapi.json', 'utf8');
const { info } = JSON.parse(bundle);
const summary = 'Client of the Tasks API, generated from its contract';

interface Client {
  readonly generator: string;
  /** Where the code goes; the generator replaces `.ts` with its own ending. */
  readonly output: string;
  readonly options?: readonly string[];
  readonly manifests: Readonly<Record<string, string>>;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const clients: readonly Client[] = [
  { generator: 'typescript', output: 'typescript/client.ts', manifests: {} },
  {
    generator: 'python',
    output: 'python/tasks_api.ts',
    manifests: {
      'python/pyproject.toml': `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "tasks-api"
version = "${info.version}"
description = "${summary}"
license = { text = "MIT" }
requires-python = ">=3.9"
dependencies = ["httpx>=0.24"]

[tool.setuptools]
py-modules = ["tasks_api"]
`,
    },
  },
  {
    generator: 'go',
    output: 'go/tasks.ts',
    options: ['--go-package', 'tasks'],
    manifests: { 'go/go.mod': 'module tasks-api/tasks\n\ngo 1.23\n' },
  },
  {
    generator: 'java',
    output: 'java/src/main/java/tasksapi/client.ts',
    manifests: {
      'java/pom.xml': `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tasksapi</groupId>
  <artifactId>tasks-api</artifactId>
  <version>${info.version}</version>
  <description>${summary}</description>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
</project>
`,
    },
  },
  {
    generator: 'php',
    output: 'php/client.ts',
    manifests: {
      'php/composer.json': json({
        name: 'tasks-api/client',
        description: summary,
        version: info.version,
        license: 'MIT',
        require: { php: '>=8.1', 'ext-curl': '*' },
        autoload: { files: ['client.php'] },
      }),
    },
  },
];

/**
 * The PHP generator does not pass an operation's path parameters to the closure that fetches a
 * page. Throws if there is nothing left to fix, so that this fix does not outlive the bug.
 */
const fixPhp = (code: string): string => {
  let fixes = 0;
  const result = code.replace(
    /use \(\$op, \$headers\)(: array \{\s.*\s.*?buildUrl\(.*?, \[(.*)\]\);)/g,
    (whole, rest, parameters) => {
      const names = [...parameters.matchAll(/=> (\$\w+)/g)].map(([, name]) => name);
      if (names.length === 0) return whole;
      fixes += 1;
      return `use (${['$op', '$headers', ...names].join(', ')})${rest}`;
    },
  );
  if (fixes === 0) throw new Error('The PHP generator no longer needs a fix: remove fixPhp.');
  return result;
};

/**
 * The Java generator throws at an object of a type that it does not know, which a later version may
 * add to a list. This leaves such objects out of the list instead. Throws if there is nothing left
 * to replace.
 */
const skipUnknownTypes = (code: string): string =>
  [
    [/throw new IllegalArgumentException\("Unknown \w+ value: " \+ data\.get\("\w+"\)\);/g, 'return null;'],
    [
      /out\.add\(item\.apply\(entry\)\);/g,
      'T read = item.apply(entry);\n            if (read != null) {\n                out.add(read);\n            }',
    ],
  ].reduce((before, [pattern = '', replacement = '']) => {
    const after = before.replace(pattern, String(replacement));
    if (after === before) throw new Error('The Java generator has changed: see skipUnknownTypes.');
    return after;
  }, code);

/**
 * The contract as the generators should see it. They treat lines of JSON as one JSON value, so the
 * export is declared as bytes, which they pass to the caller. A body that may be omitted is meant
 * for intermediaries, not for callers.
 */
const forGenerators = (text: string): string =>
  JSON.stringify(
    JSON.parse(text, (name, value) => {
      // The caller passes the server's address: a default would be right for one user only.
      if (name === 'servers') return undefined;
      if (name === 'requestBody' && !value.required) return undefined;
      if (name !== 'content' || !value['application/x-ndjson']) return value;
      const { description } = value['application/x-ndjson'].schema;
      return { 'application/octet-stream': { schema: { type: 'string', format: 'binary', description } } };
    }),
  );

const work = mkdtempSync(join(tmpdir(), 'tasks-clients-'));
const contract = join(work, 'openapi.json');
writeFileSync(contract, forGenerators(bundle));
rmSync(directory, { recursive: true, force: true });
for (const { generator, output, options = [], manifests } of clients) {
  const target = join(directory, output);
  mkdirSync(dirname(target), { recursive: true });
  execFileSync(
    'redocly',
    ['generate-client', contract, '--generator', generator, '--output', target, ...options],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  for (const [name, text] of Object.entries(manifests)) writeFileSync(join(directory, name), text);
}
rmSync(work, { recursive: true, force: true });
const php = join(directory, 'php/client.php');
writeFileSync(php, fixPhp(readFileSync(php, 'utf8')));
const java = join(directory, 'java/src/main/java/tasksapi/Client.java');
writeFileSync(java, skipUnknownTypes(readFileSync(java, 'utf8')));
console.log(`${clients.length} clients generated in ${directory}/`);
