// Valid requests for every operation, built from the contract's own examples: an operation that is
// added to the contract is in the sweep without a line of test.
import type { OpenAPIV3 } from 'openapi-types';
import { document, type Operation, resolve } from '../support/contract.ts';
import { newOwner } from '../support/tokens.ts';

/** The values of path parameters that stand for something an owner has. */
export interface Target {
  readonly user_id: string;
  readonly task_id: string;
  readonly list_id: string;
  readonly change: string;
}

export interface ExampleRequest {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** Whether the path or the body names a task or a list of the target. */
  readonly isAboutOne: boolean;
}

type Parameter = OpenAPIV3.ParameterObject;

/**
 * Values of optional parameters, which have no examples in the contract: consoles would send them.
 */
const optionalValues: Readonly<Record<string, string>> = {
  completed: 'false',
  q: 'milk',
  due_from: '2026-01-01',
  due_to: '2026-12-31',
  overdue_at: '2026-03-01T09:30:00Z',
  available_at: '2026-03-01T09:30:00+01:00',
  has_due: 'false',
  priority: 'none,high',
  labels_all: 'home',
  labels_any: 'home,work',
  labels_none: 'home',
  metadata: 'crm.ticket:4711',
  completed_from: '2026-01-01T00:00:00Z',
  completed_to: '2026-12-31T00:00:00Z',
  list_id: 'none',
  parent_id: 'none',
  children: 'detach',
  tasks: 'delete',
  history: 'true',
  sort: 'title',
  limit: '20',
  wait: '1',
  'If-Match': '"1"',
  'If-None-Match': '"1"',
  'Idempotency-Key': '8e03978e-40d5-43e8-bc93-6894a57f9324',
};

/** Only the server can make these, and for one owner; they have tests of their own. */
const madeByServer = ['cursor', 'since', 'Last-Event-ID'];

const exampleOf = ({ name, required, example, examples = {}, schema }: Parameter): unknown =>
  required
    ? (example ??
      Object.values(examples).map((one) => resolve(one).value)[0] ??
      resolve(schema ?? {}).example)
    : optionalValues[name];

/** The optional parameters of an operation that the sweep has no value for. */
export const withoutValue = ({ parameters }: Operation): string[] =>
  parameters
    .filter(({ required, name }) => !required && !(name in optionalValues) && !madeByServer.includes(name))
    .map(({ name }) => name);

/** The path parameters of a secured operation that the sweep cannot give another owner's value. */
export const unknownParameters = ({ parameters, secured }: Operation): string[] =>
  parameters
    .filter(
      ({ in: place, name }) =>
        secured && place === 'path' && !['user_id', 'task_id', 'list_id', 'change'].includes(name),
    )
    .map(({ name }) => name);

const bodiesOf = ({ definition }: Operation): [string, string, unknown][] => {
  const content = Object.entries(definition.requestBody ? resolve(definition.requestBody).content : {});
  return content.flatMap(([type, { example, examples = {} }]) =>
    Object.entries({ ...(example !== undefined && { example: { value: example } }), ...examples }).map(
      ([name, one]): [string, string, unknown] => [name, type, resolve(one).value],
    ),
  );
};

// A request that holds an id of the contract's examples is about what the target has.
const exampleId = (name: string): string =>
  String(resolve(document.components?.parameters?.[name] as Parameter).example);
const [exampleTask, exampleList] = [exampleId('TaskId'), exampleId('ListId')];
const namesOne = (path: string, text: string): boolean =>
  /\{(?:task|list)_id\}/.test(path) || text.includes(exampleTask) || text.includes(exampleList);
const aimed = (text: string, { task_id, list_id }: Target): string =>
  text.replaceAll(exampleTask, task_id).replaceAll(exampleList, list_id);

const query = (parameters: readonly Parameter[]): string => {
  const pairs = parameters
    .filter(({ in: place }) => place === 'query')
    .map((parameter): [string, string] => [parameter.name, String(exampleOf(parameter))]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
};

const headers = (parameters: readonly Parameter[]): [string, string][] =>
  parameters
    .filter(({ in: place }) => place === 'header')
    .map((parameter) => [parameter.name, String(exampleOf(parameter))]);

/**
 * The requests of an operation about `target`: one for each example of its body, with nothing but
 * what is required, and one for each optional parameter, with a value of it.
 */
export const requestsOf = (operation: Operation, target: Target): ExampleRequest[] => {
  const fill = (name: string): string => {
    const own = name in target ? target[name as keyof Target] : undefined;
    const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
    return encodeURIComponent(own ?? String(parameter && exampleOf(parameter)));
  };
  const path = operation.path.replace(/\{([^}]+)\}/g, (_braces, name: string) => fill(name));
  const required = operation.parameters.filter((parameter) => parameter.required);
  const optional = operation.parameters.filter(
    (parameter) => !parameter.required && exampleOf(parameter) !== undefined,
  );
  const [[body, type, json] = ['', '', undefined], ...otherBodies] = bodiesOf(operation);
  const toRequest = (name: string, parameters: readonly Parameter[], mediaType: string, value: unknown) => ({
    name,
    path: path + query(parameters),
    headers: Object.fromEntries([
      ...headers(parameters),
      ...(mediaType === '' ? [] : [['Content-Type', mediaType]]),
    ]),
    json: value && JSON.parse(aimed(JSON.stringify(value), target)),
    isAboutOne: namesOne(operation.path, JSON.stringify(value ?? null)),
  });
  return [
    toRequest(body || 'as it is', required, type, json),
    ...otherBodies.map(([name, mediaType, value]) =>
      toRequest(`${name} as ${mediaType}`, required, mediaType, value),
    ),
    ...optional.map((parameter) => toRequest(`with ${parameter.name}`, [...required, parameter], type, json)),
  ];
};

/** Whether some request of an operation names a task or a list. */
export const isAboutOne = (operation: Operation): boolean =>
  requestsOf(operation, absent()).some((request) => request.isAboutOne);

/** An owner, a task, a list and a change that do not exist. */
export const absent = (): Target => ({
  user_id: newOwner(),
  task_id: crypto.randomUUID(),
  list_id: crypto.randomUUID(),
  change: '9'.repeat(16),
});
