// The Python SDK. The code in python/package/ is written by hand: how calls are sent, repeated and
// read. What follows from the contract, the models and the methods, is generated beside it.
//
// Not with openapi-python-client: it writes 63 files with 6,700 lines, and a layer above them would
// still have to send every request itself, for retries, for streams and for errors by status.
import { copyFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsModule, modelsModule } from './python/models.ts';
import { operations, resourcesModule } from './python/resources.ts';
import { contract, isEnum, isObject, named, nameOf, reachable, resolve } from './python/schema.ts';

const written = 'src/publish/clients/python/package';

const pyproject = `[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "tasks-api"
version = "${contract.info.version}"
description = "Client of the Tasks API, with and without async"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.10"
dependencies = ["anyio>=3.5", "httpx>=0.24,<1"]
keywords = ["tasks", "to-do", "api", "client"]
classifiers = [
  "Intended Audience :: Developers",
  "Operating System :: OS Independent",
  "Programming Language :: Python :: 3",
  "Typing :: Typed",
]

[tool.hatch.build.targets.wheel]
packages = ["tasks_api"]

[tool.hatch.build.targets.sdist]
include = ["tasks_api"]
`;

/** Everything that a user can import. */
const exportsOf: Readonly<Record<string, readonly string[]>> = {
  _client: ['AsyncTasksClient', 'TasksClient'],
  _errors: [
    'APIConnectionError',
    'APIError',
    'APIResponseError',
    'APIStatusError',
    'APITimeoutError',
    'AuthenticationError',
    'BadRequestError',
    'ChangeTokenExpiredError',
    'ConflictError',
    'IncompleteExportError',
    'NotFoundError',
    'PayloadTooLargeError',
    'PreconditionFailedError',
    'RateLimitError',
    'ServerError',
    'ServiceUnavailableError',
    'UnprocessableEntityError',
    'UnsupportedMediaTypeError',
  ],
  _export: ['AsyncExport', 'Export'],
  _model: ['NOT_GIVEN', 'HasETag', 'Model', 'NotGiven', 'ResponseInfo'],
  _pages: ['AsyncChanges', 'AsyncPager', 'Changes', 'Pager'],
  _version: ['VERSION'],
};

const initModule = (models: readonly string[], args: readonly string[]): string => {
  const all: Readonly<Record<string, readonly string[]>> = {
    _arguments: args,
    ...exportsOf,
    _models: models,
  };
  const imports = Object.entries(all)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => `from .${module} import (\n${names.map((name) => `    ${name},\n`).join('')})`);
  const names = Object.values(all).flat().toSorted();
  return `"""A client of the Tasks API: see \`TasksClient\` and \`AsyncTasksClient\`."""

${imports.join('\n')}

__version__ = VERSION

__all__ = [
${names.map((name) => `    "${name}",\n`).join('')}]
`;
};

export const python = (directory: string): void => {
  cpSync(written, directory, {
    recursive: true,
    filter: (source) => !/__pycache__|\.\w+_cache/.test(source),
  });
  copyFileSync('LICENSE', join(directory, 'LICENSE'));
  const calls = operations();
  const models = [
    ...reachable([
      ...calls.map(({ result }) => result),
      ...calls.flatMap(({ lines }) => (lines ? [lines] : [])),
      { $ref: '#/components/schemas/Problem' },
    ]),
  ];
  const sent = [
    ...reachable([
      ...calls.map(({ body }) => (body ? resolve(body) : undefined)),
      ...calls.flatMap(({ parameters }) => parameters.map(({ schema }) => schema)),
    ]),
  ];
  const enums = [...new Set([...models, ...sent])].filter((name) => isEnum(named(name)));
  const isClass = (name: string) => isObject(named(name)) || named(name).discriminator !== undefined;
  const classes = models.filter(isClass);
  const args = sent.filter(isClass);
  const tagged = new Set(
    calls.flatMap(({ isTagged, result }) => (isTagged && result ? [nameOf(result)] : [])),
  );
  const write = (name: string, text: string) => writeFileSync(join(directory, 'tasks_api', name), text);
  write('_models.py', modelsModule([...enums, ...classes].toSorted(), tagged));
  write('_arguments.py', argumentsModule([...enums, ...args].toSorted()));
  write('_resources.py', resourcesModule([...enums, ...classes].toSorted(), args.toSorted()));
  write(
    '_version.py',
    `"""The version of the package, which is that of the contract."""\n\nVERSION = "${contract.info.version}"\n`,
  );
  write('__init__.py', initModule([...enums, ...classes].toSorted(), args.toSorted()));
  writeFileSync(join(directory, 'pyproject.toml'), pyproject);
};
