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

const examplesOf = (content: Contents): string => {
  const [media] = Object.values(content);
  return Object.values(media?.examples ?? {})
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
  return `<p class="media">${types.join(' or ')}</p>${body(media.schema)}${examplesOf(content)}`;
};

const headersOf = (headers: OpenAPIV3.ResponseObject['headers'] = {}): string => {
  const fields = Object.entries(headers).map(([name, header]) => {
    const { schema = {}, required = false, description } = dereference<OpenAPIV3.HeaderObject>(header);
    return { name, schema, required, description };
  });
  return fields.length === 0 ? '' : `<p><strong>Header fields</strong></p>${list(fields)}`;
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
  problemsOf(value) + contentOf(value.content ?? {}) + headersOf(value.headers);

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
  const { summary = id, description, requestBody, tags = [] } = definition;
  const required = requestBody && dereference(requestBody);
  const console = isPage(definition)
    ? ''
    : `<a href="console#/${tags[0]}/${id}">Send it from the console</a>`;
  const parts: readonly (readonly [string, string])[] = [
    [
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
    ],
    ['Request body', required ? markdown(required.description) + contentOf(required.content) : ''],
    ['Samples', samplesOf(id, samples)],
    [
      'Responses',
      `<ul class="responses">${Object.entries(definition.responses).map(responseItem).join('\n')}</ul>`,
    ],
  ];
  return `<section aria-labelledby="${id}">
${heading(3, id, summary)}
<p class="endpoint"><span class="method ${method}">${method.toUpperCase()}</span> <code>${escaped(path)}</code></p>
<p class="notes"><code>${id}</code>${secured ? neededScope(definition) : ' · needs no token'}${console && ` · ${console}`}</p>
${markdown(description)}
${parts
  .filter(([, content]) => content !== '')
  .map(([title, content]) => `<h4>${title}</h4>\n${content}`)
  .join('\n')}
</section>`;
};
