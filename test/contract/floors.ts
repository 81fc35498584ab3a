// The floors of the house: what each folder of src/ may import, and who may look at the environment.
import { posix } from 'node:path';
import ts from 'typescript';

/** For each folder, or file at the top: the others that it may import. `type` allows nothing that runs. */
export const floors: Readonly<Record<string, readonly string[]>> = {
  contract: ['generated'],
  auth: ['contract'],
  config: ['contract', 'db'],
  descriptors: ['log'],
  log: [],
  client: ['generated', 'publish'],
  db: ['contract', 'log', 'type config'],
  tasks: ['contract', 'type auth', 'type db'],
  service: ['contract', 'type auth'],
  http: ['contract', 'type auth', 'log'],
  metrics: ['type db'],
  app: ['contract', 'auth', 'db', 'http', 'log', 'type metrics', 'service', 'tasks'],
  signals: [],
  serve: ['app', 'auth', 'config', 'contract', 'db', 'descriptors', 'http', 'log', 'metrics', 'type signals'],
  cluster: ['config', 'http', 'log', 'metrics', 'signals'],
  main: ['cluster', 'config', 'db', 'log', 'serve', 'type signals'],
  maintenance: ['config', 'db', 'log'],
  limits: ['db', 'maintenance'],
  migrate: ['db', 'log', 'maintenance'],
  publish: [],
  sandbox: ['app', 'auth', 'config', 'contract', 'db', 'http', 'log', 'metrics', 'signals'],
  start: ['main', 'signals'],
  token: ['auth', 'config', 'db'],
};

/** A handler reaches the database through its scope, and in no other way: it knows neither db/ nor any package. */
const isHandlers = (file: string): boolean => file.endsWith('handlers.ts');
const handlersMay = ['contract', 'type auth'];

/** For each package that only some may import: who, and which of its exports (all when none is named). */
const packages: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  slonik: { db: [], tasks: ['sql'], sandbox: ['sql'] },
  pg: { db: [] },
  'node-pg-migrate': { db: [] },
  '@electric-sql/pglite': { db: [] },
  '@electric-sql/pglite-socket': { db: [] },
  jose: { auth: [], sandbox: ['SignJWT'] },
  koa: { http: [], app: [] },
  'koa-bodyparser': { http: [] },
  'prom-client': { metrics: [], cluster: [] },
  'rate-limiter-flexible': { http: [] },
  'openapi-backend': { http: [], app: ['(types only)'] },
};

const environment = new Set(['start.js', 'main.ts', 'token.ts', 'migrate.ts', 'limits.ts', 'sandbox.ts']);

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
  const allowed = isHandlers(file) ? handlersMay : (floors[own] ?? []);
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
  if (floors[folderOf(file)] === undefined) found.push(`${file} stands on no floor`);
  const readsEnvironment = (node: ts.Node): boolean =>
    /^(process\.env|process\['env'\]|import\.meta\.env)$/.test(node.getText(source)) ||
    (ts.forEachChild(node, readsEnvironment) ?? false);
  if (!environment.has(file) && readsEnvironment(source)) found.push(`${file} reads the environment`);
  return found;
};
