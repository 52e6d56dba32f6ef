/** Plans in words for a person, and how each stands. Pure; exhaustive: a new risk or level fails to compile here. */
import type { Hazard, Plan, PlanKind, PlanStatement, Risk } from '../../worker/protocol/plan.ts';
import { count, plural } from './format.ts';
import { MODE_NAMES, type Tone } from './words.ts';

export const PLAN_NAMES: Record<PlanKind, string> = { 'table.clear': 'Clear table', 'schema.sync': 'Sync schema' };

export const RISK_NAMES: Record<Risk, string> = {
  safe: 'Safe',
  slow: 'Slow',
  locks: 'Needs the fence',
  'loses data': 'Loses data',
};
export const RISK_TONES: Record<Risk, Tone> = { safe: 'good', slow: 'warn', locks: 'warn', 'loses data': 'bad' };
export const RISK_MEANINGS: Record<Risk, string> = {
  safe: 'Adds something, or drops what can be made again. No row is touched.',
  slow: 'Reads or writes many rows.',
  locks: 'Writes are refused while it runs.',
  'loses data': 'Rows or values are gone afterwards.',
};

export type HazardLevel = Hazard['level'];
export const HAZARD_NAMES: Record<HazardLevel, string> = {
  stop: 'Stops the plan',
  danger: 'Danger',
  warning: 'Warning',
  note: 'Note',
};
export const HAZARD_TONES: Record<HazardLevel, Tone> = { stop: 'bad', danger: 'bad', warning: 'warn', note: 'neutral' };
const HAZARD_ORDER: readonly HazardLevel[] = ['stop', 'danger', 'warning', 'note'];
export const worstFirst = (hazards: readonly Hazard[]): Hazard[] =>
  [...hazards].sort((a, b) => HAZARD_ORDER.indexOf(a.level) - HAZARD_ORDER.indexOf(b.level));

/** What says the same of several tables stands together: a chain of a dozen would fill the page. Worst first; rows that show one stay its own. */
export function remarksOf(hazards: readonly Hazard[]): (readonly [Hazard, ...Hazard[]])[] {
  const remarks = new Map<string, [Hazard, ...Hazard[]]>();
  for (const hazard of worstFirst(hazards)) {
    const { level, code, hint, table, column, samples } = hazard;
    const key = JSON.stringify([level, code, hint, samples.length === 0 && column === null ? null : [table, column]]);
    const same = remarks.get(key);
    if (same === undefined) remarks.set(key, [hazard]);
    else same.push(hazard);
  }
  return [...remarks.values()];
}

/** A remark can be answered with a reason. What stops the plan, or removes rows, cannot be talked away. */
export const canSilence = ({ level, code }: Hazard): boolean => level === 'warning' || code === 'narrowing_type';

/** The diff row that a hazard is about, as `SyncParams.fill` names it. */
export const columnId = (table: string, column: string): string =>
  `column:${table}.${column}`.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/**
 * The columns that can be given a value where rows have none, by an expression over the table's own columns; as `SyncParams.fill` names them.
 * An expression that was refused can be given anew. `given`: the columns that have one.
 */
export function fillIds({ code, table, column, message }: Hazard, given: readonly string[]): string[] {
  if (code === 'fill_invalid') return given.filter((id) => message.includes(id));
  return code === 'rows_violate_not_null' && table !== null && column !== null ? [columnId(table, column)] : [];
}

/**
 * - `used`: it has run, or runs now. `expired`, `void`: too old, or the database has changed since. `stopped`: a hazard forbids it.
 * - `unproven`: the rehearsal failed. `wanted`, `requested`, `declined`: a second person has to agree, is asked, said no.
 */
export type Standing = 'used' | 'expired' | 'void' | 'stopped' | 'unproven' | 'wanted' | 'requested' | 'declined' | 'ready';

/** What one has to know first, so the order counts: a plan that has run is no longer a plan that has expired. */
export function standingOf(
  plan: Pick<Plan, 'jobId' | 'expiresAt' | 'hazards' | 'rehearsal' | 'approval'>,
  nowMs: number,
): Standing {
  if (plan.jobId !== null) return 'used';
  if (Date.parse(plan.expiresAt) <= nowMs) return 'expired';
  if (plan.approval.state === 'void') return 'void';
  if (plan.hazards.some(({ level }) => level === 'stop')) return 'stopped';
  if (plan.rehearsal?.state === 'failed') return 'unproven';
  switch (plan.approval.state) {
    case 'wanted':
    case 'requested':
    case 'declined':
      return plan.approval.state;
    case 'not-needed':
    case 'approved':
      return 'ready';
  }
}

/** Nothing can make it startable but a new plan. */
export const isOver = (standing: Standing): boolean => ['used', 'expired', 'void', 'declined'].includes(standing);

/** Statements of one step run in one batch, which is one transaction. In order. */
export function batchesOf(statements: readonly PlanStatement[]): { readonly step: number; readonly statements: PlanStatement[] }[] {
  const batches = new Map<number, PlanStatement[]>();
  for (const statement of statements) {
    const batch = batches.get(statement.step);
    if (batch === undefined) batches.set(statement.step, [statement]);
    else batch.push(statement);
  }
  return [...batches].sort(([a], [b]) => a - b).map(([step, list]) => ({ step, statements: list }));
}

/** How the statements of a step are held together. */
export const holdsTogether = (statements: readonly PlanStatement[]): string =>
  statements.some(({ slice }) => slice?.table) ? 'in slices, each slice one transaction' : 'one transaction, all of it or nothing';

/** The whole of it as a script, batch by batch. Comments end at the line's end, so a reason must not hold one. */
export function scriptOf(statements: readonly PlanStatement[]): string {
  const batches = batchesOf(statements);
  const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
  return batches
    .map(({ step, statements: list }) => {
      const head =
        batches.length > 1
          ? `-- batch ${step + 1} of ${batches.length}: ${list.some(({ slice }) => slice?.table) ? 'in slices, each slice one transaction' : 'one transaction'}\n`
          : '';
      return head + list.map(({ sql, reason }) => `-- ${oneLine(reason)}\n${sql.replace(/;?\s*$/, '')};\n`).join('\n');
    })
    .join('\n');
}

const anyOf = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Columns that rows are given a value in: how many rows, no plan says. */
const filledBy = ({ fill }: Plan['params']): string[] =>
  typeof fill === 'object' && fill !== null ? Object.keys(fill).map((id) => id.replace(/^column:/, '')) : [];

/** What will happen, in sentences, the rows first. */
export function effectsInWords({ statements, predicted, params }: Pick<Plan, 'statements' | 'predicted' | 'params'>): string[] {
  const { rowsRemoved, rowsChanged, rowsRead, rowsWritten, hold, safetyBackup } = predicted;
  const batches = batchesOf(statements).length;
  const filled = filledBy(params);
  const untouched = filled.length === 0 ? 'No row is removed or changed.' : 'No row is removed.';
  const rows =
    rowsRemoved === 0 && rowsChanged === 0
      ? untouched
      : anyOf(
          [
            rowsRemoved > 0 ? `${plural(rowsRemoved, 'row')} ${rowsRemoved === 1 ? 'is' : 'are'} removed` : 'no row is removed',
            rowsChanged > 0 ? `${plural(rowsChanged, 'row')} ${rowsChanged === 1 ? 'is' : 'are'} changed.` : 'none is changed.',
          ].join(', '),
        );
  const losing = statements.filter(({ risk }) => risk === 'loses data').length;
  // A dropped column takes values along and no row: that must not read as good news.
  const lost =
    rowsRemoved > 0 || losing === 0
      ? []
      : [`Data is lost: ${plural(losing, 'statement drops', 'statements drop')} something with all that is in it.`];
  return [
    ...lost,
    rows,
    ...(filled.length === 0 ? [] : [`Rows get the value that you gave in ${filled.join(', ')}.`]),
    `${plural(statements.length, 'statement')} in ${batches === 1 ? 'one batch: all of it happens, or nothing' : plural(batches, 'batch', 'batches')}${statements.some(({ slice }) => slice?.table) ? ', rows copied in slices' : ''}.`,
    `D1 counts about ${count(rowsRead)} rows read and ${count(rowsWritten)} written.`,
    hold === null ? 'Nobody is shut out meanwhile.' : `The database is ${MODE_NAMES[hold].toLowerCase()} while it runs.`,
    safetyBackup ? 'A safety backup is taken first.' : 'No safety backup is taken.',
  ];
}
