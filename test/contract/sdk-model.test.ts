// How the SDK generators learn of what is in the contract: by the model, which refuses what it does not
// know, and which all languages share.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Document, document, type Schema, type SchemaOrReference } from '../../src/publish/contract.ts';
import { modelOf } from '../../src/publish/model.ts';

type Parameters = Exclude<NonNullable<Document['paths'][string]>['parameters'], undefined>;

/** The contract with one more field in every task, and with one more parameter in listTasks. */
const changed = ({
  field,
  parameter,
  task,
}: {
  field?: SchemaOrReference;
  parameter?: Parameters[number];
  task?: Partial<Schema>;
}): Document => {
  const copy = structuredClone(document);
  const { Task, TaskCreate } = copy.components?.schemas ?? {};
  for (const schema of [Task, TaskCreate]) {
    if (schema === undefined || !('properties' in schema)) throw new Error('no schema of tasks');
    if (field) schema.properties = { ...schema.properties, colour: field };
  }
  if (Task) Object.assign(Task, task);
  const list = copy.paths['/api/v1/users/{user_id}/tasks']?.get;
  if (parameter) list?.parameters?.push(parameter);
  return copy;
};

const text: Schema = { type: 'string' };
const query = { name: 'colour', in: 'query' } as const;

describe('the SDK generators refuse, by the name of its schema or operation,', () => {
  test.each<[string, Document, string]>([
    [
      'a keyword',
      changed({ field: { anyOf: [text] } }),
      'TaskCreate.colour: the SDK generators do not know the keyword anyOf',
    ],
    ['a keyword beside others', changed({ field: { ...text, readOnly: true } }), 'the keyword readOnly'],
    [
      'a combination',
      changed({ field: { allOf: [text] } }),
      'TaskCreate.colour: the SDK generators do not know the keyword allOf',
    ],
    [
      'a format',
      changed({ field: { ...text, format: 'byte' } }),
      'TaskCreate.colour: the SDK generators do not know the format byte',
    ],
    ['a missing type', changed({ field: {} }), 'a schema without a type'],
    ['an object of any shape', changed({ field: { type: 'object' } }), 'a schema of the type object alone'],
    [
      'an enum of numbers',
      changed({ field: { type: 'integer', enum: [1, 2] } }),
      'an enum of the type integer',
    ],
    [
      'a flag that cannot be true',
      changed({ field: { type: 'boolean', enum: [false] } }),
      'an enum of the type boolean',
    ],
    [
      'null in a list',
      changed({ field: { type: 'array', items: { ...text, nullable: true } } }),
      'null in a list',
    ],
    [
      'a list of lists',
      changed({ field: { type: 'array', items: { type: 'array', items: text } } }),
      'TaskCreate.colour.item',
    ],
    [
      'a map of times',
      changed({ field: { type: 'object', additionalProperties: { ...text, format: 'date-time' } } }),
      'TaskCreate.colour.value',
    ],
    [
      'objects without a discriminator',
      changed({ field: { oneOf: [{ $ref: '#/components/schemas/Session' }, text] } }),
      'TaskCreate.colour: the SDK generators do not know oneOf',
    ],
    [
      'a schema that contains itself',
      changed({ field: { $ref: '#/components/schemas/Task' } }),
      'Task: the SDK generators do not know a schema that contains itself',
    ],
    ['an object in both directions', changed({ field: { $ref: '#/components/schemas/Session' } }), 'Session'],
    ['fields and other names', changed({ task: { additionalProperties: text } }), 'Task: '],
    [
      'a reference to nothing',
      changed({ field: { $ref: '#/components/schemas/Colour' } }),
      '#/components/schemas/Colour',
    ],
    [
      'a list in a query',
      changed({ parameter: { ...query, schema: { type: 'array', items: text } } }),
      'listTasks.colour',
    ],
    [
      'a required choice in a query',
      changed({ parameter: { ...query, required: true, schema: text } }),
      'listTasks.colour',
    ],
    [
      'a header',
      changed({ parameter: { name: 'Prefer', in: 'header', schema: text } }),
      'listTasks: the SDK generators do not know the header parameter Prefer',
    ],
    ['a cookie', changed({ parameter: { name: 'colour', in: 'cookie', schema: text } }), 'listTasks: '],
  ])('%s', (_, contract, message) => {
    expect(() => modelOf(contract)).toThrow(message);
  });
});

const root = new URL('../../', import.meta.url).pathname;
const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Generates the SDKs of a contract; returns the folder that contains theirs, and what was printed. */
const generate = (contract: Document) => {
  const directory = mkdtempSync(join(tmpdir(), 'tasks-sdks-'));
  directories.push(directory);
  mkdirSync(join(directory, 'generated'));
  writeFileSync(join(directory, 'generated/openapi.json'), JSON.stringify(contract));
  symlinkSync(join(root, 'src'), join(directory, 'src'), 'junction');
  cpSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  const env = { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  let errors = '';
  try {
    execFileSync(process.execPath, [join(root, 'src/publish/clients/main.ts')], {
      cwd: directory,
      env,
      stdio: 'pipe',
    });
  } catch (error) {
    errors = String(error);
  }
  return { clients: join(directory, 'generated/clients'), errors };
};

test('no SDK is written of a contract that is refused', () => {
  const { clients, errors } = generate(changed({ field: { anyOf: [text] } }));
  expect(errors).toContain('TaskCreate.colour: the SDK generators do not know the keyword anyOf');
  expect(existsSync(clients)).toBe(false);
});

describe('a new field and a new operation are in the SDK for', () => {
  const contract = changed({ field: { ...text, description: 'The colour of the task.' } });
  const session = contract.paths['/api/v1/session'];
  contract.paths['/api/v1/palette'] = {
    get: { ...session?.get, operationId: 'getPalette', responses: session?.get?.responses ?? {} },
  };
  let clients = '';
  beforeAll(() => {
    const generated = generate(contract);
    expect(generated.errors).toBe('');
    clients = generated.clients;
  });

  const codeOf = (language: string) =>
    readdirSync(join(clients, language), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');

  test.each([
    ['typescript', /colour\??: string/, 'getPalette('],
    ['python', /colour: str/, 'def get_palette('],
    ['go', /Colour \*?string/, ') GetPalette('],
    ['java', /String colour/, ' getPalette('],
  ])('%s', (language, field, method) => {
    const code = codeOf(language);
    expect(code).toMatch(field);
    expect(code).toContain('The colour of the task.');
    expect(code).toContain(method);
  });
});
