/** Random pairs of schemas over the same few names, with rows for the first: what a sync may meet. */
import fc from 'fast-check';
import { ACTIONS, type Action } from './matrix.ts';

const TYPES = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC', ''] as const;
const STRICT_TYPES = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'ANY'] as const;
const TABLES = ['alpha', 'Beta', 'the "third"', 'delta'] as const;
const COLUMNS = ['a', 'b', 'c d', 'select'] as const;
const IDS = [1, 2, 3, 4] as const;

type Key = 'integer' | 'autoincrement' | 'text' | 'none';
interface ColumnSpec {
  readonly name: string;
  readonly type: number;
  readonly filled: boolean;
  readonly fallback: number;
  readonly unique: boolean;
  readonly check: boolean;
  readonly collate: boolean;
}
interface TableSpec {
  readonly name: string;
  readonly key: Key;
  readonly strict: boolean;
  readonly withoutRowid: boolean;
  readonly columns: readonly ColumnSpec[];
  readonly generated: 'no' | 'VIRTUAL' | 'STORED';
  readonly links: readonly {
    readonly to: number;
    readonly onDelete: Action;
    readonly onUpdate: Action;
    readonly indexed: boolean;
  }[];
  readonly indexed: boolean;
  readonly trigger: boolean;
  readonly view: boolean;
}
export type SchemaSpec = readonly TableSpec[];

const column = (name: string): fc.Arbitrary<ColumnSpec> =>
  fc.record({
    name: fc.constant(name),
    type: fc.nat(TYPES.length - 1),
    filled: fc.boolean(),
    fallback: fc.nat(3),
    unique: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    check: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    collate: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  });

const table = (name: string): fc.Arbitrary<TableSpec> =>
  fc.record({
    name: fc.constant(name),
    key: fc.constantFrom<Key>('integer', 'integer', 'integer', 'autoincrement', 'text', 'none'),
    strict: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    withoutRowid: fc.boolean(),
    columns: fc.subarray([...COLUMNS], { minLength: 1 }).chain((names) => fc.tuple(...names.map(column))),
    generated: fc.constantFrom('no', 'no', 'VIRTUAL', 'STORED'),
    links: fc.array(
      fc.record({
        to: fc.nat(TABLES.length - 1),
        onDelete: fc.constantFrom(...ACTIONS),
        onUpdate: fc.constantFrom(...ACTIONS),
        indexed: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    indexed: fc.boolean(),
    trigger: fc.boolean(),
    view: fc.boolean(),
  });

export const schemaSpec: fc.Arbitrary<SchemaSpec> = fc
  .subarray([...TABLES], { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(table)));

/** The second is the first with a few tables drawn anew: most of two databases is alike. */
export const schemaPair: fc.Arbitrary<readonly [SchemaSpec, SchemaSpec]> = fc
  .tuple(schemaSpec, schemaSpec, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
  .map(([a, b, keep]) => [a, b.map((one, n) => (keep[n] ? (a.find(({ name }) => name === one.name) ?? one) : one))] as const);

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const typeOf = ({ type }: ColumnSpec, strict: boolean): string =>
  (strict ? STRICT_TYPES[type % STRICT_TYPES.length] : TYPES[type]) ?? '';
const hasId = ({ key }: TableSpec) => key === 'integer' || key === 'autoincrement';
const linksOf = (spec: TableSpec, all: SchemaSpec) =>
  spec.links.flatMap((link, n) => {
    const parent = all.find(({ name }) => name === TABLES[link.to]);
    return parent && hasId(parent) ? [{ ...link, parent, column: `link_${n}` }] : [];
  });

const FALLBACKS: { readonly [type: string]: readonly string[] } = {
  INTEGER: ['0', '-7'],
  TEXT: ["'x'", "''"],
  REAL: ['0.5', '-2.0'],
  BLOB: ["x'00'", "x''"],
  NUMERIC: ['1', '2.5'],
  ANY: ['1', "'any'"],
  '': ['1', "'none'"],
};

function columnText(spec: ColumnSpec, strict: boolean): string {
  const type = typeOf(spec, strict);
  const fallback = FALLBACKS[type]?.[spec.fallback] ?? null;
  const parts = [quoted(spec.name), type];
  if (spec.filled && fallback !== null) parts.push('NOT NULL');
  if (fallback !== null) parts.push(`DEFAULT ${fallback}`);
  if (spec.collate) parts.push('COLLATE NOCASE');
  if (spec.unique) parts.push('UNIQUE');
  if (spec.check) parts.push(`CHECK (length(${quoted(spec.name)}) < 90)`);
  return parts.filter(Boolean).join(' ');
}

/** The schema as SQL statements. */
export function schemaSql(schema: SchemaSpec): string[] {
  return schema.flatMap((spec) => [tableSql(spec, schema), ...companySql(spec, schema)]);
}

function tableSql(spec: TableSpec, all: SchemaSpec): string {
  const strict = spec.strict;
  const keys = {
    integer: ['id INTEGER PRIMARY KEY'],
    autoincrement: ['id INTEGER PRIMARY KEY AUTOINCREMENT'],
    text: ['id TEXT NOT NULL PRIMARY KEY'],
    none: [],
  } as const satisfies Record<Key, readonly string[]>;
  const parts: string[] = [...keys[spec.key], ...spec.columns.map((one) => columnText(one, strict))];
  if (spec.generated !== 'no') parts.push(`made TEXT AS (typeof(${quoted(spec.columns[0]?.name ?? 'id')})) ${spec.generated}`);
  for (const { column: name, parent, onDelete, onUpdate } of linksOf(spec, all))
    parts.push(`${name} INTEGER REFERENCES ${quoted(parent.name)}(id) ON DELETE ${onDelete} ON UPDATE ${onUpdate}`);
  const options = [...(strict ? ['STRICT'] : []), ...(spec.key === 'text' && spec.withoutRowid ? ['WITHOUT ROWID'] : [])].join(
    ', ',
  );
  return `CREATE TABLE ${quoted(spec.name)} (${parts.join(', ')}) ${options}`;
}

function companySql(spec: TableSpec, all: SchemaSpec): string[] {
  const [name, first] = [quoted(spec.name), quoted(spec.columns[0]?.name ?? '')];
  const own = (what: string) => quoted(`${spec.name}_${what}`);
  return [
    ...linksOf(spec, all).flatMap((link) => (link.indexed ? [`CREATE INDEX ${own(link.column)} ON ${name}(${link.column})`] : [])),
    ...(spec.indexed ? [`CREATE INDEX ${own('first')} ON ${name}(${first} DESC)`] : []),
    ...(spec.view ? [`CREATE VIEW ${own('view')} AS SELECT count(*) AS n FROM ${name}`] : []),
    ...(spec.trigger
      ? [`CREATE TRIGGER ${own('trigger')} AFTER DELETE ON ${name} BEGIN SELECT RAISE(ABORT, 'a trigger has fired'); END`]
      : []),
  ];
}

/** Rows 1 to 4 in each table, so that every link finds its row whatever the order. */
export function rowsSql(schema: SchemaSpec): string[] {
  return schema.flatMap((spec, n) =>
    IDS.map((id) => {
      const links = linksOf(spec, schema);
      const names = [
        ...(spec.key === 'none' ? [] : ['id']),
        ...spec.columns.map(({ name }) => quoted(name)),
        ...links.map((link) => link.column),
      ];
      const values = [
        ...(spec.key === 'none' ? [] : [spec.key === 'text' ? `'k${id}'` : String(id)]),
        ...spec.columns.map((one, at) => valueFor(one, spec.strict, id, n + at)),
        ...links.map((_, at) => ((id + at + n) % 3 === 0 ? 'NULL' : String(((id + at + n) % 4) + 1))),
      ];
      return `INSERT INTO ${quoted(spec.name)} (${names.join(', ')}) VALUES (${values.join(', ')})`;
    }),
  );
}

function valueFor(spec: ColumnSpec, strict: boolean, id: number, salt: number): string {
  const type = typeOf(spec, strict);
  const nullable = !(spec.filled && FALLBACKS[type]?.[spec.fallback] !== undefined);
  if (nullable && !spec.unique && (id + salt) % 4 === 0) return 'NULL';
  switch (type) {
    case 'INTEGER':
      return id === 3 ? `9007199254740${990 + salt}` : String(id * 10);
    case 'TEXT':
      return `'${['one', '22', '3.0', "fo''ur"][id - 1]}'`;
    case 'REAL':
      return ['1.0', '-0.5', '1e300', '3.25'][id - 1] ?? '0.0';
    case 'BLOB':
      return strict || id % 2 === 0 ? `x'0${id}ff'` : String(id);
    case 'NUMERIC':
      return ['1', '2.5', "'three'", '4'][id - 1] ?? '0';
    default:
      return ['1', '2.0', "'3'", "x'04'"][id - 1] ?? '0';
  }
}
