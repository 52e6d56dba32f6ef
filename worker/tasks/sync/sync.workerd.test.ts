/**
 * A rebuild in slices, on D1 itself: `orders`, and the four tables that refer to it, each by a key of another sort (CASCADE, RESTRICT,
 * composite), with triggers, views, AUTOINCREMENT, generated columns, STRICT and WITHOUT ROWID.
 */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../../catalog.ts';
import { d1Hand } from '../../core/schema/testing/d1.ts';
import { contentsOf } from '../../core/schema/testing/exam.ts';
import { databaseFailure } from '../../database/errors.ts';
import { FENCE_MESSAGE } from '../../database/fence.ts';
import type { BoundPlan } from '../../protocol/plan.ts';
import { statementsOf } from '../../schema/replay.ts';
import { syncTask } from '../schema-sync.ts';
import { StaleExecutor } from '../task.ts';
import {
  archive,
  bindings,
  database,
  differing,
  Journal,
  Lost,
  over,
  planned,
  type RunOptions,
  run,
  scratch,
} from './testing/journal.ts';

const series = (n: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${n})`;
const ROWS = [
  "INSERT INTO currencies (code, name, symbol) VALUES ('EUR', 'Euro', 'E')",
  `${series(20)} INSERT INTO customers (id, email, given_name, family_name) SELECT i, 'c' || i || '@example.com', 'g' || i, 'f' FROM s`,
  "INSERT INTO categories (id, name, slug) VALUES (1, 'all', 'all')",
  `${series(10)} INSERT INTO products (id, sku, title, price_cents) SELECT i, 'sku-' || i, 'Product ' || i, i * 100 FROM s`,
  `${series(60)} INSERT INTO orders (id, number, customer_id, status) SELECT i * 3, 'n-' || i, i % 20 + 1, CASE i % 7 WHEN 0 THEN 'cancelled' ELSE 'paid' END FROM s`,
  'INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_cents) SELECT id, 1, id % 10 + 1, 2, 150 FROM orders',
  'INSERT INTO order_items (order_id, line_no, product_id, unit_cents) SELECT id, 2, id % 10 + 1, 70 FROM orders WHERE id % 2',
  'INSERT INTO "order notes" ("order", "written at", text) SELECT id, placed_at, hex(id) FROM orders WHERE id % 5 < 2',
  "INSERT INTO payments (order_id, amount_nanos, ledger_position, method, signature, paid_at) SELECT id, 9007199254740993 + id, id, 'card', x'00ff', 1 FROM orders",
  "INSERT INTO returned_items (order_id, line_no, returned_on) SELECT order_id, line_no, '2026-01-01' FROM order_items WHERE line_no = 2",
  // What AUTOINCREMENT remembers is more than what is there.
  "INSERT INTO orders (id, number, customer_id) VALUES (900, 'gone', 1)",
  'DELETE FROM orders WHERE id = 900',
];

/** A column with a foreign key, which ALTER cannot drop. */
async function makeDifferent(): Promise<void> {
  const { migrations } = catalogOf('DB');
  await database.batch(migrations.flatMap(({ sql }) => statementsOf(sql)));
  await database.batch(ROWS.map((sql) => ({ sql })));
  await database.batch([{ sql: 'ALTER TABLE orders ADD COLUMN gift INTEGER REFERENCES products(id)' }]);
}

const hand = d1Hand(bindings.DB);
const SIZES = { firstRows: 25, maxRows: 25, wantedMs: 1_500 };
const inSlices = (plan: BoundPlan, journal: Journal, options: RunOptions = {}) => run(plan, journal, { sizes: SIZES, ...options });
const planOf = async () => planned({ rows: (await differing()).filter((id) => id.includes('gift')), safetyBackup: false }, 300);
const schema = async () =>
  (
    await database.query(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY 1, 2",
    )
  ).rows;
const ofOurs = async () =>
  (await database.query("SELECT name FROM sqlite_schema WHERE name LIKE '\\_lk\\_%' ESCAPE '\\' ORDER BY 1")).rows
    .map(([name]) => String(name))
    .filter((name) => !/^_lk_(guard|steps|expect|basis|fence)/.test(name));
const contents = () => contentsOf(hand);
const withoutGift = async () => contentsOf(hand, (table) => (table === 'orders' ? ORDERS : null));
const ORDERS = [
  'id',
  'number',
  'customer_id',
  'address_id',
  'coupon_code',
  'currency_code',
  'sold_by',
  'status',
  'total_cents',
  'placed_at',
  'shipped_at',
];

const wasLost = (error: unknown): null => {
  if (error instanceof Lost) return null;
  throw error;
};
/** Defaults of the clock differ from one setup to the next. */
const withoutTimes = (all: Record<string, string[]>) =>
  Object.fromEntries(
    Object.entries(all).map(([name, rows]) => [name, rows.map((row) => row.replaceAll(/text:32303236[0-9A-F]*/g, 'time'))]),
  );

/** Whatever else may be: no write of anybody else commits. */
async function refused(): Promise<void> {
  await expect(database.query("UPDATE orders SET number = number || 'x' WHERE id = 3")).rejects.toThrow(FENCE_MESSAGE);
  await expect(database.query('DELETE FROM order_items WHERE order_id = 9')).rejects.toThrow(FENCE_MESSAGE);
}
/** As nobody else could: through the fence. */
const slip = (sql: string) =>
  database.batch(['UPDATE _lk_guard SET pass = 1', sql, 'UPDATE _lk_guard SET pass = 0'].map((one) => ({ sql: one })));

beforeEach(async () => {
  await reset();
  await makeDifferent();
});

describe('a rebuild in slices', () => {
  test('S1, S2, S3, M2, M3: rows, values and sequences are kept, nobody writes meanwhile, the new tables are fenced, nothing of ours stays', async () => {
    const before = await withoutGift();
    const plan = await planOf();
    expect(plan.hazards.map(({ code }) => code)).toContain('rebuilt_in_slices');
    const journal = new Journal();
    journal.fenced = true;
    let asked = 0;
    journal.meanwhile = async (point) => {
      if (point === 'commit check' || point.startsWith('hold')) return;
      asked += 1;
      await refused();
    };
    expect(await inSlices(plan, journal)).toMatchObject({ outcome: 'done' });
    expect(asked).toBeGreaterThan(30);
    await refused();
    await over(journal);
    expect(await differing()).toEqual([]);
    expect(await withoutGift()).toEqual(before);
    expect(await ofOurs()).toEqual([]);
    expect((await database.query('PRAGMA foreign_key_check')).rows).toEqual([]);
    // Triggers and the sequence are alive.
    await database.query("INSERT INTO orders (number, customer_id) VALUES ('next', 1)");
    expect((await database.query("SELECT id FROM orders WHERE number = 'next'")).rows).toEqual([[901]]);
    await expect(database.query("UPDATE orders SET status = 'paid' WHERE status = 'cancelled'")).rejects.toThrow(/stays cancelled/);
    const copies = journal.steps.filter(({ progress }) => progress.phase === 'copy');
    expect(copies.at(-1)?.progress).toMatchObject({ unit: 'rows', total: before.orders?.length ? 60 + 90 + 24 + 60 + 30 : 0 });
  });

  test('J2, J3, S1: an executor lost before and after each of its calls, one after the other: each step lands once, no row is missing', async () => {
    const plan = await planOf();
    const before = await withoutGift();
    const journal = new Journal();
    const lost = new Set<string>();
    const fails = (point: string) => !lost.has(point) && Boolean(lost.add(point));
    let outcome: unknown = null;
    while (outcome === null) outcome = await inSlices(plan, journal, { fails }).catch(wasLost);
    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(lost.size).toBeGreaterThan(80);
    expect(new Set(journal.landed).size).toBe(journal.landed.length);
    expect(await withoutGift()).toEqual(before);
    expect(await ofOurs()).toEqual([]);
    expect(await differing()).toEqual([]);
  });

  test('J5: cancelled at each commit before the swap, everything is as it was; a retry copies what has come meanwhile, too', async () => {
    const plan = await planOf();
    const [before, live] = [await contents(), await schema()];
    const clean = new Journal();
    await inSlices(plan, clean);
    const names = clean.steps.map(({ name }) => name);
    const swapped = names.indexOf(clean.landed.find((name) => /^step \d+$/.test(name)) ?? '');
    expect(swapped).toBeGreaterThan(10);
    for (const [n, name] of names.slice(0, swapped).entries()) {
      if (n % 4 !== 1) continue;
      await reset();
      await makeDifferent();
      const journal = new Journal();
      journal.fenced = true;
      journal.verdict = (step) => (step === name ? 'cancel' : 'go-on');
      expect(await inSlices(plan, journal), name).toEqual({ outcome: 'cancelled' });
      await over(journal);
      expect(await ofOurs(), name).toEqual([]);
      expect([withoutTimes(await contents()), await schema()], name).toEqual([withoutTimes(before), live]);
      // The hold is over: anybody may write, before and behind where the copy was.
      await database.query("INSERT INTO orders (id, number, customer_id) VALUES (1, 'meanwhile', 1), (902, 'late', 2)");
      await database.query('DELETE FROM payments WHERE order_id = 9');
      journal.verdict = () => 'go-on';
      const now = await withoutGift();
      expect(await inSlices(plan, journal, { attempt: 2 }), name).toMatchObject({ outcome: 'done' });
      await over(journal);
      expect(await withoutGift(), name).toEqual(now);
      expect(await ofOurs(), name).toEqual([]);
    }
  }, 240_000);

  test('J5: between the swap and the last index it is not cancelled: a table without its unique indexes is not whole', async () => {
    const journal = new Journal();
    const plan = await planOf();
    journal.verdict = () => (journal.landed.some((name) => /^step \d+$/.test(name)) ? 'cancel' : 'go-on');
    expect(await inSlices(plan, journal)).toMatchObject({ outcome: 'done' });
    expect(await differing()).toEqual([]);
  });

  test('S2: a row that slips behind the copy stops the swap, and nothing is changed', async () => {
    const plan = await planOf();
    const journal = new Journal();
    journal.fenced = true;
    let slipped = false;
    journal.meanwhile = async (point) => {
      if (slipped || point !== 'commit copy payments, slice 1') return;
      slipped = true;
      await slip("INSERT INTO orders (id, number, customer_id) VALUES (1, 'slipped', 1)");
    };
    const live = await schema();
    await expect(inSlices(plan, journal)).rejects.toMatchObject({ code: 'count_mismatch' });
    await over(journal);
    expect(await ofOurs()).toEqual([]);
    expect(await schema()).toEqual(live);
    expect((await database.query('SELECT count(*) FROM orders')).rows).toEqual([[61]]);
    expect(await inSlices(plan, journal, { attempt: 2 })).toMatchObject({ outcome: 'done' });
    expect((await database.query('SELECT count(*) FROM orders')).rows).toEqual([[61]]);
  });

  test('S1, J5: a row that the new shape refuses, found in the middle: the job fails, everything is as it was, a retry goes on', async () => {
    const plan = await planOf();
    await database.batch(
      [
        'PRAGMA ignore_check_constraints = ON',
        "UPDATE orders SET status = 'nobody knows' WHERE id = 150",
        'PRAGMA ignore_check_constraints = OFF',
      ].map((sql) => ({ sql })),
    );
    const journal = new Journal();
    const [before, live] = [await contents(), await schema()];
    await expect(inSlices(plan, journal)).rejects.toThrow(/CHECK constraint failed: orders_status/);
    expect(journal.landed.some((name) => name.startsWith('undo'))).toBe(true);
    expect([await contents(), await schema(), await ofOurs()]).toEqual([before, live, []]);
    await database.query("UPDATE orders SET status = 'placed' WHERE id = 150");
    const now = await withoutGift();
    expect(await inSlices(plan, journal, { attempt: 2 })).toMatchObject({ outcome: 'done' });
    expect(await withoutGift()).toEqual(now);
  });

  test('J3: an executor that was given up for lost can neither copy nor swap', async () => {
    const plan = await planOf();
    const journal = new Journal();
    let second: Promise<unknown> | null = null;
    journal.meanwhile = async (point) => {
      if (second !== null || point !== 'effect step 2.2, attempt 1') return;
      second = inSlices(plan, journal);
      await second;
    };
    const before = await withoutGift();
    await expect(inSlices(plan, journal)).rejects.toThrow(StaleExecutor);
    expect(await second).toMatchObject({ outcome: 'done' });
    expect(await withoutGift()).toEqual(before);
    expect(new Set(journal.landed).size).toBe(journal.landed.length);
    expect(await ofOurs()).toEqual([]);
  });

  test('a database that has no room for both copies is warned of', async () => {
    const rows = (await differing()).filter((id) => id.includes('gift'));
    const codes = async (limit: number, bytes: number) =>
      (await planned({ rows, safetyBackup: false }, limit, bytes)).hazards.map(({ code, level }) => `${level} ${code}`);
    expect(await codes(300, 6e9)).toContain('warning room_may_lack');
    expect(await codes(300, 4e9)).not.toContain('warning room_may_lack');
    expect(await codes(2_000_000, 6e9)).not.toContain('warning room_may_lack');
  });

  test('J6: DDL while it is copied stops it, and its copies go', async () => {
    const plan = await planOf();
    const journal = new Journal();
    journal.meanwhile = async (point) => {
      if (point === 'effect step 3.1, attempt 1') await database.query('CREATE TABLE meanwhile (x)');
    };
    await expect(inSlices(plan, journal)).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await ofOurs()).toEqual([]);
  });

  test('slices that are too much for the database become smaller, quick ones larger', async () => {
    const plan = await planOf();
    const journal = new Journal();
    const limits: number[] = [];
    const hands = await journal.hands();
    const tight: typeof hands.effect = async (name, statements, expected) => {
      const [, limit] = / LIMIT (\d+)$/.exec(statements[0]?.sql ?? '') ?? [];
      if (limit !== undefined) limits.push(Number(limit));
      if (Number(limit) > 40)
        throw databaseFailure(new Error('D1 DB storage operation exceeded timeout which caused object to be reset.'), true);
      return hands.effect(name, statements, expected);
    };
    const job = { id: 'job_sync', database: 'DB', attempt: 1, startedAt: '2026-11-23T12:00:00.000Z' };
    const world = { job, params: {}, plan, cursor: null, database, archive, scratch, now: () => new Date(0) };
    const task = syncTask({ firstRows: 10, maxRows: 1_000, wantedMs: 1_000 });
    expect(await task.run({ ...world, hands: { ...hands, effect: tight } })).toMatchObject({ outcome: 'done' });
    expect(limits.slice(0, 5)).toEqual([10, 20, 40, 10, 20]);
    expect(Math.max(...limits)).toBeGreaterThan(40);
  });
});
