/** The console in a real browser, against the fake server of `ui/dev`: what people do, and what the page may not do. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lowContrast, unnamedControls } from './dev/accessibility.ts';
import { live, useConsole } from './dev/testing/harness.ts';

const JS_BUDGET_BYTES = 150_000;
const browser = useConsole();

describe('signing in', () => {
  test('X1: a page leads to sign-in and back; a wrong token is told with its hint', async () => {
    const page = await browser.newPage();
    await page.goto(`${browser.base}/DB/jobs?status=failed`);
    await page.getByLabel('Access token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('not valid').waitFor();
    await page.getByText('works once and for ten minutes').waitFor();
    await page.getByLabel('Access token').fill('admin');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: /Jobs/ }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/DB/jobs?status=failed');
    expect(await page.getByRole('button', { name: 'Failed' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('a sign-in link works once, and its code leaves the address at once', async () => {
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    browser.server.held = { path: '/session', until };
    const page = await browser.newPage();
    await page.goto(`${browser.base}/sign-in#code=one-time-code`);
    await page.getByText('Signing in with your link').waitFor();
    expect(page.url()).not.toContain('one-time-code');
    release();
    await page.getByRole('heading', { name: 'Sample shop' }).waitFor();
    await page.goto(`${browser.base}/sign-in#code=one-time-code`);
    await page.getByRole('heading', { name: 'Sample shop' }).waitFor();
    const calls: string[] = [];
    page.on('request', (request) => calls.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    expect(calls).not.toContain('POST /api/v1/session');
    const stranger = await browser.newPage();
    await stranger.goto(`${browser.base}/sign-in#code=one-time-code`);
    await stranger.getByRole('alert').waitFor();
    expect(stranger.url()).not.toContain('code');
  });

  test('too many attempts: the button counts down what Retry-After says', async () => {
    browser.server.failedSignIns = 99;
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(`${browser.base}/sign-in`);
    await page.getByLabel('Access token').fill('admin');
    await page.clock.pauseAt(Date.now() + 10_000);
    await page.keyboard.press('Enter');
    // The field sends in the next tick.
    await page.clock.runFor(10);
    await page.getByRole('button', { name: 'Wait 7 s' }).waitFor();
    await page.getByText('Too many failed attempts').first().waitFor();
    await page.clock.runFor(2_000);
    await page.getByRole('button', { name: /Wait [56] s/ }).waitFor();
  });

  test('a session that ends in the middle leads to sign-in, says so, and back', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/backups');
    await page.getByRole('table').waitFor();
    browser.server.sessions.clear();
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Access token').fill('viewer');
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: /Jobs/ }).waitFor();
  });

  test('signing out leaves nothing on screen', async () => {
    const page = await browser.signedIn();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    expect(await page.getByText('Sample shop').count()).toBe(0);
  });
});

describe('live', () => {
  test('J4: progress and events fold into the job page, and nothing moves while numbers run', async () => {
    browser.database.running = false;
    const job = browser.database.submit('database.export', {}, 'k1');
    const page = await browser.signedIn('admin', {}, `/DB/jobs/${job.id}`);
    await live(page);
    browser.database.start(job);
    browser.database.advance(job, 9);
    await page.getByText('9 of 142,318').first().waitFor();
    const places = () =>
      page
        .locator('lk-job-progress dt')
        .evaluateAll((all) => all.map((element) => JSON.stringify(element.getBoundingClientRect())));
    const before = await places();
    browser.database.advance(job, 99_990);
    await page.getByText('99,999 of 142,318').first().waitFor();
    expect(await places()).toEqual(before);
    expect(await page.getByRole('progressbar').first().getAttribute('aria-valuenow')).toBe('70');
    await page.getByRole('rowheader', { name: 'plan' }).waitFor();
    browser.database.end(job, 'succeeded');
    await page.getByRole('link', { name: 'Open the backup' }).click();
    await page.getByRole('heading', { name: /^Backup of/ }).waitFor();
  });

  test('J4: a cut connection heals from the last number; what happened meanwhile appears once', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/jobs/job_0008');
    await live(page);
    await page.getByRole('table', { name: 'Events' }).waitFor();
    const last = browser.database.live.seq;
    browser.server.refusesSockets = true;
    for (const socket of browser.database.live.sockets) socket.cut();
    await page.getByText(/Reconnecting/).waitFor();
    await page.getByText(/Not live since/).waitFor();
    browser.database.live.record('job.recovered', 'job_0008', 'happened while away', { job: browser.database.jobs[1] });
    browser.server.refusesSockets = false;
    await live(page);
    expect(browser.database.live.asked.at(-1)).toBe(last);
    await page.getByText('happened while away').waitFor();
    expect(await page.getByText('happened while away').count()).toBe(1);
    await page.getByText(/Not live since/).waitFor({ state: 'detached' });
  });

  test('J4: a missed event is noticed by its number and fetched', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/jobs/job_0008');
    await live(page);
    await page.getByRole('table', { name: 'Events' }).waitFor();
    const [, job] = browser.database.jobs;
    browser.database.live.record('job.recovered', 'job_0008', 'lost on the way', { job }, true);
    browser.database.live.record('job.recovered', 'job_0008', 'arrived', { job });
    await page.getByText('lost on the way').waitFor();
    await page.getByText('arrived').waitFor();
  });

  test('goodbye: the page says so and comes back by itself; going offline shows, and heals', async () => {
    const page = await browser.signedIn();
    await live(page);
    browser.server.refusesSockets = true;
    browser.database.live.broadcast({ type: 'goodbye', reason: 'deploy', reconnectAfterMs: 1_500 });
    await page.getByText(/Reconnecting/).waitFor();
    browser.server.refusesSockets = false;
    await live(page);
    await page.context().setOffline(true);
    await page.getByText('Offline', { exact: true }).waitFor();
    await page.context().setOffline(false);
    await live(page);
  });
});

describe('using it', () => {
  test('J7: an export of chosen tables with nothing but the keyboard; Escape closes and gives the focus back', async () => {
    browser.database.running = false;
    const page = await browser.signedIn();
    await page.getByRole('heading', { name: 'Tables 18' }).waitFor();
    const open = page.getByRole('button', { name: 'Export', exact: true });
    await open.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Export' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect.poll(() => open.evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Export' }).waitFor();
    await expect.poll(() => page.getByLabel('The whole database').evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('order_it');
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByText('1 table of 18 selected').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/DB/jobs/job_1001');
    expect(browser.database.jobs[0]?.params).toEqual({ tables: ['order_items'], consistency: 'snapshot' });
    expect(browser.database.keys.size).toBe(1);
  });

  test('the first Tab leads to the content, on every page', async () => {
    for (const path of ['/DB/jobs', '/DB/schema/files']) {
      const page = await browser.signedIn('viewer', { viewport: { width: 390, height: 844 } }, path);
      await live(page);
      await page.keyboard.press('Tab');
      const skip = page.getByRole('link', { name: 'Skip to content' });
      expect([path, await skip.evaluate((link) => link.matches(':focus'))]).toEqual([path, true]);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('main').evaluate((main) => main.matches(':focus'))).toBe(true);
    }
  });

  test('X2: a viewer sees why, and a dangerous deletion wants its name', async () => {
    const viewer = await browser.signedIn('viewer', {}, '/DB/backups/bk_02');
    await live(viewer);
    await viewer.getByText('Needs the admin role; yours is viewer.').waitFor();
    expect(await viewer.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    const admin = await browser.signedIn('admin', {}, '/DB/backups/bk_02');
    await admin.getByRole('button', { name: 'Delete', exact: true }).click();
    const confirm = admin.getByRole('button', { name: 'Delete for ever' });
    await admin.getByLabel(/^Type bk_02/).fill('bk_0');
    expect(await confirm.isDisabled()).toBe(true);
    await admin.getByLabel(/^Type bk_02/).fill('bk_02');
    await confirm.click();
    await admin.waitForURL('**/DB/backups');
    await viewer.getByText('This backup was deleted').waitFor();
  });

  test('a failing server: what, why, and a way forward that works', async () => {
    browser.server.broken = { path: '/DB/overview', code: 'database_unreachable', status: 503 };
    const page = await browser.signedIn();
    await page.getByRole('alert').getByText('The database does not answer').first().waitFor();
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('14.7 MB', { exact: true }).waitFor();
    await live(page);
    browser.server.broken = { path: '/DB/overview', code: 'database_unreachable', status: 503 };
    browser.database.live.record('tables.sampled', null, 'counted', {});
    await page.getByText('This is not current').waitFor();
    await page.getByText('14.7 MB', { exact: true }).waitFor();
  });

  test('the tables behind others, and the platform’s, are counted but not shown; every byte is counted once', async () => {
    const page = await browser.signedIn();
    const tables = page.getByRole('table', { name: /^Tables/ });
    await page.getByRole('heading', { name: 'Tables 18' }).waitFor();
    expect(await tables.getByText('products_fts_data').count()).toBe(0);
    await tables.getByRole('rowheader', { name: 'Not listed: 1 internal' }).waitFor();
    const before = await tables.getByRole('row', { name: /^All/ }).getByRole('cell').allInnerTexts();
    await page.getByLabel('With 2 shadow, 1 internal').check();
    await page.getByRole('heading', { name: 'Tables 18 and 2 shadow, 1 internal' }).waitFor();
    await tables.getByRole('rowheader', { name: /products_fts_data/ }).waitFor();
    const after = await tables.getByRole('row', { name: /^All/ }).getByRole('cell').allInnerTexts();
    // Rows stay those of ordinary tables; bytes grow by the internal table's 179 kB only.
    expect([before[0], before[3], after[0], after[3]]).toEqual(['≈ 142,654', '≈ 25.1 MB', '≈ 142,654', '≈ 25.2 MB']);
    expect(await tables.getByText('Not listed').count()).toBe(0);
  });

  test('the theme is followed, chosen and remembered', async () => {
    const page = await browser.signedIn('admin', { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.getByRole('heading', { name: 'Sample shop' }).waitFor();
    const dark = await ground();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Light' }).click();
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    expect(await ground()).toBe(light);
  });

  test('a new token is shown once', async () => {
    const page = await browser.signedIn('admin', {}, '/access');
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByLabel('Name').fill('ci');
    await page.getByLabel('operator').check();
    await page.getByRole('button', { name: 'Make token' }).click();
    await page.getByText('lk_fake_7Yx2mVfQk1Z0aJr9Wc4Tn8Pb').waitFor();
    await page.getByRole('button', { name: 'I have it, hide it' }).click();
    await page.getByRole('rowheader', { name: 'ci' }).waitFor();
    expect(await page.getByText('lk_fake_7Yx2mVfQk1Z0aJr9Wc4Tn8Pb').count()).toBe(0);
  });
});

const PAGES = [
  '/DB/overview',
  '/DB/jobs',
  '/DB/jobs/job_0007',
  '/DB/backups',
  '/DB/backups/bk_02',
  '/DB/maintenance',
  '/DB/audit',
  '/audit',
  '/access',
  '/STAGING/overview',
  '/STAGING/jobs',
  '/STAGING/backups',
  '/STAGING/maintenance',
  '/STAGING/audit',
  '/no/such/page',
  '/NOPE/jobs',
];

describe.each(['light', 'dark'] as const)('every page, %s', (colorScheme) => {
  test('fits 360 pixels, names its controls, and can be read', async () => {
    browser.database.extraTables = 300;
    // What maintenance puts on every page is looked at with it: each colour scheme sees one mode.
    const mode = colorScheme === 'light' ? 'read-only' : 'closed';
    browser.database.maintenance.set({ mode, reason: 'moving house', message: null, expiresAt: null }, 'access:ann@example.com');
    const page = await browser.signedIn('admin', { colorScheme, viewport: { width: 360, height: 740 } });
    for (const path of [...PAGES, '/sign-in']) {
      if (path === '/sign-in') browser.server.sessions.clear();
      await page.goto(browser.base + path);
      await page.locator('h1, h2').first().waitFor();
      await page.waitForFunction(() => document.querySelector('lk-app')?.shadowRoot?.querySelector('lk-loading') === null);
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([path, 0]);
      expect([path, await unnamedControls(page)]).toEqual([path, []]);
      expect([path, await lowContrast(page)]).toEqual([path, []]);
      expect([path, await page.title()]).toEqual([path, expect.stringContaining('Lockkeeper')]);
    }
  });
});

test('the checks above see what they have to see', async () => {
  const page = await browser.newPage();
  await page.goto(`${browser.base}/sign-in`);
  await page.getByLabel('Access token').waitFor();
  await page.evaluate(() => {
    const host = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
    host.append(document.createElement('button'), Object.assign(document.createElement('p'), { textContent: 'pale on purpose' }));
    (host.querySelector('p') as HTMLElement).style.color = 'color-mix(in oklab, var(--lk-ground) 80%, var(--lk-ink))';
  });
  expect(await unnamedControls(page)).toEqual(['button']);
  expect(await lowContrast(page)).toEqual([expect.stringContaining('pale on purpose')]);
  await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  // Told twice: by the browser itself and by our listener.
  await expect.poll(() => browser.faults.filter((fault) => fault.includes('style-src')).length).toBe(2);
  browser.faults = [];
});

/** The scripts that the page names, and those that they import at once. What is loaded when it is first needed is not among them. */
async function initialScripts(): Promise<Set<string>> {
  const found = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    if (found.has(name)) return;
    found.add(name);
    const text = await readFile(join(browser.dist, name), 'utf8');
    const folder = name.slice(0, name.lastIndexOf('/'));
    for (const [, next] of text.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) await visit(`${folder}/${next}`);
  };
  const page = await readFile(join(browser.dist, 'index.html'), 'utf8');
  for (const [, name] of page.matchAll(/(?:src|href)="([^"]+\.js)"/g)) await visit(name ?? '');
  return found;
}

test('the JavaScript that the console begins with stays under its budget; what is heavy is loaded when it is needed', async () => {
  const initial = await initialScripts();
  const all = (await readdir(join(browser.dist, 'assets'))).filter((name) => name.endsWith('.js'));
  expect([...initial].filter((name) => name.startsWith('/assets/')).length).toBeGreaterThan(0);
  expect(initial.size).toBeLessThan(all.length);
  const sizes = await Promise.all([...initial].map(async (name) => gzipSync(await readFile(join(browser.dist, name))).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(JS_BUDGET_BYTES);
});
