import { describe, expect, test } from 'vitest';
import { archiveOf } from '../archive/r2.ts';
import { d1Database } from '../database/d1.ts';
import { raiseFence } from '../database/fence.ts';
import { FAULTS } from './faults.ts';
import { atEachCall, env, type Run } from './testing/crash.ts';

describe('J2, J3, J6, S2: table.clear removes what its plan says exactly once, and its safety backup is there, whatever goes wrong', () => {
  const run: Run = {
    kind: 'table.clear',
    params: { table: 'item', dependents: 'clear' },
    binding: env.STAGING,
    archiveName: 'STAGING',
    planned: true,
  };
  const prepare = async () => {
    await env.STAGING.batch(
      [
        // A reset of everything for each call would take most of the time.
        ...['part_gone'].map((name) => `DROP TRIGGER IF EXISTS ${name}`),
        ...['trace', 'part', 'item', '_lk_steps', '_lk_guard'].map((name) => `DROP TABLE IF EXISTS ${name}`),
        'CREATE TABLE item (id INTEGER PRIMARY KEY, next INTEGER REFERENCES item ON DELETE CASCADE)',
        'CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item ON DELETE SET NULL, said TEXT)',
        'CREATE TABLE trace (id INTEGER PRIMARY KEY AUTOINCREMENT, part INTEGER)',
        'CREATE TRIGGER part_gone AFTER DELETE ON part BEGIN INSERT INTO trace (part) VALUES (old.id); END',
        'INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i, nullif(i - 1, 0) FROM n',
        'INSERT INTO part SELECT id, nullif(id % 10, 0), hex(id) FROM item',
      ].map((sql) => env.STAGING.prepare(sql)),
    );
    await raiseFence(d1Database(env.STAGING));
  };
  const left = async () => {
    const rows = await env.STAGING.batch(
      ['SELECT * FROM item', 'SELECT * FROM part', 'SELECT part FROM trace ORDER BY id'].map((sql) => env.STAGING.prepare(sql)),
    );
    return rows.map(({ results }) => results);
  };

  test.each(FAULTS)(
    '%s, at every await',
    async (fault) => {
      await atEachCall(run, fault, prepare, async (here, job, where) => {
        expect(job, where).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 57, removed: { item: 30, part: 27 } } });
        const [item, part, trace] = await left();
        expect([item, part?.length, trace?.length], where).toEqual([[], 3, 27]);
        const names = (await here.steps()).map(({ name }) => name);
        expect(new Set(names).size, where).toBe(names.length);
        expect(
          (await here.auditedEffects()).map((effect) => (effect as string[])[0]),
          where,
        ).toEqual(['clear']);
        const backupId = String(job.result?.safetyBackupId);
        expect(await here.backups(), where).toEqual([backupId]);
        expect(await archiveOf(env.ARCHIVE, 'STAGING').getManifest(backupId), where).not.toBeNull();
      });
    },
    240_000,
  );
});
