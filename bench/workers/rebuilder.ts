/**
 * A Worker that rebuilds a table that another refers to, on D1: `?way=make&n=…` fills both, `?way=rebuild&n=…` runs the planner's batch
 * and answers how many milliseconds that took; `?way=common&n=…` runs the recipe in common use, which loses the children's rows.
 */
import { schemaOf } from '../../worker/core/schema/ddl/index.ts';
import { changesBetween } from '../../worker/core/schema/plan/changes.ts';
import { planChanges } from '../../worker/core/schema/plan/plan.ts';
import { countId, probesFor } from '../../worker/core/schema/plan/probes.ts';

interface Env {
  readonly DB: D1Database;
}

const PARENT = 'CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT, filler TEXT)';
const STRICTER = 'CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, filler TEXT)';
const CHILD = 'CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE, note TEXT)';
const INDEX = 'CREATE INDEX children_by_parent ON children(parent)';
/** What a plan's counts go through: as in every managed database. */
const EXPECT = `CREATE TABLE IF NOT EXISTS _lk_expect (kind TEXT NOT NULL, n INTEGER NOT NULL, holds INTEGER,
  CONSTRAINT _lk_expect_basis CHECK (kind <> 'basis' OR coalesce(holds, 0) = 1),
  CONSTRAINT _lk_expect_count CHECK (kind <> 'count' OR coalesce(holds, 0) = 1))`;
const series = (n: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${n})`;

const entry = (type: string, name: string, table: string, sql: string) => ({ type, name, table, sql });
const model = (parent: string) =>
  schemaOf([
    entry('table', 'parents', 'parents', parent),
    entry('table', 'children', 'children', CHILD),
    entry('index', 'children_by_parent', 'children', INDEX),
  ]).schema;

function statements(n: number): string[] {
  const changes = changesBetween(model(PARENT), model(STRICTER));
  const answers = new Map(probesFor(changes).map(({ id, kind }) => [id, kind === 'violations' ? [] : [[n]]]));
  answers.set(countId('parents'), [[n]]).set(countId('children'), [[n]]);
  return planChanges({ changes, answers }).statements.map(({ sql }) => sql);
}

const COMMON = [
  'PRAGMA foreign_keys = OFF',
  STRICTER.replace('parents', '__new_parents'),
  'INSERT INTO __new_parents SELECT id, name, filler FROM parents',
  'DROP TABLE parents',
  'ALTER TABLE __new_parents RENAME TO parents',
  'PRAGMA foreign_keys = ON',
];

const run = (env: Env, sql: readonly string[]) => env.DB.batch(sql.map((text) => env.DB.prepare(text)));

async function make(env: Env, n: number): Promise<void> {
  await run(env, ['DROP TABLE IF EXISTS children', 'DROP TABLE IF EXISTS parents', EXPECT, PARENT, CHILD, INDEX]);
  await run(env, [
    `INSERT INTO parents ${series(n)} SELECT i, 'name ' || i, hex(zeroblob(20)) FROM s`,
    `INSERT INTO children ${series(n)} SELECT i, 1 + (i * 7919) % ${n}, 'note ' || i FROM s`,
  ]);
}

/** `milliseconds parents children`. */
async function timed(env: Env, sql: readonly string[]): Promise<string> {
  const startedAt = Date.now();
  await run(env, sql);
  const ms = Date.now() - startedAt;
  const counts = await env.DB.prepare('SELECT (SELECT count(*) FROM parents) AS p, (SELECT count(*) FROM children) AS c').first();
  return `${ms} ${counts?.p} ${counts?.c}`;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const n = Number(searchParams.get('n') ?? '1');
    try {
      switch (searchParams.get('way')) {
        case 'make':
          await make(env, n);
          return new Response('made');
        case 'rebuild':
          return new Response(await timed(env, statements(n)));
        case 'common':
          return new Response(await timed(env, COMMON));
      }
      return new Response('no such way', { status: 404 });
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
