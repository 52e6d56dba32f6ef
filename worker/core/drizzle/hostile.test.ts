/** Texts that want to be run, to be believed, or to last for ever. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDrizzle } from './read.ts';
import { SAMPLE } from './testing/sources.ts';

const IMPORTS = `import { relations, sql } from 'drizzle-orm';
import { check, customType, index, integer, sqliteTable, sqliteView, text } from 'drizzle-orm/sqlite-core';
`;
const read = (text: string) => readDrizzle([{ path: 'schema.ts', text: `${IMPORTS}${text}` }]);

const RUN = 'globalThis.wasRun = true';
const wasRun = () => (globalThis as { wasRun?: boolean }).wasRun;

describe('nothing is run', () => {
  test.each([
    `${RUN};`,
    `export const x = (() => { ${RUN}; return 1; })();`,
    `export const x = sqliteTable((() => { ${RUN}; return 'x'; })(), {});`,
    `export const x = sqliteTable('x', { a: text(\`\${(${RUN})}\`) });`,
    `export const x = sqliteTable('x', { a: text() }, (t) => { ${RUN}; return []; });`,
    `export const x = sqliteTable('x', { a: text() }, (t) => [check('c', sql\`\${(${RUN})}\`)]);`,
    `export const x = sqliteTable('x', { a: text().references(() => { ${RUN}; return x.a; }) });`,
    `export const x = sqliteTable('x', { get a() { ${RUN}; return text(); } });`,
    `export const x = sqliteTable('x', { a: text().default({ toString() { ${RUN}; } }) });`,
    `export const x = sqliteTable('x', { a: text().$defaultFn(() => { ${RUN}; return 'x'; }) });`,
    `export const x = customType({ dataType: () => { ${RUN}; return 'x'; } });`,
    `export const { a = (${RUN}) } = {};`,
    `export default (${RUN});`,
    `export const x = sqliteTable('x', { a: text() }); x[Symbol.iterator] = (${RUN});`,
    `export class X { static { ${RUN}; } }`,
    `export enum X { a = (${RUN}) }`,
    `export const x = await import('node:fs');`,
    `import x = require('node:fs');`,
    `export const x = sql\`\${sql.raw((${RUN}))}\`;`,
  ])('%s', (text) => {
    const { problems } = read(text);
    expect(problems).not.toEqual([]);
    expect(wasRun()).toBeUndefined();
  });
});

describe('functions may convert values and no more: the application will run them', () => {
  const refused = (body: string) => read(`export const x = sqliteTable('x', { a: text().$defaultFn(${body}) });`).problems;

  test.each([
    "() => 'x'",
    '() => crypto.randomUUID()',
    '() => Date.now()',
    '() => new Date().toISOString()',
    '() => `${Math.floor(Date.now() / 1000)}`',
    '() => sql`(unixepoch())`',
    '() => { const now = new Date(); return JSON.stringify({ at: now.getTime(), list: [1, 2].map((n) => n * 2) }); }',
  ])('%s is taken', (body) => expect(refused(body)).toEqual([]));

  test.each([
    "() => ''.constructor.constructor('return process')()",
    "() => ''['constructor']",
    '() => globalThis.process.env',
    '() => process.exit()',
    "() => eval('1')",
    "() => new Function('return 1')()",
    "() => import('node:fs')",
    "() => require('node:fs')",
    "() => fetch('https://example.com')",
    'function () { return this.x; }',
    'async () => 1',
    'function* () { yield 1; }',
    '() => { for (;;) {} }',
    '() => { while (true); }',
    '(x) => (x.y = 1)',
    '() => x++',
    '() => { delete x.a; }',
    '() => String.fromCharCode.call(1)',
    '() => ({ __proto__: null })',
    '() => new WebSocket("x")',
    '() => setTimeout(() => 1)',
    '() => { throw 1; }',
    '() => Object.assign(Date, {})',
    '() => Reflect.get(Date, "x")',
    'fn',
  ])('%s is refused', (body) => expect(refused(body)).toHaveLength(1));
});

describe('sizes', () => {
  const many = 20_000;
  test.each<[string, string]>([
    ['deep brackets', `export const x = ${'['.repeat(many)}${']'.repeat(many)};`],
    ['deep parentheses', `export const x = ${'('.repeat(many)}1${')'.repeat(many)};`],
    ['deep templates', `export const x = ${'sql`${'.repeat(3_000)}1${'}`'.repeat(3_000)};`],
    ['deep functions', `export const x = sqliteTable('x', { a: text().$defaultFn(${'() => '.repeat(3_000)}1) });`],
    ['long sums', `export const x = sqliteTable('x', { a: text().$defaultFn(() => ${'1 + '.repeat(many)}1) });`],
    ['a million characters', `export const x = '${'a'.repeat(1_000_001)}';`],
    [
      'two thousand columns too many',
      `export const x = sqliteTable('x', { ${Array.from({ length: 4_001 }, (_, n) => `c${n}: text()`).join(', ')} });`,
    ],
    [
      'constants that multiply',
      `const a0 = [1];${Array.from({ length: 30 }, (_, n) => `const a${n + 1} = [${`a${n}, `.repeat(10)}];`).join('')}`,
    ],
    [
      'groups that multiply',
      `const g0 = { a: text() };${Array.from({ length: 18 }, (_, n) => `const g${n + 1} = { ${`...g${n}, `.repeat(10)} };`).join('')}
      export const x = sqliteTable('x', { ...g18 });`,
    ],
    [
      'SQL that multiplies',
      `const s0 = sql\`x\`;${Array.from({ length: 25 }, (_, n) => `const s${n + 1} = sql\`${`\${s${n}} `.repeat(10)}\`;`).join('')}`,
    ],
    ['a constant that is itself', 'const a = b; const b = a; export const x = sqliteTable(a, {});'],
    ['a group of itself', 'const g = { ...g }; export const x = sqliteTable("x", g);'],
    ['a table that is its own creator', "export const x = x('x', { a: text() });"],
    ['numbers beyond numbers', `export const x = ${'9'.repeat(200_000)}n;`],
  ])('%s', (_, text) => expect(read(text).problems).not.toEqual([]));

  test('a chain of any length is only long', () => {
    const { problems, model } = read(`export const x = sqliteTable('x', { a: text()${'.notNull()'.repeat(2_000)} });`);
    expect([problems, model.tables[0]?.columns[0]?.notNull]).toEqual([[], true]);
  });

  test('files that export one another come to an end', () => {
    const files = ['a', 'b', 'c'].map((name, n) => ({
      path: `${name}.ts`,
      text: `export * from './${'bca'[n]}.ts';\nexport { y } from './${'bca'[n]}.ts';\nimport { y as z } from './${'bca'[n]}.ts';\n`,
    }));
    expect(readDrizzle(files).model).toEqual({ tables: [], views: [] });
  });
});

describe('SQL that reaches beyond its place', () => {
  test.each([
    'text().default(sql`1), (evil`)',
    'text().default(sql`1) NOT NULL UNIQUE, "b" TEXT DEFAULT (2`)',
    'text().generatedAlwaysAs(sql`1) STORED, "b" AS (2`)',
    'text().default(sql`1; DROP TABLE x`)',
    'text().default(sql`1 -- `)',
    'text().default(sql`?`)',
  ])('%s', (column) => {
    const { problems, schema } = read(`export const x = sqliteTable('x', { a: ${column} });`);
    if (column.includes('--')) expect(schema.tables[0]?.columns[0]?.default).toBe('1');
    else expect([problems.length, schema.tables]).toEqual([1, []]);
  });

  test.each([
    ['a check', "export const x = sqliteTable('x', { a: text() }, (t) => [check('c', sql`1) , CHECK (2`)]);"],
    ['an index', "export const x = sqliteTable('x', { a: text() }, (t) => [index('i').on(sql`1) WHERE (2`)]);"],
    ['a condition', "export const x = sqliteTable('x', { a: text() }, (t) => [index('i').on(t.a).where(sql`1; DROP TABLE x`)]);"],
    ['a view', "export const x = sqliteView('x', { a: text() }).as(sql`select 1; DROP TABLE x`);"],
    ['a type', "const evil = customType({ dataType: () => 'text, b' }); export const x = sqliteTable('x', { a: evil() });"],
    [
      'a type with a constraint',
      "const evil = customType({ dataType: () => 'text unique' }); export const x = sqliteTable('x', { a: evil() });",
    ],
  ])('%s', (_, text) => expect(read(text).problems).toHaveLength(1));

  test('names are names, whatever is in them', () => {
    const { problems, schema } = read(`export const x = sqliteTable('x"; DROP TABLE y; --', { a: text('a" TEXT, "b') });`);
    expect([problems, schema.tables.map(({ name, columns }) => [name, columns.length])]).toEqual([
      [],
      [['x"; DROP TABLE y; --', 1]],
    ]);
  });

  test('keys that objects have already are keys like others', () => {
    const { problems, model } = read(
      "export const x = sqliteTable('x', { constructor: text(), toString: text().default('q'), hasOwnProperty: integer() });",
    );
    expect([problems, model.tables[0]?.columns.map(({ key }) => key)]).toEqual([[], ['constructor', 'toString', 'hasOwnProperty']]);
  });
});

test('whatever is done to the sample, the reader answers', () => {
  const texts = SAMPLE.files.map(({ text }) => text);
  fc.assert(
    fc.property(
      fc.nat(texts.length - 1),
      fc.nat(),
      fc.nat(40),
      fc.oneof(fc.string(), fc.constantFrom('`', '${', '}', ')', '=>', "'", '...', 'export ', '\0')),
      (n, at, cut, put) => {
        const files = SAMPLE.files.map((file, each) => {
          const from = at % (file.text.length + 1);
          return each === n ? { ...file, text: `${file.text.slice(0, from)}${put}${file.text.slice(from + cut)}` } : file;
        });
        const { problems } = readDrizzle(files);
        for (const { line, column, message } of problems)
          expect([line > 0, column > 0, message !== '']).toEqual([true, true, true]);
      },
    ),
    { numRuns: 300 },
  );
});
