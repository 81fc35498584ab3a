// `npm run docs`: writes the contract and its code samples as one HTML page without a script, which can be
// published anywhere. The server serves it at /docs.
import { readFileSync, writeFileSync } from 'node:fs';
import type { OpenAPIV3 } from 'openapi-types';
import { dereference, document, operationsOf, webhooksOf } from './contract.ts';
import { escaped, heading, slugOf } from './docs/html.ts';
import { inline, markdown } from './docs/markdown.ts';
import {
  header,
  type OperationSection,
  operation,
  response,
  type Sample,
  webhook,
} from './docs/operation.ts';
import { hasSection, section } from './docs/schema.ts';

const page = 'generated/docs.html';

const { info, tags = [], components = {} } = document;

interface Overlay {
  readonly actions: readonly {
    readonly target: string;
    readonly update: { readonly 'x-codeSamples': readonly Sample[] };
  }[];
}

const overlay: Overlay = JSON.parse(readFileSync('generated/code-samples.json', 'utf8'));
const samples = new Map(overlay.actions.map(({ target, update }) => [target, update['x-codeSamples']]));

const operations: readonly OperationSection[] = operationsOf(document).map((one) => ({
  ...one,
  samples: samples.get(`$.paths['${one.path}'].${one.method}`) ?? [],
}));

const webhooks = webhooksOf(document);

const schemas = Object.entries(components.schemas ?? {})
  .map(([name, schema]) => [name, dereference(schema)] as const)
  .filter(([, schema]) => hasSection(schema));

const responses = Object.entries(components.responses ?? {}).map(
  ([name, one]) => [name, dereference(one)] as const,
);

const headers = Object.entries(components.headers ?? {}).map(
  ([name, one]) => [name, dereference(one)] as const,
);

// The contract's name of a header field, and the field that the responses call by it.
const fieldNames = new Map(
  [...JSON.stringify(document).matchAll(/"([\w-]+)":\{"\$ref":"#\/components\/headers\/(\w+)"\}/g)].map(
    ([, field = '', name = '']) => [name, field] as const,
  ),
);

const inTag = (name: string) => operations.filter(({ definition }) => definition.tags?.includes(name));
const titleOf = ({ name, ...tag }: { name: string; 'x-displayName'?: string }) =>
  tag['x-displayName'] ?? name;

/** A name of the contract as words: `PreconditionFailed`. */
const words = (name: string) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');

const sections = [...(info.description ?? '').matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

const link = (id: string, title: string) => `<li><a href="#${id}">${escaped(title)}</a></li>`;

const group = (id: string, title: string, links: readonly string[]) =>
  `<li><a href="#${id}">${escaped(title)}</a>\n<ul>${links.join('\n')}</ul></li>`;

const contents = `<ul>
${sections.map((title) => link(slugOf(title), title)).join('\n')}
${tags
  .map((tag) =>
    group(
      `tag-${tag.name}`,
      titleOf(tag),
      inTag(tag.name).map(({ definition: { operationId = '', summary = '' } }) => link(operationId, summary)),
    ),
  )
  .join('\n')}
${group(
  'webhooks',
  'Webhooks',
  webhooks.map(({ id, definition }) => link(id, definition.summary ?? id)),
)}
${link('responses', 'Errors that operations share')}
${link('headers', 'Header fields of responses')}
${group(
  'schemas',
  'Schemas',
  schemas.map(([name]) => link(`schema-${name}`, name)),
)}
</ul>`;

const tagSection = (tag: OpenAPIV3.TagObject & { 'x-displayName'?: string }) =>
  [
    heading(2, `tag-${tag.name}`, titleOf(tag)),
    markdown(tag.description),
    ...inTag(tag.name).map(operation),
  ].join('\n');

const main = `<h1 id="top">${escaped(info.title)} <span class="version">${escaped(info.version)}</span></h1>
<p class="notes">Server: <span id="server">the host of this page</span> · <a href="console">Console</a> · <a href="openapi.yaml">Contract (YAML)</a> ·
<a href="openapi.json">Contract (JSON)</a></p>
${markdown(info.description)}
${tags.map(tagSection).join('\n')}
${heading(2, 'webhooks', 'Webhooks')}
${webhooks.map(webhook).join('\n')}
${heading(2, 'responses', 'Errors that operations share')}
${responses
  .map(
    ([name, one]) =>
      `<section aria-labelledby="response-${name}">${heading(3, `response-${name}`, words(name))}
${markdown(one.description)}${response(one)}</section>`,
  )
  .join('\n')}
${heading(2, 'headers', 'Header fields of responses')}
${headers
  .map(
    ([name, one]) =>
      `<section aria-labelledby="header-${name}">${heading(3, `header-${name}`, words(name))}\n${header(fieldNames.get(name) ?? name, one)}</section>`,
  )
  .join('\n')}
${heading(2, 'schemas', 'Schemas')}
${schemas
  .map(
    ([name, schema]) =>
      `<section aria-labelledby="schema-${name}">${heading(3, `schema-${name}`, name)}\n${section(schema)}</section>`,
  )
  .join('\n')}`;

const summary = inline(info.description?.split('\n\n')[0]?.replaceAll('\n', ' '));

writeFileSync(
  page,
  `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)}</title>
<meta name="description" content="${summary}">
<link rel="icon" href="data:,">
<style>${readFileSync('src/publish/docs/style.css', 'utf8')}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<nav class="side" aria-label="Contents">
${contents}
</nav>
<main id="main" tabindex="-1">
<details class="menu"><summary>Contents</summary>
<nav aria-label="Contents">
${contents}
</nav>
</details>
${main}
<a class="back" href="#main">Contents</a>
</main>
</body>
</html>
`,
);
console.log(`${page}: ${Math.round(readFileSync(page).length / 1024)} KiB`);
