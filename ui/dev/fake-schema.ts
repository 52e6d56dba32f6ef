/** The fake server's schema of one database: invented differences, plans for them, drafts, and the routes to all of it. */
import type { Me } from '../../worker/protocol/access.ts';
import type { Plan } from '../../worker/protocol/plan.ts';
import {
  AdoptRequest,
  type DiffRow,
  type MigrationFiles,
  type RenameCandidate,
  type SchemaDiff,
} from '../../worker/protocol/schema.ts';
import { type Answer, ok, refused } from './fake-answer.ts';
import type { FakeDatabase } from './fake-database.ts';
import { FakeDrafts, PEOPLE } from './fake-drafts.ts';
import { demand } from './fake-grants.ts';
import type { FakeLive } from './fake-live.ts';
import type { FakePlans } from './fake-plans.ts';
import { differingRows, RENAMES, synced } from './fake-schema-rows.ts';
import { syncPlan } from './fake-sync.ts';
import { iso } from './fixtures.ts';

export class FakeSchema {
  rows: DiffRow[];
  renames: RenameCandidate[];
  warnings: string[] = [];
  readonly drafts = new FakeDrafts();
  private readonly live: FakeLive;
  private readonly plans: FakePlans;
  private readonly database: string;

  constructor(live: FakeLive, plans: FakePlans, database: string, empty: boolean) {
    this.live = live;
    this.plans = plans;
    this.database = database;
    this.rows = empty ? [] : differingRows();
    this.renames = empty ? [] : [...RENAMES];
    plans.planners['schema.sync'] = (params) => syncPlan(this.rows, params, database);
  }

  diff(): SchemaDiff {
    const counts = { match: 0, mismatch: 0, missing: 0, extra: 0 };
    for (const { state } of this.rows) counts[state] += 1;
    const { database, rows, renames, warnings } = this;
    return { database, takenAt: iso(Date.now()), basis: this.plans.basis, rows, renames, counts, warnings };
  }

  /** What a finished sync leaves behind. */
  apply({ params }: Plan): void {
    const ids = params.rows as string[] | undefined;
    const renamed = (params.renames as { table: string; from: string; to: string }[] | undefined) ?? [];
    const about = new Set(renamed.flatMap(({ table, from, to }) => [`column:${table}.${from}`, `column:${table}.${to}`]));
    const done = (row: DiffRow) => about.has(row.id) || (ids === undefined ? row.additive : ids.includes(row.id));
    this.become(this.rows.map((row) => (done(row) ? synced(row) : row)).filter((row) => row !== null));
    this.renames = this.renames.filter(({ to }) => this.rows.some(({ name, state }) => name === to && state !== 'match'));
  }

  /** Somebody changed it, by whatever way. */
  become(rows: DiffRow[]): void {
    this.rows = rows;
    this.changed();
  }

  changed(): void {
    this.plans.changeBasis();
    this.live.record('schema.changed', null, 'the schema changed', {});
  }

  tellDraft(): void {
    this.live.record('schema.changed', null, 'a draft changed', {});
  }

  migration(name: string): MigrationFiles {
    const tag = `0003_${name === '' ? 'add_customers_newsletter' : name}`;
    const sql = "ALTER TABLE `customers` ADD `newsletter` text DEFAULT 'no' NOT NULL;\n";
    return {
      tag,
      files: [
        { path: `db/migrations/${tag}.sql`, text: sql },
        {
          path: 'db/migrations/meta/_journal.json',
          text: `{\n  "version": "7",\n  "dialect": "sqlite",\n  "entries": [{ "idx": 3, "tag": "${tag}" }]\n}\n`,
        },
      ],
      patch: `--- /dev/null\n+++ b/db/migrations/${tag}.sql\n@@ -0,0 +1 @@\n+${sql}`,
    };
  }
}

export function schema(database: FakeDatabase, me: Me, call: string, url: URL, body: Record<string, unknown>): Answer {
  const keeper = database.schema;
  const { drafts } = keeper;
  const path = url.searchParams.get('path') ?? '';
  if (!call.startsWith('GET')) demand(me, database.name, call.endsWith('/accept') ? 'admin' : 'operator');
  switch (call) {
    case 'GET schema/diff':
      return ok(keeper.diff());
    case 'GET schema/code':
      return ok({ text: database.scenario === 'empty' ? '' : PEOPLE });
    case 'GET schema/files':
      return ok({ items: database.scenario === 'empty' ? [] : drafts.files });
    case 'GET schema/drafts':
      return ok({ items: drafts.versions.get(path) ?? [], nextCursor: null });
    case 'GET schema/drafts/diff':
      return ok(keeper.diff());
    case 'GET schema/drafts/patch':
      return ok(drafts.patch());
    case 'PUT schema/drafts':
      return told(keeper, drafts.save(body, me.subject));
    case 'POST schema/drafts/accept':
      return told(keeper, drafts.end(String(body.path), Number(body.n), 'accepted'));
    case 'POST schema/drafts/discard':
      return told(keeper, drafts.end(String(body.path), Number(body.n), 'discarded'));
    case 'POST schema/drafts/migration':
      return ok(keeper.migration(String(body.name ?? '')));
    case 'POST schema/adopt': {
      const { rows, save } = AdoptRequest.parse(body);
      const patch = drafts.adopt(rows, save, me.subject);
      return save ? told(keeper, patch) : ok(patch);
    }
    default:
      throw refused('not_found');
  }
}

/** A draft is a change that others see, but no plan becomes void by it. */
function told(keeper: FakeSchema, value: unknown): Answer {
  keeper.tellDraft();
  return ok(value);
}
