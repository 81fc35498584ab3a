// Writes the figures as Markdown to their place in README.md, which explains them.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, type as osType, totalmem } from 'node:os';
import type { Figures } from './measure.ts';

const readme = new URL('README.md', import.meta.url);

export type Cell = string | number;

const format = (cell: Cell): string => {
  if (typeof cell === 'string') return cell;
  if (Number.isNaN(cell)) return '–';
  return cell >= 20 ? Math.round(cell).toLocaleString('en') : cell.toFixed(cell >= 2 ? 1 : 2);
};

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows.map((row) => row.map(format))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

export const figureHead = ['requests/s', 'p50 ms', 'p99 ms', 'server µs', 'database µs', 'statements'];

/** The cells under `figureHead`. */
export const figureCells = (figures: Figures): Cell[] => [
  figures.requestsPerSecond,
  figures.p50,
  figures.p99,
  figures.serverCpu,
  figures.databaseCpu,
  figures.statements.toFixed(2),
];

/** A description of the machine, without its name. */
export const machine = (postgres: string, generator: string): string => {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    `${cpus().length} × ${cpu?.model.trim()}, ${memory} GB, ${osType()}; Node.js ${process.versions.node};`,
    `${postgres};`,
    `load from ${generator} on the same machine; load average before the run ${loadavg()[0]?.toFixed(1)}.`,
  ].join('\n');
};

/** Puts `text` between the marks of that name in README.md. Throws if they are missing. */
export const writeSection = (name: string, text: string): void => {
  const written = readFileSync(readme, 'utf8');
  const marks = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
  if (!marks.test(written)) throw new Error(`bench/README.md has no place for ${name}`);
  writeFileSync(
    readme,
    written.replace(marks, (_match, begin, end) => `${begin}\n${text}\n\n${end}`),
  );
};
