// The webhook of a process: its parts are put together, and loaded, only if it is configured.
import type { Connected } from '../db/connect.ts';
import { type Logger, requestContext } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { WebhookTiming } from '../webhook/options.ts';
import type { WebhookSettings } from '../webhook/settings.ts';
import type { Webhook } from '../webhook/webhook.ts';

interface Surroundings extends Pick<Connected, 'database' | 'shards'> {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'webhook'>;
  readonly timing?: WebhookTiming;
}

/** Null without settings. It sends nothing before it is started. */
export const openWebhook = async (
  settings: WebhookSettings | null,
  { database, shards, log, metrics, timing }: Surroundings,
): Promise<Webhook | null> => {
  if (settings === null) return null;
  const [{ createWebhook }, { newsIn, outboxOf }] = await Promise.all([
    import('../webhook/webhook.ts'),
    import('../webhook/outbox.ts'),
  ]);
  const { attempted, watch } = metrics.webhook();
  const databases = shards.length > 0 ? shards.map((shard) => shard.database) : [database];
  const webhook = createWebhook({
    settings,
    outbox: outboxOf(database),
    databases: databases.map((one) => (after, limit) => newsIn(one, after, limit)),
    observer: { attempted, report: (level, fields, message) => log[level](fields, message) },
    ...(timing && { timing }),
    // Its log lines are its own, not those of the request that it follows.
    outside: (work) => requestContext.exit(work),
  });
  watch(webhook);
  return webhook;
};
