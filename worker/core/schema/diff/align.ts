/**
 * Two spellings of one thing brought to the same one, so that they are not taken for two (S3): a UNIQUE constraint beside a unique index
 * over the same columns, and a CHECK under another name.
 */
import type { CheckDef, IndexDef, IndexTerm, SchemaDef, TableDef, UniqueDef } from '../../../protocol/schema.ts';
import { foldName } from '../names.ts';
import { byName } from './code.ts';
import { termName } from './items.ts';

/** `schema` with the spellings of `like`, wherever both say the same. */
export function alignTo(schema: SchemaDef, like: SchemaDef): SchemaDef {
  const others = byName(like.tables);
  const [own, known] = [uniqueIndexes(schema.indexes), uniqueIndexes(like.indexes)];
  const ownNames = new Set(schema.indexes.map(({ name }) => foldName(name)));
  const knownNames = new Set(like.indexes.map(({ name }) => foldName(name)));
  const swapped = new Set<IndexDef>();
  const added: IndexDef[] = [];
  const tables = schema.tables.map((table) => {
    const fold = foldName(table.name);
    const other = others.get(fold);
    if (other === undefined) return table;
    const constraints = constraintsFromIndexes(table, other, own.get(fold), knownNames, swapped);
    const indexes = indexesFromConstraints(table, other, known.get(fold), ownNames);
    added.push(...indexes.values());
    const uniques = [...table.uniques.filter((def) => !indexes.has(def)), ...constraints];
    const checks = alignChecks(table.checks, other.checks);
    return uniques === table.uniques && checks === table.checks ? table : { ...table, uniques, checks };
  });
  return { ...schema, tables, indexes: [...schema.indexes.filter((index) => !swapped.has(index)), ...added] };
}

const keyOf = (terms: readonly IndexTerm[]): string => terms.map((term) => foldName(termName(term))).join('\0');

/** Whether a UNIQUE constraint could say the same. */
const isPlain = ({ unique, where, terms }: IndexDef): boolean =>
  unique &&
  where === null &&
  terms.every(({ column, collation, descending }) => column !== null && collation === null && !descending);

function uniqueIndexes(indexes: readonly IndexDef[]): Map<string, IndexDef[]> {
  const found = new Map<string, IndexDef[]>();
  for (const index of indexes) {
    if (!isPlain(index)) continue;
    const fold = foldName(index.table);
    const list = found.get(fold);
    if (list) list.push(index);
    else found.set(fold, [index]);
  }
  return found;
}

/** Unique indexes of ours that are constraints over there; they move to `swapped`. */
function constraintsFromIndexes(
  table: TableDef,
  other: TableDef,
  indexes: readonly IndexDef[] = [],
  knownNames: ReadonlySet<string>,
  swapped: Set<IndexDef>,
): UniqueDef[] {
  const own = new Set(table.uniques.map(({ columns }) => keyOf(columns)));
  const taken: UniqueDef[] = [];
  for (const index of indexes) {
    const key = keyOf(index.terms);
    const constraint = other.uniques.find(({ columns }) => keyOf(columns) === key);
    if (constraint === undefined || own.has(key) || knownNames.has(foldName(index.name))) continue;
    own.add(key);
    swapped.add(index);
    taken.push(constraint);
  }
  return taken;
}

/** Constraints of ours that are unique indexes over there. */
function indexesFromConstraints(
  table: TableDef,
  other: TableDef,
  known: readonly IndexDef[] = [],
  ownNames: ReadonlySet<string>,
): Map<UniqueDef, IndexDef> {
  const found = new Map<UniqueDef, IndexDef>();
  const constraints = new Set(other.uniques.map(({ columns }) => keyOf(columns)));
  for (const def of table.uniques) {
    const key = keyOf(def.columns);
    if (constraints.has(key)) continue;
    const index = known.find((one) => keyOf(one.terms) === key && !ownNames.has(foldName(one.name)));
    if (index !== undefined) found.set(def, index);
  }
  return found;
}

function alignChecks(checks: CheckDef[], others: readonly CheckDef[]): CheckDef[] {
  if (checks.length === 0) return checks;
  const names = new Map(others.map(({ expression, name }) => [expression, name]));
  return checks.map((check) => ({
    ...check,
    name: names.get(check.expression) ?? (names.has(check.expression) ? null : check.name),
  }));
}
