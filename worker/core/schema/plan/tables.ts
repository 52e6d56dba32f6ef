/** The tables' part of a plan, forwards or backwards: which are rebuilt together, which change in place, which are new. */
import type { Hazard } from '../../../protocol/plan.ts';
import type { IndexDef, TableDef, TriggerDef, ViewDef } from '../../../protocol/schema.ts';

import { foldName, sameName } from '../names.ts';
import type { TableChange } from './changes.ts';
import { type Group, rowsWritten } from './draft.ts';
import { altersChildren, components, dropOrder, type Edge, edgesOf, familyOf } from './graph.ts';
import { hazard } from './hazards.ts';
import { alterStatements, whyRebuild } from './in-place.ts';
import { type Fill, projectionOf } from './projection.ts';
import { createIndex, createTable, rebuildStatements } from './rebuild.ts';
import { emptied, type Member } from './recipe.ts';
import { fitsWith, type Slicing, slicingOf } from './slicing.ts';

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
  /** What goes before the tables change. */
  readonly first: readonly Group[];
  /** Whether `first` may happen after rows have been copied. */
  readonly canWait: boolean;
  readonly maxRowWrites: number;
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
  const { created, keys, rowsOf } = input;
  const { start, goes, family, parts, changeOf, member, edges } = familiesOf(input);
  const alters = input.altered.filter(({ from }) => !family.has(from));
  const tooLarge = parts.filter((part) => rowsWritten(rebuilt(input, part.map(member(REACHED)), [])) > input.maxRowWrites);
  const along = member('its keys refer to a table that is swapped');
  const { slicing, hazards } = slicingOf({ ...input, made: [], edges, parts, tooLarge, inPlace: alters, member: along });
  const isSliced = (table: TableDef) => slicing?.tables.has(table) ?? false;
  const inPlace = alters.filter(({ from }) => !isSliced(from));
  const later = created.filter((table) => !slicing?.fresh.has(table));
  // New tables come with the first family: any may be a parent of a rebuilt one.
  const whole = parts.filter((part) => !part.some(isSliced));
  const batches = whole.map((part, n) => rebuilt(input, part.map(member(REACHED)), n === 0 ? later : []));
  const all = new Set([...family, ...(slicing?.tables ?? [])]);
  const others = new Set([...all, ...created].map(({ name }) => foldName(name)));
  const before = parts.length > 0 ? keys.filter(({ table }) => !others.has(foldName(table))) : [];
  const made = [...keysOn([...whole.flat(), ...(batches.length > 0 ? later : [])], keys), ...(slicing?.keys ?? []), ...before];
  const makes = batches.length > 0 ? batches : later.map((table) => [createTable(table)]);
  return {
    rowsOf,
    made: new Set(made.map(({ name }) => foldName(name))),
    groups: inOrder(input, { inPlace, before, slicing, rest: makes, swapped: others }),
    rebuilds: [...batches, ...(slicing ? [slicing.swap] : [])],
    rebuilt: [...all].filter((table) => !goes.has(table)).map(({ name }) => name),
    altered: inPlace.map(({ from }) => from.name),
    hazards: [
      ...cycleHazards(all, input),
      ...rowidHazards(all, changeOf, input),
      ...familyHazards(whole.flat(), start, rowsOf),
      ...hazards,
    ],
  };
}

const REACHED = 'dropping another table would reach into it';

interface Families {
  /** What has to be rebuilt, and what goes. */
  readonly start: ReadonlySet<TableDef>;
  readonly goes: ReadonlySet<TableDef>;
  /** Those, and what dropping them would reach into; in parts that do not depend on each other. */
  readonly family: ReadonlySet<TableDef>;
  readonly parts: readonly TableDef[][];
  readonly changeOf: ReadonlyMap<TableDef, TableChange>;
  /** `along`: why a table takes part that has no reason of its own. */
  readonly member: (along: string) => (table: TableDef) => Member;
  readonly edges: readonly Edge[];
}

function familiesOf(input: TablePhaseInput): Families {
  const { tables, altered, dropped } = input;
  const reasons = new Map(altered.map((change) => [change.from, whyRebuild(change, input)]));
  const start = new Set([...dropped, ...altered.flatMap(({ from }) => (reasons.get(from)?.length ? [from] : []))]);
  const edges = edgesOf(tables);
  const goes = new Set(dropped);
  const changeOf = new Map(altered.map((change) => [change.from, change]));
  let family = familyOf(start, edges);
  for (let tied = tiedTo(family, input); tied.length > 0; tied = tiedTo(family, input)) {
    for (const table of tied) {
      start.add(table);
      reasons.set(table, ['it and a table that is rebuilt refer to each other']);
    }
    family = familyOf(start, edges);
  }
  const member =
    (along: string) =>
    (from: TableDef): Member => {
      if (goes.has(from)) return { from, to: null, why: 'it goes' };
      const why = reasons.get(from) ?? [];
      return { from, to: changeOf.get(from)?.to ?? from, why: why.length > 0 ? why.join('; ') : along };
    };
  return { start, goes, family, parts: components(family, [...edges, ...newEdges(family, changeOf)]), changeOf, member, edges };
}

/** What ALTER would change too early for the one, and too late for the other: it gets a key to a table of the family, which gets one to its new column. */
function tiedTo(family: ReadonlySet<TableDef>, { altered }: TablePhaseInput): TableDef[] {
  const shapes = altered.flatMap(({ from, to }) => (family.has(from) ? [to] : []));
  return altered.flatMap(({ from, to, added }) => {
    const refers = to.foreignKeys.some(({ table }) => [...family].some(({ name }) => sameName(name, table)));
    const isNew = (name: string) => added.some((column) => sameName(column.name, name));
    const needed = shapes.some(({ foreignKeys }) =>
      foreignKeys.some((key) => sameName(key.table, from.name) && key.references.some(isNew)),
    );
    return !family.has(from) && refers && needed ? [from] : [];
  });
}

const rebuilt = (input: TablePhaseInput, members: readonly Member[], created: readonly TableDef[]): Group =>
  rebuildStatements({
    ...input,
    members,
    created,
    made: input.created,
    keys: keysOn([...members.flatMap(({ to }) => to ?? []), ...created], input.keys),
  });

const keysOn = (tables: readonly TableDef[], keys: readonly IndexDef[]): IndexDef[] => {
  const names = new Set(tables.map(({ name }) => foldName(name)));
  return keys.filter(({ table }) => names.has(foldName(table)));
};

interface Pieces {
  readonly inPlace: readonly TableChange[];
  readonly before: readonly IndexDef[];
  readonly slicing: Slicing | null;
  readonly rest: readonly Group[];
  /** Folded names of what is rebuilt or new. */
  readonly swapped: ReadonlySet<string>;
}

/**
 * What gets a new key to a table that is rebuilt waits until that is done: dropping the old one would reach into it, and a swap would leave
 * its key behind.
 */
function inOrder(input: TablePhaseInput, { inPlace, before, slicing, rest, swapped }: Pieces): Group[] {
  const waits = ({ to }: TableChange) => to.foreignKeys.some(({ table }) => swapped.has(foldName(table)));
  const waiting = inPlace.filter(waits);
  const isOnNew = ({ table, terms }: IndexDef) =>
    waiting.some(
      ({ from, added }) =>
        sameName(from.name, table) && terms.some(({ column }) => added.some(({ name }) => sameName(name, column ?? ''))),
    );
  const alter = (changes: readonly TableChange[]) =>
    changes.map((change) => alterStatements(change, input)).filter((group) => group.length > 0);
  const index = (defs: readonly IndexDef[]) => defs.map((def) => [createIndex(def, input.rowsOf)]);
  const early = { alter: alter(inPlace.filter((change) => !waits(change))), index: index(before.filter((def) => !isOnNew(def))) };
  const late = [...alter(waiting), ...index(before.filter(isOnNew))];
  if (slicing === null) return [...input.first, ...early.alter, ...early.index, ...rest, ...late];
  const { copies, swap, indexes } = slicing;
  if (input.canWait && early.index.length === 0 && fitsWith(swap, input.first, input.maxRowWrites))
    return [...copies, ...input.first, swap, ...indexes, ...early.alter, ...rest, ...late];
  return [...input.first, ...early.alter, ...early.index, ...copies, swap, ...indexes, ...rest, ...late];
}

/** Keys of the new shapes between rebuilt tables: the key that one needs may come with the other. */
function newEdges(family: ReadonlySet<TableDef>, changes: ReadonlyMap<TableDef, TableChange>): Edge[] {
  const shapes = new Map([...family].map((from) => [changes.get(from)?.to ?? from, from]));
  return edgesOf([...shapes.keys()]).flatMap(({ child, parent, key }) => {
    const [a, b] = [shapes.get(child), shapes.get(parent)];
    return a && b ? [{ child: a, parent: b, key }] : [];
  });
}

function familyHazards(family: readonly TableDef[], start: ReadonlySet<TableDef>, rowsOf: (table: string) => number): Hazard[] {
  const reached = family.filter((table) => !start.has(table));
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
