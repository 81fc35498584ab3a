// A message of the webhook, and its signature by Standard Webhooks 1.0.0.
import { createHash, createHmac } from 'node:crypto';

/** What there is to report of an owner. */
export interface News {
  readonly owner: string;
  /** The epoch of the owner's clock, or the id of the deletion of everything. */
  readonly id: string;
  /** The number of the clock; null if everything has been deleted. */
  readonly seq: bigint | null;
  /** The latest change; null if it is not known, or if everything has been deleted. */
  readonly change: string | null;
}

/** The same for each attempt to report the same news. Shows nothing, because `id` is random. */
export const messageIdOf = ({ owner, id, seq }: News): string =>
  `msg_${createHash('sha256').update(`${id} ${seq} ${owner}`).digest('base64url').slice(0, 32)}`;

const bodyOf = ({ owner, change }: News, at: Date): string =>
  JSON.stringify({ type: 'tasks.changed', timestamp: at.toISOString(), data: { owner_id: owner, change } });

export interface Message {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The message as it is sent at `at`, signed by each secret. */
export const messageOf = (news: News, secrets: readonly Buffer[], at: Date): Message => {
  const id = messageIdOf(news);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const body = bodyOf(news, at);
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    id,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
    body,
  };
};
