// The Python SDK. The code in python/package/ is written by hand: how calls are sent, repeated and
// read. What follows from the contract, the models and the methods, is generated beside it.
//
// Not with openapi-python-client: it writes 63 files with 6,700 lines, and a layer above them would
// still have to send every request itself, for retries, for streams and for errors by status.
import { copyFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NamedType, reachable } from '../model/types.ts';
import type { ApiModel } from '../model.ts';
import { fieldsOfBody } from './python/arguments.ts';
import { argumentsModule, modelsModule } from './python/models.ts';
import { resourcesModule } from './python/resources.ts';

const written = 'src/publish/clients/python/package';

const pyproject = (version: string) => `[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "tasks-api"
version = "${version}"
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
    'ForbiddenError',
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

const namesOf = (types: readonly NamedType[]): readonly string[] => types.map(({ name }) => name);

/** What the modules of models and of arguments contain, by name. */
const partsOf = ({ types, operations }: ApiModel) => {
  // The fields of a body are arguments themselves, so the body's own type has no class.
  const inArguments = reachable(
    types,
    operations.flatMap((operation) =>
      [...fieldsOfBody(types, operation), ...operation.inQuery].map(({ type }) => type),
    ),
  );
  const all = [...types.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const enums = all.filter((type) => type.kind === 'enum' && !type.isInline);
  const classes = all.filter(({ kind }) => kind !== 'enum');
  const args = classes.filter(({ name }) => inArguments.has(name));
  const merge = (some: readonly NamedType[]) =>
    all.filter((type) => enums.includes(type) || some.includes(type));
  return { models: merge(classes.filter(({ isReceived }) => isReceived)), args, argsAndEnums: merge(args) };
};

export const python = (directory: string, model: ApiModel): void => {
  cpSync(written, directory, {
    recursive: true,
    filter: (source) => !/__pycache__|\.\w+_cache/.test(source),
  });
  copyFileSync('LICENSE', join(directory, 'LICENSE'));
  const { types, operations, version } = model;
  const { models, args, argsAndEnums } = partsOf(model);
  const tagged = new Set(
    operations.flatMap(({ hasEntityTag, result }) => (hasEntityTag && result ? [result] : [])),
  );
  const write = (name: string, text: string) => writeFileSync(join(directory, 'tasks_api', name), text);
  write('_models.py', modelsModule(types, models, tagged));
  write('_arguments.py', argumentsModule(types, argsAndEnums));
  write('_resources.py', resourcesModule(model, namesOf(models), namesOf(args)));
  write(
    '_version.py',
    `"""The version of the package, which is that of the contract."""\n\nVERSION = "${version}"\n`,
  );
  write('__init__.py', initModule(namesOf(models), namesOf(args)));
  writeFileSync(join(directory, 'pyproject.toml'), pyproject(version));
};
