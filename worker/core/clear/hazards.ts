/** What somebody should know before a table is emptied. */

import type { ClearParams } from '../../protocol/job.ts';
import type { Hazard, PredictedTable } from '../../protocol/plan.ts';
import { ftsContent, mentions } from '../schema/create-text.ts';
import type { SchemaModel, Table, Trigger } from '../schema/model.ts';
import { isReserved, sameName } from '../schema/names.ts';
import { isWord, meaningful } from '../sql/tokens.ts';
import { type Counts, viaText } from './consequences.ts';
import { isIndexed, type References } from './graph.ts';

type Level = Hazard['level'];

const hazard = (level: Level, code: string, table: string | null, message: string, hint: string): Hazard => ({
  code,
  level,
  message,
  hint,
  table,
  column: null,
  samples: [],
});

const count = (n: number): string => n.toLocaleString('en-US');
const rows = (n: number): string => `${count(n)} ${n === 1 ? 'row' : 'rows'}`;

export interface Facts {
  readonly model: SchemaModel;
  readonly target: Table;
  readonly params: ClearParams;
  readonly counts: Counts;
  readonly references: References;
  /** Tables that refer to one another in a ring which the job cannot open, and that are too large for one batch. */
  readonly lockedRings: readonly string[];
}

export function hazardsOf(facts: Facts): Hazard[] {
  return [
    ...inTheWay(facts),
    ...cleared(facts),
    ...mismatches(facts),
    ...facts.lockedRings.map((table) =>
      hazard(
        'stop',
        'ring_cannot_be_opened',
        table,
        `Rows of ${table} refer to one another in a ring whose columns cannot be NULL, and are too many for one batch.`,
        'Clear a smaller part first.',
      ),
    ),
    ...triggers(facts),
    ...fullText(facts),
    ...withoutIndex(facts),
    ...ofTarget(facts),
  ];
}

const others = ({ counts, target }: Facts) => counts.tables.filter(({ table }) => table !== target);

function inTheWay(facts: Facts): Hazard[] {
  if (facts.params.dependents === 'clear') return [];
  const touched = others(facts).filter(({ removed, changed }) => removed > 0 || changed > 0);
  const blocking = facts.counts.blocked.filter(({ rows: n }) => n > 0);
  if (touched.length + blocking.length === 0) return [];
  const said = [
    ...touched.map(({ table, removed, changed }) => `${rows(removed + changed)} of ${table.name}`),
    ...blocking.map(({ reference, rows: n }) => `${rows(n)} of ${reference.child.name}`),
  ];
  const vias = [...touched.flatMap(({ via }) => via), ...blocking.map(({ reference }) => reference)].map(viaText);
  return [
    hazard(
      'stop',
      'dependents_in_the_way',
      facts.target.name,
      `Rows elsewhere depend on ${facts.target.name}: ${said.join(', ')} (${[...new Set(vias)].join('; ')}).`,
      'Clear the dependent rows too (`dependents: "clear"`), or remove them first.',
    ),
  ];
}

function cleared(facts: Facts): Hazard[] {
  if (facts.params.dependents === 'keep') return [];
  return others(facts)
    .filter(({ removed }) => removed > 0)
    .map(({ table, removed, before, via }) =>
      hazard(
        'danger',
        'dependents_cleared',
        table.name,
        `${rows(removed)} of ${count(before)} in ${table.name} go too: ${via.map(viaText).join('; ')}.`,
        'Look at the numbers; `dependents: "keep"` touches no other table.',
      ),
    );
}

function mismatches({ references, counts }: Facts): Hazard[] {
  const involved = new Set(counts.tables.map(({ table }) => table));
  return references.mismatched
    .filter(({ child, parent }) => involved.has(parent) || involved.has(child))
    .map(({ child, parent }) =>
      hazard(
        'stop',
        'foreign_key_mismatch',
        child.name,
        `A foreign key of ${child.name} refers to columns of ${parent.name} that are no key: SQLite removes no row of either.`,
        'Repair the foreign key, or give the columns a UNIQUE index.',
      ),
    );
}

/** The words between the trigger's name and its body tell what it fires on. */
export function firesOnDelete({ sql }: Trigger): boolean {
  for (const token of meaningful(sql)) {
    if (isWord(sql, token, 'DELETE')) return true;
    if (['INSERT', 'UPDATE', 'ON', 'BEGIN'].some((word) => isWord(sql, token, word))) return false;
  }
  return false;
}

export const deleteTriggersOf = (model: SchemaModel, table: Table): Trigger[] =>
  model.triggers.filter((trigger) => sameName(trigger.table, table.name) && !isReserved(trigger.name) && firesOnDelete(trigger));

const losing = ({ counts, target, params }: Facts): Table[] =>
  counts.tables
    .filter(({ table, removed }) => removed > 0 && (table === target || params.dependents === 'clear'))
    .map(({ table }) => table);

const triggers = (facts: Facts): Hazard[] =>
  losing(facts).flatMap((table) =>
    deleteTriggersOf(facts.model, table).map((trigger) =>
      hazard(
        'warning',
        'trigger_fires',
        table.name,
        `The trigger ${trigger.name} fires for each row of ${table.name} that goes. What it does to other rows is not predicted here.`,
        'Read it first. If it changes how many rows one of the tables above has, the job stops and nothing is changed.',
      ),
    ),
  );

function fullText(facts: Facts): Hazard[] {
  return losing(facts).flatMap((table) =>
    facts.model.tables.flatMap((virtual) => {
      if (virtual.module !== 'fts5') return [];
      const content = ftsContent(virtual.sql);
      if (content.kind !== 'external' || !sameName(content.table, table.name)) return [];
      const follows = deleteTriggersOf(facts.model, table).some(({ sql }) => mentions(sql, virtual.name));
      return follows
        ? [
            hazard(
              'note',
              'full_text_follows',
              virtual.name,
              `${virtual.name} indexes ${table.name} and follows by a trigger.`,
              'Nothing to do.',
            ),
          ]
        : [
            hazard(
              'warning',
              'full_text_stays',
              virtual.name,
              `${virtual.name} indexes ${table.name}, and no trigger tells it of rows that go: it will find rows that are gone.`,
              `Rebuild it afterwards: INSERT INTO ${virtual.name} (${virtual.name}) VALUES ('rebuild').`,
            ),
          ];
    }),
  );
}

const withoutIndex = (facts: Facts): Hazard[] =>
  facts.references.all
    .filter((reference) => losing(facts).includes(reference.parent) && !isIndexed(reference))
    .map((reference) =>
      hazard(
        'warning',
        'foreign_key_without_index',
        reference.child.name,
        `${viaText(reference)} has no index: for each row of ${reference.parent.name} that goes, all of ${reference.child.name} is read.`,
        'An index on the foreign key makes it fast.',
      ),
    );

function ofTarget({ target, params, counts }: Facts): Hazard[] {
  const { name } = target;
  const found: Hazard[] = [];
  const own = counts.tables.find(({ table }) => table === target);
  if (own?.before === 0) found.push(hazard('note', 'already_empty', name, `${name} has no rows.`, 'Nothing is lost.'));
  if (!params.safetyBackup)
    found.push(
      hazard('danger', 'no_safety_backup', name, 'No backup is taken first: there is no way back.', 'Leave `safetyBackup` on.'),
    );
  if (target.withoutRowid)
    found.push(
      hazard('note', 'without_rowid', name, `${name} is WITHOUT ROWID: its rows are removed by their key.`, 'Nothing to do.'),
    );
  if (target.autoincrement && !params.resetSequence)
    found.push(
      hazard(
        'note',
        'sequence_stays',
        name,
        `AUTOINCREMENT of ${name} goes on from where it is.`,
        'See `resetSequence` to begin again at 1.',
      ),
    );
  return found;
}

/** As a plan has them. Tables that only refer, and lose nothing, are left out. */
export const predictedTables = ({ counts, target }: Pick<Facts, 'counts' | 'target'>): PredictedTable[] =>
  counts.tables
    .filter(({ table, removed, changed }) => table === target || removed > 0 || changed > 0)
    .map(({ table, before, removed, changed, via }) => ({
      table: table.name,
      before,
      removed,
      changed,
      after: before - removed,
      via: via.length === 0 ? null : via.map(viaText).join('; '),
    }));
