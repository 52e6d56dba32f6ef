/** At the end: each table has the rows that the plan leaves, and no reference hangs in the air that did not before. */
import type { Work } from '../../core/clear/work.ts';
import type { Table } from '../../core/schema/model.ts';
import { identifier, textLiteral } from '../../core/sql/quote.ts';
import type { Database } from '../../database/database.ts';
import { Refusal } from '../../protocol/problem.ts';

/** Tables that lose rows, and those that refer to them. */
function touched({ target, consequences }: Work): Table[] {
  const losing = new Set([target, ...consequences.doomed.dependents]);
  const referring = consequences.references.all.filter(({ parent }) => losing.has(parent)).map(({ child }) => child);
  return [...new Set([...losing, ...referring])];
}

export async function violationsIn(database: Database, work: Work): Promise<number> {
  const results = await database.batch(
    touched(work).map(({ name }) => ({ sql: `SELECT count(*) AS c0 FROM pragma_foreign_key_check(${textLiteral(name)})` })),
  );
  return results.reduce((sum, { rows }) => sum + Number(rows[0]?.[0] ?? 0), 0);
}

/** Rows by table, as found. Throws `count_mismatch` when they are not what the plan leaves. */
export async function prove(database: Database, work: Work, violationsBefore: number): Promise<{ [table: string]: number }> {
  const results = await database.batch(
    work.predicted.map(({ table }) => ({ sql: `SELECT count(*) AS c0 FROM ${identifier(table)}` })),
  );
  const left = work.predicted.map(({ table, after }, at) => ({ table, after, found: Number(results[at]?.rows[0]?.[0]) }));
  const wrong = left.filter(({ after, found }) => after !== found);
  if (wrong.length > 0) {
    const said = wrong.map(({ table, after, found }) => `${table} has ${found} rows, ${after} expected`).join('; ');
    throw new Refusal('count_mismatch', `The rows were removed, but afterwards ${said}.`, {
      hint: 'Somebody has written meanwhile. Look at the tables, and at the safety backup.',
    });
  }
  const violations = await violationsIn(database, work);
  if (violations > violationsBefore) {
    throw new Refusal('count_mismatch', `foreign_key_check finds ${violations} rows; before, it were ${violationsBefore}.`, {
      hint: 'The safety backup has everything as it was.',
    });
  }
  return Object.fromEntries(left.map(({ table, found }) => [table, found]));
}
