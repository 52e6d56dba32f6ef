import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { describe, expect, test } from 'vitest';
import { layoutOf, readFolder, readMigrations } from '../../../tools/catalog/migrations.ts';
import type { DiffRow } from '../../protocol/schema.ts';
import type { CatalogFolder } from './catalog.ts';
import { migrationFiles, migrationName, type NewMigration, UnsplittableError } from './migration.ts';
import { snapshotOf } from './snapshot.ts';
import { evaluated, SAMPLE } from './testing/sources.ts';

// Its ES module calls `require` on load, which the test runner's loader does not have.
const { generateSQLiteDrizzleJson, generateSQLiteMigration } = createRequire(import.meta.url)(
  'drizzle-kit/api',
) as typeof import('drizzle-kit/api');

const ID = '11111111-2222-4333-8444-555555555555';
const folder = (more: Partial<CatalogFolder> = {}): CatalogFolder => ({
  folder: 'db/m',
  layout: 'drizzle',
  journal: null,
  snapshotId: null,
  snapshotVersion: null,
  ...more,
});
const NOW = Date.UTC(2026, 10, 23, 9, 45, 7);
const made = (more: Partial<NewMigration>) =>
  migrationFiles({
    folder: folder(),
    existing: [],
    statements: ['CREATE TABLE a (id INTEGER PRIMARY KEY)', 'CREATE INDEX i ON a (id);'],
    model: SAMPLE.model,
    name: 'create_a',
    nowMs: NOW,
    id: ID,
    ...more,
  });

/** Puts files on disk, hands the folder over, and takes it away again. */
function onDisk<T>(files: readonly { path: string; text: string }[], use: (top: string) => T): T {
  const top = mkdtempSync(join(tmpdir(), 'lockkeeper-migration-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
    return use(top);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

describe('snapshots are what drizzle-kit makes of the same schema', () => {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  const kitJson = async (exports: Record<string, unknown>, casing?: 'snake_case') =>
    plain({ ...(await generateSQLiteDrizzleJson(exports, 'prev', casing)), id: ID });

  test('the sample, in the order of drizzle-kit, too', async () => {
    const { exports, model } = await evaluated(SAMPLE.files);
    const expected = await kitJson(exports);
    const actual = plain(snapshotOf(model, ID, 'prev'));
    expect(actual).toEqual(expected);
    const [ours, theirs] = [actual.tables, expected.tables] as Record<string, unknown>[];
    for (const name of Object.keys(theirs ?? {})) expect(JSON.stringify(ours?.[name])).toBe(JSON.stringify(theirs?.[name]));
  });

  test('casing, single keys said by the table, expressions, constraints, existing views', async () => {
    const text = `import { sql } from 'drizzle-orm';
      import { check, foreignKey, index, integer, primaryKey, sqliteTable, sqliteView, text, unique } from 'drizzle-orm/sqlite-core';
      export const zebra = sqliteTable('zebra', { theId: text().notNull(), aNote: text().default("it's").unique(), big: integer({ mode: 'boolean' }).default(false) },
        (t) => [primaryKey({ columns: [t.theId] }), unique().on(t.aNote, t.big), unique('own').on(t.big), index('ix').on(sql\`lower(\${t.aNote})\`, t.big).where(sql\`\${t.big} is not null\`)]);
      export const apple = sqliteTable('apple', { a: integer(), bC: text().generatedAlwaysAs(sql\`'x'\`), z: text().references(() => zebra.theId, { onDelete: 'cascade' }) },
        (t) => [primaryKey({ columns: [t.a, t.bC] }), foreignKey({ columns: [t.bC], foreignColumns: [zebra.theId] }).onUpdate('set null'), check('c', sql\`\${t.a} <> 'q'\`)]);
      export const seen = sqliteView('seen', { theId: text() }).existing();
      export const made = sqliteView('made', { theId: text('given').notNull() }).as(sql\`select \${zebra.theId} from \${zebra}\`);`;
    for (const casing of [undefined, 'snake_case'] as const) {
      const { exports, model } = await evaluated([{ path: 'schema.ts', text }], casing);
      expect(plain(snapshotOf(model, ID, 'prev'))).toEqual(await kitJson(exports, casing));
    }
  });

  test('the next generation finds nothing to do', async () => {
    const { exports, model } = await evaluated(SAMPLE.files);
    const ours = plain(snapshotOf(model, ID, 'prev')) as unknown as Parameters<typeof generateSQLiteMigration>[0];
    expect(await generateSQLiteMigration(ours, await generateSQLiteDrizzleJson(exports, ID))).toEqual([]);
  });
});

describe('drizzle 0.x', () => {
  test('the first one of an empty folder', () => {
    const { tag, files } = made({});
    expect(tag).toBe('0000_create_a');
    expect(files.map(({ path }) => path)).toEqual([
      'db/m/0000_create_a.sql',
      'db/m/meta/_journal.json',
      'db/m/meta/0000_snapshot.json',
    ]);
    expect(files[0]?.text).toBe('CREATE TABLE a (id INTEGER PRIMARY KEY);\n--> statement-breakpoint\nCREATE INDEX i ON a (id);\n');
    expect(JSON.parse(files[2]?.text ?? '')).toMatchObject({
      version: '6',
      id: ID,
      prevId: '00000000-0000-0000-0000-000000000000',
    });
  });

  test('one more for the sample: drizzle’s own migrator and the catalog take it as the last', () => {
    const [own] = SAMPLE.folders;
    const next = made({ folder: own as CatalogFolder, existing: SAMPLE.migrations, name: 'more' });
    expect(next.tag).toBe('0003_more');
    onDisk(next.files, (top) => {
      cpSync('db/migrations', join(top, 'db/migrations'), { recursive: true, filter: (path) => !path.endsWith('_journal.json') });
      const read = readMigrations(top, 'db/migrations');
      const kit = readMigrationFiles({ migrationsFolder: join(top, 'db/migrations') });
      expect(read.map(({ hash, when }) => [hash, when])).toEqual(kit.map(({ hash, folderMillis }) => [hash, folderMillis]));
      expect(kit.at(-1)?.sql.map((sql) => sql.trim())).toEqual([
        'CREATE TABLE a (id INTEGER PRIMARY KEY);',
        'CREATE INDEX i ON a (id);',
      ]);
      expect(read.at(-1)?.when).toBeGreaterThan(SAMPLE.migrations.at(-1)?.when as number);
      expect(readFolder(top, 'db/migrations')).toMatchObject({ layout: 'drizzle', snapshotId: ID });
      const database = new DatabaseSync(':memory:');
      for (const { sql } of kit) for (const statement of sql) database.exec(statement);
    });
  });

  test('a clock that went back does not hide it from the ledger, and tags keep the prefix of the others', () => {
    const entry = { idx: 4, version: '6', when: NOW + 5_000, tag: '20261123094512_last', breakpoints: true };
    const journal = `${JSON.stringify({ version: '7', dialect: 'sqlite', entries: [entry] })}\n`;
    const last = {
      folder: 'db/m',
      layout: 'drizzle',
      name: entry.tag,
      tag: entry.tag,
      when: entry.when,
      sql: '',
      hash: '',
    } as const;
    const { tag, files } = made({ folder: folder({ journal, snapshotId: 'p' }), existing: [last] });
    expect(tag).toBe('20261123094512_create_a');
    expect(JSON.parse(files[1]?.text ?? '').entries.at(-1)).toEqual({
      idx: 5,
      version: '6',
      when: NOW + 5_001,
      tag,
      breakpoints: true,
    });
    expect(files[1]?.text.endsWith('\n')).toBe(true);
  });

  test('a statement at which drizzle would cut is refused', () => {
    expect(() => made({ statements: ["INSERT INTO a VALUES ('--> statement-breakpoint')"] })).toThrow(UnsplittableError);
  });

  test('a comment at the end does not swallow the semicolon', () => {
    expect(made({ statements: ['SELECT 1 -- one'] }).files[0]?.text).toBe('SELECT 1 -- one\n;\n');
  });
});

describe('other layouts', () => {
  test('drizzle v1: a folder with the time in UTC, told apart and read back', () => {
    const { tag, files } = made({ folder: folder({ layout: 'drizzle-v1', snapshotVersion: '8', snapshotId: 'p' }) });
    expect(files.map(({ path }) => path)).toEqual([`db/m/${tag}/migration.sql`, `db/m/${tag}/snapshot.json`]);
    expect(tag).toBe('20261123094507_create_a');
    const snapshot = JSON.parse(files[1]?.text ?? '') as { ddl: { entityType: string }[] };
    expect(snapshot).toMatchObject({ version: '8', dialect: 'sqlite', id: ID, prevIds: ['p'], renames: [] });
    const count = (type: string) => snapshot.ddl.filter(({ entityType }) => entityType === type).length;
    expect([count('tables'), count('columns'), count('views')]).toEqual([
      SAMPLE.model.tables.length,
      SAMPLE.model.tables.flatMap(({ columns }) => columns).length,
      SAMPLE.model.views.length,
    ]);
    onDisk(files, (top) => {
      expect(layoutOf(join(top, 'db/m'))).toBe('drizzle-v1');
      expect(readMigrations(top, 'db/m')).toMatchObject([{ layout: 'drizzle-v1', name: tag, when: NOW }]);
      expect(readFolder(top, 'db/m')).toMatchObject({ snapshotId: ID, snapshotVersion: '8' });
    });
  });

  test('wrangler: numbered, as wide as the others, in wrangler’s order', () => {
    const names = ['0002_b.sql', '10_c.sql', '1_a.sql', 'notes.sql'];
    onDisk(
      names.map((name) => ({ path: `db/m/${name}`, text: 'SELECT 1;' })),
      (top) => {
        const existing = readMigrations(top, 'db/m');
        expect(existing.map(({ name, layout }) => [name, layout])).toEqual([
          ['1_a.sql', 'wrangler'],
          ['0002_b.sql', 'wrangler'],
          ['10_c.sql', 'wrangler'],
          ['notes.sql', 'wrangler'],
        ]);
        const { tag, files } = made({ folder: readFolder(top, 'db/m'), existing });
        expect([tag, files]).toEqual([
          '0011_create_a',
          [{ path: 'db/m/0011_create_a.sql', text: 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n\nCREATE INDEX i ON a (id);\n' }],
        ]);
      },
    );
  });

  test('no folder is told, an empty one is drizzle’s', () => {
    expect(() => readMigrations('/nowhere', 'db/m')).toThrow('db/m: there is no such folder');
    onDisk([{ path: 'db/m/readme.md', text: '' }], (top) => expect(readFolder(top, 'db/m')).toEqual(folder()));
  });
});

describe('names', () => {
  const row = (kind: DiffRow['kind'], table: string, name: string, state: DiffRow['state']) =>
    ({ id: '', kind, table, name, state }) as DiffRow;
  test.each<[DiffRow[], string]>([
    [[row('column', 'users', 'email', 'missing')], 'add_users_email'],
    [[row('table', 'Order Notes', 'Order Notes', 'missing'), row('column', 'Order Notes', 'id', 'missing')], 'create_order_notes'],
    [[row('column', 'users', 'email', 'extra')], 'drop_users_email'],
    [
      [row('column', 'users', 'email', 'mismatch'), row('index', 'a', 'a_by_b', 'missing'), row('view', 'v', 'v', 'extra')],
      'change_users_email_and_2_more',
    ],
    [[row('primary-key', 'users', 'primary key', 'mismatch')], 'change_users_key'],
    [[row('check', 'users', 'users_age', 'missing')], 'add_users_age'],
    [[row('table', '数', '数', 'missing')], 'create'],
    [[], 'nothing'],
  ])('%#: %s', (rows, name) => expect(migrationName(rows)).toBe(name));

  test('never longer than a file system likes', () => {
    expect(migrationName([row('column', 'u'.repeat(500), 'e'.repeat(500), 'missing')])).toHaveLength(60);
  });
});
