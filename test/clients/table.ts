// What the SDKs do, as tables: a summary for the README, and every step in README.md beside this
// file. They follow from the scenario and from missing.ts, which a run of the SDKs proves. Run by
// itself, it writes them: `node test/clients/table.ts`.
import { readFileSync, writeFileSync } from 'node:fs';
import { missing } from './missing.ts';
import { packageSteps, requirements, steps } from './scenario.ts';

type Missing = Readonly<Record<string, readonly string[]>>;

/** The columns: as in missing.ts, and as people call them. */
const languages = { typescript: 'TypeScript', python: 'Python', go: 'Go', java: 'Java' } as const;
const names = Object.keys(languages);

const all: readonly { readonly id: string; readonly requirement: number; readonly text: string }[] = [
  ...packageSteps,
  ...steps,
];

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

const table = (first: string, rows: readonly (readonly string[])[]): string =>
  row([first, ...Object.values(languages)]) +
  row(['---', ...names.map(() => '---')]) +
  rows.map(row).join('');

/** How many of the steps the SDK passes: all, none, or a number. */
const share = (ids: readonly string[], lacks: readonly string[] = []): string => {
  const passed = ids.filter((id) => !lacks.includes(id)).length;
  if (passed === ids.length) return 'yes';
  return passed === 0 ? 'no' : `${passed} of ${ids.length}`;
};

/** One row for each requirement. */
export const summaryOf = (lacks: Missing): string => {
  const rows = Object.entries(requirements).map(([index, name]) => {
    const ids = all.filter(({ requirement }) => String(requirement) === index).map(({ id }) => id);
    return [name, ...names.map((language) => share(ids, lacks[language]))];
  });
  return `\n${table('', rows)}\n`;
};

const sections = (lacks: Missing): string =>
  Object.entries(requirements)
    .map(([index, name]) => {
      const rows = all
        .filter(({ requirement }) => String(requirement) === index)
        .map(({ id, text }) => [text, ...names.map((language) => share([id], lacks[language]))]);
      return `## ${name}\n\n${table('An SDK', rows)}`;
    })
    .join('\n');

/** The page with every step. */
export const pageOf = (lacks: Missing): string => `# What the SDKs do

\`test/clients/run\` runs the program of each SDK through a proxy that injects faults, and looks at what
arrived at the proxy and at the server. Each row is a step of [\`scenario.ts\`](scenario.ts); a run
fails if an SDK does better or worse than this page. \`node test/clients/table.ts\` writes it.

${sections(lacks)}`;

const readme = 'README.md';
export const page = 'test/clients/README.md';
const [begin, end] = ['<!-- SDKs: written by test/clients/table.ts -->\n', '<!-- end of SDKs -->\n'];

const parts = (): [string, string, string] => {
  const text = readFileSync(readme, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`${readme} has no marks of the table`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
};

/** The summary that the README has. */
export const currentSummary = (): string => parts()[1];

if (import.meta.main) {
  const [before, , after] = parts();
  writeFileSync(readme, before + summaryOf(missing) + after);
  writeFileSync(page, pageOf(missing));
}
