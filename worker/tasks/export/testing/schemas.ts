/** Random tables with random rows, as SQL that shares nothing with the codec: text as hex, reals bound as the numbers that they are. */
import fc from 'fast-check';
import { doubles } from '../../../core/sql/testing/doubles.ts';

export interface RandomTable {
  readonly name: string;
  readonly create: string;
  readonly inserts: readonly { sql: string; params: readonly number[] }[];
}

export type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'real'; readonly value: number }
  | { readonly kind: 'text' | 'blob'; readonly bytes: Uint8Array };

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const encoder = new TextEncoder();
const text = (value: string): Value => ({ kind: 'text', bytes: encoder.encode(value) });

const integers: fc.Arbitrary<Value> = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 127n, -129n),
    fc.bigInt({ min: -1000n, max: 1000n }),
  )
  .map((value) => ({ kind: 'integer', value }));

const reals: fc.Arbitrary<Value> = doubles.map((value) => ({ kind: 'real', value }));

const texts: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(text),
  fc
    .constantFrom(
      '',
      "'",
      "''",
      'a\0b',
      '\0',
      'a\r\nb',
      '\r',
      '\n;\n',
      '--',
      '/*',
      'NULL',
      '1',
      '1.0',
      '-0',
      '\u0001',
      '\u0002',
      '\uFFFD',
      '\uFEFFx',
      '😀',
      'é',
      '),(',
      "',X'41')",
    )
    .map(text),
  // Invalid UTF-8: what a database holds after somebody has stored bytes as text.
  fc.constantFrom([0xff], [0x61, 0x80, 0x27], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc3, 0x28, 0x00]).map((bytes) => ({
    kind: 'text' as const,
    bytes: Uint8Array.from(bytes),
  })),
  fc.integer({ min: 100, max: 9000 }).map((length) => text("it's long é ".repeat(Math.ceil(length / 12)))),
);

const blobs: fc.Arbitrary<Value> = fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ kind: 'blob', bytes }));
const anything: fc.Arbitrary<Value> = fc.oneof(fc.constant<Value>({ kind: 'null' }), integers, reals, texts, blobs);

const TYPES = [
  '',
  'INTEGER',
  'INT',
  'TEXT',
  'VARCHAR(10)',
  'REAL',
  'DOUBLE',
  'BLOB',
  'NUMERIC',
  'DECIMAL(10,2)',
  'BOOLEAN',
  'DATETIME',
  'FLOATING POINT',
] as const;
const STRICT_TYPES = ['INT', 'INTEGER', 'TEXT', 'REAL', 'BLOB', 'ANY'] as const;

function strictValues(type: string): fc.Arbitrary<Value> {
  if (type === 'INT' || type === 'INTEGER') return integers;
  if (type === 'TEXT') return texts;
  if (type === 'REAL') return reals;
  return type === 'BLOB' ? blobs : anything;
}

/** No two equal without case. */
const names = (count: number) =>
  fc.uniqueArray(
    fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'select',
        'order',
        'with "quotes"',
        "it's",
        '[brackets]',
        '`tick`',
        'two words',
        'ünïcode',
        '日本',
        'x,y',
        'a)b',
        '--c',
        'NULL',
        'T',
        'update',
        'é'.repeat(60),
      ),
      fc
        .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 })
        .filter((name) => !/^(?:sqlite_|_cf_|_lk_|id$|rowid$|oid$|_rowid_$)/i.test(name)),
    ),
    { minLength: count, maxLength: count, selector: (name) => name.toLowerCase() },
  );

interface ColumnPlan {
  readonly name: string;
  readonly type: string;
  readonly collate: string;
  readonly values: fc.Arbitrary<Value>;
}

const columnPlans = (strict: boolean): fc.Arbitrary<ColumnPlan[]> =>
  fc.integer({ min: 1, max: 6 }).chain((count) =>
    fc
      .tuple(
        names(count),
        fc.array(
          fc.tuple(
            fc.constantFrom(...(strict ? STRICT_TYPES : TYPES)),
            fc.constantFrom('', '', ' COLLATE NOCASE', ' COLLATE RTRIM'),
          ),
          { minLength: count, maxLength: count },
        ),
      )
      .map(([columnNames, kinds]) =>
        columnNames.map((name, n) => {
          const [type, collate] = kinds[n] as [string, string];
          return { name, type, collate, values: strict ? strictValues(type) : anything };
        }),
      ),
  );

type Shape =
  | 'plain'
  | 'integer-key'
  | 'integer-key-desc'
  | 'autoincrement'
  | 'composite'
  | 'without-rowid'
  | 'shadowed'
  | 'shadowed-keyed';
const SHAPES: readonly Shape[] = [
  'plain',
  'integer-key',
  'integer-key-desc',
  'autoincrement',
  'composite',
  'without-rowid',
  'shadowed',
  'shadowed-keyed',
];

export const randomTable = (name: string): fc.Arbitrary<RandomTable> =>
  fc.tuple(fc.constantFrom(...SHAPES), fc.boolean()).chain(([shape, strict]) =>
    columnPlans(strict).chain((columns) =>
      fc
        .record({
          rows: fc.array(fc.tuple(...columns.map(({ values }) => values)), { maxLength: 25 }),
          keys: fc.array(fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }), { minLength: 25, maxLength: 25 }),
          key: fc.array(
            fc.tuple(fc.nat(columns.length - 1), fc.constantFrom('', ' DESC', ' COLLATE NOCASE', ' COLLATE BINARY DESC')),
            { minLength: 1, maxLength: 3 },
          ),
          generated: fc.constantFrom('', ' VIRTUAL', ' STORED'),
        })
        .map(({ rows, keys, key, generated }) => assemble(name, shape, strict, columns, rows as Value[][], keys, key, generated)),
    ),
  );

function assemble(
  name: string,
  shape: Shape,
  strict: boolean,
  columns: ColumnPlan[],
  rows: Value[][],
  keys: bigint[],
  key: [number, string][],
  generated: string,
): RandomTable {
  const definitions = columns.map((column) => `${quoted(column.name)} ${column.type}${column.collate}`);
  const prefix = prefixOf(shape, strict);
  const parts = [...prefix, ...definitions];
  if (generated !== '')
    parts.push(
      `"gen erated" ${strict ? 'TEXT' : ''} GENERATED ALWAYS AS (typeof(${quoted(columns[0]?.name ?? '')}) || 'x')${generated}`,
    );
  // SQLite takes each column once, whatever its collation.
  const distinct = key.filter(([n], at) => key.findIndex(([other]) => other === n) === at);
  if (shape === 'composite' || shape === 'without-rowid') {
    parts.push(`PRIMARY KEY (${distinct.map(([n, how]) => `${quoted(columns[n]?.name ?? '')}${how}`).join(', ')})`);
  }
  const options = [...(strict ? ['STRICT'] : []), ...(shape === 'without-rowid' ? ['WITHOUT ROWID'] : [])].join(', ');
  const inserted = [
    ...prefix.map((definition) => definition.split(' ')[0] as string),
    ...columns.map((column) => quoted(column.name)),
  ];
  // A single INTEGER column as the key is the rowid: D1 itself refuses anything but integers in it.
  const [only, another] = distinct;
  const alias = shape === 'composite' && another === undefined && only && columns[only[0]]?.type === 'INTEGER' ? only[0] : null;
  const taken = alias === null ? rows : rows.filter((row) => ['integer', 'null'].includes(row[alias]?.kind ?? ''));
  const inserts = taken.map((row, n) => {
    const params: number[] = [];
    const own = prefix.map((_, at) => literal({ kind: 'integer', value: keys[(n + at * 7) % keys.length] ?? 0n }, params));
    return {
      sql: `INSERT OR IGNORE INTO ${quoted(name)}(${inserted}) VALUES (${[...own, ...row.map((value) => literal(value, params))]})`,
      params,
    };
  });
  return {
    name,
    create: `CREATE TABLE ${quoted(name)} (${parts.join(', ')}) ${options} -- the end`.replace(
      ' -- the end',
      options === '' ? '' : '',
    ),
    inserts,
  };
}

function prefixOf(shape: Shape, strict: boolean): string[] {
  const any = strict ? 'ANY' : '';
  switch (shape) {
    case 'plain':
    case 'composite':
    case 'without-rowid':
      return [];
    case 'integer-key':
      return ['rowid INTEGER PRIMARY KEY'];
    case 'integer-key-desc':
      return ['id INTEGER PRIMARY KEY DESC'];
    case 'autoincrement':
      return ['id INTEGER PRIMARY KEY AUTOINCREMENT'];
    case 'shadowed':
      return [`rowid ${any}`, `_rowid_ ${any}`, `oid ${any}`];
    case 'shadowed-keyed':
      return [`rowid ${any} NOT NULL UNIQUE`, `_rowid_ ${any}`, `oid ${any}`];
  }
}

function literal(value: Value, params: number[]): string {
  switch (value.kind) {
    case 'null':
      return 'NULL';
    case 'integer':
      return String(value.value);
    case 'real':
      return realLiteral(value.value, params);
    case 'text':
      return `CAST(x'${Buffer.from(value.bytes).toString('hex')}' AS TEXT)`;
    case 'blob':
      return `x'${Buffer.from(value.bytes).toString('hex')}'`;
  }
}

/** JSON, in which parameters travel, has neither infinities nor a negative zero. */
function realLiteral(value: number, params: number[]): string {
  if (Number.isFinite(value) && value !== 0) {
    params.push(value);
    return `?${params.length}`;
  }
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  return value > 0 ? '9e999' : '-9e999';
}
