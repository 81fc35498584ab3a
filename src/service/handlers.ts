// What is not about tasks: who is calling, whether the service is well, and the contract itself.
import type { Principal } from '../auth/principal.ts';
import type { Contract } from '../contract/document.ts';
import type { Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import { pagePolicy } from './page-policy.ts';
import { problemPage } from './problem-page.ts';

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

const page = (html: string) =>
  ({ status: 200, headers: { 'Content-Security-Policy': pagePolicy(html) }, body: html }) as const;

/** The operations that need no token. */
export const serviceHandlersOf = ({ contract, isReady, metrics }: ServiceDependencies) => {
  const docs = page(contract.docs);
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
    getOpenApiJson: async () => ({ status: 200, body: contract.document }),
    getOpenApiYaml: async () => ({ status: 200, body: contract.yaml }),
    getDocs: async () => docs,
    getRoot: async () => ({
      status: 307,
      headers: { Location: '/docs' },
      body: '<a href="/docs">Documentation</a>',
    }),
    getProblemPage: async ({ path }) => {
      const html = problemPage(path.slug);
      if (html === null) throw problems.notFound();
      return page(html);
    },
  } satisfies Handlers<OpenOperation, undefined>;
};
