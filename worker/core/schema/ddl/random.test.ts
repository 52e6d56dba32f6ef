/** Random tables, in random spellings: SQLite's pragmas and our definitions must agree, and spelling must not matter. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSql } from './index.ts';
import { judged, judgedIndexes, rendered, saidForeignKeys, saidIndexes, schemaAfter } from './testing/judge.ts';

const NAMES = ['a', 'B', 'c d', 'e"f', 'order', 'key'] as const;
const quoted = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `"${name.replaceAll('"', '""')}"`,
    `\`${name.toUpperCase()}\``,
    `[${name}]`,
    ...(/^[a-z]$/i.test(name) ? [name, name.toUpperCase()] : []),
  );
const name = fc.constantFrom(...NAMES).chain(quoted);
const gap = fc.constantFrom(' ', '  ', '\n', ' /* , ( */ ', ' -- )\n');
const type = fc.constantFrom(
  '',
  'INTEGER',
  'integer',
  'INT',
  'TEXT',
  'varchar ( 20 )',
  'DECIMAL(10, 2)',
  'BLOB',
  'DOUBLE  PRECISION',
  '"any thing"',
);
const conflict = fc.constantFrom('', '', '', ' ON CONFLICT REPLACE', ' on conflict IGNORE');
const named = (text: string) => fc.constantFrom(text, `CONSTRAINT "some name" ${text}`);
const collate = fc.constantFrom('', ' COLLATE NOCASE', ' collate "RTRIM"', ' COLLATE binary');
const term = fc.tuple(name, collate, fc.constantFrom('', ' ASC', ' DESC')).map((parts) => parts.join(''));
const terms = fc.uniqueArray(term, {
  minLength: 1,
  maxLength: 3,
  selector: (text) => text.toLowerCase().replaceAll(/[^a-z]/g, '')[0],
});
const reference = fc.tuple(
  fc.constantFrom('REFERENCES p', 'references "P" (Id)', 'REFERENCES gone (x)', 'REFERENCES t'),
  fc.constantFrom('', ' ON DELETE CASCADE', ' on update set null ON DELETE RESTRICT', ' MATCH SIMPLE'),
  fc.constantFrom('', ' DEFERRABLE INITIALLY DEFERRED', ' NOT DEFERRABLE'),
);
const check = fc
  .tuple(name, fc.constantFrom(' > 0', ' == "x"', ' IN (1, 2) ', ' IS NOT NULL'))
  .map(([of, how]) => `CHECK (${of}${how})`);

const columnConstraint = fc
  .oneof(
    fc.constantFrom('NOT NULL', 'NULL', 'not null'),
    conflict.map((action) => `UNIQUE${action}`),
    fc.constantFrom(
      'DEFAULT 1',
      'default (1 + 1)',
      "DEFAULT 'x'",
      'DEFAULT word',
      'DEFAULT -1.50',
      'DEFAULT TRUE',
      'DEFAULT CURRENT_TIME',
    ),
    collate.filter((text) => text !== '').map((text) => text.trim()),
    reference.map((parts) => parts.join('')),
    check,
  )
  .chain(named);

const tableConstraint = fc
  .oneof(
    fc.tuple(terms, conflict).map(([list, action]) => `UNIQUE (${list.join(', ')})${action}`),
    fc.tuple(name, reference).map(([of, parts]) => `FOREIGN KEY (${of}) ${parts.join('')}`),
    check,
  )
  .chain(named);

const primaryKey = fc.oneof(
  fc.constant(null),
  fc.tuple(name, fc.constantFrom('', ' ASC', ' DESC')).map(([of, direction]) => ({ column: of, text: `PRIMARY KEY${direction}` })),
  terms.map((list) => ({ column: null, text: `PRIMARY KEY (${list.join(', ')})` })),
);

const inner = (text: string) => text.slice(1, -1).replaceAll(/""/g, '"').toLowerCase();
const plain = (text: string) => (/^["`[]/.test(text) ? inner(text) : text.toLowerCase());

const table = fc
  .tuple(
    fc.tuple(...NAMES.map((of) => fc.tuple(quoted(of), type, fc.array(columnConstraint, { maxLength: 3 })))),
    primaryKey,
    fc.array(fc.tuple(tableConstraint, fc.constantFrom(',', ' ')), { maxLength: 3 }),
    fc.constantFrom('', '', ' WITHOUT ROWID', ' without/**/rowid'),
    gap,
  )
  .map(([columns, key, constraints, options, space]) => {
    const lines = columns.map(([of, ofType, list]) => {
      const own = key?.column && plain(key.column) === plain(of) ? [key.text] : [];
      return [of, ofType, ...own, ...list].join(space);
    });
    const rest = [...(key && key.column === null ? [[key.text, ','] as const] : []), ...constraints];
    const tail = rest.map(([text, comma], n) => `${text}${n < rest.length - 1 ? comma : ''}`).join(space);
    return `CREATE TABLE t${space}(${lines.join(',')}${tail === '' ? '' : `,${space}${tail}`})${options}`;
  });

test('S3 any table that SQLite takes: said as the pragmas say it, and the same after rendering', () => {
  let taken = 0;
  fc.assert(
    fc.property(table, (sql) => {
      let after: ReturnType<typeof schemaAfter>;
      try {
        after = schemaAfter('CREATE TABLE p (id INTEGER PRIMARY KEY)', sql);
      } catch {
        // Conflicting actions, a table without rowid and without key: SQLite refuses those, and they never reach us.
        return;
      }
      taken += 1;
      const { schema, warnings, database } = after;
      expect(warnings).toEqual([]);
      const [, t] = schema.tables as [unknown, (typeof schema.tables)[number]];
      const facts = judged(database, 't');
      expect(saidIndexes(schema, t)).toEqual(judgedIndexes(database, 't'));
      expect(saidForeignKeys(t)).toEqual(facts.keys);
      expect(t.columns.map(({ type: ofType }) => ofType)).toEqual(facts.columns.map(({ type: ofType }) => ofType));
      for (const [n, { notNull }] of facts.columns.entries()) if (notNull) expect(t.columns[n]?.notNull).toBe(true);
      expect(withoutSql(schemaAfter(...rendered(schema)).schema)).toEqual(withoutSql(schema));
    }),
    { numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(250);
});
