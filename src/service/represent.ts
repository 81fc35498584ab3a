// Static content in each content coding, compressed only once.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ContentCoding, Represent, Representation } from '../contract/operation.ts';
import { remember } from './remember.ts';

// Runs on libuv's threads: the largest page takes some 100 ms. Brotli's best quality is a tenth
// smaller and takes seconds.
const compress: Readonly<Record<ContentCoding, (bytes: Buffer) => Promise<Buffer>>> = {
  identity: async (bytes) => bytes,
  gzip: (bytes) => promisify(gzip)(bytes),
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 6,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

/** The strong entity tag of these very bytes (RFC 9110, section 8.8.3). */
const etagOf = (bytes: Buffer): string =>
  `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;

/** Whether one more compression may begin; it then takes a place until `leave`. */
export interface CompressionRoom {
  enter(): boolean;
  leave(): void;
}

export const createCompressionRoom = (places: number): CompressionRoom => {
  let free = places;
  return {
    enter: () => {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    leave: () => {
      free += 1;
    },
  };
};

/**
 * Content that never changes. Each coding is prepared when it is first requested. While there is no
 * room for that, the content is returned without a coding.
 */
export const representationsOf = (
  content: Buffer,
  room = createCompressionRoom(Number.POSITIVE_INFINITY),
): Represent => {
  const prepare = (coding: ContentCoding) =>
    remember(async (): Promise<Representation> => {
      const bytes = await compress[coding](content);
      return { coding, bytes, etag: etagOf(bytes) };
    });
  const prepared = { identity: prepare('identity'), gzip: prepare('gzip'), br: prepare('br') };
  const begun = new Set<ContentCoding>(['identity']);
  return (coding) => {
    if (begun.has(coding)) return prepared[coding]();
    if (!room.enter()) return prepared.identity();
    begun.add(coding);
    return prepared[coding]().finally(room.leave);
  };
};
