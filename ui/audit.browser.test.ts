/** The audit trail in the console, in a real browser against the fake server of `ui/dev`. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { live, useConsole } from './dev/testing/harness.ts';

const browser = useConsole();
const table = (page: Page) => page.getByRole('table', { name: /Audit entries/ });
const rows = (page: Page) => table(page).getByRole('rowheader');
const search = (page: Page) => new URL(page.url()).search;

describe('A1: the trail', () => {
  test('A1: an entry opens to all that is recorded; from it the trail narrows to its actor, and the address says so', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/audit');
    await page.getByRole('button', { name: 'Backup downloaded' }).first().click();
    const details = table(page).getByRole('cell').filter({ hasText: 'Follows' });
    for (const text of ['203.0.113.7', 'sql.gz', /^req_[0-9a-f]{12}$/]) await details.getByText(text).first().waitFor();
    expect(await details.getByText(/^[0-9a-f]{64}$/).count()).toBe(2);
    expect(await details.getByRole('link', { name: 'bk_02' }).getAttribute('href')).toBe('/DB/backups/bk_02');
    await details.getByRole('button', { name: 'Show only entries of this actor' }).click();
    await expect.poll(() => search(page)).toBe('?actor=access%3Aann%40example.com');
    await expect.poll(() => table(page).getByRole('button', { name: 'Job ordered' }).count()).toBe(0);
    await page.reload();
    await expect.poll(() => rows(page).count()).toBe(12);
    await page.getByRole('button', { name: 'Remove: actor access:ann@example.com' }).click();
    await expect.poll(() => rows(page).count()).toBe(50);
    expect(search(page)).toBe('');
  });

  test('search, action, outcome and time narrow it; a page follows a page; nothing found has a way back', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/audit?outcome=evil&action=nonsense');
    await expect.poll(() => rows(page).count()).toBe(50);
    for (const count of [100, 130]) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await expect.poll(() => rows(page).count()).toBe(count);
    }
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
    await page.getByLabel('Action').selectOption({ label: 'Fence: all' });
    await expect
      .poll(() =>
        rows(page)
          .allInnerTexts()
          .then((all) => [...new Set(all.map((text) => text.trim()))].sort()),
      )
      .toEqual(['Fence failed', 'Fence lowered']);
    await page.getByLabel('Outcome').selectOption('failed');
    await expect.poll(() => rows(page).count()).toBe(12);
    expect(new URLSearchParams(search(page)).get('action')).toBe('fence.raised,fence.lowered,fence.failed');
    await page.getByLabel('Before').fill('2020-01-01T00:00');
    await page.getByText('No entry matches').waitFor();
    await page.getByRole('button', { name: 'Show every entry' }).click();
    await expect.poll(() => rows(page).count()).toBe(50);
    await page.getByLabel('Find in the audit trail').fill('BK_02');
    await expect.poll(() => search(page)).toBe('?q=BK_02');
    await expect.poll(() => rows(page).count()).toBe(24);
  });

  test('A1: what happens while it is read is offered, and does not move it', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/audit');
    await live(page);
    await rows(page).first().waitFor();
    expect(await page.getByRole('button', { name: 'Show newer entries' }).count()).toBe(0);
    browser.database.live.record('job.recovered', 'job_0008', 'x', { job: browser.database.jobs[0] });
    await page.getByRole('button', { name: 'Show newer entries' }).click();
    await page.getByRole('button', { name: 'Show newer entries' }).waitFor({ state: 'detached' });
    expect(await rows(page).count()).toBe(50);
  });

  test('a failing server: what, and a way forward that works', async () => {
    browser.server.broken = { path: '/audit', code: 'internal', status: 500 };
    const page = await browser.signedIn('viewer', {}, '/DB/audit');
    await page.getByRole('alert').getByText('Something went wrong on our side').first().waitFor();
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => rows(page).count()).toBe(50);
  });
});

describe('A1: the chain', () => {
  test('A1: whole is said with its head; an entry that was altered is named and marked', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/audit');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('The trail is whole: 130 entries, each follows the one before').waitFor();
    await page.getByText('the newest of entry 120').waitFor();
    browser.database.audit.breach = { kind: 'altered', n: 127, message: 'Entry 127 is not what was written: its hash differs.' };
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('The trail was tampered with: entry 127 was altered').waitFor();
    await page.getByText('What comes before is in order: 126 entries.').waitFor();
    expect(await page.getByText('The trail is whole').count()).toBe(0);
    const marked = table(page).getByRole('row').filter({ hasText: 'altered' });
    expect(await marked.count()).toBe(1);
    await marked.getByRole('button').click();
    await table(page).getByText('127, ').waitFor();
  });

  test('A1: a copy in R2 that is gone is not whole; a check that fails says so and not that all is well', async () => {
    browser.database.audit.lostAnchor = true;
    const page = await browser.signedIn('viewer', {}, '/DB/audit');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('entries may have been cut off at the end').waitFor();
    browser.server.broken = { path: '/audit/verify', code: 'internal', status: 500 };
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByRole('alert').getByText('Something went wrong on our side').first().waitFor();
    expect(await page.getByText(/The trail is whole|cut off/).count()).toBe(0);
  });
});

describe('files and roles', () => {
  test('A1: CSV and NDJSON hold what matches', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/audit?outcome=denied');
    await expect.poll(() => rows(page).count()).toBe(12);
    for (const [label, lines] of [
      ['CSV', 13],
      ['NDJSON', 12],
    ] as const) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: label, exact: true }).click(),
      ]);
      const text = await readFile(await file.path(), 'utf8');
      expect([label, text.trim().split('\n').length]).toEqual([label, lines]);
    }
  });

  test('X2: the trail of the doors is for admins: others are told so, and it is not even asked for', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.context().addCookies([{ name: 'session', value: browser.server.begin('operator'), url: browser.base }]);
    await page.goto(`${browser.base}/audit`);
    await page.getByText('Needs the admin role; yours is operator.').waitFor();
    expect(asked).not.toContain('/api/v1/audit');
    const admin = await browser.signedIn('admin', {}, '/access');
    await admin.getByRole('link', { name: /^Audit of sign-ins/ }).click();
    await admin.getByRole('button', { name: 'Sign-in refused' }).first().waitFor();
    await admin.getByRole('button', { name: 'Check the chain' }).click();
    await admin.getByText('The trail is whole: 9 entries').waitFor();
  });

  test('nothing of one trail stays under the name of another', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/audit');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: /^Database/ }).click();
    await page.getByRole('menuitemcheckbox', { name: /Sample staging/ }).click();
    await page.getByText('Nothing is recorded yet').waitFor();
    expect(await rows(page).count()).toBe(0);
  });
});
