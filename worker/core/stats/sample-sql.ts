/**
 * The SQL that samples a table. Sizes of records are reckoned in the database: `typeof` and `octet_length` of a column read no content,
 * so a row of two megabytes costs as little as a small one. Each table is one row of a VALUES list, so that many share a statement, and
 * the values of a record are one too, so that what reckons their sizes is written once: text is what bounds how many tables fit.
 * All names of our own begin with `_lk_`: the texts of index expressions stand beside them, with names of the table.
 */
import type { Column, Index, Table } from '../schema/model.ts';
import { identifier } from '../sql/quote.ts';
import { readIndexText } from './index-text.ts';
import type { Question } from './pack.ts';
import type { Points } from './points.ts';
import { columnOf, indexTrees, keyColumns, recordColumns } from './trees.ts';
import { fromPoints, keyEnd, pointsText, windowsSql } from './walk-sql.ts';

/** Added to a record's size for each integer that a JavaScript number cannot hold. Far above any size, far below 2^53 ÷ 100 columns. */
export const BIG_INTEGER_MARK = 2 ** 40;
const ABSENT = '-';
/**
 * `column1`: the integer itself, or the name of the type; `column2`: bytes of text and blobs. Serial type and content, in bytes. An
 * integer fits n bits when what lies above them is all zeros or all ones.
 */
const VALUE_BYTES = `CASE WHEN typeof(column1)='integer' THEN CASE WHEN column1 IN (0,1) THEN 1 WHEN column1>>7 IN (0,-1) THEN 2
WHEN column1>>15 IN (0,-1) THEN 3 WHEN column1>>23 IN (0,-1) THEN 4 WHEN column1>>31 IN (0,-1) THEN 5 WHEN column1>>47 IN (0,-1) THEN 7
WHEN column1>>53 IN (0,-1) THEN 9 ELSE ${9 + BIG_INTEGER_MARK} END WHEN column1='null' THEN 1 WHEN column1='real' THEN 9
ELSE column2+1+(column2>57)+(column2>8185)+(column2>1048569) END`;

/** How the rows of a sample are chosen. */
export type SampleFrom =
  | { readonly from: 'whole' }
  | { readonly from: 'first'; readonly rows: number }
  | { readonly from: 'points'; readonly points: Points; readonly windows: boolean };

/** Both ends of the key as `type hex`, and a count that stops after `countLimit` rows (null: never). */
export function probeQuestion(table: Table, countLimit: number | null): Question {
  const name = identifier(table.name);
  const rows = countLimit === null ? name : `(SELECT 1 FROM ${name} LIMIT ${countLimit})`;
  const answers = `${keyEnd(table, 'ASC')},${keyEnd(table, 'DESC')},(SELECT count(*) FROM ${rows})`;
  return { sql: (n) => `(${n},${answers})`, param: null };
}

/** Nine bytes: the header, and the number of the root page. */
const SCHEMA_RECORD_BYTES = '9+octet_length(type)+octet_length(name)+octet_length(tbl_name)+coalesce(octet_length(sql),0)';
const HIDDEN = (name: string) => `substr(lower(${name}),1,4)='_cf_'`;

/** Record sizes of the schema's own table, and how many trees there are that D1 lets nobody read. */
export const SCHEMA_QUESTION: Question = {
  sql: (n) => `(${n},(SELECT group_concat(${SCHEMA_RECORD_BYTES}) FROM sqlite_schema),
(SELECT count(*) FROM sqlite_schema WHERE ${HIDDEN('name')} AND rootpage>0),NULL)`,
  param: null,
};

/** What ANALYZE has left: `[table, statistics]` in JSON. Only where `sqlite_stat1` exists. */
export const ANALYZE_QUESTION: Question = {
  sql: (n) => `(${n},(SELECT json_group_array(json_array(tbl,stat)) FROM sqlite_stat1 WHERE NOT ${HIDDEN('tbl')}),NULL,NULL)`,
  param: null,
};

/** Sizes as `record index index …` for each row, separated by commas; then the windows, where they are asked for. */
export function sampleQuestion(table: Table, sample: SampleFrom): Question {
  const sizes = joined([recordSql(table), ...indexTrees(table).map((index) => indexSql(table, index))], "||' '||");
  const windows = sample.from === 'points' && sample.windows;
  return {
    sql: (n, parameter) => `(${n},(SELECT group_concat(_lk_sizes) FROM (SELECT ${sizes} AS _lk_sizes
${sourceSql(table, sample, parameter)})),${windows ? windowsSql(table, sample.points, parameter) : 'NULL'},NULL)`,
    param: sample.from === 'points' ? pointsText(sample.points) : null,
  };
}

function sourceSql(table: Table, sample: SampleFrom, parameter: number): string {
  const name = identifier(table.name);
  switch (sample.from) {
    case 'whole':
      return `FROM ${name}`;
    case 'first':
      return `FROM ${name} LIMIT ${sample.rows}`;
    case 'points':
      return fromPoints(table, sample.points, parameter);
  }
}

function recordSql(table: Table): string {
  return bytesSql(recordColumns(table).map((column) => (column.name === table.integerKey ? "('null',0)" : columnCell(column))));
}

/** Keys, then what leads from the index to the row. `-` where the row is not in a partial index. */
function indexSql(table: Table, index: Index): string {
  const text = index.sql === null ? null : readIndexText(index.sql);
  const keys = index.columns.map(({ name }, i) => (name === null ? expressionCell(text?.terms[i]) : nameCell(table, name)));
  const bytes = bytesSql([...keys, ...pointerCells(table, index)]);
  if (!index.partial) return bytes;
  // The condition's text comes from the database's own schema, where it is in force already; nothing a client sends gets here.
  return text?.where ? `iif((${text.where}),${bytes},'${ABSENT}')` : bytes;
}

function pointerCells(table: Table, index: Index): string[] {
  if (!table.withoutRowid) return [table.rowidName === null ? '(100000,0)' : `(${rowidSql(table, table.rowidName)},0)`];
  const keys = index.columns.map(({ name }) => name);
  return keyColumns(table)
    .filter((name) => !keys.includes(name))
    .map((name) => nameCell(table, name));
}

function bytesSql(cells: readonly string[]): string {
  return `(SELECT sum(${VALUE_BYTES}) FROM (VALUES${cells.join(',')}))`;
}

function nameCell(table: Table, name: string): string {
  const column = columnOf(table, name);
  return column ? columnCell(column) : valueCell(identifier(name));
}

/** A column of REAL affinity keeps whole numbers as integers although they read as reals. */
function columnCell({ name, affinity }: Column): string {
  const value = identifier(name);
  if (affinity !== 'real') return valueCell(value);
  const whole = `${value} BETWEEN -140737488355328 AND 140737488355327 AND ${value}=CAST(${value} AS INTEGER)`;
  return `(iif(typeof(${value})='real' AND ${whole},CAST(${value} AS INTEGER),typeof(${value})),octet_length(${value}))`;
}

function valueCell(value: string): string {
  return `(iif(typeof(${value})='integer',${value},typeof(${value})),octet_length(${value}))`;
}

/** An expression whose text could not be read counts as a short text. */
function expressionCell(text: string | undefined): string {
  return text ? valueCell(`(${text})`) : "('text',8)";
}

function rowidSql(table: Table, rowidName: string): string {
  return `${identifier(table.name)}.${identifier(rowidName)}`;
}

/** Joins in a balanced way: D1 refuses expressions more than 100 deep, and a table may have more than 50 indexes. */
function joined(terms: readonly string[], operator: string): string {
  if (terms.length === 1) return terms[0] ?? '';
  const half = Math.ceil(terms.length / 2);
  return `(${joined(terms.slice(0, half), operator)}${operator}${joined(terms.slice(half), operator)})`;
}
