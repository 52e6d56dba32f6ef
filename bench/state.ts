/** A server's state folder with a database of ours in it. */
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { d1File, databaseId } from '../tools/d1-file.ts';
import { startServer } from './server.ts';

const top = join(import.meta.dirname, '..');

/** Lets the server make its database, then puts the file `source`, which has the table `table`, in its place. */
export async function preparedState(stateFolder: string, source: string, table: string): Promise<void> {
  mkdirSync(stateFolder, { recursive: true });
  const server = await startServer(stateFolder);
  const touched = await server.call('/databases/DB/overview');
  await touched.body?.cancel();
  await server.stop();
  const file = d1File(stateFolder, databaseId(join(top, 'wrangler.toml'), 'DB'));
  if (!existsSync(file)) throw new Error(`the runtime does not keep DB in ${file} any more: mend tools/d1-file.ts`);
  const before = new DatabaseSync(file, { readOnly: true });
  const there = before.prepare('SELECT count(*) AS n FROM sqlite_schema WHERE name = ?').get(table) as { n: number };
  before.close();
  if (there.n > 0) throw new Error(`${file} has the table ${table} already`);
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  copySettled(source, file);
}

/** A copy that lies on the disk: writing it there must not be part of what is measured next. */
export function copySettled(source: string, file: string): void {
  copyFileSync(source, file);
  const opened = openSync(file, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
