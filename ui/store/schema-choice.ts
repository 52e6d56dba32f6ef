/**
 * Which differences an admin has chosen to bring into the database. What only adds is chosen beforehand; anything else only by name.
 * What a rename question is about is not chosen until the question is answered. Pure.
 */
import type { DiffRow, Rename, RenameCandidate, SchemaDiff, SyncParams } from '../../worker/protocol/schema.ts';

export type RenameAnswer = 'yes' | 'no';
export interface Choice {
  /** Ids that are chosen or left out against what would be so by itself. */
  readonly flipped: ReadonlySet<string>;
  /** By `renameKey`. */
  readonly renames: Readonly<Record<string, RenameAnswer>>;
}
export const NOTHING_CHOSEN: Choice = { flipped: new Set(), renames: {} };

const fold = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
export const renameKey = ({ kind, table, from, to }: Pick<RenameCandidate, 'kind' | 'table' | 'from' | 'to'>): string =>
  [kind, table, from, to].map(fold).join('\u0000');

/** The rows that a rename is about: what would be dropped, and what would be added. */
export function rowsOfRename({ kind, table, from, to }: Rename): { readonly from: string; readonly to: string } {
  const id = (name: string): string => (kind === 'table' ? `table:${fold(name)}` : `column:${fold(table)}.${fold(name)}`);
  return { from: id(from), to: id(to) };
}

/** A plan can do it, so it can be chosen. */
export const canChoose = ({ state, change }: DiffRow): boolean => state !== 'match' && change !== null && change !== 'none';

/** A choice, with all that follows from it. */
export interface Chosen {
  readonly ids: ReadonlySet<string>;
  readonly renames: readonly Rename[];
  /** Rows that wait for the answer to a rename question. */
  readonly asked: ReadonlySet<string>;
  /** Rows that go with a renamed thing, or with a table that comes or goes whole: they cannot be chosen by themselves. */
  readonly bound: ReadonlySet<string>;
  /** Only what adds, all of it, and nothing else: one click is enough. */
  readonly isDefault: boolean;
  /** Of the chosen ones, how many are more than an addition. */
  readonly careful: number;
}

/** Everything of a table that is missing or extra as a whole comes and goes with it. */
function wholeTables(rows: readonly DiffRow[]): Map<string, DiffRow> {
  const found = new Map<string, DiffRow>();
  for (const row of rows)
    if (row.kind === 'table' && (row.state === 'missing' || row.state === 'extra')) found.set(fold(row.table), row);
  return found;
}

export function chosenOf({ rows, renames }: Pick<SchemaDiff, 'rows' | 'renames'>, choice: Choice): Chosen {
  const asked = new Set<string>();
  const bound = new Set<string>();
  const accepted: Rename[] = [];
  for (const { kind, table, from, to, ...candidate } of renames) {
    const rename = { kind, table, from, to };
    const about = rowsOfRename(rename);
    const answer = choice.renames[renameKey({ ...candidate, ...rename })];
    if (answer === undefined) asked.add(about.from).add(about.to);
    else if (answer === 'yes') {
      accepted.push(rename);
      bound.add(about.from).add(about.to);
    }
  }
  const tables = wholeTables(rows);
  const isOn = (row: DiffRow): boolean =>
    canChoose(row) && !asked.has(row.id) && !bound.has(row.id) && row.additive !== choice.flipped.has(row.id);
  const ids = new Set<string>();
  let careful = accepted.length;
  let isDefault = accepted.length === 0;
  for (const row of rows) {
    if (!canChoose(row)) continue;
    const table = row.kind === 'table' ? undefined : tables.get(fold(row.table));
    const with_ = table !== undefined && table.state === row.state ? table : row;
    if (with_ !== row) {
      bound.add(row.id);
      if (asked.has(with_.id)) asked.add(row.id);
    }
    if (isOn(with_) && !asked.has(row.id)) {
      ids.add(row.id);
      if (!row.additive) careful += 1;
    }
    if (row.additive && !asked.has(row.id) && !bound.has(row.id) && choice.flipped.has(row.id)) isDefault = false;
  }
  return { ids, renames: accepted, asked, bound, isDefault: isDefault && careful === 0 && ids.size > 0, careful };
}

export function flip({ flipped, renames }: Choice, id: string): Choice {
  const next = new Set(flipped);
  if (!next.delete(id)) next.add(id);
  return { flipped: next, renames };
}

/** `null` takes the answer back. */
export function answered({ flipped, renames }: Choice, key: string, answer: RenameAnswer | null): Choice {
  const { [key]: _before, ...rest } = renames;
  return { flipped, renames: answer === null ? rest : { ...rest, [key]: answer } };
}

/**
 * What to ask a plan for. Without `rows` the server takes everything that only adds: asked for where exactly that was chosen, because
 * then a difference that has gone meanwhile is no mistake.
 */
export function syncParams(chosen: Chosen): Partial<SyncParams> {
  if (chosen.isDefault && chosen.asked.size === 0) return {};
  const renamed = chosen.renames.map((rename) => rowsOfRename(rename).to);
  const rows = [...new Set([...chosen.ids, ...renamed])];
  return { rows, ...(chosen.renames.length > 0 ? { renames: [...chosen.renames] } : {}) };
}
