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

/** Every change of a hold or a window that the page sends. */
function changes(page: Page): [string, unknown][] {
  const sent: [string, unknown][] = [];
  page.on('request', (request) => {
    const [, what] = /\/maintenance\/((?:holds|windows).*)$/.exec(new URL(request.url()).pathname) ?? [];
    if (what !== undefined && request.method() !== 'GET') sent.push([`${request.method()} ${what}`, request.postDataJSON()]);
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
  test('M4: lengthening sends the end alone; since when it holds stays, and so does the hold', async () => {
    const ends = new Date(Date.now() + HOUR_MS).toISOString();
    begin({ mode: 'closed', expiresAt: ends });
    const before = browser.database.maintenance.status();
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByRole('button', { name: 'Change it' }).click();
    const dialog = page.locator('lk-hold-dialog');
    expect(await dialog.getByRole('button', { name: 'Change it' }).isDisabled()).toBe(true);
    await page.locator('lk-hold-dialog').getByLabel('Until somebody ends it').check();
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('It does not end by itself.').waitFor();
    const [hold] = before.holds;
    expect(sent).toEqual([[`PATCH holds/${hold?.id}`, { expiresAt: null }]]);
    expect(browser.database.maintenance.status().since).toBe(before.since);
    expect(await page.getByRole('cell', { name: 'replaced by another' }).count()).toBe(0);
  });

  test('M4: rewording leaves the end alone; an empty reason is not sent; Enter in a field sends', async () => {
    begin({ expiresAt: new Date(Date.now() + HOUR_MS).toISOString() });
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByRole('button', { name: 'Change it' }).click();
    const reason = page.locator('lk-hold-dialog').getByLabel('Reason');
    await reason.fill('');
    await reason.press('Enter');
    await page.locator('lk-hold-dialog').getByText('Say why').waitFor();
    await page
      .locator('lk-hold-dialog')
      .getByLabel(/Message for visitors/)
      .fill('At four.');
    await reason.fill('moving twice');
    await reason.press('Enter');
    await banner(page).getByText('moving twice').waitFor();
    expect(sent.map(([, body]) => body)).toEqual([{ reason: 'moving twice', message: 'At four.' }]);
  });

  test('M4: a hold that ends while its dialog stands open cannot be changed any more, and is not begun anew', async () => {
    begin();
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByRole('button', { name: 'Change it' }).click();
    stop();
    await page.getByText('This hold is over').waitFor();
    expect(await page.locator('lk-hold-dialog').getByRole('button', { name: 'Change it' }).isDisabled()).toBe(true);
    expect(sent).toEqual([]);
  });

  test('M4: exactly one hold is ended early; a job’s is not anybody’s to end, and says why', async () => {
    begin({ mode: 'closed' });
    browser.database.maintenance.holdForJob('job_0008', 'read-only', 'reads it whole');
    const id = browser.database.maintenance.status().holds.find(({ owner }) => owner.kind === 'person')?.id;
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByText('It ends with the job, however that ends.').waitFor();
    await page.getByText('Nobody’s to change or end: the job works under it.').waitFor();
    expect(await page.getByRole('link', { name: 'Cancel the job' }).getAttribute('href')).toBe('/DB/jobs/job_0008');
    expect(await page.getByRole('button', { name: 'End it now' }).count()).toBe(1);
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByText('1 other hold stays: the database is read-only until that ends.').waitFor();
    await page.getByRole('button', { name: 'End it', exact: true }).click();
    await page.getByRole('heading', { name: 'The database is read-only.' }).waitFor();
    expect(sent).toEqual([[`DELETE holds/${id}`, null]]);
    await page.getByRole('cell', { name: 'ended by token:operator' }).waitFor();
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
    expect(await page.getByRole('button', { name: 'Change it' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /^(Switch|Delete|Change )/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New window' }).isDisabled()).toBe(true);
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
    for (const wanted of [60, 65]) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await expect.poll(() => rows.count()).toBe(wanted);
    }
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
  });
});

describe('weekly windows', () => {
  const SUNDAY = 'Sundays, 02:00';

  test('a window is made with the keyboard: days, from, length, a zone found by its city', async () => {
    const page = await browser.signedIn('operator', { timezoneId: 'Europe/London' }, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByRole('button', { name: 'New window' }).click();
    const dialog = page.locator('lk-window-dialog');
    await dialog.getByRole('button', { name: 'Sunday' }).press('Space');
    await dialog.getByRole('button', { name: 'Make the window' }).click();
    await dialog.getByText('Choose at least one day.').first().waitFor();
    await dialog.getByText('Say why').waitFor();
    expect(sent).toEqual([]);
    for (const day of ['Monday', 'Wednesday']) await dialog.getByRole('button', { name: day }).press('Enter');
    await dialog.getByLabel('From').fill('23:30');
    await dialog.getByLabel('For how many minutes').fill('90');
    const zone = dialog.getByRole('combobox', { name: 'Time zone' });
    expect(await zone.inputValue()).toBe('Europe/London');
    await zone.fill('new yor');
    await dialog.getByRole('option', { name: /America\/New_York/ }).waitFor();
    await zone.press('Enter');
    await dialog.getByText('Mon, Wed, 23:30 to 01:00 the next day, America/New_York.').waitFor();
    await dialog.getByLabel('Reason').fill('price import');
    await dialog.getByLabel('Reason').press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const window = { days: [1, 3], from: '23:30', minutes: 90, timeZone: 'America/New_York', mode: 'read-only' };
    expect(sent).toEqual([['POST windows', { ...window, reason: 'price import', message: null, enabled: true }]]);
    await page.getByText('Mon, Wed, 23:30 to 01:00 the next day, America/New_York').waitFor();
    await page.getByText(/in America\/New_York\)/).waitFor();
  });

  test('Escape closes the list of zones and not the dialog with what was typed; a zone that is none is refused', async () => {
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    await live(page);
    await page.getByRole('button', { name: 'New window' }).click();
    const dialog = page.locator('lk-window-dialog');
    await dialog.getByLabel('Reason').fill('x');
    await dialog.getByRole('combobox').fill('berl');
    await dialog.getByRole('option', { name: /Europe\/Berlin/ }).waitFor();
    await dialog.getByRole('combobox').press('Escape');
    await dialog.getByRole('listbox').waitFor({ state: 'hidden' });
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('x');
    await dialog.getByRole('button', { name: 'Make the window' }).click();
    await dialog.getByText('Choose a time zone from the list.').first().waitFor();
    expect(await dialog.getByRole('combobox').evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('it is changed, switched off and deleted; what it holds then ends with it', async () => {
    const { maintenance } = browser.database;
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    const sent = changes(page);
    await live(page);
    await page.getByRole('button', { name: `Change ${SUNDAY}` }).click();
    const dialog = page.locator('lk-window-dialog');
    await dialog.getByLabel('From').fill('03:15');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('Sundays, 03:15 to 04:15, Europe/Berlin').waitFor();
    expect(sent[0]?.[1]).toMatchObject({ from: '03:15', days: [0], message: 'The shop sleeps until three.' });
    maintenance.beginWindow('win_1');
    await page.getByText('Holds now').waitFor();
    await banner(page).getByText('by a weekly window').waitFor();
    await page.getByRole('cell', { name: 'a weekly window' }).first().waitFor();
    await page.getByRole('button', { name: 'Switch off Sundays, 03:15' }).click();
    await banner(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Switch on Sundays, 03:15' }).waitFor();
    await page.getByRole('button', { name: 'Delete Sundays, 03:15' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('Sundays, 03:15').first().waitFor({ state: 'detached' });
    expect(sent.map(([what]) => what)).toEqual(['PATCH windows/win_1', 'PATCH windows/win_1', 'DELETE windows/win_1']);
    expect(maintenance.windows.list().map(({ id }) => id)).toEqual(['win_2']);
  });

  test('M4: a window’s hold can be lengthened and ended early like a person’s', async () => {
    browser.database.maintenance.beginWindow('win_1');
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    await live(page);
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByText('The weekly window comes again at its next time.').waitFor();
    await page.getByRole('button', { name: 'End it', exact: true }).click();
    await page.getByRole('heading', { name: 'The database is serving.' }).waitFor();
  });

  test('a refusal of the server stands in the dialog, and the form stays', async () => {
    const page = await browser.signedIn('operator', {}, '/DB/maintenance');
    await live(page);
    await page.getByRole('button', { name: 'New window' }).click();
    const dialog = page.locator('lk-window-dialog');
    await dialog.getByLabel('Reason').fill('kept');
    browser.server.broken = { path: '/windows', code: 'unknown_time_zone', status: 422 };
    await dialog.getByRole('button', { name: 'Make the window' }).click();
    await dialog.getByText('Give an IANA name like Europe/Berlin.').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('kept');
  });
});
