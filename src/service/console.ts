// The console's page, which `npm run generate` puts together. Most servers are never asked for it,
// so it is read when it first is.
import { readFile } from 'node:fs/promises';
import { consolePolicy } from './page-policy.ts';
import { remember } from './remember.ts';
import { representationsOf } from './represent.ts';

const page = new URL('../../generated/console.html', import.meta.url);

const read = async () => {
  const html = await readFile(page);
  return {
    status: 200 as const,
    headers: { 'Content-Security-Policy': consolePolicy(html.toString()) },
    represent: representationsOf(html),
  };
};

/** Returns the page's reply. The file is read, and compressed in each coding, once. */
export const createConsole = () => remember(read);
