/** Random schemas as a database might have them, with names that nobody should give. */
import fc from 'fast-check';
import type { SchemaDef, TableDef } from '../../../protocol/schema.ts';
import { parseCreate } from '../../schema/ddl/index.ts';
import { foldName } from '../../schema/names.ts';
import { identifier, textLiteral } from '../../sql/quote.ts';

const NASTY = [
  ...[
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'default',
    'class',
    'then',
    'text',
    'integer',
    'sql',
    't',
    '_',
    '$inferSelect',
  ],
  ...[
    'order',
    'group by',
    "it's",
    'a"b',
    'back`tick',
    '${evil}',
    '*/',
    '//',
    '\\',
    'ünïcode',
    '数',
    '1st',
    'new\nline',
    'A',
    'a_b',
    'aB',
    'AB_CD',
    '😀',
  ],
];
const name = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/) },
  { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
);
const names = (of: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.uniqueArray(of, { minLength, maxLength, selector: foldName });

const TYPES = [
  'INTEGER',
  'TEXT',
  'REAL',
  'BLOB',
  'NUMERIC',
  '',
  'VARCHAR(20)',
  'DECIMAL(10,2)',
  'DATETIME',
  'TEXT(9)',
  'BIG INT',
  'BOOLEAN',
];
const literal = fc.oneof(
  fc.integer().map(String),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    .map((value) => (Number.isInteger(value) ? value.toFixed(1) : String(value))),
  fc.string().map((text) => textLiteral(text.replaceAll('\0', ''))),
  fc.constantFrom(
    'NULL',
    'TRUE',
    'CURRENT_TIMESTAMP',
    "x'00ff'",
    "'it''s'",
    "'${x}`\\'",
    '(unixepoch())',
    "(1 + length('a,b'))",
    '-1',
    '1.0',
    '9223372036854775807',
  ),
);

interface ColumnDraft {
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly unique: boolean;
  readonly generated: 'VIRTUAL' | 'STORED' | null;
}
const column: fc.Arbitrary<ColumnDraft> = fc.record({
  type: fc.constantFrom(...TYPES),
  notNull: fc.boolean(),
  default: fc.option(literal, { freq: 2 }),
  unique: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  generated: fc.constantFrom(null, null, null, null, 'VIRTUAL', 'STORED'),
});

interface TableDraft {
  readonly columns: readonly { readonly name: string; readonly column: ColumnDraft }[];
  readonly key: 'none' | 'integer' | 'autoincrement' | 'text' | 'composite';
  readonly check: boolean;
  readonly unique: boolean;
  readonly options: string;
  readonly index: 'none' | 'plain' | 'partial' | 'expression' | 'descending' | 'collated' | 'unique';
  readonly refers: number | null;
  readonly action: string;
}
const tableOf = (of: fc.Arbitrary<string>): fc.Arbitrary<TableDraft> =>
  fc.record({
    columns: names(of, 2, 6).chain((all) => fc.tuple(...all.map((each) => column.map((draft) => ({ name: each, column: draft }))))),
    key: fc.constantFrom('none', 'integer', 'autoincrement', 'text', 'composite'),
    check: fc.boolean(),
    unique: fc.boolean(),
    options: fc.constantFrom('', '', ' STRICT', ' WITHOUT ROWID'),
    index: fc.constantFrom('none', 'plain', 'partial', 'expression', 'descending', 'collated', 'unique'),
    refers: fc.option(fc.nat({ max: 9 })),
    action: fc.constantFrom(
      '',
      'ON DELETE CASCADE',
      'ON UPDATE SET NULL ON DELETE SET DEFAULT',
      'ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED',
    ),
  });

const KEYS: Readonly<Record<TableDraft['key'], string>> = {
  none: '',
  integer: ' INTEGER PRIMARY KEY',
  autoincrement: ' INTEGER PRIMARY KEY AUTOINCREMENT',
  text: ' TEXT PRIMARY KEY',
  composite: '',
};

function columnSql({ name: own, column: draft }: TableDraft['columns'][number], first: string, n: number): string {
  const generated = draft.generated !== null && n > 0;
  return [
    identifier(own),
    draft.type,
    draft.notNull ? 'NOT NULL' : '',
    !generated && draft.default !== null ? `DEFAULT ${draft.default}` : '',
    generated ? `AS (lower(${identifier(first)}) || 'x') ${draft.generated}` : '',
    draft.unique ? 'UNIQUE' : '',
  ].join(' ');
}

function tableSql(own: string, draft: TableDraft, others: readonly [string, TableDraft][]): string {
  const [first, second] = draft.columns as [TableDraft['columns'][number], TableDraft['columns'][number]];
  const [one, two] = [identifier(first.name), identifier(second.name)];
  const target = draft.refers === null ? undefined : others[draft.refers % others.length];
  const parts = draft.columns.map((each, n) =>
    n === 0 && KEYS[draft.key] !== '' ? `${one}${KEYS[draft.key]}` : columnSql(each, first.name, n),
  );
  if (draft.key === 'composite') parts.push(`PRIMARY KEY (${one}, ${two})`);
  if (draft.check) parts.push(`CHECK (${one} <> ${two} AND ${two} LIKE '%\${x}%')`, `CONSTRAINT named CHECK (${one} > 0)`);
  if (draft.unique) parts.push(`UNIQUE (${two}, ${one})`);
  if (target) {
    const [to, { columns }] = target;
    parts.push(`FOREIGN KEY (${two}) REFERENCES ${identifier(to)} (${identifier(columns[0]?.name ?? '')}) ${draft.action}`);
    if (draft.action !== '') {
      const both = columns.slice(0, 2).map((each) => identifier(each.name));
      parts.push(`FOREIGN KEY (${one}, ${two}) REFERENCES ${identifier(to)} (${both.join(', ')})`);
    }
  }
  const options =
    draft.key === 'autoincrement' || draft.key === 'none' ? draft.options.replace(' WITHOUT ROWID', '') : draft.options;
  return `CREATE TABLE ${identifier(own)} (${parts.join(', ')})${options}`;
}

function indexSql(own: string, draft: TableDraft): string | null {
  const [one, two] = draft.columns.map((each) => identifier(each.name)) as [string, string];
  const on = `ON ${identifier(own)}`;
  const called = identifier(`${own} ix`);
  switch (draft.index) {
    case 'none':
      return null;
    case 'plain':
      return `CREATE INDEX ${called} ${on} (${one}, ${two})`;
    case 'partial':
      return `CREATE INDEX ${called} ${on} (${one}) WHERE ${two} IS NOT NULL AND ${one} <> 'a.b'`;
    case 'expression':
      return `CREATE INDEX ${called} ${on} (lower(${two}), ${one} COLLATE NOCASE DESC)`;
    case 'descending':
      return `CREATE INDEX ${called} ${on} (${two} DESC)`;
    case 'collated':
      return `CREATE UNIQUE INDEX ${called} ${on} (${two} COLLATE RTRIM)`;
    case 'unique':
      return `CREATE UNIQUE INDEX ${called} ${on} (${two})`;
  }
}

function defOf<Kind extends 'table' | 'index' | 'view'>(kind: Kind, sql: string, tables: readonly TableDef[]) {
  const parsed = parseCreate(sql, (name_) => tables.find((each) => foldName(each.name) === foldName(name_)));
  if (parsed.kind !== kind) throw new Error(`${sql}: ${JSON.stringify(parsed)}`);
  return parsed.def;
}

export interface RandomSchema {
  readonly schema: SchemaDef;
  readonly sql: readonly string[];
}

const schemasOf = (of: fc.Arbitrary<string>): fc.Arbitrary<RandomSchema> =>
  names(of, 1, 4)
    .chain((tables) => fc.tuple(...tables.map((own) => tableOf(of).map((draft): [string, TableDraft] => [own, draft]))))
    .map((drafts) => {
      const tableTexts = drafts.map(([own, draft]) => tableSql(own, draft, drafts));
      const tables = tableTexts.map((sql) => defOf('table', sql, []) as TableDef);
      const indexTexts = drafts.map(([own, draft]) => indexSql(own, draft)).filter((sql) => sql !== null);
      const indexes = indexTexts.map((sql) => defOf('index', sql, tables) as SchemaDef['indexes'][number]);
      const schema: SchemaDef = { tables, indexes, virtualTables: [], views: [], triggers: [] };
      return { schema, sql: [...tableTexts, ...indexTexts] };
    });

/** With the SQL that made it. */
export const schemas = schemasOf(name);
/** With so few names that two of them have much in common. */
export const similarSchemas = schemasOf(fc.constantFrom('a', 'b', 'c', 'd e', 'f_g'));
