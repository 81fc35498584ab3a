// The id of the task that follows a completed one. It depends on nothing but the completed task, so
// no retry, no other client and no other day of completion can create a second one.
import { hash } from 'node:crypto';

/** A UUID of version 5 in lower case, of a name in a namespace: RFC 9562, section 5.5. */
export const uuidV5 = (namespace: string, name: string): string => {
  const bytes = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]);
  const digest = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(18, 20)}`,
    digest.slice(20, 32),
  ].join('-');
};

/** The id of the task that follows the one with this id in its series. */
export const successorId = (taskId: string): string => uuidV5(taskId, 'successor');
