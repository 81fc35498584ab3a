// From a write's handler to one that honours Idempotency-Key. A request without a key goes straight
// through.
import { createHash } from 'node:crypto';
import type { AnyReply, OperationId } from '../contract/operation.ts';
import { Problem } from '../contract/problem.ts';
import { isRecord } from '../contract/record.ts';
import { canonicalise } from './canonical.ts';
import type { OwnerContext } from './owner-context.ts';

interface IdempotentCall {
  readonly path: object;
  readonly query?: object | undefined;
  readonly headers: {
    readonly 'idempotency-key'?: string;
    readonly 'if-match'?: string;
    readonly 'if-none-match'?: string;
  };
  readonly body?: unknown;
}

// The same members in another order are the same request.
const inOrder = (_name: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

const fingerprint = (operation: string, { path, query, headers, body }: IdempotentCall): string => {
  // `me` and the user's id are the same, and so is a UUID in other letter case (RFC 9562, section 4).
  const place = Object.fromEntries(
    Object.entries(path).flatMap(([name, id]) =>
      name === 'user_id' ? [] : [[name, String(id).toLowerCase()]],
    ),
  );
  const conditions = [headers['if-match'], headers['if-none-match']];
  // An empty object is what an operation without a body may be sent instead.
  const content = Object.keys(body ?? {}).length === 0 ? undefined : body;
  const request = JSON.stringify([operation, place, query, conditions, content], inOrder);
  return createHash('sha256').update(request).digest('base64url');
};

/**
 * Returns the stored reply of an earlier call with the same Idempotency-Key, or handles the call
 * and stores its reply. Before, the body is rewritten to its one spelling; afterwards, the reply gets
 * the id of the change. A write during a deletion of everything has that deletion continued.
 */
export const idempotent =
  <C extends IdempotentCall & { readonly context: OwnerContext }, R extends AnyReply>(
    operation: OperationId,
    handler: (call: C) => Promise<R>,
  ): ((call: C) => Promise<R>) =>
  async (call) => {
    const { context } = call;
    await canonicalise(call.body, context.zones);
    const key = call.headers['idempotency-key'];
    const change = async (one: C) => {
      const reply = await handler(one);
      const number = context.author.isRecorded ? context.author.change() : null;
      return number === null ? reply : { ...reply, headers: { ...reply.headers, Change: String(number) } };
    };
    try {
      if (key === undefined) return await change(call);
      const reply = await context.retries.once(key, fingerprint(operation, call), (tasks) =>
        change({ ...call, context: { ...context, tasks } }),
      );
      // What is stored under a fingerprint of this operation was a reply of this handler.
      return reply as R;
    } catch (error) {
      if (error instanceof Problem && error.slug === 'erasure-in-progress') context.finishErasures();
      throw error;
    }
  };
