/** SQLite files compared by what is in them, for tests: schema, rows, values with their storage class. */
import { closeSync, copyFileSync, existsSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Copies a file that another process may have open, together with what it has not yet merged into it. Both belong together only as long as
 * the log was not begun anew between the two: then they are copied once more.
 */
export function copyDatabase(file: string, folder: string, name: string): string {
  const copy = join(folder, name);
  for (;;) {
    const log = logOf(file);
    copyFileSync(file, copy);
    rmSync(`${copy}-wal`, { force: true });
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    if (logOf(file) === log) return copy;
  }
}

/** The header of the write-ahead log, which has new salts each time it is begun; empty without one. */
function logOf(file: string): string {
  if (!existsSync(`${file}-wal`)) return '';
  const log = openSync(`${file}-wal`, 'r');
  try {
    const header = Buffer.alloc(32);
    return header.toString('hex', 0, readSync(log, header, 0, 32, 0));
  } finally {
    closeSync(log);
  }
}

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

/** Neither the platform's tables nor Lockkeeper's own are anybody's data. */
const IS_OURS = "name LIKE '\\_cf\\_%' ESCAPE '\\' OR name LIKE '\\_lk\\_%' ESCAPE '\\' OR tbl_name LIKE '\\_lk\\_%' ESCAPE '\\'";

/** Without what SQLite makes by itself: automatic indexes and the shadow tables of virtual ones. */
export function schemaOf(database: DatabaseSync): SchemaObject[] {
  const shadow = new Set(
    database
      .prepare("SELECT name FROM pragma_table_list WHERE type = 'shadow'")
      .all()
      .map((row) => String(row.name)),
  );
  const objects = database
    .prepare(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND NOT (${IS_OURS}) AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
    )
    .all() as unknown as SchemaObject[];
  return objects.filter((object) => !shadow.has(object.name));
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function columnsOf(database: DatabaseSync, table: string): string[] {
  const columns = database.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(table) as {
    name: string;
    hidden: number;
  }[];
  // 1 marks the hidden columns of virtual tables (rank, the table's own name), which are no data.
  return columns.filter((column) => column.hidden !== 1).map((column) => column.name);
}

const hasRowid = (database: DatabaseSync, table: string): boolean => {
  try {
    database.prepare(`SELECT rowid FROM ${quoted(table)} LIMIT 0`);
    return true;
  } catch {
    return false;
  }
};

/** Each row as text that is equal only for equal values of equal storage class; sorted, as tables have no order. */
export function rowsOf(database: DatabaseSync, table: string): string[] {
  const columns = columnsOf(database, table).map(quoted);
  const all = hasRowid(database, table) ? ['rowid', ...columns] : columns;
  const cells = all.flatMap((name) => [
    `typeof(${name})`,
    `CASE WHEN typeof(${name}) IN ('text', 'blob') THEN hex(CAST(${name} AS BLOB)) ELSE ${name} END`,
  ]);
  const statement = database.prepare(`SELECT ${cells.join(', ')} FROM ${quoted(table)}`);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const rows: string[] = [];
  for (const row of statement.iterate() as unknown as Iterable<unknown[]>) rows.push(row.map(exact).join('|'));
  return rows.sort();
}

const bits = new DataView(new ArrayBuffer(8));
function exact(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  bits.setFloat64(0, value);
  return bits.getBigUint64(0).toString(16);
}

export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  /** In words; empty when both hold the same. */
  readonly differences: readonly string[];
}

/** Compares schema, rows of every table and virtual table, and AUTOINCREMENT's memory; `without` some tables and what hangs on them. */
export function compareDatabases(expectedFile: string, actualFile: string, without: readonly string[] = []): Comparison {
  const [expected, actual] = [new DatabaseSync(expectedFile), new DatabaseSync(actualFile)];
  try {
    const compared = (object: SchemaObject) => !without.includes(object.tbl_name);
    const [wanted, got] = [schemaOf(expected).filter(compared), schemaOf(actual).filter(compared)];
    const differences: string[] = [];
    const text = (objects: SchemaObject[]) =>
      objects.map((object) => `${object.type} ${object.name} on ${object.tbl_name}: ${object.sql?.trim()}`);
    const present = new Set(text(got));
    const asked = new Set(text(wanted));
    differences.push(...[...asked].filter((object) => !present.has(object)).map((object) => `missing: ${object}`));
    differences.push(...[...present].filter((object) => !asked.has(object)).map((object) => `too much: ${object}`));
    const tables = wanted.filter((object) => object.type === 'table').map((object) => object.name);
    if (expected.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get()) tables.push('sqlite_sequence');
    let rows = 0;
    for (const table of tables) {
      const [one, other] = [comparable(expected, table), comparable(actual, table)];
      rows += one.length;
      const at = one.findIndex((row, n) => row !== other[n]);
      if (one.length !== other.length) differences.push(`${table}: ${one.length} rows became ${other.length}`);
      else if (at >= 0) differences.push(`${table}: ${one[at]} became ${other[at]}`);
    }
    return { tables: tables.length, rows, differences };
  } finally {
    expected.close();
    actual.close();
  }
}

/** The row numbers of sqlite_sequence mean nothing, and Lockkeeper's tables have theirs in it, too. */
function comparable(database: DatabaseSync, table: string): string[] {
  if (table !== 'sqlite_sequence') return rowsOf(database, table);
  const rows = database
    .prepare("SELECT name || '=' || seq AS text FROM sqlite_sequence WHERE name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name")
    .all();
  return rows.map((row) => String(row.text));
}

/** Loads SQL text into a new file with the SQLite in Node. */
export function loadSql(sql: string, file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** What `PRAGMA integrity_check` and `foreign_key_check` have to say: `ok` and nothing. */
export function healthOf(file: string): { integrity: string; violations: number } {
  const database = new DatabaseSync(file);
  try {
    const { integrity_check: integrity } = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    return { integrity, violations: database.prepare('PRAGMA foreign_key_check').all().length };
  } finally {
    database.close();
  }
}
