/**
 * What keeps visitors and rows safe, with everything real: two windows of the console, the shop as a second Worker, and the database's own
 * file as the witness.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, STALE_MS } from '../worker/guard/index.ts';
import type { NewToken } from '../worker/protocol/access.ts';
import type { BackupSummary } from '../worker/protocol/backup.ts';
import type { Job } from '../worker/protocol/job.ts';
import type { Hold, MaintenanceStatus, MaintenanceWindow } from '../worker/protocol/maintenance.ts';
import type { Plan } from '../worker/protocol/plan.ts';
import { launchBrowser } from './browser.mjs';
import { type Local, startLocal } from './local.ts';
import { fileOf, finished, json, live, Windows } from './testing/console.ts';
import { compareDatabases, copyDatabase, healthOf, loadSql } from './testing/databases.ts';

/** A change of the mode has reached a Worker with the guard within this. */
const SEEN_MS = DEFAULTS.cacheMs + STALE_MS;
const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-danger-'));
const stateFolder = join(folder, 'state');
let browser: Browser;
let local: Local;
let windows: Windows;
let shop: string;
let operator: NewToken;
let viewer: NewToken;

const banner = (page: Page) => page.getByRole('region', { name: 'Maintenance', exact: true });
const ask = async <T>(path: string) => json<T>(await local.call(path));
const status = () => ask<MaintenanceStatus>('/databases/DB/maintenance');
const visit = () => fetch(`${shop}/products/1`, { headers: { accept: 'text/html' } });

async function newToken(name: string, role: NewToken['role']): Promise<NewToken> {
  return json<NewToken>(await local.call('/tokens', { method: 'POST', body: JSON.stringify({ name, role }) }));
}

/** Visits the shop until it answers so. */
async function shopAnswers(wanted: number, withinMs: number): Promise<Response> {
  for (const deadline = performance.now() + withinMs; ; ) {
    const response = await visit();
    if (response.status === wanted) return response;
    if (performance.now() > deadline) throw new Error(`the shop still answers ${response.status} after ${withinMs} ms`);
    await delay(100);
  }
}

beforeAll(async () => {
  [browser, local] = await Promise.all([launchBrowser(), startLocal({ stateFolder, sample: 'on' })]);
  windows = new Windows(browser, local);
  shop = /Shop +(http:\S+)/.exec(local.output())?.[1] ?? '';
  const { items } = await ask<{ items: Job[] }>('/databases/DB/jobs?kind=sample.seed');
  expect((await finished(local, 'DB', items[0]?.id ?? '')).error).toBeNull();
  await shopAnswers(200, 60_000);
  [operator, viewer] = await Promise.all([newToken('operations', 'operator'), newToken('reader', 'viewer')]);
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

describe('maintenance', () => {
  test('M1, M4: closed in one window: a banner in the other, 503 in the shop, a job still runs; a longer hold is the same hold; ended, all is open', async () => {
    const one = await windows.open(local.adminToken, '/DB/maintenance');
    const two = await windows.open(operator.secret, '/DB/overview');
    await one.getByRole('radio', { name: 'Closed' }).check();
    await one.getByLabel('Reason').fill('moving the shelves');
    await one.getByLabel(/Message for visitors/).fill('Back at <three>.');
    await one.getByRole('button', { name: 'Close the database…' }).click();
    await one.getByRole('button', { name: 'Close it' }).click();
    await banner(two).getByText('moving the shelves').waitFor();
    await banner(two).getByText('Closed').waitFor();

    const refused = await shopAnswers(503, SEEN_MS);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await refused.text()).toContain('Back at &lt;three&gt;.');

    await two.getByRole('button', { name: 'Export', exact: true }).click();
    await two.getByRole('button', { name: 'Start export' }).click();
    await two.waitForURL(/\/DB\/jobs\/job_/);
    await two.getByText('Succeeded').first().waitFor();
    const job = await finished(local, 'DB', two.url().split('/').at(-1) ?? '');
    expect([job.error, (job.result as { rows: number }).rows > 45_000]).toEqual([null, true]);
    expect((await visit()).status).toBe(503);

    const before = await status();
    await one.getByRole('button', { name: 'Change it' }).click();
    const dialog = one.locator('lk-hold-dialog');
    await dialog.getByLabel('Until somebody ends it').check();
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await one.getByText('It does not end by itself.').waitFor();
    const after = await status();
    expect([before.expiresAt !== null, after.expiresAt]).toEqual([true, null]);
    expect([after.mode, after.since, after.holds.map(({ id }) => id)]).toEqual([
      'closed',
      before.since,
      before.holds.map(({ id }) => id),
    ]);

    await one.getByRole('button', { name: 'End it now' }).click();
    await one.getByRole('button', { name: 'End it', exact: true }).click();
    await banner(two).waitFor({ state: 'detached' });
    await one.getByRole('heading', { name: 'The database is serving.' }).waitFor();
    await shopAnswers(200, SEEN_MS);
    // The page tells the mode at once; the fence may still be on its way down.
    await expect.poll(status).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });
  });

  test('M1: a weekly window is made, stands there with its next time, and is deleted, in every window', async () => {
    const one = await windows.open(local.adminToken, '/DB/maintenance', { timezoneId: 'Europe/London' });
    const two = await windows.open(viewer.secret, '/DB/maintenance', { timezoneId: 'Asia/Tokyo' });
    await one.getByRole('button', { name: 'New window' }).click();
    const dialog = one.locator('lk-window-dialog');
    expect(await dialog.getByRole('button', { name: 'Sunday' }).getAttribute('aria-pressed')).toBe('true');
    await dialog.getByLabel('From').fill('02:00');
    await dialog.getByLabel('For how many minutes').fill('60');
    await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
    await dialog.getByRole('combobox', { name: 'Time zone' }).press('Enter');
    await dialog.getByLabel('Reason').fill('price import');
    await dialog.getByRole('button', { name: 'Make the window' }).click();
    await one.getByRole('dialog').waitFor({ state: 'hidden' });

    const { items } = await ask<{ items: MaintenanceWindow[] }>('/databases/DB/maintenance/windows');
    expect(items).toMatchObject([{ days: [0], from: '02:00', minutes: 60, timeZone: 'Europe/Berlin', enabled: true }]);
    const next = new Date(items[0]?.next?.from ?? 0);
    const clock = (timeZone: string) =>
      next.toLocaleTimeString('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
    expect([next.getTime() > Date.now(), clock('Europe/Berlin')]).toEqual([true, 'Sun 02:00']);
    for (const [page, zone] of [
      [one, 'Europe/London'],
      [two, 'Asia/Tokyo'],
    ] as const) {
      await page.getByText('Sundays, 02:00 to 03:00, Europe/Berlin').waitFor();
      const [day, time] = clock(zone).split(' ');
      await page.getByText(new RegExp(`^Next ${day}, .*, ${time} on your clock`)).waitFor();
    }
    expect(await two.getByRole('button', { name: /^Delete/ }).count()).toBe(0);

    await one.getByRole('button', { name: 'Delete Sundays, 02:00' }).click();
    await one.getByRole('button', { name: 'Delete it' }).click();
    for (const page of [one, two]) await page.getByText('No weekly window').waitFor();
    expect((await ask<{ items: unknown[] }>('/databases/DB/maintenance/windows')).items).toEqual([]);
  });
});

/** Rows of every table of the user's, as they lie in the file. */
function countsIn(file: string): Record<string, number> {
  const database = new DatabaseSync(file);
  try {
    const tables = database
      .prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND substr(name, 1, 1) <> '_'",
      )
      .all();
    const count = (name: string) => database.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n as number;
    return Object.fromEntries(
      tables
        .map(({ name }) => String(name))
        .filter((name) => name !== 'audit_logs')
        .map((name) => [name, count(name)]),
    );
  } finally {
    database.close();
  }
}

describe('the danger zone', () => {
  test('S1, S2, R1, X2: a table is cleared with what depends on it: as previewed, by its typed name, with a safety backup that has every row', async () => {
    const file = fileOf(stateFolder, 'DB');
    const before = copyDatabase(file, folder, 'before.sqlite');
    const one = await windows.open(local.adminToken, '/DB/danger');
    const two = await windows.open(viewer.secret, '/DB/jobs');
    await one.getByLabel('Find a table').fill('orders');
    await one.getByRole('radio', { name: /^orders/ }).check();
    await one.getByLabel('Clear them too').check();
    await one.getByRole('button', { name: 'See what would go' }).click();
    await one.waitForURL('**/DB/plans/*');

    const plan = await ask<Plan>(`/databases/DB/plans/${one.url().split('/').at(-1)}`);
    const counts = countsIn(before);
    const rows = one.getByRole('table', { name: 'Rows of each table' }).getByRole('row');
    await rows.last().waitFor();
    const cells = await rows.allTextContents();
    for (const { table, before: there, removed } of plan.predicted.tables) {
      expect([table, there]).toEqual([table, counts[table]]);
      expect(cells.filter((text) => text.includes(table) && text.includes(removed.toLocaleString('en-US')))).not.toEqual([]);
    }
    const gone = plan.predicted.tables.filter(({ removed }) => removed > 0).map(({ table }) => table);
    expect(gone.sort()).toEqual(['order notes', 'order_items', 'orders', 'payments', 'returned_items']);

    const typed = one.getByLabel(/Type .* to confirm/);
    await typed.fill('order');
    expect(await one.getByRole('button', { name: 'Start, knowing this' }).isDisabled()).toBe(true);
    await typed.fill('orders');
    await one.getByRole('button', { name: 'Start, knowing this' }).click();
    await one.waitForURL(/\/DB\/jobs\/job_/);
    await two
      .getByRole('link', { name: /Clear table/ })
      .first()
      .waitFor();
    for (const page of [one, two]) await page.getByText('Succeeded').first().waitFor();

    const job = await finished(local, 'DB', one.url().split('/').at(-1) ?? '');
    const after = copyDatabase(file, folder, 'after.sqlite');
    const expected = { ...counts, ...Object.fromEntries(plan.predicted.tables.map((each) => [each.table, each.after])) };
    expect(countsIn(after)).toEqual(expected);
    expect(healthOf(after)).toEqual({ integrity: 'ok', violations: 0 });
    const { items: holds } = await ask<{ items: Hold[] }>('/databases/DB/maintenance/holds');
    expect(holds[0]).toMatchObject({ owner: { kind: 'job', jobId: job.id }, endedBy: 'job over' });
    expect((await status()).mode).toBe('off');

    await one.getByRole('link', { name: 'Open the safety backup' }).click();
    await one.getByRole('heading', { name: /^Backup of/ }).waitFor();
    const [download] = await Promise.all([one.waitForEvent('download'), one.getByRole('link', { name: /sql\.gz/ }).click()]);
    const restored = join(folder, 'restored.sqlite');
    loadSql(gunzipSync(readFileSync(await download.path())).toString('utf8'), restored);
    expect(compareDatabases(before, restored, ['audit_logs']).differences).toEqual([]);
    const { items: backups } = await ask<{ items: BackupSummary[] }>('/databases/DB/backups');
    expect(one.url()).toContain(backups.find(({ jobId }) => jobId === job.id)?.id);
  });

  test('X2: a viewer sees all of it and why nothing can be started; revoked in the other window, it is signed out at once', async () => {
    const one = await windows.open(local.adminToken, '/access');
    await one.getByRole('button', { name: 'New token' }).click();
    const dialog = one.locator('lk-token-dialog');
    await dialog.getByLabel('Name').fill('auditor');
    await dialog.getByRole('radio', { name: 'viewer' }).check();
    await dialog.getByRole('button', { name: 'Make token' }).click();
    const secret = (await one.locator('lk-command.secret').getByText(/^lk/).textContent()) ?? '';

    const two = await windows.open(secret.trim(), '/DB/danger');
    await two.getByText('Needs the admin role; yours is viewer.').first().waitFor();
    expect(await two.getByRole('button', { name: 'See what would go' }).count()).toBe(0);
    await two.getByRole('link', { name: 'Schema', exact: true }).click();
    await two.getByRole('heading', { name: 'Code and database say the same' }).waitFor();
    await live(two);

    await one.getByRole('row').filter({ hasText: 'auditor' }).getByRole('button').click();
    await one.locator('lk-confirm').getByRole('button', { name: 'Revoke' }).click();
    await two.getByText('Your session has ended').waitFor();
    expect(await two.getByText('Sample shop').count()).toBe(0);
    const answer = await fetch(`${local.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret.trim()}` } });
    expect(answer.status).toBe(401);
  });
});
