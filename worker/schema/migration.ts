/** A migration file for what the drafts ask for beyond the migrations that there are. */
import type { DatabaseCatalog } from '../catalog.ts';
import { drizzleCanSay } from '../core/drizzle/expressible.ts';
import { migrationFiles, migrationName } from '../core/drizzle/migration.ts';
import { patchOf } from '../core/drizzle/patch.ts';
import type { DrizzleRead } from '../core/drizzle/read.ts';
import { diffSchemas } from '../core/schema/diff/diff.ts';
import { targetOf } from '../core/schema/diff/wanted.ts';
import { changesBetween, isNothing } from '../core/schema/plan/changes.ts';
import { planChanges } from '../core/schema/plan/plan.ts';
import { type Answers, type Probe, probesFor } from '../core/schema/plan/probes.ts';
import { Refusal } from '../protocol/problem.ts';
import type { MigrationFiles, SchemaDef } from '../protocol/schema.ts';

export interface MigrationRequest {
  readonly name: string | null;
  readonly nowMs: number;
  readonly id: string;
}

/** `history`: what the migrations give. Throws `nothing_to_do`, or `plan_blocked` when a migration alone cannot do it. */
export function draftedMigration(
  catalog: DatabaseCatalog,
  read: DrizzleRead,
  history: SchemaDef,
  { name, nowMs, id }: MigrationRequest,
): MigrationFiles {
  const folder = catalog.folders[0];
  if (folder === undefined) throw new Refusal('not_found', 'This database has no folder of migrations in db/databases.ts.');
  const sides = { schema: read.schema, live: history, migrations: history, canSay: drizzleCanSay };
  const { rows } = diffSchemas(sides);
  const open = rows.filter(({ state, change }) => state !== 'match' && change !== 'none');
  const { target } = targetOf({ ...sides, rows: open.map((row) => row.id) });
  const changes = changesBetween(history, target);
  if (isNothing(changes))
    throw new Refusal('nothing_to_do', 'The migrations already give what the schema files say.', {
      hint: 'Change a schema file first.',
    });
  const { statements, hazards } = planChanges({ changes, answers: anyRows(probesFor(changes)) });
  const stop = hazards.find(({ level }) => level === 'stop');
  if (stop) throw new Refusal('plan_blocked', stop.message, { hint: stop.hint });
  const made = migrationFiles({
    folder,
    existing: catalog.migrations.filter((migration) => migration.folder === folder.folder),
    statements: statements.map(({ sql }) => sql),
    model: read.model,
    name: name ?? migrationName(open),
    nowMs,
    id,
  });
  const before = new Map(folder.journal === null ? [] : [[`${folder.folder}/meta/_journal.json`, folder.journal]]);
  const normal = (path: string) => path.replace(/^\.\//, '');
  const known = new Map([...before].map(([path, text]) => [normal(path), text]));
  const patch = patchOf(
    made.files.map(({ path, text }) => ({ path: normal(path), before: known.get(normal(path)) ?? null, after: text })),
  );
  return { tag: made.tag, files: made.files.map(({ path, text }) => ({ path: normal(path), text })), patch };
}

/** Nobody knows the rows of every database that it will run on: some, and none of them in the way. */
const anyRows = (probes: readonly Probe[]): Answers =>
  new Map(probes.map(({ id, kind }) => [id, kind === 'violations' ? [] : [[1]]]));
