/**
 * The schema pages over a real database that differs from its code: what is missing is added, a conflict is resolved both ways, and what
 * was written in the console arrives in a checkout. The database's own file, stock SQLite and git are the witnesses.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { NewToken } from '../worker/protocol/access.ts';
import type { Job } from '../worker/protocol/job.ts';
import type { Plan } from '../worker/protocol/plan.ts';
import type { SchemaDiff } from '../worker/protocol/schema.ts';
import { launchBrowser } from './browser.mjs';
import { type Local, startLocal } from './local.ts';
import { fileOf, finished, json, Windows } from './testing/console.ts';
import { compareDatabases, copyDatabase, healthOf } from './testing/databases.ts';

const top = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-schema-'));
const stateFolder = join(folder, 'state');
let browser: Browser;
let local: Local;
let windows: Windows;
let viewer: NewToken;

const line = (page: Page, text: string) => page.locator('lk-schema-matrix .line', { hasText: text }).first();
/** Code stands there twice for a moment, plain and coloured: one of the two is hidden. */
const code = (page: Page, text: string) => page.getByText(text).filter({ visible: true }).first();
const editor = (page: Page) => page.locator('lk-file-editor .cm-content');
const green = (page: Page) => page.getByRole('heading', { name: 'Code and database say the same' });
const ask = async <T>(path: string) => json<T>(await local.call(path));
const differing = ({ rows }: SchemaDiff) => rows.filter(({ state }) => state !== 'match').map(({ id, state }) => `${state} ${id}`);
const lastPart = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';

function change(file: string, act: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file);
  try {
    act(database);
  } finally {
    database.close();
  }
}

/** While nobody serves it: DB loses a column and an index, STAGING is a copy in which customers speak another language unless they say so. */
function makeThemDiffer(): void {
  const [db, staging] = [fileOf(stateFolder, 'DB'), fileOf(stateFolder, 'STAGING')];
  change(db, (database) => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  mkdirSync(dirname(staging), { recursive: true });
  for (const suffix of ['-wal', '-shm']) rmSync(`${staging}${suffix}`, { force: true });
  copyFileSync(db, staging);
  change(db, (database) => {
    database.exec('ALTER TABLE customers DROP COLUMN birthday');
    database.exec('DROP INDEX wishes_by_product');
  });
  change(staging, (database) => {
    for (const name of ['_lk_guard', '_lk_steps', 'audit_logs']) database.exec(`DROP TABLE IF EXISTS ${name}`);
    database.enableDefensive(false);
    database.exec('PRAGMA writable_schema = ON');
    const { changes } = database
      .prepare(
        `UPDATE sqlite_schema SET sql = replace(sql, 'DEFAULT ''en''', 'DEFAULT ''de''') WHERE name = 'customers' AND sql LIKE '%DEFAULT ''en''%'`,
      )
      .run();
    expect(changes).toBe(1);
    database.exec('PRAGMA writable_schema = RESET');
  });
}

beforeAll(async () => {
  [browser, local] = await Promise.all([launchBrowser(), startLocal({ stateFolder, sample: 'on' })]);
  const { items } = await ask<{ items: Job[] }>('/databases/DB/jobs?kind=sample.seed');
  expect((await finished(local, 'DB', items[0]?.id ?? '')).error).toBeNull();
  expect(await local.stop()).toBe(0);
  makeThemDiffer();
  local = await startLocal({ stateFolder });
  windows = new Windows(browser, local);
  viewer = await json(await local.call('/tokens', { method: 'POST', body: JSON.stringify({ name: 'reader', role: 'viewer' }) }));
});
afterEach(async () => {
  await windows.close();
  expect(windows.faults.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  const code = await local?.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

test('S3, J6: a missing column and index are seen, the dry run is read, applied in one click; every window goes green by itself', async () => {
  const one = await windows.open(local.adminToken, '/DB/schema');
  const two = await windows.open(viewer.secret, '/DB/schema');
  for (const page of [one, two]) {
    await line(page, 'birthday').getByText('Missing').waitFor();
    await line(page, 'wishes_by_product').getByText('Missing').waitFor();
  }
  const loads: string[] = [];
  for (const page of [one, two]) page.on('load', () => loads.push(page.url()));

  await one.getByRole('button', { name: 'Apply 2 safe changes…' }).click();
  await one.waitForURL('**/DB/plans/*');
  await one.getByText('No row is removed or changed.').waitFor();
  await one.getByText('Rehearsed in scratch: it worked').waitFor();
  const plan = await ask<Plan>(`/databases/DB/plans/${lastPart(one)}`);
  expect(plan.statements.map(({ sql }) => sql)).toEqual([
    expect.stringMatching(/^ALTER TABLE "customers" ADD COLUMN "birthday" text$/i),
    expect.stringMatching(/^CREATE INDEX "wishes_by_product" ON "wishes" \("product_id"\)$/i),
  ]);
  for (const { sql } of plan.statements) await code(one, sql).waitFor();
  await one.getByRole('button', { name: 'Start', exact: true }).click();
  await one.waitForURL('**/DB/jobs/*');
  await one.getByText('Succeeded').first().waitFor();
  await green(two).waitFor();
  await one.getByRole('link', { name: 'See the schema' }).click();
  await green(one).waitFor();
  expect(loads).toEqual([]);

  expect(differing(await ask<SchemaDiff>('/databases/DB/schema/diff'))).toEqual([]);
  const again = await local.call('/databases/DB/plans', { method: 'POST', body: JSON.stringify({ kind: 'schema.sync' }) });
  expect(await again.json()).toMatchObject({ code: 'nothing_to_do' });
});

describe('a conflict', () => {
  test('the database is right: the change of the code is read, saved as a draft, agrees with the database, and git applies it', async () => {
    const page = await windows.open(local.adminToken, '/STAGING/schema');
    await line(page, 'language').getByText('Differs').waitFor();
    await line(page, 'language').click();
    await page.getByRole('table', { name: 'What differs' }).getByRole('cell', { name: "'de'" }).first().waitFor();
    await page.getByRole('button', { name: 'Database is right: change the code' }).click();
    await code(page, "+    language: text().notNull().default('de'),").waitFor();
    await code(page, "-    language: text().notNull().default('en'),").waitFor();
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.waitForURL('**/STAGING/schema/files?file=db%2Fschema%2Fpeople.ts');
    await editor(page).getByText("language: text().notNull().default('de'),").waitFor();
    await page.getByRole('button', { name: 'Drafts against database' }).click();
    await page.getByRole('heading', { name: 'They say the same' }).waitFor();

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Patch' }).click()]);
    const clone = join(folder, 'clone');
    cpSync(join(top, 'db/schema'), join(clone, 'db/schema'), { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: clone });
    execFileSync('git', ['apply', await download.path()], { cwd: clone });
    const text = (root: string) => readFileSync(join(root, 'db/schema/people.ts'), 'utf8');
    expect(text(clone)).toBe(text(top).replace(".default('en')", ".default('de')"));

    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('button', { name: 'Discard it' }).click();
    await page.getByRole('button', { name: 'Discard…' }).waitFor({ state: 'detached' });
  });

  test('S1, S2: the code is right: the table that seven others hang on is rebuilt, and keeps every row, key and trigger', async () => {
    const before = copyDatabase(fileOf(stateFolder, 'STAGING'), folder, 'before.sqlite');
    const page = await windows.open(local.adminToken, '/STAGING/schema');
    const two = await windows.open(viewer.secret, '/STAGING/schema');
    await line(two, 'language').getByText('Differs').waitFor();
    await line(page, 'language').click();
    await page.getByRole('button', { name: 'Code is right: plan it' }).click();
    await page.waitForURL('**/STAGING/plans/*');
    await page.getByText('Rehearsed in scratch: it worked').waitFor();
    const plan = await ask<Plan>(`/databases/STAGING/plans/${lastPart(page)}`);
    expect([plan.predicted.rowsRemoved, plan.rehearsal?.rows !== 0]).toEqual([0, true]);
    // The tables that carry the rows over are nobody's to worry about.
    expect(plan.hazards.filter(({ message }) => message.includes('_lk_'))).toEqual([]);
    if (plan.confirm !== null) await page.locator('lk-plan-start input').fill(plan.confirm);
    await page.getByRole('button', { name: /^Start/ }).click();
    await page.waitForURL('**/STAGING/jobs/*');
    await page.getByText('Succeeded').first().waitFor();
    await green(two).waitFor();

    const after = copyDatabase(fileOf(stateFolder, 'STAGING'), folder, 'after.sqlite');
    const { differences, rows } = compareDatabases(before, after, ['audit_logs']);
    expect(differences.filter((text) => !/^(missing|too much): table customers /.test(text))).toEqual([]);
    expect(rows).toBeGreaterThan(45_000);
    expect(healthOf(after)).toEqual({ integrity: 'ok', violations: 0 });
    expect(differing(await ask<SchemaDiff>('/databases/STAGING/schema/diff'))).toEqual([]);
  });
});

/** What `npm run pull` needs of the checkout, as a checkout of its own. */
function checkout(): string {
  const clone = join(folder, 'checkout');
  for (const path of ['tools', 'worker/protocol', 'db', 'package.json', 'package-lock.json'])
    cpSync(join(top, path), join(clone, path), { recursive: true });
  symlinkSync(join(top, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

function pull(clone: string): { status: number | null; output: string } {
  const env = { ...process.env, LOCKKEEPER_URL: local.url, LOCKKEEPER_ADMIN_TOKEN: local.adminToken };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/pull.mjs'], { cwd: clone, env, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

test('a draft: a mistake is marked where it is, mended, compared, made a migration, accepted, and pulled into a checkout', async () => {
  const page = await windows.open(local.adminToken, '/DB/schema/files?file=db%2Fschema%2Fpeople.ts');
  const file = join(top, 'db/schema/people.ts');
  await editor(page).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('process.exit();\n');
  await page.keyboard.press('Control+s');
  const mistake = page.getByRole('list', { name: 'Mistakes' }).getByRole('button', { name: /^1:1/ });
  await mistake.waitFor();
  await page.locator('.cm-lintRange-error').first().waitFor();
  expect(await page.getByRole('button', { name: 'Accept', exact: true }).isDisabled()).toBe(true);

  await mistake.click();
  await page.keyboard.press('Control+Shift+k');
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  const greetings =
    "export const greetings = sqliteTable('greetings', {\n  id: integer().primaryKey(),\n  words: text().notNull(),\n});\n";
  await page.keyboard.insertText(greetings);
  await page.getByLabel('Message').fill('a table for greetings');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByRole('list', { name: 'Mistakes' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Drafts against database' }).click();
  await line(page, 'greetings').waitFor();

  await page.getByRole('button', { name: 'Make migration…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('greetings');
  await page.getByRole('button', { name: 'Make it', exact: true }).click();
  await code(page, 'db/migrations/0003_greetings.sql').waitFor();
  const [migration] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download patch' }).click(),
  ]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await page.getByText('accepted').first().waitFor();

  const clone = checkout();
  expect(pull(clone)).toEqual({ status: 0, output: 'wrote db/schema/people.ts\n' });
  expect(readFileSync(join(clone, 'db/schema/people.ts'), 'utf8')).toBe(`${readFileSync(file, 'utf8')}\n${greetings}`);
  expect(pull(clone)).toEqual({ status: 0, output: 'db/schema/people.ts is up to date\n' });
  execFileSync('git', ['init', '--quiet'], { cwd: clone });
  execFileSync('git', ['apply', await migration.path()], { cwd: clone });
  expect(readFileSync(join(clone, 'db/migrations/0003_greetings.sql'), 'utf8')).toMatch(/CREATE TABLE .greetings./);

  writeFileSync(join(clone, 'db/schema/people.ts'), '// mine\n');
  expect(pull(clone)).toMatchObject({ status: 1, output: expect.stringContaining('has changed since') });
});
