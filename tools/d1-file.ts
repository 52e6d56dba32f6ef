/** Where the local runtime keeps a D1 database: an SQLite file in the state folder, named by a hash of the database's id. */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMESPACE = 'miniflare-D1DatabaseObject';

/** The runtime's way from a name to the id of a Durable Object: each local database is one. */
function objectId(name: string): string {
  const key = createHash('sha256').update(NAMESPACE).digest();
  const digest = (data: string | Buffer) => createHmac('sha256', key).update(data).digest().subarray(0, 16);
  const nameDigest = digest(name);
  return Buffer.concat([nameDigest, digest(nameDigest)]).toString('hex');
}

/** The `database_id` of a binding in wrangler.toml, which may well be made up: locally it is only a name. */
export function databaseId(wranglerToml: string, binding: string): string {
  const blocks = readFileSync(wranglerToml, 'utf8')
    .split(/^\[\[d1_databases\]\]$/m)
    .slice(1);
  const block = blocks.find((text) => new RegExp(`^binding = "${binding}"$`, 'm').test(text));
  const id = /^database_id = "([^"]+)"$/m.exec(block ?? '')?.[1];
  if (id === undefined) throw new Error(`${wranglerToml} has no D1 database with the binding ${binding}`);
  return id;
}

/** Path of the file under a folder given as `--persist-to`. It exists once the database was used. */
export const d1File = (stateFolder: string, id: string): string => join(stateFolder, 'v3/d1', NAMESPACE, `${objectId(id)}.sqlite`);
