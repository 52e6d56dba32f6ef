/** Schema files over HTTP: drafted, read as data, adopted from the database, turned into a migration. */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../catalog.ts';
import type { Problem } from '../protocol/problem.ts';
import type { DraftVersion, MigrationFiles, SchemaDiff, SchemaFile, SourcePatch } from '../protocol/schema.ts';
import { statementsOf } from '../schema/replay.ts';
import { type Ask, ask, bindings, entriesOf, json } from './testing/world.ts';

const D = '/databases/DB';
const { migrations } = catalogOf('DB');
const files = async () => (await json<{ items: SchemaFile[] }>(`${D}/schema/files`)).items;
const codeOf = async (path: string, more: Ask) => {
  const response = await ask(path, more);
  return response.ok ? null : ((await response.json()) as Problem);
};

/** The file that holds `const customers`. */
async function customers(): Promise<SchemaFile> {
  const found = (await files()).find(
    ({ text }) => text.includes("sqliteTable('customers'") || /sqliteTable\(\s*'customers'/.test(text),
  );
  if (!found) throw new Error('The sample has no table customers.');
  return found;
}

const save = (file: SchemaFile, text: string, more: object = {}) =>
  json<SchemaFile>(`${D}/schema/drafts`, {
    method: 'PUT',
    body: { path: file.path, text, basedOn: file.sha256, expect: file.draft?.n ?? null, ...more },
  });

/** A column more, in the first column's place. */
const withColumn = (text: string): string =>
  text.replace(/(sqliteTable\(\s*'customers',\s*\{)/, "$1\n    nickname: text('nickname'),");

beforeEach(async () => {
  await reset();
  const statements = migrations.flatMap(({ sql }) => statementsOf(sql));
  await bindings.DB.batch(statements.map(({ sql }) => bindings.DB.prepare(sql)));
});

describe('drafts', () => {
  test('the files of the build, without drafts at first', async () => {
    const all = await files();
    expect(all.length).toBeGreaterThan(1);
    expect(all.every(({ draft }) => draft === null)).toBe(true);
  });

  test('a draft is compared, accepted, and becomes a patch and a migration', async () => {
    const file = await customers();
    const saved = await save(file, withColumn(file.text), { message: 'Nicknames' });
    expect(saved.draft).toMatchObject({ state: 'open', message: 'Nicknames', savedBy: 'owner', problems: [] });
    const { rows } = await json<SchemaDiff>(`${D}/schema/drafts/diff`);
    expect(rows.filter(({ state }) => state !== 'match').map(({ id, state, cause }) => [id, state, cause])).toEqual([
      ['column:customers.nickname', 'missing', 'pending'],
    ]);
    const { patch, files: changed } = await json<SourcePatch>(`${D}/schema/drafts/patch`);
    expect(changed).toEqual([file.path]);
    expect(patch).toContain("+    nickname: text('nickname'),");
    const migration = await json<MigrationFiles>(`${D}/schema/drafts/migration`, { method: 'POST', body: {} });
    expect(migration.tag).toMatch(/^\d{4}_add_customers_nickname$/);
    expect(migration.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/nickname\.sql$/), expect.stringMatching(/_journal\.json$/)]),
    );
    expect(migration.files[0]?.text).toMatch(/ALTER TABLE .*customers.* ADD (COLUMN )?.*nickname/i);
    const accepted = await json<SchemaFile>(`${D}/schema/drafts/accept`, {
      method: 'POST',
      body: { path: file.path, n: saved.draft?.n },
    });
    expect(accepted.draft?.state).toBe('accepted');
    expect((await entriesOf(`${D}/audit`)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['draft.saved', 'draft.accepted']),
    );
  });

  test('a text that is not in the declarative subset is kept with its mistakes, and not accepted, compared or run', async () => {
    const file = await customers();
    const hostile = `${file.text}\nexport const stolen = fetch('https://example.com');\n`;
    const saved = await save(file, hostile);
    expect(saved.draft?.problems[0]).toMatchObject({ path: file.path, line: file.text.split('\n').length + 1 });
    const refused = await codeOf(`${D}/schema/drafts/accept`, { method: 'POST', body: { path: file.path, n: saved.draft?.n } });
    expect(refused).toMatchObject({ code: 'draft_invalid', issues: [{ path: expect.stringContaining(file.path) }] });
    expect(await codeOf(`${D}/schema/drafts/diff`, {})).toMatchObject({ code: 'draft_invalid' });
    expect((await json<SchemaDiff>(`${D}/schema/diff`)).rows.every(({ state }) => state === 'match')).toBe(true);
  });

  test('nobody writes over what somebody else has saved; every version stays', async () => {
    const file = await customers();
    const first = await save(file, withColumn(file.text));
    const conflict = await codeOf(`${D}/schema/drafts`, {
      method: 'PUT',
      body: { path: file.path, text: file.text, basedOn: file.sha256, expect: null },
    });
    expect(conflict).toMatchObject({ status: 409, code: 'draft_conflict' });
    await save(first, `${first.draft?.text}\n`);
    const { items } = await json<{ items: DraftVersion[] }>(`${D}/schema/drafts?path=${encodeURIComponent(file.path)}`);
    expect(items.map(({ text }) => text.length)).toEqual([withColumn(file.text).length + 1, withColumn(file.text).length]);
    const gone = await json<SchemaFile>(`${D}/schema/drafts/discard`, {
      method: 'POST',
      body: { path: file.path, n: items[0]?.n },
    });
    expect(gone.draft?.state).toBe('discarded');
    expect(await json<SourcePatch>(`${D}/schema/drafts/patch`)).toEqual({ patch: '', files: [] });
  });

  test.each([
    ['a file that is none', { path: 'db/secrets.ts', text: 'x', basedOn: 'x', expect: null }, 'schema_file_not_found'],
    ['a text that is too long', { path: 'x', text: 'x'.repeat(400_001), basedOn: 'x', expect: null }, 'bad_request'],
    ['no text', { path: 'x', basedOn: 'x', expect: null }, 'bad_request'],
  ])('%s: %s is refused', async (_, body, code) => {
    expect(await codeOf(`${D}/schema/drafts`, { method: 'PUT', body })).toMatchObject({ code });
    expect((await files()).every(({ draft }) => draft === null)).toBe(true);
  });
});

describe('the database is right', () => {
  test('a column that only the database has is written into its file, and differs no more from the draft', async () => {
    await bindings.DB.prepare("ALTER TABLE customers ADD COLUMN nickname TEXT DEFAULT 'none'").run();
    const id = 'column:customers.nickname';
    const preview = await json<SourcePatch>(`${D}/schema/adopt`, { method: 'POST', body: { rows: [id] } });
    expect(preview.patch).toContain('nickname');
    expect((await files()).every(({ draft }) => draft === null)).toBe(true);
    await json<SourcePatch>(`${D}/schema/adopt`, { method: 'POST', body: { rows: [id], save: true } });
    const { rows } = await json<SchemaDiff>(`${D}/schema/drafts/diff`);
    expect(rows.filter(({ state }) => state !== 'match')).toEqual([]);
    const unknown = await codeOf(`${D}/schema/adopt`, { method: 'POST', body: { rows: ['column:no.such'] } });
    expect(unknown).toMatchObject({ status: 422, code: 'unknown_diff_row' });
  });

  test('the live database as Drizzle code', async () => {
    const { text } = await json<{ text: string }>(`${D}/schema/code`);
    expect(text).toContain('export const customers = sqliteTable(');
    expect(text).toContain("from 'drizzle-orm/sqlite-core'");
  });
});
