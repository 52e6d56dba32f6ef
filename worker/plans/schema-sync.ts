/** `schema.sync`: what brings the database to the code, asked of the rows that are there and rehearsed in scratch. */
import { catalogOf } from '../catalog.ts';
import { drizzleCanSay } from '../core/drizzle/expressible.ts';
import type { Sides } from '../core/schema/diff/code.ts';
import { targetOf } from '../core/schema/diff/wanted.ts';
import { changesBetween, isNothing, type SchemaChanges } from '../core/schema/plan/changes.ts';
import { MAX_ROW_WRITES, type PlannedChanges, planChanges } from '../core/schema/plan/plan.ts';
import { type Answers, countId, probesFor, valuesId } from '../core/schema/plan/probes.ts';
import { identifier } from '../core/sql/quote.ts';
import type { Database } from '../database/database.ts';
import type { Hazard, Rehearsal, StoredPlan } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { SchemaDef } from '../protocol/schema.ts';
import { SyncParams } from '../protocol/schema.ts';
import { lintPlan } from '../schema/lint.ts';
import { definitionOf } from '../schema/live.ts';
import { type Load, rehearse } from '../schema/rehearse.ts';
import { replay } from '../schema/replay.ts';
import { loadBackup, loadSample } from '../schema/sample.ts';
import type { PlanContext, Planner } from './planner.ts';

/** Probes that one batch asks: each may scan a table, and a batch has 30 seconds. */
const PROBES_AT_ONCE = 20;
/** More names than this are not typed: the database's own name is. */
const MOST_NAMES = 3;

/** Tests want rebuilds in slices without millions of rows. */
export const syncPlanner = (maxRowWrites: number): Planner<SyncParams> & { readonly kind: 'schema.sync' } => ({
  kind: 'schema.sync',
  role: 'operator',
  params: SyncParams,
  onTheSpot: false,
  async plan(context) {
    const { model, params, database } = context;
    const { schema: live } = definitionOf(model);
    const target = await chosenTarget(context, live);
    const changes = changesBetween(live, target, params.renames);
    if (isNothing(changes)) throw new Refusal('nothing_to_do', 'Nothing of what was chosen differs.');
    const answers = await ask(database, changes, params.fill);
    const limits = { maxRowWrites };
    const changed = planChanges({ changes, answers, fill: params.fill, silence: params.silence, limits });
    const room = await roomHazards(database, changed);
    const linted = lintPlan(changed.statements, live, rowsOf(live, answers), params.silence);
    const known = new Set(changed.hazards.map(({ code, table, column }) => JSON.stringify([code, table, column])));
    const planned = {
      ...changed,
      hazards: [
        ...changed.hazards,
        ...room,
        ...linted.filter(({ code, table, column }) => !known.has(JSON.stringify([code, table, column]))),
      ],
    };
    const counted = { ...planned, expectations: [...planned.expectations, ...lostValues(changes, answers, planned)] };
    return stored(context, counted, await rehearsal(context, changes, planned));
  },
  jobParams: ({ id }) => ({ planId: id }),
});

export const schemaSync = syncPlanner(MAX_ROW_WRITES);

/** The live schema with what was chosen settled as the code wants it. */
async function chosenTarget({ databaseName, scratch, params }: PlanContext<SyncParams>, live: SchemaDef): Promise<SchemaDef> {
  const catalog = catalogOf(databaseName);
  const { schema: migrations } = await replay(scratch, catalog.migrations);
  const sides: Sides = { schema: catalog.schema, live, migrations, canSay: drizzleCanSay };
  const { target, problems } = targetOf({ ...sides, ...(params.rows ? { rows: params.rows } : {}), renames: params.renames });
  if (problems.length > 0) throw new Refusal('unknown_diff_row', problems.map(({ message }) => message).join(' '));
  return target;
}

async function ask(database: Database, changes: SchemaChanges, fill: SyncParams['fill']): Promise<Answers> {
  const probes = probesFor(changes, fill);
  const answers = new Map<string, readonly (readonly unknown[])[]>();
  for (let at = 0; at < probes.length; at += PROBES_AT_ONCE) {
    const some = probes.slice(at, at + PROBES_AT_ONCE);
    const results = await database.batch(some.map(({ sql }) => ({ sql })));
    some.forEach(({ id }, n) => {
      answers.set(id, results[n]?.rows ?? []);
    });
  }
  return answers;
}

/** What a database may have on D1, whatever one pays. */
const MAX_DATABASE_BYTES = 10_000_000_000;

/** A rebuild in slices holds both copies for a while. How much of the database they are nobody knows without reading it all. */
async function roomHazards(database: Database, { statements }: PlannedChanges): Promise<Hazard[]> {
  if (!statements.some(({ slice }) => slice?.table)) return [];
  const bytes = await database.size();
  if (bytes * 2 <= MAX_DATABASE_BYTES) return [];
  const message = `The database has ${(bytes / 1e9).toFixed(1)} GB, and D1 holds 10 GB: there may be no room for the copies.`;
  const hint = 'Should it become full, the job fails and everything is as it was; until then nobody can write. Make room first.';
  return [{ code: 'room_may_lack', level: 'warning', message, hint, table: null, column: null, samples: [] }];
}

/** As far as they were counted. */
const rowsOf = ({ tables }: SchemaDef, answers: Answers): Record<string, number> =>
  Object.fromEntries(
    tables.flatMap(({ name }) => {
      const count = answers.get(countId(name))?.[0]?.[0];
      return count === undefined ? [] : [[name, Number(count)]];
    }),
  );

/**
 * S2 for columns that go, which no statement counts itself: as many values as the plan has told of, in the batch that drops them. Data is no
 * part of the basis, so that without this a column that was empty would take along whatever has come since.
 */
function lostValues({ altered }: SchemaChanges, answers: Answers, { statements }: PlannedChanges): PlannedChanges['expectations'] {
  return altered.flatMap(({ from, dropped }) =>
    dropped.flatMap(({ name, generated }) => {
      const values = answers.get(valuesId(from.name, name))?.[0]?.[0];
      if (generated || values === undefined) return [];
      const [table, column] = [identifier(from.name), identifier(name)];
      const going = [`ALTER TABLE ${table} DROP COLUMN ${column}`, `DROP TABLE ${table}`];
      const found = `SELECT count(${column}) FROM ${table}`;
      const wanted = { text: String(values), found };
      const steps = new Set(statements.filter(({ sql }) => going.includes(sql)).map(({ step }) => step));
      const expected = {
        kind: 'count' as const,
        what: `Values of ${from.name}.${name}`,
        sql: `(${found}) = ${Number(values)}`,
        wanted,
      };
      return [...steps].map((step) => ({ step, ...expected }));
    }),
  );
}

/** What cannot be started need not be tried. */
async function rehearsal(context: PlanContext<SyncParams>, changes: SchemaChanges, planned: PlannedChanges): Promise<Rehearsal> {
  if (planned.hazards.some(({ level }) => level === 'stop'))
    return { state: 'not-needed', tookMs: 0, rows: 0, inverseProven: null, findings: [] };
  const { live, target } = changes;
  const { scratch, params, now } = context;
  const rehearsed = {
    live,
    target,
    renames: params.renames,
    filled: new Set(Object.keys(params.fill)),
    statements: planned.statements,
    inverse: planned.lossless ? planned.inverse : null,
  };
  return rehearse(scratch, await loaderOf(context), rehearsed, () => now().getTime());
}

/** Some rows of every table, or all rows of the newest backup. */
async function loaderOf({ database, databaseName, archive, model, params, newestBackup }: PlanContext<SyncParams>): Promise<Load> {
  if (!params.fullRehearsal) return (scratch) => loadSample(database, scratch, model);
  const backupId = await newestBackup();
  if (backupId === null)
    throw new Refusal('backup_not_found', 'There is no backup of the whole database to rehearse on.', {
      hint: 'Make an export of all tables first.',
    });
  return (scratch) => loadBackup(archive, databaseName, backupId, scratch, model);
}

function stored({ databaseName, params }: PlanContext<SyncParams>, planned: PlannedChanges, rehearsed: Rehearsal): StoredPlan {
  const { statements, hazards, predicted, expectations } = planned;
  const additive =
    statements.every(({ risk }) => risk === 'safe' || risk === 'slow') && predicted.rowsRemoved === 0 && predicted.hold === null;
  const lost = [
    ...new Set(hazards.filter(({ code }) => code.startsWith('loses_')).flatMap(({ table, column }) => column ?? table ?? [])),
  ];
  const safetyBackup = predicted.safetyBackup && params.safetyBackup;
  // A small backup is read in one batch and takes no hold itself: what is written between it and the change would be in neither.
  const hold = predicted.hold ?? (safetyBackup ? 'read-only' : null);
  return {
    params: { ...params },
    needs: additive ? 'operator' : 'admin',
    statements,
    hazards,
    predicted: { ...predicted, hold, safetyBackup },
    expectations: expectations.map(({ step, what, sql, wanted }) => ({ step, what, sql, wanted })),
    confirm: additive ? null : lost.length > 0 && lost.length <= MOST_NAMES ? lost.join(', ') : databaseName,
    rehearsal: rehearsed,
  };
}
