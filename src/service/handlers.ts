// What is not about tasks: who is calling, whether the service is well, and the contract itself.
import type { Principal } from '../auth/principal.ts';
import { type Contract, contractAt } from '../contract/document.ts';
import type { Handlers } from '../contract/operation.ts';
import { catalogue, type ProblemSlug, problems } from '../contract/problem.ts';
import { pagePolicy } from './page-policy.ts';
import { problemPage } from './problem-page.ts';
import { representationsOf } from './represent.ts';

export interface SessionScope {
  readonly principal: Principal;
}

export const sessionHandlers = {
  getSession: async ({ scope: { principal } }) => ({
    status: 200,
    body: {
      user_id: principal.ownerId,
      expires_at: new Date(principal.expiresAt * 1000).toISOString().replace('.000Z', 'Z'),
    },
  }),
} satisfies Handlers<'getSession', SessionScope>;

export interface ServiceDependencies {
  readonly contract: Contract;
  /** Throws a Problem, or answers false, when the service should get no requests. */
  readonly isReady: () => Promise<boolean>;
  /** The metrics, or null when they are not served here. */
  readonly metrics: { read(): Promise<string> } | null;
}

type OpenOperation =
  | 'getLiveness'
  | 'getReadiness'
  | 'getMetrics'
  | 'getOpenApiJson'
  | 'getOpenApiYaml'
  | 'getDocs'
  | 'getRoot'
  | 'getProblemPage';

const page = (html: Buffer) => ({
  status: 200 as const,
  headers: { 'Content-Security-Policy': pagePolicy(html.toString()) },
  represent: representationsOf(html),
});

/** The operations that need no token. */
export const serviceHandlersOf = ({ contract, isReady, metrics }: ServiceDependencies) => {
  const at = contractAt(contract, '/');
  const json = { status: 200, represent: representationsOf(at.json()) } as const;
  const yaml = { status: 200, represent: representationsOf(at.yaml()) } as const;
  const docs = page(at.docs());
  const problemPages = new Map(
    Object.keys(catalogue).map((slug) => [slug, page(Buffer.from(problemPage(slug as ProblemSlug)))]),
  );
  return {
    getLiveness: async () => ({ status: 200, body: { status: 'ok' } }),
    getReadiness: async () => {
      if (!(await isReady())) throw problems.unavailable();
      return { status: 200, body: { status: 'ok' } };
    },
    getMetrics: async () => {
      if (metrics === null) throw problems.notFound();
      return { status: 200, body: await metrics.read() };
    },
    getOpenApiJson: async () => json,
    getOpenApiYaml: async () => yaml,
    getDocs: async () => docs,
    getRoot: async () => ({
      status: 307,
      headers: { Location: '/docs' },
      body: '<a href="docs">Documentation</a>',
    }),
    getProblemPage: async ({ path }) => {
      const found = problemPages.get(path.slug);
      if (found === undefined) throw problems.notFound();
      return found;
    },
  } satisfies Handlers<OpenOperation, undefined>;
};
