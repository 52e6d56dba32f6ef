/**
 * A plan's rehearsal: the live schema with some of its rows in scratch, the plan run on it as D1 would run it, the result held against the
 * target, and the way back held against the start. What fails here does not get near the database.
 */
import { diffSchemas } from '../core/schema/diff/diff.ts';
import { renameSchema } from '../core/schema/diff/rename-model.ts';
import { sameName } from '../core/schema/names.ts';
import { identifier } from '../core/sql/quote.ts';
import type { Database } from '../database/database.ts';
import { introspect } from '../database/introspect.ts';
import type { Scratch } from '../database/scratch.ts';
import type { PlanStatement, Rehearsal } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { Rename, SchemaDef, TableDef } from '../protocol/schema.ts';
import { type Columns, type Fingerprint, fingerprints, samePrint } from './fingerprint.ts';
import { definitionOf } from './live.ts';

export interface Rehearsed {
  readonly live: SchemaDef;
  readonly target: SchemaDef;
  readonly renames: readonly Rename[];
  /** Ids of columns whose values the plan makes anew. */
  readonly filled: ReadonlySet<string>;
  readonly statements: readonly PlanStatement[];
  readonly inverse: readonly PlanStatement[] | null;
}

type Finding = Rehearsal['findings'][number];
/** Of one table: what its rows must still be afterwards, and where they are then. */
interface Kept {
  readonly before: Columns;
  readonly after: Columns;
}

/** Builds the live schema in an empty scratch database, with rows. Answers how many. */
export type Load = (scratch: Scratch) => Promise<number>;

/** `scratch` gives a fresh stub each time: one that failed stays broken. It is left empty. */
export async function rehearse(scratch: () => Scratch, load: Load, plan: Rehearsed, clock: () => number): Promise<Rehearsal> {
  const startedAt = clock();
  const findings: Finding[] = [];
  let rows = 0;
  let inverseProven: boolean | null = null;
  try {
    await scratch().wipe();
    rows = await load(scratch());
    const start = definitionOf(await introspect(scratch())).schema;
    // Those that were broken before are nobody's news.
    const broken = new Set((await brokenViews(scratch, start)).map(({ name }) => name));
    const kept = keptOf(plan);
    const before = await fingerprints(
      scratch(),
      kept.map(({ before: where }) => where),
    );
    findings.push(...(await attempt(scratch, plan.statements, 'statement_failed')));
    if (findings.length === 0) {
      findings.push(...(await schemaFindings(scratch(), plan.target, 'result_differs')));
      findings.push(
        ...(await brokenViews(scratch, plan.target)).filter(({ name }) => !broken.has(name)).map(({ finding }) => finding),
      );
      findings.push(
        ...rowFindings(
          kept,
          before,
          await fingerprints(
            scratch(),
            kept.map(({ after }) => after),
          ),
          'rows_differ',
        ),
      );
    }
    if (findings.length === 0 && plan.inverse !== null) {
      const back = await wayBack(scratch, plan.inverse, start, kept, before);
      inverseProven = back.length === 0;
      findings.push(...back);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    findings.push({ code: 'rehearsal_broken', message: textOf(error) });
  } finally {
    await scratch().wipe();
  }
  const failed = findings.some(({ code }) => !code.startsWith('inverse_'));
  return { state: failed ? 'failed' : 'passed', tookMs: clock() - startedAt, rows, inverseProven, findings };
}

async function wayBack(
  scratch: () => Scratch,
  inverse: readonly PlanStatement[],
  start: SchemaDef,
  kept: readonly Kept[],
  before: readonly Fingerprint[],
): Promise<Finding[]> {
  const failed = await attempt(scratch, inverse, 'inverse_failed');
  if (failed.length > 0) return failed;
  const after = await fingerprints(
    scratch(),
    kept.map(({ before: where }) => where),
  );
  return [
    ...(await schemaFindings(scratch(), start, 'inverse_differs')),
    ...rowFindings(kept, before, after, 'inverse_rows_differ'),
  ];
}

/** Step by step, each one transaction. Stops at the first that fails. */
async function attempt(scratch: () => Scratch, statements: readonly PlanStatement[], code: string): Promise<Finding[]> {
  for (const [step, some] of Map.groupBy(statements, (statement) => statement.step)) {
    try {
      await scratch().enforced(some.map(({ sql }) => ({ sql })));
    } catch (error) {
      return [{ code, message: `Step ${step + 1}: ${textOf(error)}` }];
    }
  }
  return [];
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function schemaFindings(scratch: Database, wanted: SchemaDef, code: string): Promise<Finding[]> {
  const { schema } = definitionOf(await introspect(scratch));
  const { rows } = diffSchemas({ schema: wanted, live: schema, migrations: null, canSay: () => true });
  return rows
    .filter(({ state }) => state !== 'match')
    .map(({ id, state, differences }) => ({
      code,
      message: `${id} is ${state}${differences.map(({ aspect, schema: want, live }) => ` (${aspect}: ${live} and not ${want})`).join('')}.`,
    }));
}

/** Views that nobody can read: SQLite notices only when somebody does. */
async function brokenViews(scratch: () => Scratch, { views }: SchemaDef): Promise<{ name: string; finding: Finding }[]> {
  const broken = [];
  for (const { name } of views) {
    const why = await unreadable(scratch(), name);
    if (why !== null)
      broken.push({ name, finding: { code: 'view_broken', message: `Nobody could read the view ${name} any more: ${why}` } });
  }
  return broken;
}

async function unreadable(scratch: Database, view: string): Promise<string | null> {
  try {
    await scratch.query(`SELECT count(*) FROM (SELECT * FROM ${identifier(view)} LIMIT 1)`);
    return null;
  } catch (error) {
    return textOf(error);
  }
}

/** Tables that stay, with the columns whose values must stay as they are. */
function keptOf({ live, target, renames, filled }: Rehearsed): Kept[] {
  const renamed = renameSchema(live, renames);
  return live.tables.flatMap((table, n) => {
    const moved = renamed.tables[n] as TableDef;
    const after = target.tables.find(({ name }) => sameName(name, moved.name));
    if (after === undefined) return [];
    const columns = table.columns.flatMap((column, place) => {
      const to = after.columns.find(({ name }) => sameName(name, moved.columns[place]?.name ?? ''));
      const same = to !== undefined && to.affinity === column.affinity && after.strict === table.strict;
      const made = column.generated !== null || to?.generated !== null;
      return same && !made && !isFilled(filled, after.name, to.name) ? [{ from: column.name, to: to.name }] : [];
    });
    return [
      {
        before: { table: table.name, columns: columns.map(({ from }) => from) },
        after: { table: after.name, columns: columns.map(({ to }) => to) },
      },
    ];
  });
}

const isFilled = (filled: ReadonlySet<string>, table: string, column: string): boolean =>
  [...filled].some((id) => sameName(id, `column:${table}.${column}`));

const rowFindings = (
  kept: readonly Kept[],
  before: readonly Fingerprint[],
  after: readonly Fingerprint[],
  code: string,
): Finding[] =>
  kept.flatMap(({ after: { table } }, n) =>
    samePrint(before[n], after[n]) ? [] : [{ code, message: `The rows of ${table} are not what they were.` }],
  );
