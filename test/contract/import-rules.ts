// What each folder of src/ may import, and which files may read the environment. Run by itself, it
// prints the picture: `node test/contract/import-rules.ts`.
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/**
 * For each folder, or file at the top: the others that it may import. `type` allows nothing that
 * runs.
 */
export const rules: Readonly<Record<string, readonly string[]>> = {
  contract: ['generated'],
  observability: [],
  auth: ['contract'],
  postgres: ['contract', 'observability'],
  db: ['contract', 'type observability', 'postgres'],
  live: ['db', 'type postgres'],
  tasks: ['contract', 'type auth', 'type live', 'type postgres'],
  service: ['contract', 'type auth'],
  http: ['contract', 'type auth', 'observability'],
  mcp: ['contract', 'type http'],
  webhook: ['type observability', 'type postgres'],
  config: ['contract', 'postgres', 'type db', 'webhook'],
  app: [
    'contract',
    'auth',
    'db',
    'http',
    'live',
    'mcp',
    'observability',
    'type postgres',
    'service',
    'tasks',
  ],
  server: ['app', 'auth', 'config', 'contract', 'db', 'http', 'observability', 'webhook'],
  commands: ['auth', 'config', 'contract', 'db', 'observability', 'postgres'],
  sandbox: [
    'app',
    'auth',
    'config',
    'contract',
    'db',
    'http',
    'observability',
    'type postgres',
    'server',
    'tasks',
  ],
  start: ['server'],
  publish: ['contract'],
  console: [],
  client: ['generated'],
};

/**
 * A handler reaches the database through its context, and in no other way: it knows neither
 * postgres/ nor any package.
 */
const isHandlers = (file: string): boolean => file.endsWith('handlers.ts');
const handlersMay = ['contract', 'type auth', 'type live'];

/**
 * For each package that only some may import: who, and which of its exports (all when none is
 * named).
 */
const packages: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  slonik: { db: ['sql'], postgres: [], tasks: ['sql'], webhook: ['sql'], sandbox: ['sql'] },
  pg: { postgres: [] },
  'node-pg-migrate': { db: [] },
  '@electric-sql/pglite': { db: [] },
  '@electric-sql/pglite-socket': { db: [] },
  jose: { auth: [], sandbox: ['SignJWT'] },
  koa: { http: [], app: [] },
  'koa-bodyparser': { http: [] },
  pino: {
    observability: [],
    app: ['(types only)'],
    commands: ['(types only)'],
    db: ['(types only)'],
    postgres: ['(types only)'],
  },
  'prom-client': { observability: [], server: [] },
  'rate-limiter-flexible': { http: [] },
  '@modelcontextprotocol/server': { mcp: [] },
  'openapi-backend': { http: [], app: ['(types only)'] },
};

const root = new URL('../../src/', import.meta.url);

const environment = new Set([
  'start.js',
  'server/main.ts',
  'commands/token.ts',
  'commands/migrate.ts',
  'commands/limits.ts',
  'sandbox/main.ts',
]);

interface Import {
  readonly from: string;
  /** What is imported by name, types left out; undefined for the whole module. */
  readonly names: readonly string[] | undefined;
}

const namesOf = (clause: ts.ImportClause | ts.NamedExports | undefined): readonly string[] | undefined => {
  if (clause === undefined) return undefined;
  const bindings = ts.isImportClause(clause) ? clause.namedBindings : clause;
  if (ts.isImportClause(clause) && (clause.isTypeOnly || clause.name))
    return clause.isTypeOnly ? [] : undefined;
  if (bindings === undefined || ts.isNamespaceImport(bindings)) return undefined;
  return [...bindings.elements]
    .filter((element) => !element.isTypeOnly)
    .map(({ name, propertyName }) => (propertyName ?? name).text);
};

const importsOf = (source: ts.SourceFile): Import[] => {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[] | undefined) => {
    if (specifier !== undefined) {
      found.push({ from: ts.isStringLiteralLike(specifier) ? specifier.text : '(computed)', names });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, namesOf(node.importClause));
    else if (ts.isExportDeclaration(node)) {
      const named = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause : undefined;
      add(node.moduleSpecifier, node.isTypeOnly ? [] : namesOf(named));
    } else if (ts.isImportTypeNode(node)) add((node.argument as ts.LiteralTypeNode).literal, []);
    else if (ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText(source))) {
      add(node.arguments[0], undefined);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const folderOf = (path: string): string => (path.split('/')[0] ?? '').replace(/\.[jt]s$/, '');

const checkFile = (file: string, from: string, typesOnly: boolean): string[] => {
  const own = folderOf(file);
  const target = posix.join('src', posix.dirname(file), from);
  const other = folderOf(target.replace(/^src\//, ''));
  const allowed = isHandlers(file) ? handlersMay : (rules[own] ?? []);
  const may = other === own || allowed.includes(other) || (typesOnly && allowed.includes(`type ${other}`));
  return may ? [] : [`${file} imports ${from}`];
};

const checkImport = (file: string, { from, names }: Import): string[] => {
  const typesOnly = names?.length === 0;
  if (from.startsWith('.')) return checkFile(file, from, typesOnly);
  const name = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  const users = name === '(computed)' || /^(node:)?process$/.test(from) ? {} : packages[name];
  if (users === undefined) return [];
  const exported = isHandlers(file) ? undefined : users[folderOf(file)];
  const may = exported && (exported.length === 0 || names?.every((one) => exported.includes(one)));
  return may ? [] : [`${file} imports ${names?.join(', ') ?? 'all'} of ${from}`];
};

/** The rules that a file of src/ breaks; `file` is its path below src/. */
export const breaches = (file: string, text: string): string[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = importsOf(source).flatMap((one) => checkImport(file, one));
  if (rules[folderOf(file)] === undefined) found.push(`${file} is in a folder without a rule`);
  const readsEnvironment = (node: ts.Node): boolean =>
    /^(process\.env|process\['env'\]|import\.meta\.env)$/.test(node.getText(source)) ||
    (ts.forEachChild(node, readsEnvironment) ?? false);
  if (!environment.has(file) && readsEnvironment(source)) found.push(`${file} reads the environment`);
  return found;
};

/** The files of src/, relative to it. */
export const sourceFiles = (): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.[jt]s$/.test(file));

/** For each file of src/, the files of src/ that it imports, types included. */
export const importGraph = (): ReadonlyMap<string, readonly string[]> =>
  new Map(
    sourceFiles().map((file) => {
      const source = ts.createSourceFile(
        file,
        readFileSync(new URL(file, root), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
      const targets = importsOf(source)
        .filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => posix.join(posix.dirname(file), from))
        .filter((target) => !target.startsWith('..'));
      return [file, [...new Set(targets)]] as const;
    }),
  );

/** The cycles of a graph, each once, as a path that ends where it begins. */
export const cyclesOf = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] => {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push([...path.slice(start), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
};

/**
 * The imports between folders, one line for each folder, with how many imports each arrow stands
 * for.
 */
export const picture = (): string => {
  const arrows = new Map<string, Map<string, number>>();
  for (const [file, targets] of importGraph()) {
    const own = folderOf(file);
    const to = arrows.get(own) ?? new Map<string, number>();
    arrows.set(own, to);
    for (const target of targets) {
      const other = folderOf(target);
      if (other !== own) to.set(other, (to.get(other) ?? 0) + 1);
    }
  }
  const lines = Object.keys(rules).map((folder) => {
    const to = [...(arrows.get(folder) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return `${folder.padEnd(14)} -> ${to.map(([other, count]) => `${other} (${count})`).join(', ') || '-'}`;
  });
  const count = [...arrows.values()].reduce((sum, to) => sum + to.size, 0);
  return [...lines, `${count} arrows between folders`].join('\n');
};

if (import.meta.main) console.log(picture());
