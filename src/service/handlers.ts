// The operations that are not about tasks: the session, health, metrics, and the contract itself.
import type { Principal } from '../auth/principal.ts';
import type { Contract } from '../contract/document.ts';
import type { Handlers } from '../contract/operation.ts';
import { catalogue, type ProblemSlug, problems } from '../contract/problem.ts';
import { createConsole } from './console.ts';
import { problemPage } from './problem-page.ts';
import type { resourceMetadata } from './resource-metadata.ts';
import { pageOf, servedContracts } from './served-contract.ts';

export interface SessionContext {
  readonly principal: Principal;
}

export const sessionHandlers = {
  getSession: async ({ context: { principal } }) => ({
    status: 200,
    body: {
      user_id: principal.ownerId,
      expires_at: new Date(principal.expiresAt * 1000).toISOString().replace('.000Z', 'Z'),
      client_id: principal.clientId,
      scopes: [...principal.scopes],
    },
  }),
} satisfies Handlers<'getSession', SessionContext>;

/** What the operations without a token use of a request. */
export interface OpenContext {
  /** The path prefix at which the client reaches the service; empty for none. */
  readonly prefix: string;
}

export interface ServiceDependencies {
  readonly contract: Contract;
  /** Where clients reach the service; null if unknown. */
  readonly publicUrl: string | null;
  /** Throws a Problem or returns false if the service should get no requests. */
  readonly isReady: () => Promise<boolean>;
  /** The metrics, or null if they are not served here. */
  readonly metrics: { read(): Promise<string> } | null;
  /** Returns the metadata of a resource. Throws a Problem, 404, if there is none. */
  readonly metadataOf: ReturnType<typeof resourceMetadata>;
}

type OpenOperation =
  | 'getLiveness'
  | 'getReadiness'
  | 'getMetrics'
  | 'getOpenApiJson'
  | 'getOpenApiYaml'
  | 'getDocs'
  | 'getConsole'
  | 'getRoot'
  | 'getResourceMetadata'
  | 'getMcpResourceMetadata'
  | 'getProblemPage';

/** The operations that need no token. */
export const serviceHandlersOf = ({
  contract,
  publicUrl,
  isReady,
  metrics,
  metadataOf,
}: ServiceDependencies) => {
  const contractFor = servedContracts(contract, publicUrl);
  const consolePage = createConsole();
  const problemPages = new Map(
    Object.keys(catalogue).map((slug) => [slug, pageOf(Buffer.from(problemPage(slug as ProblemSlug)))]),
  );
  return {
    getLiveness: async () => ({ status: 200, body: { status: 'ok' } }),
    getReadiness: async () => {
      if (!(await isReady())) throw problems.unavailable(new Error('a migration is missing'));
      return { status: 200, body: { status: 'ok' } };
    },
    getMetrics: async () => {
      if (metrics === null) throw problems.notFound();
      return { status: 200, body: await metrics.read() };
    },
    getOpenApiJson: async ({ context }) => contractFor(context.prefix).json,
    getOpenApiYaml: async ({ context }) => contractFor(context.prefix).yaml,
    getDocs: async ({ context }) => contractFor(context.prefix).docs,
    getConsole: consolePage,
    getRoot: async () => ({
      status: 307,
      headers: { Location: '/docs' },
      body: '<a href="docs">Documentation</a> <a href="console">Console</a>',
    }),
    getResourceMetadata: async () => ({ status: 200, body: metadataOf('') }),
    getMcpResourceMetadata: async () => ({ status: 200, body: metadataOf('/mcp') }),
    getProblemPage: async ({ path }) => {
      const found = problemPages.get(path.slug);
      if (found === undefined) throw problems.notFound();
      return found;
    },
  } satisfies Handlers<OpenOperation, OpenContext>;
};
