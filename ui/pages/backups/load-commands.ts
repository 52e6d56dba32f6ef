/** Commands that load a downloaded backup elsewhere. Pure. */

export type Format = 'sql' | 'sql.gz';

/** The name under which the server sends it: the database and the moment, for example `DB-20261123T081500Z.sql.gz`. */
export function fileName(database: string, createdAt: string, format: Format): string {
  const stamp = createdAt.replaceAll(/[-:]/g, '').replace(/\.\d+Z$/, 'Z');
  return `${database.replaceAll(/[^\w.-]/g, '_')}-${stamp}.${format}`;
}

/** `encodeURIComponent` leaves the quote as it is, which is right in an address and wrong in a shell. */
const inUrl = (part: string): string => encodeURIComponent(part).replaceAll("'", '%27');

/** A word that a POSIX shell takes as it is. */
const quoted = (word: string): string => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

export interface LoadCommand {
  readonly title: string;
  readonly command: string;
}

/** `origin` is where this console stands, for the download by a program. */
export function loadCommands(backup: { id: string; database: string; createdAt: string }, origin: string): LoadCommand[] {
  const { id, database, createdAt } = backup;
  const gz = quoted(fileName(database, createdAt, 'sql.gz'));
  const sql = quoted(fileName(database, createdAt, 'sql'));
  const url = `${origin}/api/v1/databases/${inUrl(database)}/backups/${inUrl(id)}/download?format=sql.gz`;
  return [
    { title: 'Load into SQLite', command: `gunzip -c ${gz} | sqlite3 restored.sqlite` },
    { title: 'Load into a new, empty D1 database', command: `npx wrangler d1 execute NEW_DATABASE --remote --file=${sql}` },
    { title: 'Download from a script', command: `curl -fsS -H "Authorization: Bearer $LOCKKEEPER_TOKEN" -o ${gz} ${quoted(url)}` },
  ];
}
