// One operation of the contract as a section: what to send, what comes back, and samples.
import type { OpenAPIV3 } from 'openapi-types';
import { scopeOf } from '../../contract/scopes.ts';
import { type ContractOperation, dereference } from '../contract.ts';
import { code, escaped, heading, json } from './html.ts';
import { inline, markdown } from './markdown.ts';
import { body, list } from './schema.ts';

export interface Sample {
  readonly label: string;
  readonly source: string;
}

export interface OperationSection extends ContractOperation {
  readonly samples: readonly Sample[];
}

type Contents = Readonly<Record<string, OpenAPIV3.MediaTypeObject>>;

const examplesOf = ({ example, examples }: OpenAPIV3.MediaTypeObject): string => {
  const all = examples ?? (example === undefined ? {} : { example: { value: example } });
  return Object.values(all)
    .map((one) => {
      const { summary = 'Example', value } = dereference(one);
      const shown = typeof value === 'string' ? code(value) : json(value);
      return `<figure><figcaption>${escaped(summary)}</figcaption>${shown}</figure>`;
    })
    .join('\n');
};

const contentOf = (content: Contents): string => {
  const [media] = Object.values(content);
  if (media?.schema === undefined) return '';
  const types = Object.keys(content).map((type) => `<code>${escaped(type)}</code>`);
  return `<p class="media">${types.join(' or ')}</p>${body(media.schema)}${examplesOf(media)}`;
};

/** The stream of events that a response can be in place of its content. */
const eventsOf = (value: OpenAPIV3.ResponseObject): string => {
  const { 'x-event-stream': events } = value as {
    readonly 'x-event-stream'?: OpenAPIV3.MediaTypeObject & { readonly description: string };
  };
  return events === undefined
    ? ''
    : `<p class="media"><code>text/event-stream</code></p>${markdown(events.description)}${examplesOf(events)}`;
};

const headerField = (
  name: string,
  { schema = {}, required = false, description }: OpenAPIV3.HeaderObject,
) => ({
  name,
  schema,
  required,
  description,
});

/** A header field that responses refer to. */
export const header = (name: string, value: OpenAPIV3.HeaderObject): string =>
  list([headerField(name, value)]);

// Those that many responses share have a section of their own.
const headersOf = (headers: OpenAPIV3.ResponseObject['headers'] = {}): string => {
  const entries = Object.entries(headers);
  const shared = entries.flatMap(([name, header]) =>
    '$ref' in header ? [`<a href="#header-${header.$ref.split('/').at(-1)}"><code>${name}</code></a>`] : [],
  );
  const own = entries.flatMap(([name, header]) => ('$ref' in header ? [] : [headerField(name, header)]));
  if (entries.length === 0) return '';
  const links = shared.length === 0 ? '' : ` ${shared.join(', ')}`;
  return `<p><strong>Header fields</strong>${links}</p>${own.length === 0 ? '' : list(own)}`;
};

/** The kinds of problem that a response can have: those of its examples. */
const problemsOf = ({ content = {} }: OpenAPIV3.ResponseObject): string => {
  const examples = Object.values(content['application/problem+json']?.examples ?? {});
  const types = examples.map((one) => String(dereference(one).value.type).replace('/problems/', ''));
  const links = [...new Set(types)].map((slug) => `<a href="problems/${slug}"><code>${slug}</code></a>`);
  return links.length === 0 ? '' : `<p>Type: ${links.join(', ')}.</p>`;
};

/** What a response contains; the parts that many share have a section of their own. */
export const response = (value: OpenAPIV3.ResponseObject): string =>
  problemsOf(value) + contentOf(value.content ?? {}) + eventsOf(value) + headersOf(value.headers);

const responseItem = ([status, value]: [
  string,
  OpenAPIV3.ResponseObject | OpenAPIV3.ReferenceObject,
]): string => {
  const own = dereference(value);
  const description = inline(own.description.trim().split('\n\n')[0]);
  if ('$ref' in value) {
    const name = value.$ref.split('/').at(-1);
    return `<li><a href="#response-${name}">${status}</a> ${description}</li>`;
  }
  return `<li><details><summary><b>${status}</b> ${description}</summary>${response(own)}</details></li>`;
};

const samplesOf = (id: string, samples: readonly Sample[]): string =>
  samples
    .map(
      ({ label, source }, index) =>
        `<details name="samples-${id}"${index === 0 ? ' open' : ''}><summary>${escaped(label)}</summary>${code(source)}</details>`,
    )
    .join('\n');

const isPage = ({ responses }: OpenAPIV3.OperationObject): boolean =>
  Object.values(responses).some((one) => 'text/html' in (dereference(one).content ?? {}));

const neededScope = (definition: object): string => {
  const scope = scopeOf(definition);
  return scope === null ? '' : ` · needs the <a href="#scopes">scope</a> <code>${scope}</code>`;
};

type Part = readonly [title: string, content: string];

const parametersPart = (parameters: readonly OpenAPIV3.ParameterObject[]): Part => [
  'Parameters',
  parameters.length === 0
    ? ''
    : list(
        parameters.map((parameter) => ({
          name: parameter.name,
          schema: parameter.schema ?? {},
          required: parameter.required ?? false,
          description: parameter.description,
          place: parameter.in,
        })),
      ),
];

const bodyPart = ({ requestBody }: OpenAPIV3.OperationObject): Part => {
  const body = requestBody && dereference(requestBody);
  return ['Request body', body ? markdown(body.description) + contentOf(body.content) : ''];
};

const responsesPart = ({ responses }: OpenAPIV3.OperationObject): Part => [
  'Responses',
  `<ul class="responses">${Object.entries(responses).map(responseItem).join('\n')}</ul>`,
];

const shown = (parts: readonly Part[]): string =>
  parts
    .filter(([, content]) => content !== '')
    .map(([title, content]) => `<h4>${title}</h4>\n${content}`)
    .join('\n');

/** The section of a webhook, which the server sends; its id is the operationId. */
export const webhook = ({ id, definition, parameters }: ContractOperation): string =>
  `<section aria-labelledby="${id}">
${heading(3, id, definition.summary ?? id)}
<p class="endpoint"><span class="method post">POST</span> the address of the receiver</p>
<p class="notes"><code>${id}</code> · sent by the server</p>
${markdown(definition.description)}
${shown([parametersPart(parameters), bodyPart(definition), responsesPart(definition)])}
</section>`;

/** The section of an operation; its id is the operationId. */
export const operation = ({
  id,
  method,
  path,
  definition,
  parameters,
  secured,
  samples,
}: OperationSection): string => {
  const { summary = id, description, tags = [] } = definition;
  const console = isPage(definition)
    ? ''
    : `<a href="console#/${tags[0]}/${id}">Send it from the console</a>`;
  return `<section aria-labelledby="${id}">
${heading(3, id, summary)}
<p class="endpoint"><span class="method ${method}">${method.toUpperCase()}</span> <code>${escaped(path)}</code></p>
<p class="notes"><code>${id}</code>${secured ? neededScope(definition) : ' · needs no token'}${console && ` · ${console}`}</p>
${markdown(description)}
${shown([
  parametersPart(parameters),
  bodyPart(definition),
  ['Samples', samplesOf(id, samples)],
  responsesPart(definition),
])}
</section>`;
};
