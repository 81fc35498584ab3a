// Writes that happen once for each Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). The
// key is claimed, the write done and its result stored in one transaction: either all of it is
// there afterwards or nothing.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { AnyReply } from '../contract/operation.ts';
import { Problem, problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { isErasing, ownedBy } from './fragments.ts';
import { type Slots, statement } from './statement.ts';

export interface Retries<Store> {
  /**
   * Runs `write` on a store of its own transaction and keeps its reply for 24 hours, or returns the
   * kept one with `Idempotency-Replayed`. Throws a Problem: key in use (409), used for another
   * request (422), and what `write` throws.
   */
  once(key: string, fingerprint: string, write: (store: Store) => Promise<AnyReply>): Promise<AnyReply>;
}

const storedRow = z.object({
  fingerprint: z.string(),
  status: z.int(),
  headers: z.string(),
  body: z.string().nullable(),
});
const claimRow = z.union([
  storedRow.extend({ claimed: z.literal(false), erasing: z.boolean() }),
  z.object({ claimed: z.boolean(), erasing: z.boolean(), fingerprint: z.null() }),
]);
const nothing = z.strictObject({});

type Stored = z.infer<typeof storedRow>;

const replay = ({ status, headers, body }: Stored): AnyReply => ({
  status,
  headers: { ...JSON.parse(headers), 'Idempotency-Replayed': 'true' },
  // Parsing what JSON.stringify wrote and writing it again gives the same bytes.
  ...(body !== null && { body: JSON.parse(body) }),
});

const problemOrResult = async <T>(work: Promise<T>): Promise<T | Problem> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

const isFresh = sql.fragment`now() - idempotency_keys.created_at < interval '24 hours'`;

// The advisory lock ends with the transaction, so it works behind a transaction pooler. A request
// that holds it and still cannot insert is late by a moment: the result was committed after this
// statement began, and is there for the next try. The reverse happens as well: the insertion
// succeeds because the stored result was deleted after this statement began, which still sees it.
// So a result counts only where the key is not claimed. ON CONFLICT compares with `excluded`, which
// is now(), and subtracts times: Citus refuses there what is not immutable.
const claimKey = statement(
  'claim_idempotency_key',
  claimRow,
  (slot: Slots<'owner' | 'key' | 'lock' | 'fingerprint'>) => sql.fragment`
    WITH lock AS MATERIALIZED (
      SELECT pg_try_advisory_xact_lock(hashtextextended(${slot.lock}, 0)) AS locked
    ),
    claimed AS (
      INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at)
      SELECT ${slot.owner}, ${slot.key}, ${slot.fingerprint}, now()
      FROM lock
      WHERE locked
      ON CONFLICT (owner_id, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, created_at = excluded.created_at
      WHERE NOT (excluded.created_at - idempotency_keys.created_at < interval '24 hours')
      RETURNING key
    )
    SELECT claim.claimed, ${isErasing(slot)} AS erasing, fingerprint, status, headers, body
    FROM (SELECT EXISTS (SELECT true FROM claimed) AS claimed FROM lock) AS claim
    LEFT JOIN (
      SELECT fingerprint, status, headers, body
      FROM idempotency_keys
      WHERE ${ownedBy(slot, 'idempotency_keys')} AND key = ${slot.key} AND ${isFresh}
    ) AS stored ON NOT claim.claimed
  `,
);

const keepResult = statement(
  'keep_result',
  nothing,
  (slot: Slots<'owner' | 'key' | 'status' | 'headers' | 'body'>) => sql.fragment`
    UPDATE idempotency_keys
    SET status = ${slot.status}, headers = ${slot.headers}, body = ${slot.body}
    WHERE ${ownedBy(slot, 'idempotency_keys')} AND key = ${slot.key}
  `,
);

const releaseKey = statement(
  'release_idempotency_key',
  nothing,
  (slot: Slots<'owner' | 'key'>) => sql.fragment`
    DELETE FROM idempotency_keys
    WHERE ${ownedBy(slot, 'idempotency_keys')} AND key = ${slot.key}
  `,
);

export const retriesOf = <Store>(
  database: Statements,
  owner: OwnerId,
  storeOn: (statements: Statements) => Store,
): Retries<Store> => {
  const keep = (key: string, { status, headers = {}, body }: AnyReply) =>
    keepResult({
      owner,
      key,
      status,
      headers: JSON.stringify(headers),
      body: body === undefined ? null : JSON.stringify(body),
    });

  return {
    once: async (key, fingerprint, write) => {
      const outcome = await database.transaction(async (statements) => {
        const claimed = await statements.one(
          claimKey({ owner, key, fingerprint, lock: JSON.stringify([owner, key]) }),
        );
        if (claimed.erasing) {
          if (claimed.claimed) await statements.any(releaseKey({ owner, key }));
          return { reply: problems.erasureInProgress() };
        }
        if (claimed.fingerprint !== null) return claimed;
        if (!claimed.claimed) return null;
        const reply = await problemOrResult(write(storeOn(statements)));
        await statements.any(reply instanceof Problem ? releaseKey({ owner, key }) : keep(key, reply));
        return { reply };
      });
      if (outcome === null) throw problems.idempotencyInProgress();
      if ('fingerprint' in outcome) {
        if (outcome.fingerprint !== fingerprint) throw problems.idempotencyKeyReused();
        return replay(outcome);
      }
      if (outcome.reply instanceof Problem) throw outcome.reply;
      return outcome.reply;
    },
  };
};
