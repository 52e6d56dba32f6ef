import { describe, expect, test } from 'vitest';
import { SIZES } from '../../core/clear/work.ts';
import { fenceState, lowerFence, raiseFence } from '../../database/fence.ts';
import { claim, effectOnce } from '../../database/guarded.ts';
import { MemoryArchive } from '../export/testing/harness.ts';
import type { Outcome } from '../task.ts';
import { ClearJob, planClear, runClear, StockDatabase } from './testing/world.ts';

const SLICED = { batchRows: 0, sliceWeight: 3 };
const shop = [
  'CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)',
  'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers ON DELETE RESTRICT)',
  'CREATE TABLE lines (o INTEGER REFERENCES orders(id) ON DELETE CASCADE, n INTEGER, PRIMARY KEY (o, n)) WITHOUT ROWID',
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, o INTEGER, n INTEGER, FOREIGN KEY (o, n) REFERENCES lines (o, n) ON DELETE SET NULL)',
  'CREATE TABLE other (x)',
  'WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 30) INSERT INTO customers SELECT i, hex(i) FROM s',
  'WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 50) INSERT INTO orders SELECT i, nullif(i % 40, 0) % 30 + 1 FROM s',
  'INSERT INTO lines SELECT id, id % 3 FROM orders WHERE id % 2',
  'INSERT INTO notes SELECT o * 10, o, n FROM lines WHERE o > 20',
  'INSERT INTO notes VALUES (1, NULL, 1), (2, 3, NULL)',
  'INSERT INTO other VALUES (1), (2)',
];

describe('J6, S2: table.clear removes what its plan says, and nothing else', () => {
  for (const [how, sizes] of [
    ['one batch', SIZES],
    ['slices', SLICED],
  ] as const)
    test(`a chain of any depth, in ${how}`, async () => {
      const database = new StockDatabase(shop);
      const plan = await planClear(database, { table: 'CUSTOMERS', dependents: 'clear' }, sizes);
      expect(plan.predicted.tables).toMatchObject([
        { table: 'customers', before: 30, removed: 30, changed: 0, after: 0, via: null },
        { table: 'orders', before: 50, removed: 49, after: 1, via: 'orders.customer → customers (RESTRICT)' },
        { table: 'lines', before: 25, removed: 25, after: 0, via: 'lines.o → orders (CASCADE)' },
        { table: 'notes', before: 17, removed: 15, after: 2, via: 'notes.o+n → lines (SET NULL)' },
      ]);
      const { outcome, job } = await runClear(database, plan, sizes);
      expect(outcome).toMatchObject({
        outcome: 'done',
        result: {
          rowsRemoved: 119,
          removed: { customers: 30, orders: 49, lines: 25, notes: 15 },
          left: { customers: 0, orders: 1 },
        },
      });
      expect(job.effects.length > 20).toBe(how === 'slices');
      expect(database.content()).toMatchObject({
        customers: [],
        lines: [],
        other: ['[1]', '[2]'],
        notes: ['[1,null,1]', '[2,3,null]'],
      });
    });
});

const codes = (hazards: readonly { code: string }[]) => hazards.map(({ code }) => code);
const series = (rows: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${rows})`;

describe('S2: rows that are not as predicted', () => {
  for (const [how, sizes] of [
    ['one batch', SIZES],
    ['slices', SLICED],
  ] as const)
    test(`that came before the job, in ${how}: nothing is changed`, async () => {
      const database = new StockDatabase(shop);
      const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, sizes);
      database.stock.exec('INSERT INTO orders (customer) VALUES (1)');
      const before = database.content();
      await expect(runClear(database, plan, sizes)).rejects.toMatchObject({
        code: 'count_mismatch',
        message: expect.stringContaining('orders: 50'),
      });
      expect(database.content()).toEqual(before);
    });

  test('that come after the look, through the fence: the batch itself sees them, whichever batch it is', async () => {
    const writes = await (async () => {
      const database = new StockDatabase(shop);
      let n = 0;
      const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, SLICED);
      database.beforeWrite = () => {
        n += 1;
      };
      await runClear(database, plan, SLICED);
      return n;
    })();
    expect(writes).toBeGreaterThan(20);
    for (let at = 3; at <= writes; at += 1) {
      const database = new StockDatabase(shop);
      const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, SLICED);
      let n = 0;
      database.beforeWrite = () => {
        n += 1;
        if (n !== at) return;
        database.stock.exec('UPDATE _lk_guard SET pass = 1');
        database.stock.exec("INSERT INTO customers VALUES (900, 'new')");
        database.stock.exec('INSERT INTO orders (id, customer) VALUES (900, 900)');
        database.stock.exec('UPDATE _lk_guard SET pass = 0');
      };
      await expect(runClear(database, plan, SLICED), `at write ${at}`).rejects.toMatchObject({ code: 'count_mismatch' });
      // Unless it came so late that only the proof could see it, the row that nobody had predicted is still there.
      expect(database.rows('SELECT count(*) FROM customers WHERE id = 900'), `at write ${at}`).toEqual([[1]]);
      expect(database.rows('SELECT count(*) FROM orders WHERE id = 900'), `at write ${at}`).toEqual([[1]]);
    }
  });
});

test('J6: a schema that changes between two slices stops the next one', async () => {
  const database = new StockDatabase(shop);
  const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, SLICED);
  let writes = 0;
  database.beforeWrite = () => {
    writes += 1;
    if (writes === 12) database.stock.exec('CREATE TABLE meanwhile (x)');
  };
  await expect(runClear(database, plan, SLICED)).rejects.toMatchObject({
    code: 'plan_stale',
    message: expect.stringContaining('The schema'),
  });
  expect(writes).toBe(12);
});

test('J2, J3: whatever is lost between any two steps, the next executor ends where one would have', async () => {
  const sizes = { batchRows: 0, sliceWeight: 40 };
  const after = new StockDatabase(shop);
  await runClear(after, await planClear(after, { table: 'customers', dependents: 'clear' }, sizes), sizes);
  // Each call of a job without a fault, lost before it is done and after.
  const clean = new StockDatabase(shop);
  const planned = await planClear(clean, { table: 'customers', dependents: 'clear', safetyBackup: true }, sizes);
  const { job: whole } = await runClear(clean, planned, sizes);
  const all = whole.effects.length + whole.committed.length + whole.backups.length;
  expect(all).toBeGreaterThan(20);
  for (const done of [false, true])
    for (let lost = 1; lost <= all; lost += 1) {
      let calls = 0;
      const database = new StockDatabase(shop);
      const plan = await planClear(database, { table: 'customers', dependents: 'clear', safetyBackup: true }, sizes);
      const job = new ClearJob(database);
      const archive = new MemoryArchive();
      for (const method of ['effect', 'commit', 'backup'] as const) {
        const real = job[method].bind(job) as (...args: unknown[]) => Promise<unknown>;
        const failing = async (...args: unknown[]) => {
          calls += 1;
          const here = calls === lost;
          if (here && !done) throw new Error('lost');
          const answer = await real(...args);
          if (here) throw new Error('lost');
          return answer;
        };
        Object.assign(job, { [method]: failing });
      }
      await expect(runClear(database, plan, sizes, { job, archive }), `call ${lost}`).rejects.toThrow('lost');
      const { outcome } = await runClear(database, plan, sizes, { job, archive });
      expect(outcome, `call ${lost}`).toMatchObject({ outcome: 'done', result: { rowsRemoved: 119, safetyBackupId: 'bk_job-1' } });
      expect(database.content(), `call ${lost}`).toEqual(after.content());
      expect(new Set(job.effects).size, `call ${lost}`).toBeGreaterThan(8);
    }
});

test('J5: cancelled between two slices, it says how many rows went; a retry ends it', async () => {
  const database = new StockDatabase(shop);
  const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, SLICED);
  const job = new ClearJob(database);
  job.verdict = ({ name, n }) => (name === 'remove orders' && n > 20 ? 'cancel' : 'go-on');
  const { outcome } = await runClear(database, plan, SLICED, { job });
  expect(outcome).toEqual({ outcome: 'cancelled' });
  const stopped = job.committed.at(-1);
  expect(stopped).toMatchObject({
    name: 'stopped',
    detail: { left: expect.stringMatching(/^Gone: .* of 119 rows in all\. A retry/) },
  });
  const gone = stopped?.detail.removed as Record<string, number>;
  expect(database.content().orders).toHaveLength(50 - (gone.orders ?? 0));
  expect(database.content().customers).toHaveLength(30);
  expect(database.rows('PRAGMA foreign_key_check')).toEqual([]);
  job.verdict = () => 'go-on';
  expect((await runClear(database, plan, SLICED, { job, attempt: 2 })).outcome).toMatchObject({ outcome: 'done' });
  expect(database.content().customers).toEqual([]);
});

test('rows that came between two attempts stop the retry', async () => {
  const database = new StockDatabase(shop);
  const plan = await planClear(database, { table: 'customers', dependents: 'clear' }, SLICED);
  const job = new ClearJob(database);
  job.verdict = ({ name }) => (name === 'remove orders' ? 'cancel' : 'go-on');
  await runClear(database, plan, SLICED, { job });
  database.stock.exec('UPDATE _lk_guard SET fence = 0');
  database.stock.exec('INSERT INTO orders (id, customer) VALUES (900, 2)');
  database.stock.exec('UPDATE _lk_guard SET fence = 1');
  await expect(runClear(database, plan, SLICED, { job, attempt: 2 })).rejects.toMatchObject({ code: 'count_mismatch' });
  expect(database.rows('SELECT count(*) FROM orders WHERE id = 900')).toEqual([[1]]);
});

test('the safety backup is in the catalog, and holds what went', async () => {
  const database = new StockDatabase(shop);
  const plan = await planClear(database, { table: 'customers', dependents: 'clear', safetyBackup: true }, SIZES);
  const { outcome, job, archive } = await runClear(database, plan, SIZES);
  expect(job.backups).toMatchObject([{ id: 'bk_job-1', jobId: 'job-1' }]);
  expect(outcome).toMatchObject({ outcome: 'done', result: { safetyBackupId: 'bk_job-1' } });
  const restored = new StockDatabase(['PRAGMA foreign_keys = OFF']);
  restored.stock.exec(archive.text('bk_job-1'));
  expect(restored.content().customers).toHaveLength(30);
  expect(restored.content()).toEqual(new StockDatabase(shop).content());
});

describe('tables of every kind', () => {
  const cleared = async (setup: readonly string[], params: Parameters<typeof planClear>[1], sizes = SIZES) => {
    const database = new StockDatabase(setup);
    const plan = await planClear(database, params, sizes);
    return { database, plan, ...(await runClear(database, plan, sizes)) };
  };

  test('FTS5 that follows by a trigger finds nothing afterwards; one that does not is named', async () => {
    const setup = [
      'CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT)',
      "CREATE VIRTUAL TABLE found USING fts5(text, content='docs', content_rowid='id')",
      "CREATE VIRTUAL TABLE lost USING fts5(text, content='DOCS', content_rowid='id')",
      'CREATE TRIGGER docs_insert AFTER INSERT ON docs BEGIN INSERT INTO found(rowid, text) VALUES (new.id, new.text); END',
      "CREATE TRIGGER docs_delete AFTER DELETE ON docs BEGIN INSERT INTO found(found, rowid, text) VALUES ('delete', old.id, old.text); END",
      `${series(100)} INSERT INTO docs SELECT i, 'word' || (i % 7) FROM s`,
    ];
    for (const sizes of [SIZES, SLICED]) {
      const { database, plan } = await cleared(setup, { table: 'docs' }, sizes);
      expect(codes(plan.hazards)).toEqual(['trigger_fires', 'full_text_follows', 'full_text_stays', 'no_safety_backup']);
      expect(database.rows("SELECT count(*) FROM found WHERE found MATCH 'word3'")).toEqual([[0]]);
      database.stock.exec("INSERT INTO found(found) VALUES ('integrity-check')");
    }
  });

  test('a table without triggers or references goes at once, and its fence is back in the same batch', async () => {
    const setup = ['CREATE TABLE plain (id INTEGER PRIMARY KEY, x)', `${series(30_000)} INSERT INTO plain SELECT i, i FROM s`];
    const { database, plan, job, outcome } = await cleared(setup, { table: 'plain' });
    expect(plan.statements.map(({ sql }) => sql)).toEqual(['DELETE FROM "plain"']);
    expect(job.effects).toEqual(['clear']);
    expect(outcome).toMatchObject({ result: { rowsRemoved: 30_000, left: { plain: 0 } } });
    expect(database.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")).toHaveLength(3);
    expect(() => database.stock.exec('INSERT INTO plain VALUES (1, 1)')).toThrow(/maintenance/);
  });

  test('AUTOINCREMENT goes on, or begins again when asked to', async () => {
    const setup = ['CREATE TABLE "a b" (id INTEGER PRIMARY KEY AUTOINCREMENT)', 'INSERT INTO "a b" VALUES (41)'];
    const next = (database: StockDatabase) => database.rows('SELECT seq FROM sqlite_sequence');
    const kept = await cleared(setup, { table: 'a B' });
    expect(codes(kept.plan.hazards)).toContain('sequence_stays');
    expect(next(kept.database)).toEqual([[41]]);
    expect(next((await cleared(setup, { table: 'a B', resetSequence: true })).database)).toEqual([]);
    const sliced = [...setup, 'CREATE TABLE child (x REFERENCES "a b")'];
    expect(next((await cleared(sliced, { table: 'a B', resetSequence: true }, SLICED)).database)).toEqual([]);
  });

  test('WITHOUT ROWID, keys that need 64 bits, an empty table, no name for the rowid', async () => {
    const pairs = [
      'CREATE TABLE w (a TEXT COLLATE NOCASE, b REAL, PRIMARY KEY (a, b)) WITHOUT ROWID',
      'CREATE TABLE child (a, b, FOREIGN KEY (a, b) REFERENCES w)',
      `${series(20)} INSERT INTO w SELECT 'x' || (i % 3), i / 2.0 FROM s`,
    ];
    const wide = [
      'CREATE TABLE big (id INTEGER PRIMARY KEY)',
      'CREATE TABLE child (x REFERENCES big)',
      `${series(9)} INSERT INTO big SELECT 9007199254740990 + i FROM s`,
    ];
    const hidden = ['CREATE TABLE h (rowid, oid, _rowid_)', 'INSERT INTO h VALUES (1, 2, 3)'];
    for (const sizes of [SIZES, SLICED]) {
      expect((await cleared(pairs, { table: 'w' }, sizes)).outcome).toMatchObject({ result: { rowsRemoved: 20 } });
      expect((await cleared(wide, { table: 'big' }, sizes)).outcome).toMatchObject({ result: { rowsRemoved: 9 } });
      expect((await cleared(wide.slice(0, 2), { table: 'big' }, sizes)).outcome).toMatchObject({ result: { rowsRemoved: 0 } });
      expect((await cleared(hidden, { table: 'h' }, sizes)).outcome).toMatchObject({ result: { rowsRemoved: 1 } });
    }
  });

  test('a trigger that changes what was predicted, or keeps rows, stops the job, and nothing is changed', async () => {
    const base = ['CREATE TABLE t (id INTEGER PRIMARY KEY)', 'CREATE TABLE c (x REFERENCES t)', 'INSERT INTO t VALUES (1), (2)'];
    for (const [trigger, sizes] of [
      ['CREATE TRIGGER keep BEFORE DELETE ON t WHEN old.id = 2 BEGIN SELECT RAISE(IGNORE); END', SIZES],
      ['CREATE TRIGGER keep BEFORE DELETE ON t WHEN old.id = 1 BEGIN SELECT RAISE(IGNORE); END', SLICED],
      ['CREATE TRIGGER more AFTER DELETE ON t WHEN old.id < 9 BEGIN INSERT INTO t VALUES (old.id + 10); END', SIZES],
    ] as const) {
      const database = new StockDatabase([...base, trigger]);
      const plan = await planClear(database, { table: 't' }, sizes);
      const before = database.content();
      await expect(runClear(database, plan, sizes)).rejects.toMatchObject({ code: 'count_mismatch' });
      expect(database.content()).toEqual(before);
    }
  });

  test('what stands in the way, and what makes it slow, is said', async () => {
    const database = new StockDatabase(['CREATE TABLE p (a, b)', 'CREATE TABLE wrong (x REFERENCES p(a))', ...shop]);
    expect(codes((await planClear(database, { table: 'p' }, SIZES)).hazards)).toContain('foreign_key_mismatch');
    const keep = await planClear(database, { table: 'customers' }, SIZES);
    expect(codes(keep.hazards)).toEqual(['dependents_in_the_way', 'foreign_key_without_index', 'no_safety_backup']);
    expect(keep.predicted).toMatchObject({ rowsRemoved: 30, rowsChanged: 0 });
    const lines = await planClear(database, { table: 'lines' }, SIZES);
    expect(lines.predicted).toMatchObject({ rowsRemoved: 25, rowsChanged: 15 });
    expect(lines.hazards[0]).toMatchObject({ level: 'stop', message: expect.stringContaining('15 rows of notes') });
  });
});

test('R1, S1: a retry takes a safety backup of its own: between attempts nobody held the database', async () => {
  for (const sizes of [SIZES, SLICED]) {
    const database = new StockDatabase(shop);
    const plan = await planClear(database, { table: 'customers', dependents: 'clear', safetyBackup: true }, sizes);
    const [job, archive] = [new ClearJob(database), new MemoryArchive()];
    job.verdict = ({ name }) => (name === 'safety backup' ? 'cancel' : 'go-on');
    expect((await runClear(database, plan, sizes, { job, archive })).outcome).toEqual({ outcome: 'cancelled' });
    // The hold has ended with the job. As many rows as before, and one of them is another one.
    await lowerFence(database);
    database.stock.exec("UPDATE customers SET name = 'written meanwhile' WHERE id = 1");
    job.held = 0;
    job.verdict = () => 'go-on';
    const { outcome } = await runClear(database, plan, sizes, { job, archive, attempt: 2 });
    expect(outcome).toMatchObject({ outcome: 'done', result: { safetyBackupId: 'bk_job-1.2' } });
    expect(database.content().customers).toEqual([]);
    expect(archive.text('bk_job-1.2')).toContain('written meanwhile');
    // What the first attempt has saved stays, too.
    expect(archive.text('bk_job-1')).not.toContain('written meanwhile');
    expect(job.backups.map(({ id, jobId }) => [id, jobId])).toEqual([
      ['bk_job-1', 'job-1'],
      ['bk_job-1.2', 'job-1'],
    ]);
  }
});

test('R1: a safety backup that one attempt has begun is not ended by the next', async () => {
  const database = new StockDatabase(shop);
  const plan = await planClear(database, { table: 'customers', dependents: 'clear', safetyBackup: true }, SIZES);
  const [job, archive] = [new ClearJob(database), new MemoryArchive()];
  job.verdict = ({ name }) => {
    if (name === 'backup snapshot') throw new Error('executor lost');
    return 'go-on';
  };
  await expect(runClear(database, plan, SIZES, { job, archive })).rejects.toThrow('executor lost');
  await lowerFence(database);
  database.stock.exec("UPDATE customers SET name = 'written meanwhile' WHERE id = 1");
  job.held = 0;
  job.verdict = () => 'go-on';
  const { outcome } = await runClear(database, plan, SIZES, { job, archive, attempt: 2 });
  const { safetyBackupId } = (outcome as Extract<Outcome, { outcome: 'done' }>).result;
  expect(archive.text(String(safetyBackupId))).toContain('written meanwhile');
});

test('M2: a table that was renamed under the fence stays fenced when another one of its old name is emptied', async () => {
  const database = new StockDatabase(['CREATE TABLE a (x)', "INSERT INTO a VALUES ('old')"]);
  await raiseFence(database);
  const by = { owner: 'before', epoch: 1, at: '2026-11-23T12:00:00.000Z' };
  await claim(database, by);
  const rename = ['ALTER TABLE a RENAME TO b', 'CREATE TABLE a (x)', "INSERT INTO a VALUES ('new')"].map((sql) => ({ sql }));
  expect(await effectOnce(database, by, 'rename', rename)).toBe('applied');
  const plan = await planClear(database, { table: 'a' }, SIZES);
  const { outcome } = await runClear(database, plan, SIZES, { job: new ClearJob(database, 2) });
  expect(outcome).toMatchObject({ outcome: 'done', result: { rowsRemoved: 1 } });
  expect(await fenceState(database)).toMatchObject({ up: true, unfenced: [] });
  for (const sql of ['DELETE FROM b', 'INSERT INTO a VALUES (1)', 'UPDATE b SET x = 1'])
    expect(() => database.stock.exec(sql), sql).toThrow('maintenance');
  expect(database.content()).toEqual({ a: [], b: ['["old"]'] });
});
