/** Maintenance in the console, in a real browser against the fake server of `ui/dev`: what everybody sees, and the switch. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { live, useConsole } from './dev/testing/harness.ts';

const browser = useConsole();
const HOUR_MS = 3_600_000;
const banner = (page: Page) => page.getByRole('region', { name: 'Maintenance', exact: true });
const begin = (over: { mode?: 'read-only' | 'closed'; reason?: string; expiresAt?: string | null } = {}) =>
  browser.database.maintenance.set(
    { mode: 'read-only', reason: 'moving house', message: 'Soon.', expiresAt: null, ...over },
    'ann',
  );
const stop = () => browser.database.maintenance.set({ mode: 'off', reason: 'done', message: null, expiresAt: null }, 'ann');

/** Every order that the page sends. */
function orders(page: Page): Record<string, unknown>[] {
  const sent: Record<string, unknown>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.postDataJSON() as Record<string, unknown>);
  });
  return sent;
}

describe('the banner', () => {
  test('M1: stands on every page as soon as maintenance begins, with mode, reason, who, how long; goes when it ends', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/backups');
    await live(page);
    expect(await banner(page).count()).toBe(0);
    begin({ expiresAt: new Date(Date.now() + 0.5 * HOUR_MS).toISOString() });
    await banner(page).getByText('Read-only').waitFor();
    await banner(page).getByText('moving house').waitFor();
    await banner(page).getByText('by ann').waitFor();
    await banner(page)
      .getByText(/^29:5\d left$/)
      .waitFor();
    expect(await page.title()).toMatch(/^Read-only · Backups/);
    for (const section of ['Overview', 'Jobs', 'Audit', 'Access']) {
      await page.getByRole('link', { name: section, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([section, await banner(page).count()]).toEqual([section, 1]);
    }
    await banner(page).getByRole('link').click();
    await page.waitForURL('**/DB/maintenance');
    stop();
    await banner(page).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'The database is serving.' }).waitFor();
    expect(await page.title()).toMatch(/^Maintenance/);
  });

  test('M1: it does not scroll away, not on a phone either', async () => {
    begin({ mode: 'closed', reason: 'a long reason '.repeat(20) });
    browser.database.extraTables = 60;
    const page = await browser.signedIn('viewer', { viewport: { width: 360, height: 700 } });
    await page.getByRole('rowheader', { name: 'tenant_001_measurements' }).waitFor();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(async () => (await banner(page).boundingBox())?.y).toBe(0);
    expect((await banner(page).boundingBox())?.height).toBeLessThan(90);
  });

  test('M2: a fence that failed is told with its cause, also where no hold is left, and goes when it is mended', async () => {
    const { maintenance } = browser.database;
    maintenance.fenceFollows = false;
    const page = await browser.signedIn('viewer', {}, '/DB/maintenance');
    await live(page);
    maintenance.put({ state: 'failed', detail: 'D1_ERROR: disk I/O error' });
    await banner(page).getByText('The fence failed').waitFor();
    await banner(page).getByText('D1_ERROR: disk I/O error').waitFor();
    begin();
    await banner(page).getByText('Clients that do not ask the guard may still write.').waitFor();
    await page.getByText('The fence is not up.').waitFor();
    expect(await page.getByText('writes are refused').count()).toBe(0);
    maintenance.put({ state: 'up', detail: null });
    await page.getByText('Reads are served, writes are refused.').waitFor();
    await page.getByText('The database itself refuses writes, from every client.').waitFor();
    expect(await banner(page).getByText('fence').count()).toBe(0);
  });
});

describe('the switch', () => {
  test('M1: an operator makes it read-only for an hour; another window sees it, the fence rises, the history has it', async () => {
    browser.database.maintenance.fenceFollows = false;
    const other = await browser.signedIn('viewer');
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = orders(page);
    await Promise.all([live(other), live(page)]);
    await page.getByLabel('Reason').fill('  new index  ');
    const before = Date.now();
    await page.getByLabel('Reason').press('Enter');
    await page.getByRole('heading', { name: 'The database is read-only.' }).waitFor();
    expect(sent).toEqual([{ mode: 'read-only', reason: 'new index', message: null, expiresAt: expect.any(String) }]);
    const lengthMs = Date.parse(String(sent[0]?.expiresAt)) - before;
    expect([lengthMs >= HOUR_MS, lengthMs < HOUR_MS + 20_000]).toEqual([true, true]);
    await banner(other).getByText('new index').waitFor();
    browser.database.maintenance.put({ state: 'raising', detail: null });
    await page.getByText('Going up').waitFor();
    browser.database.maintenance.put({ state: 'up', detail: null });
    await page.getByText('Up', { exact: true }).waitFor();
    await page.getByRole('cell', { name: 'holds now' }).waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('');
  });

  test('closing asks once more, with what it does; without a reason nothing is sent', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/maintenance');
    const sent = orders(page);
    await live(page);
    await page.getByRole('radio', { name: 'Closed' }).check();
    await page.getByLabel('Until somebody ends it').check();
    await page.getByRole('button', { name: 'Close the database…' }).click();
    await page.getByText('Say why').waitFor();
    expect(await page.getByLabel('Reason').evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.getByLabel('Reason').fill('restore');
    await page.getByLabel(/Message for visitors/).fill('Back at three.');
    await page.getByRole('button', { name: 'Close the database…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Close the database?' });
    await page.getByText('until somebody opens it again').waitFor();
    await page.getByText('“Back at three.”').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(sent).toEqual([]);
    await page.getByRole('button', { name: 'Close the database…' }).click();
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.getByRole('heading', { name: 'The database is closed.' }).waitFor();
    expect(sent).toEqual([{ mode: 'closed', reason: 'restore', message: 'Back at three.', expiresAt: null }]);
    await dialog.waitFor({ state: 'hidden' });
  });

  test('a time that has passed is called that, and nothing is sent; one to come is sent as UTC', async () => {
    const page = await browser.signedIn('admin', { timezoneId: 'Asia/Kolkata' }, '/DB/maintenance');
    const sent = orders(page);
    await live(page);
    await page.getByLabel('Reason').fill('x');
    await page.getByLabel('Until a time').check();
    await page.getByText(/your clock, Asia\/(Kolkata|Calcutta)/).waitFor();
    await page.getByLabel('Ends at').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Make it read-only' }).click();
    await page.getByText('That time has passed').waitFor();
    expect(sent).toEqual([]);
    await page.getByLabel('Ends at').fill('2040-06-01T12:00');
    await page.getByRole('button', { name: 'Make it read-only' }).click();
    await page.getByRole('heading', { name: 'The database is read-only.' }).waitFor();
    expect(sent[0]?.expiresAt).toBe('2040-06-01T06:30:00.000Z');
  });

  test('a refusal is shown, and what was typed stays', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/maintenance');
    await live(page);
    await page.getByLabel('Reason').fill('keep me');
    browser.server.broken = { path: '/maintenance', code: 'forbidden', status: 403 };
    await page.getByRole('button', { name: 'Make it read-only' }).click();
    await page.getByRole('alert').getByText('Your role does not allow this').first().waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('keep me');
  });
});

describe('holds', () => {
  test('M4: another end keeps mode, reason and message; a hold that is over meanwhile is not begun anew', async () => {
    begin({ mode: 'closed', expiresAt: new Date(Date.now() + HOUR_MS).toISOString() });
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = orders(page);
    await live(page);
    await page.getByRole('button', { name: 'Change its end' }).click();
    const dialog = page.getByRole('dialog', { name: 'When does it end?' });
    await page.locator('lk-extend-dialog').getByLabel('Until somebody ends it').check();
    await page.getByRole('button', { name: 'Change the end' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: 'replaced by another' }).waitFor();
    expect(sent).toEqual([{ mode: 'closed', reason: 'moving house', message: 'Soon.', expiresAt: null }]);
    await page.getByRole('button', { name: 'Change its end' }).click();
    stop();
    await page.getByText('This hold is over').waitFor();
    expect(await page.getByRole('button', { name: 'Change the end' }).isDisabled()).toBe(true);
    expect(sent).toHaveLength(1);
  });

  test('M4: a person’s hold is ended early, a job’s is not anybody’s to end: it stays until the job is over', async () => {
    begin({ mode: 'closed' });
    browser.database.maintenance.holdForJob('job_0008', 'read-only', 'reads it whole');
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = orders(page);
    await live(page);
    await page.getByText('It ends with the job, however that ends.').waitFor();
    expect(await page.getByRole('button', { name: 'End it now' }).count()).toBe(1);
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByText('1 job still holds the database: it stays read-only until that ends.').waitFor();
    await page.getByLabel('What to note').fill('all well');
    await page.getByRole('button', { name: 'End it', exact: true }).click();
    await page.getByRole('heading', { name: 'The database is read-only.' }).waitFor();
    expect(sent).toEqual([{ mode: 'off', reason: 'all well', message: null, expiresAt: null }]);
    await banner(page).getByText('by the job Export').waitFor();
    await banner(page).getByText('until the job ends').waitFor();
    expect(await page.getByRole('button', { name: 'End it now' }).count()).toBe(0);
    browser.database.maintenance.jobOver('job_0008');
    await page.getByRole('heading', { name: 'The database is serving.' }).waitFor();
  });

  test('X2: a viewer sees all of it, and why the switch is off', async () => {
    begin();
    const page = await browser.signedIn('viewer', {}, '/DB/maintenance');
    await live(page);
    await page.getByText('Needs the operator role; yours is viewer.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Make it read-only' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'End it now' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Change its end' }).count()).toBe(0);
    expect(await page.getByLabel('Reason').isDisabled()).toBe(true);
  });

  test('the history goes on page by page, and what changes meanwhile takes none of it away', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/maintenance');
    await live(page);
    const rows = page.getByRole('table', { name: /Holds/ }).getByRole('rowheader');
    await expect.poll(() => rows.count()).toBe(20);
    await page.getByRole('button', { name: 'Load more' }).click();
    await expect.poll(() => rows.count()).toBe(40);
    begin({ reason: 'the newest' });
    await page.getByRole('rowheader', { name: /the newest/ }).waitFor();
    expect(await rows.count()).toBe(40);
    for (let i = 0; i < 2; i += 1) await page.getByRole('button', { name: 'Load more' }).click();
    await expect.poll(() => rows.count()).toBe(65);
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
  });
});
