/**
 * From changes and answers to a plan: ordered statements in as few batches as limits allow, what they lose, and the way back. In place
 * where D1 can, by the rebuild recipe otherwise.
 */
import type { Hazard, PlanStatement, Predicted, PredictedTable } from '../../../protocol/plan.ts';
import type { ColumnDef, IndexDef, TableDef } from '../../../protocol/schema.ts';
import { foldName, sameName } from '../names.ts';
import type { SchemaChanges, TableChange } from './changes.ts';
import { type Group, inSteps, type PlanExpectation } from './draft.ts';
import { readFill } from './fill.ts';
import { keyHazards, limitHazards, lossHazards, readerHazards, silenced, statementHazards, violationHazards } from './hazards.ts';
import { createObjects, dropObjects, renameStatements } from './objects.ts';
import { type Answers, changedId, countId, probesFor } from './probes.ts';
import type { Fill } from './projection.ts';
import { stepsBack } from './rename-steps.ts';
import { type TablePhase, tablePhase } from './tables.ts';

/** Row writes that one batch may hold: it has 30 seconds. */
export const MAX_ROW_WRITES = 2_000_000;

export interface PlanInput {
  readonly changes: SchemaChanges;
  readonly answers: Answers;
  /** By the code's names: `column:users.email` to an expression over the columns as the database has them now. */
  readonly fill?: Fill;
  readonly silence?: Readonly<Record<string, string>>;
  readonly limits?: { readonly maxRowWrites?: number };
}
export interface PlannedChanges {
  readonly statements: PlanStatement[];
  readonly hazards: Hazard[];
  readonly predicted: Predicted;
  /** Each holds at the beginning of its step. Kept rows are counted by the statements themselves. */
  readonly expectations: PlanExpectation[];
  /** Leads back to the schema before, with what rows are left; null when nothing but the safety backup does. */
  readonly inverse: PlanStatement[] | null;
  /** Whether the inverse brings back every row and value, too. */
  readonly lossless: boolean;
}

export function planChanges({ changes, answers, fill = {}, silence = {}, limits = {} }: PlanInput): PlannedChanges {
  const maxRowWrites = limits.maxRowWrites ?? MAX_ROW_WRITES;
  const rowsOf = (table: string) => Number(answers.get(countId(table))?.[0]?.[0] ?? 0);
  const changedIn = (table: string) => Number(answers.get(changedId(table))?.[0]?.[0] ?? 0);
  const filled = readFill(changes, fill);
  const probes = probesFor(changes, fill);
  const there = phaseOf(changes, rowsOf, filled.fill, maxRowWrites);
  const groups = groupsOf(changes, there);
  const { statements, expectations } = inSteps(groups, maxRowWrites);
  const touched = new Set([
    ...changes.altered.map(({ to }) => foldName(to.name)),
    ...changes.created.map(({ name }) => foldName(name)),
    ...changes.dropped.map(({ name }) => foldName(name)),
  ]);
  const losses = lossHazards(changes, rowsOf, answers);
  const violations = violationHazards(probes, answers);
  const hazards = [
    ...filled.hazards,
    ...violations,
    ...losses,
    ...readerHazards(changes),
    ...keyHazards(changes.mid, touched),
    ...limitHazards(changes),
    ...statementHazards(statements),
    ...there.hazards,
  ];
  const lossless = isLossless(changes, rowsOf, [...losses, ...violations]) && Object.keys(filled.fill).length === 0;
  return {
    statements,
    hazards: silenced(hazards, silence),
    predicted: predictedOf(changes, there, statements, { rowsOf, changedIn }, losses.length > 0),
    expectations,
    inverse: inverseOf(changes, rowsOf, maxRowWrites),
    lossless,
  };
}

/** A dropped column without values comes back without values, unless it has a default. */
function isLossless({ altered }: SchemaChanges, rowsOf: (table: string) => number, hazards: readonly Hazard[]): boolean {
  const defaulted = altered.some(
    ({ from, dropped }) => rowsOf(from.name) > 0 && dropped.some((column) => column.default !== null && !column.generated),
  );
  return !defaulted && !hazards.some(({ level }) => level === 'danger');
}

function phaseOf(changes: SchemaChanges, rowsOf: (table: string) => number, fill: Fill, maxRowWrites: number): TablePhase {
  const { live, mid, altered, created, dropped, indexes, triggers, views } = changes;
  const keys = keysAmong(mid.indexes, indexes.created);
  return tablePhase({
    tables: live.tables,
    altered,
    created,
    dropped,
    keys,
    indexes: indexes.kept,
    triggers: triggers.kept,
    views: views.kept,
    rowsOf,
    fill,
    first: dropObjects(changes, 'forward'),
    canWait: true,
    maxRowWrites,
  });
}

/** Those of `indexes` that are named in `some` and to which a foreign key may refer. */
function keysAmong(indexes: readonly IndexDef[], some: readonly IndexDef[]): IndexDef[] {
  const names = new Set(some.map(({ name }) => foldName(name)));
  return indexes.filter(({ name, unique, where }) => unique && where === null && names.has(foldName(name)));
}

function groupsOf(changes: SchemaChanges, phase: TablePhase): Group[] {
  return [...phase.groups, ...renameStatements(changes.renames), ...createObjects(changes, 'forward', phase)];
}

/** The same steps backwards: objects, names, tables, and what was there before as it was written. */
function inverseOf(changes: SchemaChanges, rowsOf: (table: string) => number, maxRowWrites: number): PlanStatement[] | null {
  const altered = changes.altered.map(backwards);
  const orphans = changes.altered.some(({ from }) => rowsOf(from.name) > 0 && refersToLost(from, changes, rowsOf));
  const blocked =
    orphans ||
    altered.some(
      ({ from, to, added }) => rowsOf(from.name) > 0 && added.some((column) => cannotComeBack(column, to, changes.live.indexes)),
    );
  if (blocked) return null;
  const { mid, created, dropped, indexes, triggers, views } = changes;
  const fresh = new Set(created.map(({ name }) => foldName(name)));
  const rowsBack = (table: string) => (fresh.has(foldName(table)) ? 0 : rowsOf(table));
  const phase = tablePhase({
    tables: mid.tables,
    altered,
    created: dropped,
    dropped: created,
    indexes: indexes.kept,
    keys: keysAmong(changes.live.indexes, indexes.dropped),
    triggers: triggers.kept,
    views: views.kept,
    rowsOf: rowsBack,
    fill: {},
    first: [...dropObjects(changes, 'backward'), ...renameStatements(stepsBack(changes.renames))],
    // The tables have their names back only then.
    canWait: changes.renames.length === 0,
    maxRowWrites,
  });
  return inSteps([...phase.groups, ...createObjects(changes, 'backward', phase)], maxRowWrites).statements;
}

/** Whether a key of the table refers to what comes back without its rows or values. */
function refersToLost({ foreignKeys }: TableDef, { dropped, altered }: SchemaChanges, rowsOf: (table: string) => number): boolean {
  return foreignKeys.some(({ table, references }) => {
    if (dropped.some(({ name }) => sameName(name, table) && rowsOf(name) > 0)) return true;
    const columns = altered.find(({ from }) => sameName(from.name, table))?.dropped ?? [];
    return columns.some(({ name }) => references.some((one) => sameName(one, name)));
  });
}

/** Not without its values: it must have one in each row, or must not have the same one in all. */
function cannotComeBack(column: ColumnDef, table: TableDef, indexes: readonly IndexDef[]): boolean {
  if (column.generated) return false;
  const is = (name: string | null) => name !== null && sameName(name, column.name);
  if (table.primaryKey?.columns.some((term) => is(term.column))) return true;
  if (column.default === null) return column.notNull;
  return (
    table.uniques.some(({ columns }) => columns.some((term) => is(term.column))) ||
    table.foreignKeys.some(({ columns }) => columns.some(is)) ||
    indexes.some((index) => index.unique && sameName(index.table, table.name) && index.terms.some((term) => is(term.column)))
  );
}

const backwards = (change: TableChange): TableChange => ({
  from: change.to,
  to: change.from,
  added: change.dropped,
  dropped: change.added,
  newKeys: [],
  newChecks: [],
  why: [...change.why, ...(change.newKeys.length + change.newChecks.length > 0 ? ['keys and checks go'] : [])],
});

function predictedOf(
  changes: SchemaChanges,
  phase: TablePhase,
  statements: readonly PlanStatement[],
  { rowsOf, changedIn }: { readonly [What in 'rowsOf' | 'changedIn']: (table: string) => number },
  loses: boolean,
): Predicted {
  const dropped = changes.dropped.map(
    ({ name }): PredictedTable => ({
      table: name,
      before: rowsOf(name),
      removed: rowsOf(name),
      changed: 0,
      after: 0,
      via: 'dropped',
    }),
  );
  const kept = [
    ...phase.rebuilt.map((table) => ({ table, via: 'rebuilt' })),
    ...phase.altered.map((table) => ({ table, via: 'altered in place' })),
  ].map(({ table, via }): PredictedTable => {
    const rows = rowsOf(table);
    return { table, before: rows, removed: 0, changed: changedIn(table), after: rows, via };
  });
  const sum = (pick: (cost: NonNullable<PlanStatement['cost']>) => number) =>
    statements.reduce((total, { cost }) => total + (cost ? pick(cost) : 0), 0);
  return {
    tables: [...dropped, ...kept],
    rowsRemoved: dropped.reduce((total, { removed }) => total + removed, 0),
    rowsChanged: kept.reduce((total, { changed }) => total + changed, 0),
    rowsRead: sum((cost) => cost.rowsRead),
    rowsWritten: sum((cost) => cost.rowsWritten),
    hold: phase.rebuilds.length > 0 || dropped.length > 0 ? 'read-only' : null,
    safetyBackup: loses || phase.rebuilds.length > 0,
  };
}
