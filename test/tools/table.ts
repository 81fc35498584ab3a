// The table of tools in the documentation. It follows from the tools' modules, and a run of the
// tools fails when one of them works better or worse than its module declares.
import { readFileSync, writeFileSync } from 'node:fs';
import { tools } from './all.ts';
import type { Tool } from './tool.ts';

const file = 'README.md';
const [begin, end] = ['<!-- tools: written by test/tools/run -->\n', '<!-- end of tools -->\n'];

const works = ({ fails = {} }: Tool): string => {
  const steps = Object.entries(fails);
  if (steps.length === 0) return 'everything';
  return `all but “${steps.map(([step, reason]) => `${step}”: ${reason}`).join('; “')}`;
};

/** The filter first: without it, the tool does not work. A bar would end the cell. */
const notes = ({ filter, note }: Tool): string =>
  [...(filter ? [`needs \`jq '${filter.replaceAll('|', '\\|')}'\``] : []), ...(note ? [note] : [])].join(
    '; ',
  );

/** The table of these tools, as lines of Markdown. */
export const tableOf = (all: readonly Tool[]): string => {
  const rows = all.map((tool) => {
    const { name, version, makes } = tool;
    return `| ${name} ${version} | ${makes} | ${works(tool)} | ${notes(tool)} |\n`;
  });
  return `\n| tool | for | works | notes |\n| --- | --- | --- | --- |\n${rows.join('')}\n`;
};

const parts = (): [string, string, string] => {
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`${file} has no marks of the table`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
};

/** The table that the documentation has. */
export const currentTable = (): string => parts()[1];

/** Replaces it. */
export const writeTable = (): void => {
  const [before, , after] = parts();
  writeFileSync(file, before + tableOf(tools) + after);
};
