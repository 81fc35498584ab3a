// A position in the change feed as the client holds it: sealed with a key of the owner's own, so
// that it can be neither read, nor made, nor used by another owner.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { OwnerId } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import type { Position } from './feed.ts';

export interface ChangeTokens {
  seal(position: Position): Promise<string>;
  /** Throws a malformed-request Problem when the token was not sealed for this owner. */
  open(token: string): Promise<Position>;
}

// AES-256-GCM with a random nonce (NIST SP 800-38D, section 8.2.2). Because each owner has a key,
// no key ever seals so many tokens that nonces could meet.
const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
const positionLength = 48;

const noEpoch = '00000000-0000-0000-0000-000000000000';

const uuidToBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const bytesToUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const toBytes = ({ epoch, base, seq, id }: Position): Buffer => {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(base, 0);
  numbers.writeBigUInt64BE(seq, 8);
  return Buffer.concat([uuidToBytes(epoch ?? noEpoch), numbers, uuidToBytes(id)]);
};

const fromBytes = (bytes: Buffer): Position => {
  const epoch = bytesToUuid(bytes.subarray(0, 16));
  return {
    epoch: epoch === noEpoch ? null : epoch,
    base: bytes.readBigUInt64BE(16),
    seq: bytes.readBigUInt64BE(24),
    id: bytesToUuid(bytes.subarray(32)),
  };
};

/** The tokens of one owner. */
export const changeTokensOf = (secret: () => Promise<string>, owner: OwnerId): ChangeTokens => {
  const key = async () => Buffer.from(hkdfSync('sha256', await secret(), owner, 'tasks sync token 1', 32));
  return {
    seal: async (position) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, await key(), nonce);
      const sealed = Buffer.concat([cipher.update(toBytes(position)), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open: async (token) => {
      const foreign = (cause?: unknown) =>
        problems.malformed('since is not a change token that this API made for you', cause);
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== nonceLength + positionLength + tagLength) throw foreign();
      const decipher = createDecipheriv(algorithm, await key(), bytes.subarray(0, nonceLength));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      try {
        const sealed = bytes.subarray(nonceLength, -tagLength);
        return fromBytes(Buffer.concat([decipher.update(sealed), decipher.final()]));
      } catch (error) {
        throw foreign(error);
      }
    },
  };
};
