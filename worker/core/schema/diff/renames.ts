/**
 * Which missing thing may be an extra one under a new name: told by type, position, default, keys, indexes and, where there are some,
 * sampled values. Only ever a question to an admin.
 */
import type { ColumnDef, DiffRow, RenameCandidate, SchemaDef, TableDef } from '../../../protocol/schema.ts';
import { foldName } from '../names.ts';
import { byName, type Sides } from './code.ts';
import { diffSchemas } from './diff.ts';
import { termName } from './items.ts';

/** How far the values of the column `from` could be values of `to`, 0 to 1; undefined: nobody has looked. */
export type Samples = (table: string, from: string, to: string) => number | undefined;

export interface RenameInput extends Sides {
  /** Of the diff, where it has been made already. */
  readonly rows?: readonly DiffRow[];
  readonly samples?: Samples;
}

/** Below this nobody would ask. */
const WORTH_ASKING = 0.5;
/** More candidates in one table than this are a new table, not renames. */
const MOST_PAIRS = 400;

export function renameCandidates(input: RenameInput): RenameCandidate[] {
  const [live, code] = [byName(input.live.tables), byName(input.schema.tables)];
  const rows = input.rows ?? diffSchemas(input).rows;
  return [...tableCandidates(rows, live, code), ...columnCandidates(input, rows, live, code)].sort(
    (a, b) => b.similarity - a.similarity,
  );
}

type Tables = ReadonlyMap<string, TableDef>;

function tableCandidates(rows: readonly DiffRow[], live: Tables, code: Tables): RenameCandidate[] {
  const of = (state: DiffRow['state'], tables: Tables) =>
    rows.filter((row) => row.kind === 'table' && row.state === state).flatMap(({ name }) => tables.get(foldName(name)) ?? []);
  const [missing, extra] = [of('missing', code), of('extra', live)];
  if (missing.length * extra.length > MOST_PAIRS) return [];
  return bestPairs(
    extra.flatMap((from) =>
      missing.map((to) => ({ table: from.name, from: from.name, to: to.name, kind: 'table' as const, ...likeTables(from, to) })),
    ),
  );
}

function likeTables(from: TableDef, to: TableDef): Likeness {
  const old = byName(from.columns);
  const common = to.columns.filter((column) => old.get(foldName(column.name))?.affinity === column.affinity).length;
  const share = common / Math.max(from.columns.length, to.columns.length, 1);
  const name = nameLikeness(from.name, to.name);
  const because = [`${common} of ${to.columns.length} columns are the same`];
  if (name > 0.5) because.push('the names are alike');
  return { similarity: round(0.75 * share + 0.25 * name), because };
}

function columnCandidates(
  { samples, live: liveSchema, schema: codeSchema }: RenameInput,
  rows: readonly DiffRow[],
  live: Tables,
  code: Tables,
): RenameCandidate[] {
  const found = new Map<string, { missing: ColumnDef[]; extra: ColumnDef[] }>();
  for (const row of rows) {
    const fold = foldName(row.table);
    if (row.kind !== 'column' || !live.has(fold) || !code.has(fold)) continue;
    if (row.state !== 'missing' && row.state !== 'extra') continue;
    const entry = found.get(fold) ?? { missing: [], extra: [] };
    const def = (row.state === 'missing' ? code : live)
      .get(fold)
      ?.columns.find(({ name }) => foldName(name) === foldName(row.name));
    if (def) entry[row.state].push(def);
    found.set(fold, entry);
  }
  return [...found].flatMap(([fold, { missing, extra }]) => {
    const [from, to] = [live.get(fold), code.get(fold)];
    if (!from || !to || missing.length * extra.length > MOST_PAIRS) return [];
    const pairs = extra.flatMap((old) =>
      missing.map((now) => {
        const like = likeColumns(
          { schema: liveSchema, table: from, column: old },
          { schema: codeSchema, table: to, column: now },
          samples?.(from.name, old.name, now.name),
        );
        return { kind: 'column' as const, table: from.name, from: old.name, to: now.name, ...like };
      }),
    );
    return bestPairs(pairs);
  });
}

interface Likeness {
  readonly similarity: number;
  readonly because: string[];
}
interface Place {
  readonly schema: SchemaDef;
  readonly table: TableDef;
  readonly column: ColumnDef;
}

function likeColumns(from: Place, to: Place, sampled: number | undefined): Likeness {
  const [old, now] = [from.column, to.column];
  if (old.affinity !== now.affinity || (old.generated === null) !== (now.generated === null)) return { similarity: 0, because: [] };
  const because = [`both are ${now.type || 'without a type'}`];
  let score = 0.3;
  const count = (weight: number, holds: boolean, words: string) => {
    if (!holds) return;
    score += weight;
    because.push(words);
  };
  const name = nameLikeness(old.name, now.name);
  score += 0.3 * name;
  if (name > 0.5) because.push('the names are alike');
  count(0.15, placeOf(from) === placeOf(to), 'they stand in the same place');
  count(0.1, old.default === now.default && old.notNull === now.notNull, 'default and NOT NULL are the same');
  count(
    0.15,
    rolesOf(from) === rolesOf(to),
    rolesOf(to) === '' ? 'neither is in a key or index' : 'they are in the same keys and indexes',
  );
  if (sampled !== undefined) {
    score = 0.7 * score + 0.3 * sampled;
    if (sampled > 0.5) because.push('the values look alike');
  }
  return { similarity: round(score), because };
}

const placeOf = ({ table, column }: Place): number => table.columns.indexOf(column);

/** In what kinds of keys and indexes a column takes part. */
function rolesOf({ schema, table, column }: Place): string {
  const is = (name: string | null) => name !== null && foldName(name) === foldName(column.name);
  const roles: string[] = [];
  if (table.primaryKey?.columns.some((term) => is(termName(term)))) roles.push('primary key');
  if (table.uniques.some(({ columns }) => columns.some((term) => is(term.column)))) roles.push('unique');
  for (const key of table.foreignKeys) if (key.columns.some(is)) roles.push(`references ${foldName(key.table)}`);
  for (const index of schema.indexes)
    if (foldName(index.table) === foldName(table.name) && index.terms.some((term) => is(term.column)))
      roles.push(index.unique ? 'unique' : 'index');
  return [...new Set(roles)].sort().join(', ');
}

/** Share of common pairs of letters, without case and separators (Dice). */
export function nameLikeness(a: string, b: string): number {
  const pairs = (text: string) => {
    const plain = foldName(text).replaceAll(/[_\s-]/g, '');
    return plain.length < 2 ? [plain] : Array.from({ length: plain.length - 1 }, (_, n) => plain.slice(n, n + 2));
  };
  const [left, right] = [pairs(a), pairs(b)];
  const rest = [...right];
  let common = 0;
  for (const pair of left) {
    const at = rest.indexOf(pair);
    if (at < 0) continue;
    rest.splice(at, 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}

const round = (value: number): number => Math.min(1, Math.round(value * 100) / 100);

/** Each thing in one question at most, the likeliest. */
function bestPairs(candidates: readonly RenameCandidate[]): RenameCandidate[] {
  const taken = new Set<string>();
  return [...candidates]
    .sort((a, b) => b.similarity - a.similarity)
    .filter(({ from, to, similarity }) => {
      if (similarity < WORTH_ASKING || taken.has(`from ${from}`) || taken.has(`to ${to}`)) return false;
      taken.add(`from ${from}`).add(`to ${to}`);
      return true;
    });
}
