// The table of tools in the documentation, and the notes on them. It follows from the tools' modules, and a run of the
// tools fails when one of them works better or worse than its module declares.
import { readFileSync, writeFileSync } from 'node:fs';
import { tools } from './all.ts';
import type { Tool } from './tool.ts';

const file = 'README.md';
const [begin, end] = ['<!-- tools: written by test/tools/run -->\n', '<!-- end of tools -->\n'];

const works = ({ fails = {} }: Tool): string => {
  const steps = Object.keys(fails);
  return steps.length === 0 ? 'everything' : `all but ${steps.map((step) => `“${step}”`).join(', ')}`;
};

/** The filter first: without it, the tool does not work. */
const notes = ({ filter, note, fails = {} }: Tool): readonly string[] => [
  ...(filter ? [`needs \`jq '${filter}'\``] : []),
  ...(note ? [note] : []),
  ...Object.entries(fails).map(([step, reason]) => `“${step}”: ${reason}`),
];

/** The text as an item of a list, in lines of at most 100 characters where it has spaces. */
const item = (text: string): string => `- ${text}`.replace(/(?=.{101})(.{1,100}) /g, '$1\n  ');

/** The table of these tools and the notes on them, as lines of Markdown. */
export const tableOf = (all: readonly Tool[]): string => {
  const rows = all.map((tool) => `| ${tool.name} ${tool.version} | ${tool.makes} | ${works(tool)} |`);
  const items = all
    .filter((tool) => notes(tool).length > 0)
    .map((tool) => item(`${tool.name}: ${notes(tool).join('; ')}`));
  return `\n${['| tool | for | works |', '| --- | --- | --- |', ...rows, '', ...items].join('\n')}\n\n`;
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
