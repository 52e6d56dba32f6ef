/** The linter over HTTP: against the live schema, with nothing run. */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LintReport, LintRule } from '../protocol/lint.ts';
import type { Problem } from '../protocol/problem.ts';
import { ask, bindings, json } from './testing/world.ts';

const check = (sql: string, silence: Record<string, string> = {}) =>
  json<LintReport>('/databases/DB/lint', { method: 'POST', body: { sql, silence } });

beforeEach(async () => {
  await reset();
  await bindings.DB.batch([
    bindings.DB.prepare('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)'),
    bindings.DB.prepare('CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people(id) ON DELETE CASCADE)'),
    bindings.DB.prepare('INSERT INTO people VALUES (1, NULL)'),
  ]);
});

describe('the linter', () => {
  test('says where, what and why of each statement, and runs none', async () => {
    const { findings, statements } = await check('SELECT 1;\n\n  DELETE FROM people;\nBEGIN;');
    expect(statements).toBe(3);
    expect(findings.map(({ level, line, statement }) => [level, line, statement])).toEqual(
      expect.arrayContaining([
        [expect.stringMatching(/warning|danger/), 3, 1],
        ['stop', 4, 2],
      ]),
    );
    const left = await bindings.DB.prepare('SELECT count(*) AS n FROM people').first();
    expect(left).toEqual({ n: 1 });
  });

  test('knows the live schema: the rebuild in common use loses the rows of who refers to the table', async () => {
    const { findings } = await check(
      'CREATE TABLE __new_people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO __new_people SELECT * FROM people;\nDROP TABLE people;\nALTER TABLE __new_people RENAME TO people;',
    );
    expect(findings.some(({ table, level, message }) => table === 'pets' && level === 'danger' && message.includes('people'))).toBe(
      true,
    );
  });

  test('a reason silences a rule, and stays to be read; what D1 refuses cannot be silenced', async () => {
    const [first] = (await check('DELETE FROM people')).findings;
    const reason = 'It is a test database.';
    const { findings } = await check('DELETE FROM people; BEGIN;', { [first?.code ?? '']: reason, 'lint/transaction': reason });
    expect(findings.find(({ code }) => code === first?.code)?.silenced).toBe(reason);
    expect(findings.find(({ level }) => level === 'stop')?.silenced).toBeNull();
  });

  test('each rule has a page', async () => {
    const { items } = await json<{ items: LintRule[] }>('/lint/rules');
    expect(items.length).toBeGreaterThan(30);
    for (const { code, page } of items) expect(page).toContain(code);
  });

  test.each([[{}], [{ sql: 'x'.repeat(500_001) }], [{ sql: 'SELECT 1', silence: { a: 'no' } }]])('bad input %#', async (body) => {
    const refused = await ask('/databases/DB/lint', { method: 'POST', body });
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([400, 'bad_request']);
  });
});
