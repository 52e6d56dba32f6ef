import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalog } from '../../worker/core/drizzle/catalog.ts';
import { readDrizzle } from '../../worker/core/drizzle/read.ts';
import { buildCatalog, OUTPUT } from './build.ts';

let top = '';
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
};
const built = async (): Promise<Catalog> => {
  await buildCatalog(top);
  return ((await import(/* @vite-ignore */ `${pathToFileURL(join(top, OUTPUT)).href}?${Math.random()}`)) as { CATALOG: Catalog })
    .CATALOG;
};

beforeEach(() => {
  // Inside of the checkout, where drizzle-orm can be found.
  const parent = join(import.meta.dirname, '../../.wrangler/tmp');
  mkdirSync(parent, { recursive: true });
  top = mkdtempSync(join(parent, 'catalog-'));
  const one = "schema: './src/schema', migrations: ['./drizzle', './sql']";
  write(
    'db/databases.ts',
    `interface Listed { binding: string; schema: string; migrations: string[]; casing?: 'snake_case' }
     export const DATABASES: Listed[] = [{ binding: 'A', ${one.replace("'./src/schema'", "'./src/schema/index.ts'")} }, { binding: 'B', ${one.replace("'./src/schema'", "'./src/schema/index.ts'")} },
       { binding: 'C', schema: './src/schema/index.ts', migrations: [], casing: 'snake_case' }];`,
  );
  write('src/schema/index.ts', "export * from './users';\nimport { helper } from '../helper';\nexport const unused = helper;\n");
  write(
    'src/schema/users.ts',
    "import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const users = sqliteTable('users', { userId: integer().primaryKey(), firstName: text() });\n",
  );
  write('src/helper.ts', 'export const helper = 1;\n');
  write(
    'drizzle/meta/_journal.json',
    '{"version":"7","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":5,"tag":"0000_a","breakpoints":true}]}',
  );
  write('drizzle/0000_a.sql', 'SELECT 1;');
  write('drizzle/meta/0000_snapshot.json', '{"id":"s","version":"6"}');
  write('sql/1_b.sql', 'SELECT 2;');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

test('modules without endings, their own files, both layouts; what is equal is shared', async () => {
  const catalog = await built();
  expect(catalog.databases).toEqual({ A: 0, B: 0, C: 1 });
  const [entry, cased] = catalog.entries;
  expect(entry?.files.map(({ path }) => path)).toEqual(['src/schema/index.ts', 'src/helper.ts', 'src/schema/users.ts']);
  expect(entry?.migrations.map(({ folder, layout, name, when }) => [folder, layout, name, when])).toEqual([
    ['drizzle', 'drizzle', '0000_a', 5],
    ['sql', 'wrangler', '1_b.sql', null],
  ]);
  expect(entry?.folders.map(({ snapshotId }) => snapshotId)).toEqual(['s', null]);
  const names = (of: typeof entry) => of?.model.tables.flatMap(({ columns }) => columns.map(({ name }) => name));
  expect([names(entry), names(cased)]).toEqual([
    ['userId', 'firstName'],
    ['user_id', 'first_name'],
  ]);
  expect(readDrizzle(cased?.files ?? [], { casing: 'snake_case' })).toMatchObject({ problems: [], model: cased?.model });
});

test('it is written only when something has changed, and says what to watch', async () => {
  const first = await buildCatalog(top);
  expect(first.changed).toBe(true);
  expect(first.sources).toEqual(
    expect.arrayContaining([join(top, 'src/schema/users.ts'), join(top, 'drizzle'), join(top, 'db/databases.ts')]),
  );
  const { mtimeMs } = statSync(join(top, OUTPUT));
  expect((await buildCatalog(top)).changed).toBe(false);
  expect(statSync(join(top, OUTPUT)).mtimeMs).toBe(mtimeMs);
  write('sql/2_c.sql', 'SELECT 3;');
  expect((await buildCatalog(top)).changed).toBe(true);
  write(
    'src/schema/users.ts',
    "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const users = sqliteTable('people', { a: text() });\n",
  );
  expect((await built()).entries[0]?.model.tables.map(({ name }) => name)).toEqual(['people']);
});

test('what is missing or broken is named, and the last good one stays', async () => {
  await buildCatalog(top);
  const good = readFileSync(join(top, OUTPUT), 'utf8');
  write('src/schema/users.ts', 'export const = 1;');
  await expect(buildCatalog(top)).rejects.toThrow();
  rmSync(join(top, 'src/schema'), { recursive: true });
  await expect(buildCatalog(top)).rejects.toThrow('./src/schema/index.ts: there is no such file');
  rmSync(join(top, 'sql'), { recursive: true });
  expect(readFileSync(join(top, OUTPUT), 'utf8')).toBe(good);
});
