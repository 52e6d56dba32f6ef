/**
 * The yardstick: stock SQLite reads the table in Node and writes the same kind of dump to a file, with nothing in between.
 * Arguments: database file, output file. A process of its own, so that its memory can be measured.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { COLUMNS, TABLE } from '../data.ts';

const STATEMENT_BYTES = 90_000;
const WRITE_CHARACTERS = 1 << 20;

const [from, to] = process.argv.slice(2) as [string, string];
const database = new DatabaseSync(from, { readOnly: true });
const file = openSync(to, 'w');
const { sql } = database.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(TABLE) as { sql: string };
const header = `INSERT INTO "${TABLE}" (${COLUMNS.map((name) => `"${name}"`).join(',')}) VALUES\n`;
// quote() writes every value as SQLite itself reads it back, in the fewest calls across the border.
const row = `SELECT '(' || ${COLUMNS.map((name) => `quote(${name})`).join(` || ',' || `)} || ')' AS text FROM ${TABLE}`;

let pending = `PRAGMA foreign_keys=OFF;\n${sql};\n`;
let statementLength = 0;
for (const { text } of database.prepare(row).iterate() as Iterable<{ text: string }>) {
  const begins = statementLength === 0 || statementLength + text.length > STATEMENT_BYTES;
  pending += begins ? `${statementLength === 0 ? '' : ';\n'}${header}${text}` : `,\n${text}`;
  statementLength = begins ? header.length + text.length : statementLength + text.length;
  if (pending.length < WRITE_CHARACTERS) continue;
  writeSync(file, pending);
  pending = '';
}
writeSync(file, statementLength === 0 ? pending : `${pending};\n`);
closeSync(file);
database.close();
