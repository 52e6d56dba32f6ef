import { describe, expect, test } from 'vitest';
import { readDrizzle } from './read.ts';
import { differences, evaluated, liveSchema, SAMPLE, sampleDatabase } from './testing/sources.ts';

const IMPORTS = `import { asc, desc, isNotNull, isNull, relations, sql } from 'drizzle-orm';
import { type AnySQLiteColumn, blob, check, customType, foreignKey, index, int, integer, numeric, primaryKey, real, sqliteTable,
  sqliteTableCreator, sqliteView, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core';
`;
const file = (text: string, path = 'schema.ts') => ({ path, text: `${IMPORTS}${text}` });
const messages = (text: string) => readDrizzle([{ path: 'schema.ts', text }]).problems.map(({ message }) => message);

describe('the sample', () => {
  const read = readDrizzle(SAMPLE.files);

  test('read as data it is what drizzle makes of it', () => {
    expect(read.problems).toEqual([]);
    expect(read.model).toEqual(SAMPLE.model);
  });

  test('S3: nothing that Drizzle can say differs from the database that its migrations make', () => {
    expect(differences(read.schema, liveSchema(sampleDatabase()))).toEqual([]);
  });

  test('each part knows where it is written', () => {
    const written = (id: string) => {
      const place = read.places.get(id);
      return SAMPLE.files.find(({ path }) => path === place?.path)?.text.slice(place?.start, place?.end);
    };
    expect(written('table:warehouses')).toMatch(/^export const warehouses = sqliteTable\('warehouses', \{[\s\S]*\}\);$/);
    expect(written('column:order notes.written at')).toBe("writtenAt: text('written at').notNull()");
    expect(written('index:orders_by_day')).toBe("index('orders_by_day').on(sql`date(placed_at)`)");
    expect(written('check:reviews.reviews_rating')).toBe("check('reviews_rating', sql`${t.rating} between 1 and 5`)");
    expect(written('primary-key:wishes')).toBe('primaryKey({ columns: [t.customerId, t.productId] })');
    expect(written('primary-key:orders')).toBe('id: integer().primaryKey({ autoIncrement: true })');
    expect(written('unique:reviews(product_id,customer_id)')).toBe("unique('reviews_one_each').on(t.productId, t.customerId)");
    expect(written('foreign-key:carts(customer_id)→customers(id)')).toMatch(/^\.references\(\(\) => customers\.id/);
    expect(written('foreign-key:returned_items(order_id,line_no)→order_items(order_id,line_no)')).toMatch(/^foreignKey\(/);
    expect(written('view:open_orders')).toMatch(/^export const openOrders/);
  });
});

/** Each says the same to drizzle as to the reader. */
describe('the subset', () => {
  test.each<[string, string]>([
    [
      'names, modes and configurations',
      `export const a = sqliteTable('a', { id: int('the id', { mode: 'number' }).primaryKey({ autoIncrement: true }),
      at: integer({ mode: 'timestamp_ms' }).defaultNow(), flag: integer({ mode: 'boolean' }).default(true), size: text({ length: 20 }),
      kind: text({ enum: ['x', 'y'] }).default('x'), raw: blob({ mode: 'bigint' }), big: numeric({ mode: 'bigint' }).default(10n), r: real().default(-0.5) });`,
    ],
    [
      'defaults',
      `const KINDS = ['x', "it's"] as const; const START = 7;
      export const a = sqliteTable('a', { a: text({ enum: KINDS }).default("it's"), b: integer().default(START), c: text({ mode: 'json' }).$type<string[]>().default([]),
      d: text({ mode: 'json' }).default({ a: [1, null, "q'"], 'b c': true }), e: text().default(sql\`CURRENT_TIMESTAMP\`), f: integer().default(sql\`(unixepoch())\`),
      g: text().$defaultFn(() => crypto.randomUUID()), h: integer().$onUpdate(() => Date.now()), i: text().default(\`plain\`), j: text().default(sql.raw("'x'")) });`,
    ],
    [
      'callbacks for columns and a table creator',
      `const createTable = sqliteTableCreator((name) => \`shop_\${name}\`);
      export const b = createTable('b', (t) => ({ id: t.integer().primaryKey(), name: t.text('the name').notNull() }));`,
    ],
    [
      'groups of columns',
      `const stamps = { createdAt: integer('created_at').notNull(), updatedAt: integer('updated_at') };
      const id = integer().primaryKey();
      export const c = sqliteTable('c', { id, ...stamps, ...{ extra: text() } }); export const d = sqliteTable('d', { name: text(), ...stamps });`,
    ],
    [
      'references',
      `export const p = sqliteTable('p', { id: integer().primaryKey(), up: integer().references((): AnySQLiteColumn => p.id) });
      export const q = sqliteTable('q', { p: integer().references(() => p.id, { onDelete: 'set null', onUpdate: 'cascade' }), x: text(), y: text() },
      (t) => [foreignKey({ columns: [t.x, t.y], foreignColumns: [r.x, r.y], name: 'q_r' }).onDelete('cascade')]);
      export const r = sqliteTable('r', { x: text(), y: text() }, (t) => [primaryKey({ name: 'own', columns: [t.x, t.y] })]);`,
    ],
    [
      'indexes of all kinds',
      `export const i = sqliteTable('i', { a: integer().unique(), b: text().unique('other'), c: text() }, (table) => [
      index('i1').on(table.a, table.b).where(isNull(table.c)), uniqueIndex('i2').on(sql\`lower(\${table.b})\`, desc(table.a)), unique().on(table.a, table.c),
      index('i3').on(asc(table.c)).where(sql\`\${table.a} > \${5} and \${table.b} <> \${"it's"} and \${isNotNull(table.c)}\`), unique('named').on(table.c),
      check('c1', sql\`\${table.a} > 0 or \${sql.identifier('b')} is \${null}\`), check('c2', sql\`\${sql\`\${table.a}\`} in (1, 2)\`)]);`,
    ],
    [
      'the older form of extras',
      `export const o = sqliteTable('o', { a: integer(), b: integer() }, (t) => ({ pk: primaryKey({ columns: [t.a, t.b] }), ix: index('o_ix').on(t.b) }));
      export const p = sqliteTable('p', { a: integer(), b: integer() }, ({ a, b }) => { return [index('p_ix').on(a, b)]; });`,
    ],
    [
      'generated columns',
      `export const g = sqliteTable('g', { a: text(), b: text().generatedAlwaysAs(sql\`a || 'x'\`), c: text().generatedAlwaysAs((): any => sql\`\${g.a} || '!'\`, { mode: 'stored' }), d: text().generatedAlwaysAs('upper(a)') });`,
    ],
    [
      'custom types',
      `const plain = customType<{ data: bigint }>({ dataType: () => 'integer', toDriver: (value) => value.toString(), fromDriver: (value) => BigInt(value as string) });
      const sized = customType<{ data: string; config: { length: number } }>({ dataType(config) { return \`varchar(\${config?.length})\`; } });
      const two = customType<{ data: number; config: { precision: number; scale: number }; configRequired: true }>({ dataType: ({ precision, scale }) => \`decimal(\${precision}, \${scale})\` });
      export const k = sqliteTable('k', { a: plain().primaryKey(), b: sized('bb', { length: 9 }).default('q'), c: two({ precision: 10, scale: 2 }) });`,
    ],
    [
      'views',
      `export const t1 = sqliteTable('t1', { id: integer().primaryKey() });
      export const v = sqliteView('v', { id: integer().notNull() }).as(sql\`select \${t1.id} from \${t1} where \${t1.id} > \${3}\`); export const w = sqliteView('w', { id: integer() }).existing();`,
    ],
    [
      'relations and types are skipped',
      `export const u = sqliteTable('u', { id: integer().primaryKey(), p: integer() });
      export const rel = relations(u, ({ one, many }) => ({ parent: one(u, { fields: [u.p], references: [u.id] }), children: many(u) }));
      export type U = typeof u.$inferSelect; interface X { a: string } export type { X };`,
    ],
    [
      'what is not exported is no part of it',
      `const hidden = sqliteTable('hidden', { id: integer().primaryKey() }); export const seen = sqliteTable('seen', { h: integer().references(() => hidden.id) }); export { seen as again };`,
    ],
    [
      'escapes',
      "export const e = sqliteTable('e\\'\\u00e9', { a: text('a`b').default('\\\\ \\n ${x}') }, (t) => [check('c', sql`${t.a} <> '\\${x}' and ${t.a} <> '\\\\'`)]);",
    ],
  ])('%s', async (_, text) => {
    const files = [file(text)];
    const { problems, model } = readDrizzle(files);
    expect(problems).toEqual([]);
    expect(model).toEqual((await evaluated(files)).model);
  });

  test.each(['snake_case', 'camelCase'] as const)('casing %s: names of columns and of constraints', async (casing) => {
    const files = [
      file(`export const orderLines = sqliteTable('order_lines', { orderId: integer().notNull(), lineNo: integer(), 'plain_name': text().unique(), given: text('Given'), HTTPPath: text() },
        (t) => [primaryKey({ columns: [t.orderId, t.lineNo] }), unique().on(t.HTTPPath, t.given), index('x').on(t.lineNo), check('c', sql\`\${t.orderId} > 0\`)]);
      export const refers = sqliteTable('refers', { theOrder: integer(), theLine: integer(), one: integer().references(() => orderLines.orderId) },
        (t) => [foreignKey({ columns: [t.theOrder, t.theLine], foreignColumns: [orderLines.orderId, orderLines.lineNo] })]);`),
    ];
    const { problems, model } = readDrizzle(files, { casing });
    expect(problems).toEqual([]);
    expect(model).toEqual((await evaluated(files, casing)).model);
  });

  test('several files: with and without endings, renamed, through a barrel', async () => {
    const files = [
      { path: 'schema/index.ts', text: "export * from './a.ts';\nexport { inner as outer } from './deep/b.ts';\n" },
      {
        path: 'schema/a.ts',
        text: `${IMPORTS}import { inner as other } from './deep/b.ts';\nimport type { Buffer } from 'node:buffer';\nexport const a = sqliteTable('a', { id: integer().references(() => other.id) });`,
      },
      {
        path: 'schema/deep/b.ts',
        text: `import * as s from 'drizzle-orm/sqlite-core';\nexport const inner = s.sqliteTable('b', { id: s.integer().primaryKey() });`,
      },
    ];
    const { problems, model } = readDrizzle(files);
    expect(problems).toEqual([]);
    expect(model).toEqual((await evaluated(files)).model);
    expect(model.tables.map(({ exportName }) => exportName)).toEqual(['a', 'outer']);
    const bundled = files.map(({ path, text }) => ({ path, text: text.replaceAll(/\.ts'/g, "'") }));
    expect(readDrizzle(bundled)).toMatchObject({ problems: [], model });
  });
});

describe('what is refused', () => {
  test.each<[string, string, string]>([
    [
      'other packages',
      "import fs from 'node:fs';",
      'only drizzle-orm, drizzle-orm/sqlite-core and schema files can be imported, not node:fs',
    ],
    ['imports for effects', "import 'drizzle-orm';", 'an import for its effects alone is not data'],
    ['files that are not there', "export * from './gone';", './gone is not among the schema files'],
    ['statements', 'console.log(1);', 'only imports, types and `const` declarations belong into a schema file'],
    ['functions', 'export function f() {}', 'only `const` and types can be exported'],
    ['let', 'let x = 1;', 'only `const` declares parts of a schema'],
    ['calls', `${IMPORTS}export const x = fetch('x');`, 'this is not a part of a schema that can be read as data'],
    [
      'calls in columns',
      `${IMPORTS}export const x = sqliteTable('x', { a: text(process.env.NAME) });`,
      'only a constant value can stand here',
    ],
    ['computed keys', `${IMPORTS}export const x = sqliteTable('x', { [name]: text() });`, 'a column needs a plain name'],
    ['__proto__', `${IMPORTS}export const x = sqliteTable('x', { __proto__: text() });`, 'a column needs a plain name'],
    [
      'unknown links',
      `${IMPORTS}export const x = sqliteTable('x', { a: text().array() });`,
      '.array() is not a part of a column that can be read',
    ],
    [
      'unknown modes',
      `${IMPORTS}export const x = sqliteTable('x', { a: text({ mode: 'bigint' }) });`,
      'text() has no mode "bigint"',
    ],
    [
      'unknown actions',
      `${IMPORTS}export const x = sqliteTable('x', { a: text().references(() => x.a, { onDelete: 'explode' }) });`,
      'this is no action of a foreign key',
    ],
    [
      'unknown columns',
      `${IMPORTS}export const x = sqliteTable('x', { a: text() }, (t) => [index('i').on(t.b)]);`,
      'the table x has no such column in the code',
    ],
    [
      'views of a query builder',
      `${IMPORTS}export const v = sqliteView('v').as((qb) => qb.select().from(x));`,
      'a view made by a query builder would have to be run: write sqliteView(name, { …columns }).as(sql`…`)',
    ],
    [
      'tables declared twice',
      `${IMPORTS}export const x = sqliteTable('x', { a: text() }); export const y = sqliteTable('X', { a: text() });`,
      'X is declared twice',
    ],
    ['broken TypeScript', 'export const = ;', 'Unexpected token'],
  ])('%s', (_, text, message) => expect(messages(text)).toEqual([expect.stringContaining(message)]));

  test('line and column from 1, of the very place', () => {
    const text =
      "import { text, sqliteTable } from 'drizzle-orm/sqlite-core';\nexport const x = sqliteTable('x', {\n  a: text(f()),\n});\n";
    expect(readDrizzle([{ path: 'db/x.ts', text }]).problems).toEqual([
      { path: 'db/x.ts', line: 3, column: 11, message: 'only a constant value can stand here' },
    ]);
  });

  test.each([
    ['a default', '  a: text(),\n  b: text().default(sql`1 +`),\n  c: text() });', 4],
    ['a generated column', '  a: text(),\n  b: text().generatedAlwaysAs(sql`(`),\n  c: text() });', 4],
    ['a check', "  a: text() },\n  (t) => [\n    index('i').on(t.a),\n    check('c', sql`${t.a} >`),\n  ]);", 6],
    ['an index', "  a: text() },\n  (t) => [\n    index('i').on(sql`lower(`),\n  ]);", 5],
  ])('mistakes in the SQL of %s are told where it is written', (_, rest, line) => {
    const text = `${IMPORTS.replaceAll('\n', ' ')}\nexport const x = sqliteTable('x', {\n${rest}\n`;
    expect(readDrizzle([{ path: 's.ts', text }]).problems).toMatchObject([
      { line, message: expect.stringMatching(/^SQLite would not take this/) },
    ]);
  });

  test('one mistake does not hide the rest of the file', () => {
    const text = `${IMPORTS}export const x = f();\nexport const y = sqliteTable('y', { a: text() });\nlet z;`;
    const { problems, model } = readDrizzle([{ path: 'schema.ts', text }]);
    expect(problems.map(({ line }) => line).sort()).toEqual([4, 6]);
    expect(model.tables.map(({ name }) => name)).toEqual(['y']);
  });
});
