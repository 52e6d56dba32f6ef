/** The judge: stock SQLite, through Node and through its shell. It shares no code with the codec. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../../database/database.ts';

export type Row = readonly unknown[];
export type Ask = (sql: string) => Promise<Row[]>;

export const askD1 =
  (database: Database): Ask =>
  async (sql) =>
    (await database.query(sql)).rows as Row[];

export const askStock =
  (database: DatabaseSync): Ask =>
  async (sql) =>
    (database.prepare(sql).all() as { [name: string]: unknown }[]).map((row) => Object.values(row));

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Of each value its storage class, its bytes or digits, and a real as the number that it is: comparable across databases. Rows come with
 * their rowid where they have one, sorted, so that the order of reading does not matter.
 */
export async function contentOf(ask: Ask, table: string): Promise<string[]> {
  const columns = (await ask(`SELECT name AS c0 FROM pragma_table_xinfo(${literal(table)}) WHERE hidden <> 1`)).map(([name]) =>
    String(name),
  );
  const rowid = await rowidOf(ask, table, columns);
  const rows: string[] = [];
  // A few columns at a time: a result has at most a hundred.
  const probes = (part: readonly string[]) => part.flatMap(probe).map((sql, n) => `${sql} AS p${n}`);
  for (let at = 0; at < columns.length; at += 30) {
    const found = await ask(
      `SELECT ${probes([...(rowid ? [rowid] : []), ...columns.slice(at, at + 30).map(quoted)])} FROM ${quoted(table)}`,
    );
    found.forEach((row, n) => {
      rows[n] = `${rows[n] ?? ''}${JSON.stringify(row.map(plain))}`;
    });
  }
  return rows.sort();
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

function probe(c: string): string[] {
  const text =
    `CASE typeof(${c}) WHEN 'integer' THEN CAST(${c} AS TEXT) WHEN 'real' THEN CASE WHEN ${c}=9e999 THEN 'inf' WHEN ${c}=-9e999 THEN '-inf' ` +
    `WHEN ${c}=0 THEN iif(atan2(${c},-1.0)<0,'-0','0') END ELSE hex(${c}) END`;
  return [`typeof(${c})`, text, `CASE WHEN typeof(${c})='real' AND abs(${c})<9e999 THEN ${c} END`];
}

/** Reals by their eight bytes. */
function plain(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const view = new DataView(new ArrayBuffer(8));
  // The sign of zero does not come through JSON: the probe tells it in words.
  view.setFloat64(0, value === 0 ? 0 : value);
  return view.getBigUint64(0).toString(16);
}

async function rowidOf(ask: Ask, table: string, columns: readonly string[]): Promise<string | null> {
  const [row] = await ask(`SELECT wr AS c0 FROM pragma_table_list WHERE name = ${literal(table)}`);
  const free = ['rowid', '_rowid_', 'oid'].find((name) => !columns.some((column) => column.toLowerCase() === name));
  return row?.[0] === 1 ? null : (free ?? null);
}

/** Loads the text with Node's SQLite: constraints enforced, each statement committed by itself. */
export function loadInNode(text: string): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(text);
  return database;
}

export const hasShell = spawnSync('sqlite3', ['--version']).status === 0;

/** Loads the text with the `sqlite3` shell and opens what came of it. Throws what the shell complains about. */
export function loadInShell(text: string): { database: DatabaseSync; done(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-'));
  const file = join(folder, 'loaded.db');
  const { status, stderr } = spawnSync('sqlite3', ['-bail', file], { input: text, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0 || stderr.length > 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`sqlite3: ${stderr}`);
  }
  const database = new DatabaseSync(file);
  return {
    database,
    done() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const WRANGLER = join(import.meta.dirname, '../../../../node_modules/wrangler/bin/wrangler.js');

/** Loads the text with `wrangler d1 execute --local --file`, and hands over the file that it made. */
export async function withWrangler(text: string, judge: (loaded: DatabaseSync) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-'));
  try {
    const d1 = [{ binding: 'DB', database_name: 'exam', database_id: '00000000-0000-0000-0000-00000000000e' }];
    writeFileSync(
      join(folder, 'wrangler.json'),
      JSON.stringify({ name: 'exam', compatibility_date: '2026-11-23', d1_databases: d1 }),
    );
    writeFileSync(join(folder, 'backup.sql'), text);
    const args = [WRANGLER, 'd1', 'execute', 'exam', '--local', '--persist-to', 'state', '--file', 'backup.sql', '--yes'];
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`wrangler: ${stdout}${stderr}`);
    const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => /d1.*[0-9a-f]{64}\.sqlite$/.test(name));
    if (!file) throw new Error('wrangler left no database behind.');
    const loaded = new DatabaseSync(join(folder, file));
    await judge(loaded);
    loaded.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
