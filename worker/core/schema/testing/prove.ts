/** S1 and S2 on one case of the matrix: the table is rebuilt and rebuilt back, and nothing else has noticed. */
import { expect } from 'vitest';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { meaningful, textOf, unquoted } from '../../sql/tokens.ts';
import { sameName } from '../names.ts';
import { apply, contentsOf, type Hand, leftOver, planFor, schemaIn } from './exam.ts';
import type { MatrixCase } from './matrix.ts';

/** The table with another default for `v`: nothing that a row would show, and nothing that ALTER can do. */
const redefault = (schema: SchemaDef, name: string): SchemaDef => ({
  ...schema,
  tables: schema.tables.map((table) =>
    sameName(table.name, name)
      ? {
          ...table,
          columns: table.columns.map((column) => (column.name === 'v' ? { ...column, default: "'new'" } : column)),
          sql: null,
        }
      : table,
  ),
});

/** Everything but the table itself, to the letter. */
const textsBeside = (hand: Hand, table: string) =>
  hand.select(
    `SELECT type AS c0, name AS c1, sql AS c2 FROM sqlite_schema WHERE sql IS NOT NULL AND name <> '${table.replaceAll("'", "''")}' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`,
  );

/** As many as let the rings of the matrix through, which come at once, and no table else. */
const FEW: { readonly [shape: string]: number } = { self: 62, 'self, always set': 62, cycle: 12, plain: 12 };
export const fewFor = (name: string): number => FEW[name.split(', ON ')[0] ?? ''] ?? 1;

/** ALTER RENAME writes names in quotes; comments and everything else stay. */
const unquotedNames = (rows: unknown[][]): unknown[][] =>
  rows.map(([type, name, sql]) => [
    type,
    name,
    type === 'table' ? [...meaningful(String(sql))].map((token) => unquoted(textOf(String(sql), token))) : sql,
  ]);

export async function proveRebuild(
  hand: Hand,
  { name, table }: MatrixCase,
  how: 'at once' | 'in slices' = 'at once',
): Promise<void> {
  const before = { schema: await schemaIn(hand), contents: await contentsOf(hand), texts: await textsBeside(hand, table) };
  const wanted = redefault(before.schema, table);
  const wish = how === 'at once' ? { wanted } : { wanted, maxRowWrites: fewFor(name) };
  const plan = await planFor(hand, wish);
  expect(plan.statements.some(({ slice }) => slice)).toBe(how === 'in slices');
  expect(plan.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  expect(plan.predicted.tables.map((one) => one.table)).toContain(table);
  await apply(hand, plan.statements);
  expect(await leftOver(hand, wanted)).toEqual([]);
  expect(await contentsOf(hand)).toEqual(before.contents);
  const told = how === 'at once' ? (texts: unknown[][]) => texts : unquotedNames;
  expect(told(await textsBeside(hand, table))).toEqual(told(before.texts));
  expect(await hand.select('PRAGMA foreign_key_check')).toEqual([]);
  expect((await planFor(hand, { wanted })).statements).toEqual([]);
  await apply(hand, plan.inverse ?? []);
  expect(await leftOver(hand, before.schema)).toEqual([]);
  expect(await contentsOf(hand)).toEqual(before.contents);
}
