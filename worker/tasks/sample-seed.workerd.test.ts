/** Seeding on D1 itself, with hands that keep the journal in memory and lose replies on request. */

import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { countsOf } from '../../db/sample/shop.ts';
import type { Archive } from '../archive/archive.ts';
import { catalogOf } from '../catalog.ts';
import { d1Database } from '../database/d1.ts';
import type { Database } from '../database/database.ts';
import type { JobProgress, SeedParams } from '../protocol/job.ts';
import { type SeedCursor, sampleSeed } from './sample-seed.ts';
import type { Hands, Outcome, StepRecord, Verdict } from './task.ts';

const bindings = env as unknown as { DB: D1Database; STAGING: D1Database };

/** What the control plane remembers of one job, whoever executes it. */
class Journal {
  readonly steps: (StepRecord & { readonly cursor: SeedCursor; readonly progress: JobProgress })[] = [];
  readonly landed = new Set<string>();
  readonly applied: string[] = [];

  get cursor(): SeedCursor | null {
    return this.steps.at(-1)?.cursor ?? null;
  }

  hands(
    database: Database,
    options: { verdict?: (step: string) => Verdict; fault?: (point: string) => void } = {},
  ): Hands<SeedCursor> {
    const fault = options.fault ?? (() => {});
    return {
      effect: async (name, statements) => {
        fault(`before effect ${name}`);
        if (this.landed.has(name)) return 'already';
        await database.batch(statements);
        this.landed.add(name);
        this.applied.push(name);
        fault(`after effect ${name}`);
        return 'applied';
      },
      commit: async ({ name, cursor, progress, detail }) => {
        fault(`before commit ${name}`);
        this.steps.push({ n: this.steps.length, name, cursor, progress, detail: detail ?? {} });
        fault(`after commit ${name}`);
        return options.verdict?.(name) ?? 'go-on';
      },
      steps: async () => this.steps,
      progress: () => {},
      hold: async () => {
        throw new Error('Seeding takes no hold.');
      },
      backup: async () => {
        throw new Error('Seeding makes no backup.');
      },
    };
  }
}

const unused = new Proxy({}, { get: () => () => expect.unreachable('seeding needs no archive') }) as unknown as Archive;

const run = (database: Database, params: SeedParams, journal: Journal, hands: Hands<SeedCursor>): Promise<Outcome> =>
  sampleSeed.run({
    job: { id: 'job', database: 'DB', attempt: 1, startedAt: '2026-01-01T00:00:00.000Z' },
    params,
    plan: null,
    cursor: journal.cursor,
    database,
    archive: unused,
    scratch: () => expect.unreachable('seeding needs no scratch'),
    hands,
    now: () => expect.unreachable('seeding reads no clock'),
  });

/** Every cell of every table with its storage class and bytes, rowids included, and the schema. */
const contents = async (database: Database): Promise<Record<string, string[]>> => {
  const tables =
    await database.query(`select name, wr from pragma_table_list where type in ('table', 'virtual') and substr(name, 1, 4) <> '_cf_'
    and name <> 'sqlite_schema' and name not like 'sqlite_temp%' order by name`);
  const found: Record<string, string[]> = {
    schema: (await database.query(`select name, sql from sqlite_schema where substr(name, 1, 4) <> '_cf_' order by name`)).rows.map(
      String,
    ),
  };
  for (const [table, withoutRowid] of tables.rows) {
    const quoted = `"${table}"`;
    const names = (await database.query('select name from pragma_table_xinfo(?) where hidden <> 1', [String(table)])).rows.map(
      ([name]) => `"${name}"`,
    );
    const cells = [...names, ...(withoutRowid === 1 ? [] : ['rowid'])].map((cell) => `typeof(${cell}) || hex(${cell})`);
    const { rows } = await database.query(`select ${cells.join(` || ',' || `)} as line from ${quoted}`);
    found[String(table)] = rows.map(([line]) => String(line)).sort();
  }
  return found;
};

const params: SeedParams = { rows: 12_000, seed: 11 };
let db: Database;
let staging: Database;
beforeEach(async () => {
  await reset();
  db = d1Database(bindings.DB);
  staging = d1Database(bindings.STAGING);
});

describe('a seeding that nothing disturbs', () => {
  test('writes schema, ledger and all rows, and tells how far it is', async () => {
    const journal = new Journal();
    const outcome = await run(db, params, journal, journal.hands(db));
    expect(outcome).toEqual({ outcome: 'done', result: { rows: 12_000, tables: 26 } });
    expect(journal.steps.map(({ name }) => name)).toEqual(['schema', 'rows-0', 'rows-5000', 'rows-10000']);
    expect(journal.steps.map(({ progress }) => [progress.done, progress.total])).toEqual(
      [0, 5000, 10_000, 12_000].map((row) => [row, 12_000]),
    );
    for (const [table, count] of Object.entries(countsOf(params.rows))) {
      expect([table, (await db.query(`select count(*) as n from "${table}"`)).rows]).toEqual([table, [[count]]]);
    }
    expect((await db.query('pragma foreign_key_check')).rows).toEqual([]);
    expect((await db.query('pragma quick_check')).rows).toEqual([['ok']]);
    expect((await db.query(`select rowid from products_fts where products_fts match 'kettle'`)).rows.length).toBeGreaterThan(0);
  });

  test('leaves the ledger as drizzle’s own migrator would: hash of the file, `when` as an integer, in order', async () => {
    const journal = new Journal();
    await run(db, { rows: 100, seed: 1 }, journal, journal.hands(db));
    const { rows } = await db.query(
      `select id, hash, created_at, typeof(created_at) as type from __drizzle_migrations order by rowid`,
    );
    const expected = catalogOf('DB').migrations.map(async ({ sql, when }) => {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sql)));
      return [null, Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''), when, 'integer'];
    });
    expect(rows).toEqual(await Promise.all(expected));
  });
});

describe('J2 J3: faults', () => {
  test('each call failing before and after it did its work, the bytes are those of an undisturbed run', async () => {
    const calm = new Journal();
    await run(staging, params, calm, calm.hands(staging));

    const journal = new Journal();
    const failed = new Set<string>();
    const fault = (point: string) => {
      if (failed.has(point)) return;
      failed.add(point);
      throw new Error(`lost ${point}`);
    };
    let outcome: Outcome | null = null;
    for (let attempt = 0; outcome === null && attempt < 50; attempt++) {
      outcome = await run(db, params, journal, journal.hands(db, { fault })).catch((error: Error) => {
        expect(error.message).toMatch(/^lost /);
        return null;
      });
    }
    expect(outcome).toEqual({ outcome: 'done', result: { rows: 12_000, tables: 26 } });
    // Four steps, each with two calls, each of which can fail in two ways.
    expect(failed.size).toBe(16);
    expect(journal.applied).toEqual(['schema', 'rows-0', 'rows-5000', 'rows-10000']);
    const calmly = await contents(staging);
    expect(Object.keys(calmly)).toEqual(
      expect.arrayContaining(['schema', '__drizzle_migrations', 'sqlite_sequence', 'help_pages', 'order notes']),
    );
    expect(await contents(db)).toEqual(calmly);
  });

  test('an effect that fails leaves nothing behind', async () => {
    const journal = new Journal();
    const broken: Database = { ...db, batch: (statements) => db.batch([...statements, { sql: 'insert into nowhere values (1)' }]) };
    await expect(run(broken, params, journal, journal.hands(broken))).rejects.toThrow('nowhere');
    expect((await contents(db)).schema).toEqual([]);
  });
});

describe('J5: pause and cancel', () => {
  test('pauses after each step when told so, and goes on to the same bytes', async () => {
    const calm = new Journal();
    await run(staging, params, calm, calm.hands(staging));
    const journal = new Journal();
    const outcomes: string[] = [];
    for (let slice = 0; outcomes.at(-1) !== 'done' && slice < 10; slice++) {
      outcomes.push((await run(db, params, journal, journal.hands(db, { verdict: () => 'pause' }))).outcome);
    }
    expect(outcomes).toEqual(['paused', 'paused', 'paused', 'done']);
    expect(await contents(db)).toEqual(await contents(staging));
  });

  test('cancelled in the middle, it states what stays, and a retry goes on to the same bytes', async () => {
    const calm = new Journal();
    await run(staging, params, calm, calm.hands(staging));
    const journal = new Journal();
    const cancelled = await run(
      db,
      params,
      journal,
      journal.hands(db, { verdict: (step) => (step === 'rows-0' ? 'cancel' : 'go-on') }),
    );
    expect(cancelled).toEqual({ outcome: 'cancelled' });
    expect(journal.steps.at(-1)).toMatchObject({ name: 'stopped', cursor: { row: 5000 }, detail: { rows: 5000, of: 12_000 } });
    expect((await db.query('pragma foreign_key_check')).rows).toEqual([]);
    expect((await run(db, params, journal, journal.hands(db))).outcome).toBe('done');
    expect(await contents(db)).toEqual(await contents(staging));
  });

  test('asked to cancel when all rows are there, it is done', async () => {
    const journal = new Journal();
    const verdict = (step: string): Verdict => (step === 'rows-0' ? 'cancel' : 'go-on');
    expect((await run(db, { rows: 300, seed: 1 }, journal, journal.hands(db, { verdict }))).outcome).toBe('done');
  });
});

describe('what is refused', () => {
  const check = (databaseName: string, database: Database) =>
    sampleSeed.check?.({ database, databaseName, archive: unused, params });

  test('a database that is not declared as a sample', async () => {
    await expect(check('ELSEWHERE', db)).rejects.toMatchObject({ name: 'Refusal', code: 'not_a_sample' });
  });

  test('an empty one is taken, also with ledgers and our own tables in it (S4)', async () => {
    await check('DB', db);
    const ours = ['_lk_guard', '_LK_steps', '__drizzle_migrations', 'd1_migrations', 'audit_logs'];
    await db.batch(ours.map((name) => ({ sql: `create table "${name}" (id integer primary key autoincrement)` })));
    await check('DB', db);
  });

  test.each(['create table "Stuff" (x)', 'create table lk_mine (x)', 'create view v as select 1 as one'])(
    'one with something in it: %s',
    async (sql) => {
      await db.query(sql);
      await expect(check('DB', db)).rejects.toMatchObject({
        code: 'sample_not_empty',
        message: expect.stringMatching(/`(Stuff|lk_mine|v)`/),
      });
    },
  );

  test('one that was filled between the check and the job, and nothing of it is touched', async () => {
    await check('DB', db);
    await db.query('create table meanwhile (x)');
    const before = await contents(db);
    const journal = new Journal();
    await expect(run(db, params, journal, journal.hands(db))).rejects.toMatchObject({ code: 'sample_not_empty', retryable: false });
    expect(await contents(db)).toEqual(before);
    expect(journal.steps).toEqual([]);
  });

  test('a ledger that outlived its tables does not get its rows twice', async () => {
    const first = new Journal();
    await run(staging, { rows: 100, seed: 1 }, first, first.hands(staging));
    const ledger = (await staging.query('select hash, created_at from __drizzle_migrations order by 2')).rows;
    await db.query('create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)');
    await db.query('insert into __drizzle_migrations (hash, created_at) values (?, cast(? as integer))', ledger[0]?.map(String));
    const second = new Journal();
    await run(db, { rows: 100, seed: 1 }, second, second.hands(db));
    expect((await db.query('select hash, created_at from __drizzle_migrations order by 2')).rows).toEqual(ledger);
  });
});
