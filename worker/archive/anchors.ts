/** Copies of an audit chain's head in R2 (A1). Written once and never again: whoever rewrites the chain would have to rewrite these, too. */
import type { Anchor } from '../core/audit/chain.ts';

export interface Anchors {
  /** `name`: a number or a day. False when there is one of that name already, which then stays as it is. */
  put(name: string, anchor: Anchor): Promise<boolean>;
  /** All that can be read, by number, and the names of those that cannot. */
  all(): Promise<{ anchors: Anchor[]; damaged: string[] }>;
}

/** Simultaneous reads: what one invocation may have open. */
const AT_ONCE = 6;

/** Of a database's chain. */
export const databasePrefix = (database: string): string => `db/${database}/audit/`;
/** Of the chain that belongs to no database. */
export const ACCESS_PREFIX = 'access/audit/';

export function anchorsOf(bucket: R2Bucket, prefix: string): Anchors {
  return {
    put: async (name, { n, hash, at }) => {
      const options: R2PutOptions = { onlyIf: { etagDoesNotMatch: '*' }, httpMetadata: { contentType: 'application/json' } };
      return (await bucket.put(`${prefix}${name}.json`, JSON.stringify({ n, hash, at }), options)) !== null;
    },
    all: async () => {
      const keys = await keysOf(bucket, prefix);
      const anchors: Anchor[] = [];
      const damaged: string[] = [];
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const read = await Promise.all(
          keys.slice(at, at + AT_ONCE).map(async (key) => [key, await anchorAt(bucket, key)] as const),
        );
        for (const [key, anchor] of read)
          if (anchor) anchors.push(anchor);
          else damaged.push(key);
      }
      return { anchors: anchors.sort((a, b) => a.n - b.n), damaged };
    },
  };
}

async function keysOf(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list(cursor === undefined ? { prefix } : { prefix, cursor });
    keys.push(...page.objects.map(({ key }) => key));
    if (!page.truncated) return keys;
    cursor = page.cursor;
  }
}

async function anchorAt(bucket: R2Bucket, key: string): Promise<Anchor | null> {
  try {
    const { n, hash, at } = (await (await bucket.get(key))?.json<Partial<Anchor>>()) ?? {};
    const sound = typeof n === 'number' && Number.isSafeInteger(n) && n > 0 && typeof hash === 'string' && typeof at === 'string';
    return sound ? { n, hash, at } : null;
  } catch (error) {
    // JSON that cannot be read was not written by us; anything else is R2's own failure.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
