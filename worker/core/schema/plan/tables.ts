/** The tables' part of a plan, forwards or backwards: which are rebuilt together, which change in place, which are new. */
import type { Hazard } from '../../../protocol/plan.ts';
import type { IndexDef, TableDef, TriggerDef, ViewDef } from '../../../protocol/schema.ts';

import { foldName } from '../names.ts';
import type { TableChange } from './changes.ts';
import type { Group } from './draft.ts';
import { altersChildren, components, dropOrder, type Edge, edgesOf, familyOf } from './graph.ts';
import { hazard } from './hazards.ts';
import { alterStatements, whyRebuild } from './in-place.ts';
import { type Fill, projectionOf } from './projection.ts';
import { createIndex, createTable, rebuildStatements } from './rebuild.ts';
import { emptied, type Member } from './recipe.ts';

export interface TablePhaseInput {
  readonly tables: readonly TableDef[];
  readonly altered: readonly TableChange[];
  readonly created: readonly TableDef[];
  readonly dropped: readonly TableDef[];
  /** What stays, as the live database has it. */
  readonly indexes: readonly IndexDef[];
  /** Unique indexes that come: a foreign key may need one before the first row is put back. */
  readonly keys: readonly IndexDef[];
  readonly triggers: readonly TriggerDef[];
  readonly views: readonly ViewDef[];
  readonly rowsOf: (table: string) => number;
  readonly fill: Fill;
}
export interface TablePhase {
  readonly groups: Group[];
  /** Those of the groups that rebuild or drop. */
  readonly rebuilds: Group[];
  readonly rebuilt: string[];
  readonly altered: string[];
  readonly hazards: Hazard[];
  /** Of `keys`, folded names of those that the groups make. */
  readonly made: ReadonlySet<string>;
  readonly rowsOf: (table: string) => number;
}

export function tablePhase(input: TablePhaseInput): TablePhase {
  const { tables, altered, created, dropped, keys, rowsOf } = input;
  const reasons = new Map(altered.map((change) => [change.from, whyRebuild(change, input)]));
  const start = new Set([...dropped, ...altered.flatMap(({ from }) => (reasons.get(from)?.length ? [from] : []))]);
  const edges = edgesOf(tables);
  const family = familyOf(start, edges);
  const goes = new Set(dropped);
  const changeOf = new Map(altered.map((change) => [change.from, change]));
  const member = (from: TableDef): Member => {
    if (goes.has(from)) return { from, to: null, why: 'it goes' };
    const why = reasons.get(from) ?? [];
    return {
      from,
      to: changeOf.get(from)?.to ?? from,
      why: why.length > 0 ? why.join('; ') : 'dropping another table would reach into it',
    };
  };
  const inPlace = altered.filter(({ from }) => !family.has(from));
  const parts = components(family, [...edges, ...newEdges(family, changeOf)]).map((part, n) => {
    // New tables come with the first family: any may be a parent of a rebuilt one.
    const comes = n === 0 ? created : [];
    const members = part.map(member);
    const here = new Set([...members.flatMap(({ to }) => to ?? []), ...comes].map(({ name }) => foldName(name)));
    return rebuildStatements({ ...input, members, created: comes, keys: keys.filter(({ table }) => here.has(foldName(table))) });
  });
  const rebuilt = new Set([...family, ...created].map(({ name }) => foldName(name)));
  const before = parts.length > 0 ? keys.filter(({ table }) => !rebuilt.has(foldName(table))) : [];
  const early = new Set(parts.length > 0 ? created : []);
  const groups: Group[] = [
    ...inPlace.map((change) => alterStatements(change, input)).filter((group) => group.length > 0),
    ...before.map((index) => [createIndex(index, rowsOf)]),
    ...parts,
    ...created.filter((table) => !early.has(table)).map((table) => [createTable(table)]),
  ];
  return {
    rowsOf,
    made: new Set(parts.length > 0 ? keys.map(({ name }) => foldName(name)) : []),
    groups,
    rebuilds: parts,
    rebuilt: [...family].filter((table) => !goes.has(table)).map(({ name }) => name),
    altered: inPlace.map(({ from }) => from.name),
    hazards: [...cycleHazards(family, input), ...rowidHazards(family, changeOf, input), ...familyHazards(family, start, rowsOf)],
  };
}

/** Keys of the new shapes between rebuilt tables: the key that one needs may come with the other. */
function newEdges(family: ReadonlySet<TableDef>, changes: ReadonlyMap<TableDef, TableChange>): Edge[] {
  const shapes = new Map([...family].map((from) => [changes.get(from)?.to ?? from, from]));
  return edgesOf([...shapes.keys()]).flatMap(({ child, parent, key }) => {
    const [a, b] = [shapes.get(child), shapes.get(parent)];
    return a && b ? [{ child: a, parent: b, key }] : [];
  });
}

function familyHazards(family: ReadonlySet<TableDef>, start: ReadonlySet<TableDef>, rowsOf: (table: string) => number): Hazard[] {
  const reached = [...family].filter((table) => !start.has(table));
  if (reached.length === 0) return [];
  const names = reached.map(({ name }) => `${name} (${rowsOf(name).toLocaleString('en-US')} rows)`).join(', ');
  return [
    hazard(
      'dependents_rebuilt',
      'note',
      `${names}: rebuilt too, as their foreign keys would delete or empty rows when the other table is dropped.`,
      'Every row is counted before and after, in the same batch.',
    ),
  ];
}

/** A row that cannot let go of the one that it refers to, in tables that refer to each other. */
function cycleHazards(family: ReadonlySet<TableDef>, { tables, rowsOf }: TablePhaseInput): Hazard[] {
  const { pending } = dropOrder(family, edgesOf(tables));
  const stuck = pending.filter((edge) => altersChildren(edge) && rowsOf(edge.child.name) > 0 && emptied(edge, tables) === null);
  return stuck.map(({ child, key }) =>
    key.onDelete === 'CASCADE'
      ? hazard(
          'cascade_in_cycle',
          'warning',
          `${child.name} refers back with ON DELETE CASCADE over columns that cannot be empty.`,
          'D1 follows ten levels of references; with more the change fails and nothing is done.',
          { table: child.name },
        )
      : hazard(
          'rebuild_cycle',
          'stop',
          `${child.name} refers back with ON DELETE ${key.onDelete} over columns that cannot be empty: D1 would refuse to drop the other table.`,
          'Drop or change this foreign key by hand first.',
          { table: child.name },
        ),
  );
}

function rowidHazards(
  family: ReadonlySet<TableDef>,
  changes: ReadonlyMap<TableDef, TableChange>,
  { dropped, fill }: TablePhaseInput,
): Hazard[] {
  return [...family].flatMap((from) => {
    if (dropped.includes(from) || !projectionOf(from, changes.get(from)?.to ?? from, fill).losesRowid) return [];
    return [
      hazard(
        'rowid_renumbered',
        'warning',
        `The rows of ${from.name} get new row numbers (rowid).`,
        'It matters only to what refers to them, for example an FTS5 table over it. Give the table an INTEGER PRIMARY KEY.',
        { table: from.name },
      ),
    ];
  });
}
