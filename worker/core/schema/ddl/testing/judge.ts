/** SQLite itself as the judge: what its pragmas say of a schema must be what the definitions say. */
import { DatabaseSync } from 'node:sqlite';
import type { IndexTerm, SchemaDef, TableDef } from '../../../../protocol/schema.ts';
import type { SchemaEntry } from '../../model.ts';
import { foldName } from '../../names.ts';
import { isRowid, renderIndex, renderTable, renderTrigger, renderView, renderVirtualTable, schemaOf } from '../index.ts';

/** D1 takes words in double quotes for strings; node's own default is not to. */
export const open = (): DatabaseSync => new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });

export const entriesOf = (database: DatabaseSync): SchemaEntry[] =>
  database
    .prepare('SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY rowid')
    .all() as unknown as SchemaEntry[];

function run(database: DatabaseSync, sql: string): void {
  try {
    database.exec(sql);
  } catch (error) {
    throw new Error(`${sql}\n${error}`);
  }
}

/** Runs the statements and reads the schema that they leave. */
export function schemaAfter(...sql: readonly string[]): { schema: SchemaDef; warnings: string[]; database: DatabaseSync } {
  const database = open();
  for (const statement of sql) run(database, statement);
  return { ...schemaOf(entriesOf(database)), database };
}

type Row = Record<string, string | number | null>;
const pragma = (database: DatabaseSync, name: string, argument: string): Row[] =>
  database.prepare(`SELECT * FROM pragma_${name}(?)`).all(argument) as Row[];

/** What the pragmas say of a table, in the shape of `said`. */
export function judged(database: DatabaseSync, table: string) {
  const facts = database
    .prepare("SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND lower(name) = lower(?)")
    .get(table);
  const columns = pragma(database, 'table_xinfo', table).map(({ name, type, notnull, hidden, pk }) => ({
    name,
    type: String(type)
      .toUpperCase()
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/ ?([(),]) ?/g, '$1')
      .replace('(+', '('),
    notNull: notnull === 1,
    generated: hidden === 0 ? null : hidden === 2 ? 'virtual' : 'stored',
    pk,
  }));
  const lists = pragma(database, 'index_list', table).map((index) => ({
    ...index,
    terms: pragma(database, 'index_xinfo', String(index.name)).filter(({ key }) => key === 1),
  }));
  return { strict: facts?.strict === 1, withoutRowid: facts?.wr === 1, columns, lists, keys: foreignKeys(database, table) };
}

function foreignKeys(database: DatabaseSync, table: string): string[] {
  const parts = new Map<number, Row[]>();
  for (const row of pragma(database, 'foreign_key_list', table))
    parts.set(Number(row.id), [...(parts.get(Number(row.id)) ?? []), row]);
  return [...parts.values()]
    .map((rows) => {
      const sortedRows = rows.toSorted((a, b) => Number(a.seq) - Number(b.seq));
      const [first] = sortedRows as [Row];
      const from = sortedRows.map(({ from: name }) => foldName(String(name))).join();
      const to = sortedRows.map(({ to: name }) => name).includes(null)
        ? keyOf(database, String(first.table), rows.length)
        : sortedRows.map(({ to: name }) => foldName(String(name)));
      return `${from}>${foldName(String(first.table))}(${to.join()}) ${first.on_update} ${first.on_delete}`;
    })
    .toSorted();
}

/** What a foreign key without columns points at. */
function keyOf(database: DatabaseSync, table: string, width: number): string[] {
  const key = pragma(database, 'table_xinfo', table).filter(({ pk }) => Number(pk) > 0);
  return key.length === width ? key.toSorted((a, b) => Number(a.pk) - Number(b.pk)).map(({ name }) => foldName(String(name))) : [];
}

const termText = ({ name, desc, coll }: Row): string =>
  `${name === null ? '*' : foldName(String(name))} ${String(coll).toUpperCase()}${desc === 1 ? ' DESC' : ''}`;

/** The unique indexes that SQLite made of constraints, and the key, as texts. */
export function judgedIndexes(database: DatabaseSync, table: string): string[] {
  return judged(database, table)
    .lists.map((index) => {
      const { name, unique, origin, partial } = index as unknown as Row;
      const label = origin === 'c' ? `c ${foldName(String(name))}${partial === 1 ? ' partial' : ''}` : String(origin);
      return `${label}${unique === 1 ? ' unique' : ''}: ${index.terms.map(termText).join(', ')}`;
    })
    .toSorted();
}

/** What our definitions say, in the same texts. */
export function saidIndexes(schema: SchemaDef, table: TableDef): string[] {
  const collation = (term: IndexTerm) =>
    term.collation ?? (term.column === null ? 'BINARY' : table.columns.find(({ name }) => name === term.column)?.collation);
  const text = (term: IndexTerm) =>
    `${term.column === null ? '*' : foldName(term.column)} ${collation(term)}${term.descending ? ' DESC' : ''}`;
  const all = (terms: readonly IndexTerm[]) => terms.map(text).join(', ');
  const { primaryKey: key } = table;
  const said = table.uniques.map(({ columns }) => `u unique: ${all(columns)}`);
  if (key && !isRowid(key, table.columns, table)) said.push(`pk unique: ${all(key.columns)}`);
  for (const index of schema.indexes.filter(({ table: on }) => on === table.name)) {
    const label = `c ${foldName(index.name)}${index.where === null ? '' : ' partial'}${index.unique ? ' unique' : ''}`;
    said.push(`${label}: ${all(index.terms)}`);
  }
  return said.toSorted();
}

export const saidForeignKeys = ({ foreignKeys: keys }: TableDef): string[] =>
  keys
    .map(({ columns, table, references, onUpdate, onDelete }) => {
      const [from, to] = [columns.map(foldName).join(), references.map(foldName).join()];
      return `${from}>${foldName(table)}(${to}) ${onUpdate} ${onDelete}`;
    })
    .toSorted();

/** All of it as SQL, in an order that SQLite takes. */
export const rendered = (schema: SchemaDef): string[] => [
  ...schema.tables.map((table) => renderTable(table)),
  ...schema.virtualTables.map(renderVirtualTable),
  ...schema.indexes.map(renderIndex),
  ...schema.views.map(renderView),
  ...schema.triggers.map(renderTrigger),
];
