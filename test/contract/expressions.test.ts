// No text of a client may stop the process: the time that a regular expression takes grows with the
// text, and not with its square. Checked are the expressions of src/, as literals and as constants,
// and the patterns of the contract. Not checked are those of libraries, and of the folders below.
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { document } from '../support/contract.ts';

const root = new URL('../../src/', import.meta.url);

/** What these read is the operator's, the database's or our own. */
const unchecked = ['config.ts', 'commands/', 'db/', 'postgres/', 'publish/', 'sandbox/', 'server/'];

interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

const trees = new Map<string, ts.SourceFile>();
const treeOf = (file: string): ts.SourceFile => {
  const tree =
    trees.get(file) ??
    ts.createSourceFile(file, readFileSync(new URL(file, root), 'utf8'), ts.ScriptTarget.Latest, true);
  trees.set(file, tree);
  return tree;
};

const nodesOf = (node: ts.Node): ts.Node[] => [node, ...node.getChildren().flatMap(nodesOf)];

/** The value of a constant at the top of a file, or of one that it imports; undefined if not a text. */
const constantIn = (file: string, name: string): string | undefined => {
  for (const statement of treeOf(file).statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === name);
      if (found?.initializer) return textOf(file, found.initializer);
    } else if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const { namedBindings } = statement.importClause ?? {};
      if (!namedBindings || !ts.isNamedImports(namedBindings)) continue;
      const found = namedBindings.elements.find((one) => one.name.text === name);
      const from = posix.join(posix.dirname(file), statement.moduleSpecifier.text);
      if (found) return constantIn(from, (found.propertyName ?? found.name).text);
    }
  }
  return undefined;
};

/** The text that an expression of TypeScript is; undefined if it is known only when it runs. */
const textOf = (file: string, node: ts.Expression): string | undefined => {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isIdentifier(node)) return constantIn(file, node.text);
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw') {
    return ts.isNoSubstitutionTemplateLiteral(node.template) ? node.template.rawText : undefined;
  }
  if (!ts.isTemplateExpression(node)) return undefined;
  const parts = node.templateSpans.map(({ expression, literal }) => {
    const text = textOf(file, expression);
    return text === undefined ? undefined : text + literal.text;
  });
  return parts.includes(undefined) ? undefined : node.head.text + parts.join('');
};

const found: Expression[] = [];
const dynamic: string[] = [];

for (const file of globSync('**/*.{ts,js}', { cwd: root }).map((path) => path.replaceAll('\\', '/'))) {
  if (unchecked.some((start) => file.startsWith(start))) continue;
  for (const node of nodesOf(treeOf(file))) {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ place: file, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
      const [source, flags] = (node.arguments ?? []).map((argument) => textOf(file, argument));
      if (source === undefined) dynamic.push(file);
      else found.push({ place: file, source, flags: flags ?? '' });
    }
  }
}

/** The patterns that a client's values are checked with, as Ajv compiles them. */
const patternsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).flatMap(([name, inner]) =>
    (name === 'pattern' || name === 'x-property-names') && typeof inner === 'string' ? [inner] : [],
  );
  return [...own, ...Object.values(value).flatMap(patternsIn)];
};

const patterns = patternsIn(document).map((source) => ({ place: 'openapi.yaml', source, flags: 'u' }));

const distinct = (expressions: readonly Expression[]) => [
  ...new Map(expressions.map((one) => [`${one.source}/${one.flags}`, one])).values(),
];

/** What is read is counted, and not how long it takes on a busy machine. */
const untimed = { timeout: null, incubationTimeout: null, attackTimeout: null };

/** Those that may take longer than a multiple of the text's length, and a text that shows it. */
const slow = (expressions: readonly Expression[]): string[] =>
  distinct(expressions).flatMap(({ place, source, flags }) => {
    const result = checkSync(source, flags, untimed);
    if (result.status === 'safe') return [];
    const why = result.status === 'vulnerable' ? result.attack.pattern : result.error.kind;
    return [`${place}: /${source}/${flags}: ${why}`];
  });

describe('the time that a regular expression takes grows with the text, and not with its square', () => {
  test('in src/', () => {
    expect(found.length).toBeGreaterThan(50);
    expect(slow(found)).toEqual([]);
  });

  test('in the contract', () => {
    expect(patterns.length).toBeGreaterThan(20);
    expect(slow(patterns)).toEqual([]);
  });

  test('or it is built at start, from the contract and our own names', () => {
    expect(dynamic.sort()).toEqual([
      // Paths of the contract, in which a slash or the end follows each parameter.
      'http/router.ts',
      // The names of headers, and patterns of the contract.
      'mcp/arguments.ts',
      'mcp/arguments.ts',
      // The names of two elements.
      'service/page-policy.ts',
    ]);
  });
});

test('one that is too slow is found', () => {
  const example = (source: string, flags = '') => slow([{ place: 'here', source, flags }]);
  expect(example('^[ \\t]+|[ \\t]+$', 'g')).toHaveLength(1);
  expect(example('^(a+)+$')).toHaveLength(1);
  expect(example('^a+b+$')).toEqual([]);
});
