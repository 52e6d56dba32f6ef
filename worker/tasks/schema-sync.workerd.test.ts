/**
 * A sync that rebuilds a parent table, on D1 itself, with hands that fail before and after every call, one at a time: whatever was lost,
 * the schema ends as the code wants it, each step has landed once, and no row is missing (J2, J3, J6, S1, S3).
 */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../catalog.ts';
import { identifier } from '../core/sql/quote.ts';
import type { BoundPlan } from '../protocol/plan.ts';
import { statementsOf } from '../schema/replay.ts';
import { schemaSync } from './schema-sync.ts';
import { archive, database, differing, Journal, Lost, planned, run as runWith, scratch } from './sync/testing/journal.ts';

const run = (plan: BoundPlan, journal: Journal, fails?: (point: string) => boolean) =>
  runWith(plan, journal, fails ? { fails } : {});

/** A column that cannot be dropped in place, in a table that many refer to. */
async function makeDifferent(): Promise<void> {
  const { migrations } = catalogOf('DB');
  await database.batch(migrations.flatMap(({ sql }) => statementsOf(sql)));
  await database.batch([
    { sql: 'ALTER TABLE customers ADD COLUMN boss INTEGER REFERENCES customers(id) ON DELETE CASCADE' },
    { sql: 'DROP INDEX wishes_by_product' },
  ]);
}

const rowsOf = async (): Promise<string> => {
  const { rows } = await database.query(
    "SELECT name FROM pragma_table_list WHERE type = 'table' AND substr(name, 1, 1) NOT IN ('_') AND name NOT LIKE 'sqlite%'",
  );
  const counts = await database.batch(rows.map(([name]) => ({ sql: `SELECT count(*) AS c0 FROM ${identifier(String(name))}` })));
  return JSON.stringify(rows.map(([name], n) => [name, counts[n]?.rows[0]?.[0]]).sort());
};

beforeEach(async () => {
  await reset();
  await makeDifferent();
});

describe('schema.sync on D1', () => {
  test('S1, J2, J3: each call lost once, before and after: the same end, each step once', async () => {
    const chosen = (await differing()).filter((id) => id.includes('boss') || id.includes('wishes_by_product'));
    expect(chosen.length).toBeGreaterThanOrEqual(3);
    const points: string[] = [];
    await run(await planned({ rows: chosen, safetyBackup: false }), new Journal(), (point) => {
      points.push(point);
      return false;
    });
    expect(await differing()).toEqual([]);
    expect(points.length).toBeGreaterThan(6);
    for (const lost of new Set(points)) {
      await reset();
      await makeDifferent();
      const before = await rowsOf();
      const plan = await planned({ rows: chosen, safetyBackup: false });
      const journal = new Journal();
      let failed = false;
      const fails = (point: string) => {
        const now = !failed && point === lost;
        failed ||= now;
        return now;
      };
      await expect(run(plan, journal, fails), lost).rejects.toThrow(Lost);
      expect(await run(plan, journal), lost).toMatchObject({ outcome: 'done' });
      expect(await differing(), lost).toEqual([]);
      expect(new Set(journal.landed).size, lost).toBe(journal.landed.length);
      expect(await rowsOf(), lost).toBe(before);
    }
  });

  test.each(['after effect step 1', 'before commit step 1', 'after commit step 1'])(
    'J6: DDL between two steps stops the second one, also when the executor was lost %s',
    async (lost) => {
      await database.query('DROP INDEX payments_by_order');
      const made = await planned({ rows: ['index:wishes_by_product', 'index:payments_by_order'] });
      expect(made.statements).toHaveLength(2);
      const plan = { ...made, statements: made.statements.map((statement, step) => ({ ...statement, step })) };
      const journal = new Journal();
      await expect(run(plan, journal, (point) => point === lost)).rejects.toThrow(Lost);
      expect(journal.landed).toEqual(['step 1']);
      await database.query('CREATE TABLE meanwhile (id INTEGER PRIMARY KEY)');
      await expect(run(plan, journal)).rejects.toMatchObject({ code: 'plan_stale' });
      expect(journal.landed).toEqual(['step 1']);
      // Whoever takes it back lets the job go on.
      await database.query('DROP TABLE meanwhile');
      expect(await run(plan, journal)).toMatchObject({ outcome: 'done' });
      expect(journal.landed).toEqual(['step 1', 'step 2']);
    },
  );

  test('J6: DDL that comes with the answer of a step is not taken for its work', async () => {
    await database.query('DROP INDEX payments_by_order');
    const made = await planned({ rows: ['index:wishes_by_product', 'index:payments_by_order'] });
    const plan = { ...made, statements: made.statements.map((statement, step) => ({ ...statement, step })) };
    const journal = new Journal();
    const hands = await journal.hands(() => false);
    const effect: typeof hands.effect = async (...call) => {
      const effected = await hands.effect(...call);
      if (call[0] === 'step 1') await database.query('ALTER TABLE wishes ADD COLUMN meanwhile TEXT');
      return effected;
    };
    const job = { id: 'job_sync', database: 'DB', attempt: 1, startedAt: '2026-11-23T12:00:00.000Z' };
    const context = { job, params: {}, plan, cursor: null, database, archive, scratch, now: () => new Date() };
    await expect(schemaSync.run({ ...context, hands: { ...hands, effect } })).rejects.toMatchObject({ code: 'plan_stale' });
    expect(journal.landed).toEqual(['step 1']);
  });

  test('J6: DDL between the plan and its first step stops it before it touches anything', async () => {
    const plan = await planned({ rows: ['index:wishes_by_product'] });
    await database.query('CREATE TABLE meanwhile (id INTEGER PRIMARY KEY)');
    await expect(run(plan, new Journal())).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await differing()).toContain('index:wishes_by_product');
  });
});
