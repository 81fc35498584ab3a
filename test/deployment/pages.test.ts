// Every file of the project that a page names exists.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const pages = [...readdirSync(root).filter((name) => name.endsWith('.md')), 'src/postgres/README.md'];

// In code, with a folder and an extension, and without a placeholder.
const path = /`((?:src|test|bench|generated|migrations|\.github|\.ci)\/[\w./-]*\.\w+)`/g;

test.each(pages)('%s', (page) => {
  const text = readFileSync(new URL(page, root), 'utf8');
  const paths = [...text.matchAll(path)].map(([, name = '']) => name);
  expect(paths.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, name = '']) => name);
  expect(links.filter((name) => !existsSync(new URL(name, new URL(page, root))))).toEqual([]);
});
