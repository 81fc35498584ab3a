// `npm run docs`: writes the contract and its code samples as one self-contained HTML page, which can be published
// anywhere. The server serves it at /docs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const page = 'generated/docs.html';
const redocly = (...args: string[]) => execFileSync('redocly', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Replaces a part that must exist, so that the page cannot silently keep what this removes. */
const swap = (html: string, from: RegExp, to: string): string => {
  if (!from.test(html)) throw new Error(`The page no longer contains ${from}`);
  return html.replace(from, to);
};

// The only thing that the page would fetch: the logo beside "API docs by". The name in letters
// replaces it.
const logo = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="16"><text y="12" font-family="system-ui,sans-serif" font-size="11" font-weight="600" fill="#1a6fe0">Redoc</text></svg>',
)}`;

const complete = (html: string, { title, description }: { title: string; description: string }): string => {
  const summary = description.split('\n')[0] ?? '';
  const withLogo = swap(html, /https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini[a-z-]*\.svg/g, logo);
  // The page navigates by the fragment after `#`. Without this, its links would lead to paths that
  // do not exist on any server.
  const withLinks = swap(withLogo, / href="\/([^"]*)"(?= data-discover="true")/g, ' href="#/$1"');
  return swap(
    withLinks,
    /<title>.*<\/title>/,
    `<title>${title}</title>\n  <meta name="description" content="${summary}">\n  <link rel="icon" href="data:,">`,
  );
};

const directory = mkdtempSync(join(tmpdir(), 'tasks-docs-'));
try {
  const contract = join(directory, 'openapi.json');
  redocly('bundle', 'tasks@v1', '--overlay', 'generated/code-samples.json', '--output', contract);
  redocly('build-docs', contract, '--inlineBundle', '--output', page);
  const { info } = JSON.parse(readFileSync(contract, 'utf8'));
  writeFileSync(page, complete(readFileSync(page, 'utf8'), info));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(`${page}: ${Math.round(readFileSync(page).length / 1024)} KiB`);
