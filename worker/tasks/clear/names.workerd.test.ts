/** S2: tables and columns that are called like something in the queries of a clear. */
import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { bindings, finished, json } from '../../api/testing/world.ts';
import type { Plan } from '../../protocol/plan.ts';

const { DB } = bindings;
const count = async (table: string) => (await DB.prepare(`SELECT count(*) AS n FROM "${table}"`).first<{ n: number }>())?.n;

afterEach(() => reset());

/** A chain below the target, and a ring that hangs on its end. Of three rows in each table two go. */
const NAMES = [
  ['d1', 'd2', 'd3', 'd4'],
  ['d4', 'd3', 'd2', 'd1'],
  ['s0', 'x0', 'e0', 'd0'],
  ['c', 'p', 'd', 's'],
  ['x1', 's2', 'e1', 's1'],
];

describe.each(['k0', 't', 'tab', 'n', 'pt', 'rowid'])('S2: keys that are called %s', (key) => {
  test.each(NAMES)('tables %s, %s, %s, %s: what is planned is what goes', async (...names) => {
    const [first, second, third, fourth] = names as [string, string, string, string];
    await DB.batch(
      [
        `CREATE TABLE target ("${key}" INTEGER PRIMARY KEY)`,
        `CREATE TABLE "${first}" ("${key}" INTEGER PRIMARY KEY, up INTEGER REFERENCES target ON DELETE CASCADE)`,
        `CREATE TABLE "${second}" ("${key}" TEXT PRIMARY KEY, up INTEGER REFERENCES "${first}" ON DELETE CASCADE) WITHOUT ROWID`,
        `CREATE TABLE "${third}" ("${key}" INTEGER PRIMARY KEY, up TEXT REFERENCES "${second}" ON DELETE CASCADE, ring INTEGER REFERENCES "${fourth}" ON DELETE CASCADE)`,
        `CREATE TABLE "${fourth}" ("${key}" INTEGER PRIMARY KEY, up INTEGER REFERENCES "${third}" ON DELETE CASCADE)`,
        'INSERT INTO target VALUES (1), (2)',
        `INSERT INTO "${first}" VALUES (1, 1), (2, 2), (3, NULL)`,
        `INSERT INTO "${second}" VALUES ('1', 1), ('2', 2), ('3', 3)`,
        `INSERT INTO "${fourth}" VALUES (1, NULL), (2, NULL), (3, NULL)`,
        `INSERT INTO "${third}" VALUES (1, '1', NULL), (2, NULL, 1), (3, '3', 3)`,
        `UPDATE "${fourth}" SET up = 1 WHERE "${key}" = 1`,
        `UPDATE "${fourth}" SET up = 2 WHERE "${key}" = 2`,
      ].map((sql) => DB.prepare(sql)),
    );
    for (const dependents of ['keep', 'clear'] as const) {
      const body = { kind: 'table.clear', params: { table: 'target', dependents } };
      const plan = await json<Plan>('/databases/DB/plans', { method: 'POST', body });
      expect(plan.predicted.rowsRemoved, dependents).toBe(10);
      if (dependents === 'keep') continue;
      const job = await finished('DB', { kind: 'table.clear', planId: plan.id, confirm: plan.confirm });
      expect(job).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 10 } });
    }
    for (const name of names) expect(await count(name), name).toBe(1);
    expect(await count('target')).toBe(0);
  });
});
