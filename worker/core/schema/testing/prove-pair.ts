/** S1 and S3 on a random pair: the plan leads from A to B, loses what it names only, does nothing twice, and leads back. */
import { expect } from 'vitest';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { tableItems } from '../diff/items.ts';
import { apply, contentsOf, type Hand, leftOver, planFor, schemaIn } from './exam.ts';

/** `limits`: what a plan may write in one batch, and how many rows a slice has. */
export async function provePair(
  hand: Hand,
  wanted: SchemaDef,
  limits?: { readonly maxRowWrites: number; readonly sliceRows: number },
): Promise<'applied' | 'sliced' | 'refused'> {
  const [before, held] = [await schemaIn(hand), await contentsOf(hand)];
  const plan = await planFor(hand, { wanted, ...(limits ? { maxRowWrites: limits.maxRowWrites } : {}) });
  if (plan.hazards.some(({ level }) => level === 'stop')) {
    expect(await contentsOf(hand)).toEqual(held);
    return 'refused';
  }
  const kept = keptColumns(before, wanted);
  const only = async () => withoutRowids(await contentsOf(hand, (table) => kept.get(table)?.columns ?? []), kept);
  const promised = await only();
  await apply(hand, plan.statements, limits?.sliceRows);
  expect(await leftOver(hand, wanted)).toEqual([]);
  expect(await only()).toEqual(promised);
  expect((await planFor(hand, { wanted })).statements).toEqual([]);
  expect(await hand.select('PRAGMA foreign_key_check')).toEqual([]);
  const how = plan.statements.some(({ slice }) => slice?.table) ? 'sliced' : 'applied';
  if (plan.inverse === null) return how;
  await apply(hand, plan.inverse, limits?.sliceRows);
  expect(await leftOver(hand, before)).toEqual([]);
  if (plan.lossless) expect(withoutSequences(await contentsOf(hand))).toEqual(withoutSequences(held));
  return how;
}

interface Kept {
  readonly columns: string[];
  readonly rowid: boolean;
}

/** Columns that both have with the same type: their values may not change. */
function keptColumns(before: SchemaDef, after: SchemaDef): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  for (const table of before.tables) {
    const other = after.tables.find(({ name }) => name === table.name);
    if (!other) continue;
    const [old, now] = [new Map(tableItems(table).map((item) => [item.id, item])), tableItems(other)];
    const same = now.filter(
      (item) =>
        item.kind === 'column' &&
        old.get(item.id)?.facets[0] === item.facets[0] &&
        item.facets[4] === 'no' &&
        old.get(item.id)?.facets[4] === 'no',
    );
    const key = (one: typeof table) => JSON.stringify([one.primaryKey?.columns, one.withoutRowid]);
    kept.set(table.name, { columns: same.map(({ name }) => name), rowid: key(table) === key(other) });
  }
  return kept;
}

function withoutRowids(contents: Record<string, string[]>, kept: ReadonlyMap<string, Kept>): Record<string, string[]> {
  const entries = Object.entries(contents).filter(([name]) => kept.has(name));
  return Object.fromEntries(
    entries.map(([name, rows]) => [name, kept.get(name)?.rowid ? rows : rows.map((row) => row.replace(/^#-?\d+\|?/, '')).sort()]),
  );
}

/** Dropping an empty table and making it again forgets what it has counted. */
function withoutSequences({ sqlite_sequence: _, ...contents }: Record<string, string[]>): Record<string, string[]> {
  return contents;
}
