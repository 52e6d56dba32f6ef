/** SHA-256 that can be fed in parts: a segment is hashed while it is written, without being held. */
import { createHash } from 'node:crypto';
import type { Hash } from '../../core/backup/pack.ts';

export function newSha256(): Hash {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
