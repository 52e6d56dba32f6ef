/** D1 as the judge of the linter: what a rule says that D1 refuses, D1 refuses; and what it finds nothing wrong with, D1 takes. */
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { statements } from '../sql/split.ts';
import { type Example, RULES } from './index.ts';

const database = (env as unknown as { DB: D1Database }).DB;

/** One batch, with a parameter of some value for each place. */
async function run(script: string): Promise<void> {
  const pieces = [...statements(script)].map(({ sql }) => {
    const highest = Math.max(0, ...[...sql.matchAll(/\?(\d+)/g)].map(([, n]) => Number(n)));
    const values = highest || sql.split('?').length - 1;
    return database.prepare(sql).bind(...Array.from({ length: values }, () => '1'));
  });
  await database.batch(pieces);
}

/** The tables of an example that names none of its own, and a row for what is refused only when there is one. */
async function prepare({ schema = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, parent INT)', rows }: Example): Promise<void> {
  await run(schema);
  if (rows === undefined && /^CREATE TABLE t \(id/.test(schema)) await run(`INSERT INTO t (id) VALUES (1)`);
  if (rows === undefined && /^CREATE TABLE t \(id INTEGER PRIMARY KEY, a TEXT/.test(schema)) await run(`UPDATE t SET a = 'x'`);
}

const refused = RULES.filter(({ level }) => level === 'stop');

describe.each(refused.map((rule) => [rule.code, rule] as const))('%s', (_code, { examples }) => {
  beforeEach(reset);
  test.each(examples.bad.filter(({ sql }) => !/d1_migrations/.test(sql)))('D1 refuses %#', async (example) => {
    await prepare(example);
    await expect(run(example.sql)).rejects.toThrow();
  });
  test.each(examples.good)('D1 takes %#', async (example) => {
    await prepare(example);
    // A table for those that read one with a single column.
    if (/INSERT INTO t VALUES/.test(example.sql)) await run('DROP TABLE t; CREATE TABLE t (a TEXT)');
    await run(example.sql);
  });
});

describe('refused as soon as there is a row', () => {
  beforeEach(reset);
  const rules = RULES.filter(({ code }) => code === 'lint/not-null-without-default' || code === 'lint/non-constant-default');
  test.each(rules.flatMap(({ code, examples }) => examples.bad.map((example) => [code, example] as const)))(
    '%s %#',
    async (_code, example) => {
      await prepare(example);
      await expect(run(example.sql)).rejects.toThrow();
      await run('DELETE FROM t');
      await run(example.sql);
    },
  );
});

test('lint/foreign-keys-off: it has no effect; lint/rebuild-dependents: the rows are gone', async () => {
  await reset();
  await run(`CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE);
    INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1);`);
  await run(`PRAGMA foreign_keys=OFF; CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n SELECT id FROM p; DROP TABLE p;
    ALTER TABLE n RENAME TO p; PRAGMA foreign_keys=ON`);
  expect(await database.prepare('SELECT count(*) AS n FROM c').first('n')).toBe(0);
});
