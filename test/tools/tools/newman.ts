// Postman's converter and runner: the requests as the console shows them after an import, with the
// contract's examples, sent by the owner of the sandbox's tasks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run } from '../../clients/language.ts';
import { type Context, npmInstall, npmProgram, type Tool } from '../tool.ts';

const [name, version, converter] = ['newman', '6.2.2', '6.3.3'] as const;

/** What it sends beyond the collection's own requests. */
const requestSteps = ['create', 'list', 'update', '412', '422', 'delete'];

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly disabled?: boolean;
}

interface Item {
  readonly name: string;
  readonly item?: readonly Item[];
  readonly request?: {
    readonly method: string;
    readonly header?: readonly Entry[];
    readonly body?: { readonly raw: string };
  };
}

const requestsOf = ({ item = [], ...rest }: Item): readonly Item[] => [
  ...(rest.request ? [rest] : []),
  ...item.flatMap(requestsOf),
];

const withHeader = (item: Item, key: string, value: string): Item => {
  const header = item.request?.header?.map((entry) => (entry.key === key ? { key, value } : entry)) ?? [];
  return { ...item, request: { method: 'GET', ...item.request, header } };
};

const withBody = (item: Item, raw: string): Item => ({
  ...item,
  request: { method: 'POST', ...item.request, body: { ...item.request?.body, raw } },
});

/** The collection's requests in an order in which they can succeed, and the statuses that they must get. */
const scenarioOf = (
  collection: Item,
): readonly { item: Item; status: number | undefined; step: string }[] => {
  const all = requestsOf(collection);
  const named = (wanted: string): Item => {
    const found = all.find((item) => item.name === wanted);
    if (found === undefined) throw new Error(`the collection has no request "${wanted}"`);
    return found;
  };
  // The batch wants the first version of its task, and so makes the second.
  const [batch, update, remove] = ['Change many tasks at once', 'Update a task', 'Delete a task'].map(named);
  const [create, list] = ['Create a task', 'List tasks'].map(named);
  if (!(batch && update && remove && create && list)) return [];
  const conditional = withHeader(update, 'If-Match', '"2"');
  const last = [remove, named('Delete completed tasks'), named('Delete everything')];
  // The sandbox has no issuer, and so no metadata about one.
  const unknown = all.filter((item) => item.name.startsWith('Get the metadata'));
  const others = all.filter((item) => item !== batch && !last.includes(item) && !unknown.includes(item));
  const each = (items: readonly Item[]) =>
    items.map((item) => ({ item, status: undefined, step: 'every request' }));
  return [
    ...each([batch]),
    { item: create, status: 201, step: 'create' },
    { item: list, status: 200, step: 'list' },
    { item: conditional, status: 200, step: 'update' },
    { item: conditional, status: 412, step: '412' },
    { item: withBody(create, '{"title":" "}'), status: 422, step: '422' },
    ...each(others),
    ...unknown.map((item) => ({ item, status: 404, step: 'every request' })),
    { item: remove, status: 204, step: 'delete' },
    ...each(last.slice(1)),
  ];
};

const send = async ({ work, url, exampleToken }: Context): Promise<string> => {
  const file = join(work, 'collection.json');
  const { item: _item, ...collection } = JSON.parse(readFileSync(file, 'utf8'));
  const scenario = scenarioOf({ name: '', item: _item });
  writeFileSync(file, JSON.stringify({ ...collection, item: scenario.map(({ item }) => item) }));
  const variables = ['--env-var', `baseUrl=${url}`, '--env-var', `bearerToken=${exampleToken}`];
  const { output } = await run(
    [
      npmProgram(name, version, name),
      'run',
      file,
      ...variables,
      '-r',
      'json',
      '--reporter-json-export',
      'out.json',
    ],
    work,
  );
  const { executions } = JSON.parse(readFileSync(join(work, 'out.json'), 'utf8')).run;
  const failures = scenario.flatMap(({ status, step, item }, index) => {
    const code: number | undefined = executions[index]?.response?.code;
    const isRight = status === undefined ? code !== undefined && code < 400 : code === status;
    return isRight ? [] : [{ step, text: `${step}: ${item.name}: ${code}` }];
  });
  const steps = [...new Set(scenario.map(({ step }) => step))];
  const good = steps.filter((step) => failures.every((failure) => failure.step !== step));
  return [output, ...failures.map(({ text }) => text), ...good.map((step) => `ok ${step}`), ''].join('\n');
};

export const newman: Tool = {
  name: 'Postman',
  version: `${version} (newman), ${converter} (openapi-to-postmanv2)`,
  makes: 'a collection of requests',
  install: () => npmInstall(name, version, `newman@${version}`, `openapi-to-postmanv2@${converter}`),
  phases: {
    convert: async ({ work, contract }) => {
      const options = 'parametersResolution=Example,enableOptionalParameters=false';
      await must(
        [
          npmProgram(name, version, 'openapi2postmanv2'),
          '-s',
          contract,
          '-o',
          'collection.json',
          '-O',
          options,
        ],
        work,
      );
      return undefined;
    },
    run: send,
  },
  steps: [...requestSteps, 'every request'],
  note: 'import with "Example" as parameter generation, and without "Enable optional parameters"',
};
