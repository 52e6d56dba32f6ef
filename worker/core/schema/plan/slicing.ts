/** Which tables a rebuild in slices takes along, and whether it can be done. */
import type { Hazard } from '../../../protocol/plan.ts';
import type { IndexDef, TableDef } from '../../../protocol/schema.ts';
import { foldName, sameName } from '../names.ts';
import type { TableChange } from './changes.ts';
import { type Group, MAX_STATEMENTS, rowsWritten } from './draft.ts';
import { type Edge, referringTo } from './graph.ts';
import { hazard } from './hazards.ts';
import type { Member } from './recipe.ts';
import { type Sliced, type SlicedInput, slicedRebuild, whyNotSliced } from './sliced.ts';

export interface Slicing extends Sliced {
  readonly tables: ReadonlySet<TableDef>;
  readonly fresh: ReadonlySet<TableDef>;
  readonly keys: readonly IndexDef[];
}
export interface SlicingInput extends Omit<SlicedInput, 'members' | 'fresh'> {
  readonly created: readonly TableDef[];
  readonly edges: readonly Edge[];
  /** Tables that one batch would rebuild together, and those of them that are too large for it. */
  readonly parts: readonly (readonly TableDef[])[];
  readonly tooLarge: readonly (readonly TableDef[])[];
  readonly inPlace: readonly TableChange[];
  readonly member: (table: TableDef) => Member;
}

/** Null when nothing is too large, or when it cannot be done: the hazards say which. */
export function slicingOf(input: SlicingInput): { slicing: Slicing | null; hazards: Hazard[] } {
  if (input.tooLarge.length === 0) return { slicing: null, hazards: [] };
  const tables = takenAlong(input);
  const members = [...tables].map(input.member);
  const fresh = new Set(freshOf(members, input.created));
  const here = new Set([...members.flatMap(({ to }) => to ?? []), ...fresh].map(({ name }) => foldName(name)));
  const keys = input.keys.filter(({ table }) => here.has(foldName(table)));
  const sliced = { ...input, members, fresh: [...fresh], keys };
  const reasons = whyNotSliced(sliced);
  if (reasons.length > 0) return { slicing: null, hazards: [tooLarge(input, reasons)] };
  const slicing = { ...slicedRebuild(sliced), tables, fresh, keys };
  return { slicing, hazards: slicing.copies.length > 0 ? [inSlices(members, input)] : [] };
}

/** All that refer to what is swapped, all that one batch would have rebuilt with them, and what their new keys refer to for the first time. */
function takenAlong({ parts, tooLarge: large, inPlace, edges, member }: SlicingInput): Set<TableDef> {
  let family = new Set(large.flat());
  for (let before = -1; before < family.size; ) {
    before = family.size;
    family = referringTo(family, edges);
    for (const part of parts) if (part.some((table) => family.has(table))) for (const table of part) family.add(table);
    const keys = [...family].flatMap((table) => member(table).to?.foreignKeys ?? []);
    for (const { from, added } of inPlace) {
      const isNew = (name: string) => added.some((column) => sameName(column.name, name));
      if (keys.some(({ table, references }) => sameName(table, from.name) && references.some(isNew))) family.add(from);
    }
  }
  return family;
}

function freshOf(members: readonly Member[], created: readonly TableDef[]): TableDef[] {
  const refers = (a: TableDef, b: TableDef) => a.foreignKeys.some(({ table }) => sameName(table, b.name));
  const shapes = members.flatMap(({ to }) => to ?? []);
  return created.filter((table) => shapes.some((shape) => refers(table, shape) || refers(shape, table)));
}

/** Whether all of it fits into the batch of the swap: then nothing that is there is touched before. */
export function fitsWith(group: Group, first: readonly Group[], maxRowWrites: number): boolean {
  const all = [...first, group];
  const statements = all.reduce((sum, { length }) => sum + length, 0);
  return statements <= MAX_STATEMENTS && all.reduce((sum, one) => sum + rowsWritten(one), 0) <= maxRowWrites;
}

const count = (n: number): string => n.toLocaleString('en-US');

function tooLarge({ tooLarge: parts, maxRowWrites, rowsOf }: SlicingInput, reasons: readonly string[]): Hazard {
  const tables = parts.flat();
  const rows = tables.reduce((sum, { name }) => sum + rowsOf(name), 0);
  const [first] = tables as [TableDef];
  return hazard(
    'rebuild_too_large',
    'stop',
    `Rebuilding ${tables.map(({ name }) => name).join(', ')} (${count(rows)} rows) writes more than the ${count(maxRowWrites)} rows that one batch holds, and slices are not possible: ${reasons.join('; ')}.`,
    'Do what ALTER can do (a new column beside the old one, filled in slices), make the tables smaller first, or leave this difference out.',
    { table: first.name },
  );
}

function inSlices(members: readonly Member[], { rowsOf }: SlicingInput): Hazard {
  const copied = members.filter(({ to }) => to !== null).map(({ from }) => `${from.name} (${count(rowsOf(from.name))} rows)`);
  return hazard(
    'rebuilt_in_slices',
    'note',
    `One batch cannot hold this rebuild: ${copied.join(', ')} ${copied.length === 1 ? 'is' : 'are'} copied in slices, and swapped in one batch. The database is read-only for the whole time and holds both copies; indexes come last, one after the other.`,
    'Choose a quiet time, and look that there is room: D1 holds 10 GB. Until the swap it can be cancelled, and nothing has changed.',
  );
}
