import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { bindings, entriesOf, finished, json, until, verdictOf, visit, withoutQueue } from '../api/testing/world.ts';
import type { Brief } from './wire.ts';

const DB = '/databases/DB/audit';
const control = () => bindings.CONTROL.getByName('DB');

afterEach(() => reset());

describe('A1: the copy in the managed database', () => {
  const copies = async () =>
    (await bindings.DB.prepare('SELECT * FROM audit_logs ORDER BY n').all<Record<string, unknown>>()).results;
  /** They come by themselves, a moment after the answer: the table with the first of them. */
  const copied = (length: number) =>
    until(
      () => copies().catch((): Record<string, unknown>[] => []),
      (rows) => rows.filter(({ n }) => n !== null).length >= length,
    );

  test('entries come there by themselves, in maintenance too, with the hash of the chain', async () => {
    await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'closed', reason: 'x' } });
    const rows = await copied(2);
    const entries = await entriesOf(DB);
    expect(rows.map(({ n, hash, prev_hash, action, at }) => [n, hash, prev_hash, action, at])).toEqual(
      entries.map(({ n, hash, prevHash, action, at }) => [n, hash, prevHash, action, at]),
    );
    await expect(bindings.DB.prepare(`DELETE FROM audit_logs`).run()).rejects.toThrow(/in maintenance/);
  });

  test('a job writes the row of an effect in the batch of the effect; the chain fills in its number', async () => {
    const job = await finished('DB', { kind: 'sample.seed', params: { rows: 400, seed: 3 } });
    const effects = await entriesOf(DB, `&target=${job.id}&action=job.effect`);
    const steps = await bindings.DB.prepare(`SELECT step, at FROM _lk_steps WHERE owner = ? AND step NOT LIKE 'audit_logs%'`)
      .bind(job.id)
      .all();
    expect(effects.map(({ detail }) => detail.step).sort()).toEqual(steps.results.map(({ step }) => step).sort());
    const rows = await copied((await entriesOf(DB)).length);
    const copy = rows.filter(({ action }) => action === 'job.effect');
    expect(copy.map(({ id, n, sql_digest, hash }) => [id, n, sql_digest, hash])).toEqual(
      effects.map(({ detail, n, sqlDigest, hash }) => [`${job.id}/${detail.step}`, n, sqlDigest, hash]),
    );
  });

  test('a database that was reset gets its copy again', async () => {
    for (const mode of ['read-only', 'off'])
      await json('/databases/DB/maintenance', { method: 'PUT', body: { mode, reason: 'x' } });
    await visit();
    expect(await copies()).toHaveLength(4);
    await bindings.DB.prepare('DROP TABLE audit_logs').run();
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'off', reason: 'again' } });
    await visit();
    expect((await copies()).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a table of that name which is not ours is left alone, and stops no job', async () => {
    await bindings.DB.prepare('CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, what TEXT)').run();
    const job = await finished('DB', { kind: 'sample.seed', params: { rows: 200, seed: 3 } });
    expect(job.error).toBeNull();
    await visit();
    expect(await copies().catch(() => [])).toEqual([]);
    expect((await bindings.DB.prepare('SELECT count(*) AS n FROM audit_logs').first())?.n).toBe(0);
    expect(await verdictOf(DB)).toMatchObject({ intact: true });
  });

  test('nothing is written there while a job works there alone; afterwards all of it', async () => {
    const plane = control();
    await withoutQueue(plane);
    const by = { actor: 'ann', address: 'local', requestId: '' };
    const progress = { phase: 'waiting', done: 0, total: null, unit: 'steps' };
    const job = { id: 'job_x', kind: 'database.export', lane: 'exclusive', params: {}, progress, requestHash: 'h' } as const;
    await plane.submit({ ...job, ...by, idempotencyKey: null });
    const { epoch } = (await plane.begin('job_x', 1)) as Brief;
    await visit();
    const tables = await bindings.DB.prepare(`SELECT name FROM sqlite_schema WHERE name = 'audit_logs'`).all();
    expect(tables.results).toEqual([]);
    await plane.succeed('job_x', epoch, '{}', progress, null);
    expect((await copied(3)).map(({ action }) => action)).toEqual(['job.submitted', 'job.started', 'job.succeeded']);
  });

  test('a database that cannot be written now: the chain goes on, and the copy is made at the next occasion', async () => {
    await bindings.DB.prepare('CREATE TABLE "_lk_guard" (wrong INTEGER)').run();
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'read-only', reason: 'x' } });
    await visit();
    expect((await entriesOf(DB)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['maintenance.set', 'ok'],
      ['fence.failed', 'failed'],
    ]);
    await expect(copies()).rejects.toThrow(/no such table/);
    await bindings.DB.prepare('DROP TABLE "_lk_guard"').run();
    await visit();
    expect((await copied(2)).map(({ action }) => action)).toEqual(['maintenance.set', 'fence.failed']);
  });

  test('M3: made while a fence is up, the table is fenced in the same batch, and free again with the others', async () => {
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'closed', reason: 'x' } });
    await copied(2);
    await expect(bindings.DB.prepare(`UPDATE audit_logs SET actor = 'mallory'`).run()).rejects.toThrow(/in maintenance/);
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'off', reason: 'x' } });
    expect((await bindings.DB.prepare(`DELETE FROM audit_logs WHERE n = 1`).run()).meta.changes).toBe(1);
  });
});
