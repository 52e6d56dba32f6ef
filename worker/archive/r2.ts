/** The archive of one database in an R2 bucket. */
import { Refusal } from '../protocol/problem.ts';
import type { Archive } from './archive.ts';

/** Pauses between the tries of a call that R2 itself calls internal. */
const BACK_OFF_MS = [100, 400] as const;

export function archiveOf(bucket: R2Bucket, database: string): Archive {
  const chunkKey = (sha256: string) => `db/${database}/chunks/${sha256}.sql.gz`;
  const manifestKey = (id: string) => `db/${database}/backups/${id}/manifest.json`;
  const draftKey = (id: string, sha256: string) => `db/${database}/backups/${id}/manifest-${sha256}.json`;
  const putJson = async (key: string, json: string) => {
    await retried(() => bucket.put(key, json, { httpMetadata: { contentType: 'application/json' } }));
  };
  const getText = async (key: string) => (await retried(() => bucket.get(key)))?.text() ?? null;
  return {
    putChunk: (sha256, gzip) => retried(() => putChunk(bucket, chunkKey(sha256), sha256, gzip)),
    getChunk: async (sha256) => {
      const stored = await retried(() => bucket.get(chunkKey(sha256)));
      if (stored === null) throw missing(sha256);
      const bytes = new Uint8Array(await stored.arrayBuffer());
      if ((await sha256Of(bytes)) !== sha256)
        throw new Refusal('backup_damaged', `The stored chunk ${sha256} has other bytes than its name says.`);
      return bytes;
    },
    streamChunk: async (sha256, range) => {
      const stored = await retried(() => bucket.get(chunkKey(sha256), range ? { range } : undefined));
      if (stored === null) throw missing(sha256);
      return stored.body;
    },
    putDraft: (id, sha256, json) => putJson(draftKey(id, sha256), json),
    getDraft: (id, sha256) => getText(draftKey(id, sha256)),
    deleteDraft: (id, sha256) => retried(() => bucket.delete(draftKey(id, sha256))),
    putManifest: (id, json) => putJson(manifestKey(id), json),
    getManifest: (id) => getText(manifestKey(id)),
    deleteManifest: (id) => retried(() => bucket.delete(manifestKey(id))),
  };
}

/**
 * Writes only where nothing is. What is there already is asked for its checksum: an altered object under a content's name would spoil every
 * backup that shares it, and the right bytes are at hand.
 */
async function putChunk(bucket: R2Bucket, key: string, sha256: string, gzip: Uint8Array): Promise<void> {
  const put = await bucket.put(key, gzip, {
    onlyIf: { etagDoesNotMatch: '*' },
    sha256,
    httpMetadata: { contentType: 'application/gzip' },
  });
  if (put !== null) return;
  const there = await bucket.head(key);
  if (there !== null && there.size === gzip.byteLength && hexOf(there.checksums.sha256) === sha256) return;
  await bucket.put(key, gzip, { sha256, httpMetadata: { contentType: 'application/gzip' } });
}

const missing = (sha256: string) => new Refusal('backup_damaged', `The chunk ${sha256} is missing in R2.`);

const hexOf = (bytes: ArrayBuffer | undefined): string =>
  Array.from(new Uint8Array(bytes ?? new ArrayBuffer(0)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const sha256Of = async (bytes: Uint8Array): Promise<string> =>
  hexOf(await crypto.subtle.digest('SHA-256', bytes as BufferSource));

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of BACK_OFF_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return work();
}

/** 10001 is R2's internal error, 10043 its slow-down; 10037 (a checksum that does not match) would fail again. */
const isPassing = (error: unknown): boolean =>
  /\((?:10001|10043|10054|10058)\)|internal error|Network connection lost/i.test(String(error));
