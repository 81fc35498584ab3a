// Shared code of the sweeps: a victim with rows everywhere, requests as any user, and what a client
// can see of a response.
import { type Api, type ApiOptions, startApi, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import type { Operation } from '../support/contract.ts';
import { queryPostgres } from '../support/postgres.ts';
import { type ExampleRequest, requestsOf, type Target } from './requests.ts';

const requestId = '0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11';

/**
 * An owner with rows in every table: an open task, a completed one and a deleted one, made with a
 * key, and a list, whose last change can be undone.
 */
export interface Victim extends User {
  readonly open: Target;
  readonly completed: Target;
}

/**
 * All that a client can see of a response, except the time; the request id is sent, so it is the
 * same.
 */
export interface Visible {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Sweep {
  readonly api: Api;
  /** The tables that have an owner_id column. */
  readonly tables: readonly string[];
  /** `claims` are added to those of the victim's token. */
  newVictim(claims?: Record<string, unknown>): Promise<Victim>;
  /** Every row that the owners have, in any table, read past the service. */
  rowsOf(...owners: string[]): Promise<{ table: string; row: string }[]>;
  send(
    operation: Operation,
    request: ExampleRequest,
    token: string | null,
    method?: string,
  ): Promise<Visible>;
  /**
   * Sends every example request of an operation about `target`, or those that `isMeant` chooses, and
   * returns the responses.
   */
  attack(
    operation: Operation,
    target: Target,
    token: string | null,
    isMeant?: (request: ExampleRequest) => boolean,
  ): Promise<(Visible & { request: string })[]>;
}

const publicUrl = 'https://tasks.example.com';

/** What each challenge of the API of a sweep contains. */
export const metadataParameter = `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource"`;

/** What the example requests of an operation are about, so that a write writes. */
export const targetOf = ({ id }: Operation, { open, completed }: Victim): Target =>
  // Its example is the first version, and the open task has no other one.
  id === 'restoreTask' ? completed : open;

const visible = ({ status, headers, text }: ApiResponse): Visible => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => name !== 'date')),
  text,
});

const newVictim = async (api: Api, claims?: Record<string, unknown>): Promise<Victim> => {
  const user = await api.newUser(undefined, claims);
  const task = await user.create({ title: 'the secret of the victim', labels: ['Home'] });
  const completed = await user.create({ title: 'done' });
  await user.send('PATCH', `tasks/${completed.id}/complete`);
  const headers = { 'Idempotency-Key': 'of the victim' };
  const { json: deleted } = await user.send('POST', 'tasks', { json: { title: 'gone' }, headers });
  await user.send('DELETE', `tasks/${deleted.id}`);
  const { json: list } = await user.send('POST', 'lists', { json: { name: 'the list of the victim' } });
  const { headers: changed } = await user.send('PATCH', `lists/${list.id}`, {
    json: { metadata: { a: 'b' } },
  });
  const change = changed.get('change') ?? '';
  // What only the webhook reads and writes.
  await queryPostgres(api.postgres.url, 'INSERT INTO erased_owners (owner_id) VALUES ($1)', [user.id]);
  const target = (task_id: string): Target => ({ user_id: user.id, task_id, list_id: list.id, change });
  return { ...user, open: target(task.id), completed: target(completed.id) };
};

/** Starts the API for a sweep. Close it in afterAll. */
export const startSweep = async (options: ApiOptions = {}): Promise<Sweep> => {
  const api = await startApi({
    ...options,
    app: {
      // So every operation has something to return.
      publicUrl,
      issuers: ['https://id.example.com'],
      mcp: true,
      ...options.app,
    },
  });
  const { url } = api.postgres;
  const owned = await queryPostgres<{ name: string }>(
    url,
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'owner_id'`,
  );
  const tables = owned.map(({ name }) => name).sort();
  const rows = tables
    .map(
      (name) =>
        `SELECT '${name}' AS "table", to_jsonb(t)::text AS row FROM ${name} AS t WHERE owner_id = ANY ($1)`,
    )
    .join(' UNION ALL ');
  const send: Sweep['send'] = async (operation, { path, headers, json }, token, method = operation.method) =>
    visible(
      await api.send(method, path, {
        token,
        headers: { ...headers, 'X-Request-Id': requestId },
        ...(json !== undefined && method !== 'HEAD' && { json }),
      }),
    );
  return {
    api,
    tables,
    newVictim: (claims) => newVictim(api, claims),
    rowsOf: (...owners) => queryPostgres(url, `${rows} ORDER BY 1, 2`, [owners]),
    send,
    attack: async (operation, target, token, isMeant = () => true) => {
      const answers = [];
      for (const request of requestsOf(operation, target).filter(isMeant)) {
        answers.push({ request: request.name, ...(await send(operation, request, token)) });
      }
      return answers;
    },
  };
};
