/** The danger zone, and who may do what, in a real browser against the fake server of `ui/dev`. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { lowContrast, unnamedControls } from './dev/accessibility.ts';
import { live, useConsole } from './dev/testing/harness.ts';

const browser = useConsole();
const typed = (page: Page) => page.getByLabel(/Type .* to confirm/);
const startButton = (page: Page) => page.getByRole('button', { name: 'Start, knowing this' });

/** Every job that the page orders. */
function orders(page: Page): Record<string, unknown>[] {
  const sent: Record<string, unknown>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/jobs'))
      sent.push(request.postDataJSON() as Record<string, unknown>);
  });
  return sent;
}

/** A plan for clearing a table, as another person or program would have made it. */
const planned = (over: { table?: string; secondPerson?: boolean; by?: string; dependents?: string } = {}) =>
  browser.database.plans.make(
    {
      kind: 'table.clear',
      params: { table: over.table ?? 'carts', dependents: over.dependents ?? 'clear' },
      secondPerson: over.secondPerson ?? false,
    },
    over.by ?? 'token:ann',
  );
const ann = { who: 'ann' };
const bob = { who: 'bob' };

describe('clearing a table', () => {
  test('X2: with the keyboard alone: table, plan with the whole chain in numbers, typed name, job, safety backup', async () => {
    browser.database.running = false;
    const page = await browser.signedIn('admin', {}, '/DB/danger');
    const sent = orders(page);
    await live(page);
    await page.getByLabel('Find a table').fill('custom');
    await page.getByLabel('Find a table').press('Enter');
    await page.getByText('Chosen: customers').waitFor();
    await page.getByLabel('Keep them').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByLabel('Clear them too').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'See what would go' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/DB/plans/*');
    expect(browser.database.plans.list()[0]?.params).toMatchObject({ table: 'customers', dependents: 'clear', safetyBackup: true });
    const rows = page.getByRole('table', { name: 'Rows of each table' });
    await rows.getByRole('rowheader', { name: /payments.order_id → orders \(RESTRICT\)/ }).waitFor();
    const sums = rows.getByRole('row').filter({ hasText: 'All' }).locator('th, td');
    expect(await sums.allTextContents()).toEqual(['All', '84,103', '79,493', '0', '4,610']);
    await page.getByRole('heading', { name: 'Clear table customers' }).waitFor();
    expect(await page.getByRole('link', { name: 'Danger zone' }).last().getAttribute('href')).toBe('/DB/danger');
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Danger zone' }).getAttribute('aria-current')).toBe('page');
    await typed(page).fill('Customers');
    expect(await startButton(page).isDisabled()).toBe(true);
    await typed(page).press('Enter');
    expect(sent).toEqual([]);
    await typed(page).fill('customers');
    await typed(page).press('Enter');
    await page.waitForURL('**/DB/jobs/*');
    expect(sent).toMatchObject([{ kind: 'table.clear', planId: 'plan_1', confirm: 'customers' }]);

    const job = browser.database.jobs.find(({ kind }) => kind === 'table.clear');
    if (job === undefined) throw new Error('no job was made');
    browser.database.start(job);
    await page.getByRole('region', { name: 'Maintenance', exact: true }).getByText('by the job Clear table').waitFor();
    expect(await page.getByText('The safety backup is taken').count()).toBe(0);
    browser.database.advance(job, 90_000);
    await page.getByText('The safety backup is taken').waitFor();
    browser.database.end(job, 'succeeded');
    await page.getByText(/customers 38,000, addresses 19,000/).waitFor();
    await page.getByRole('link', { name: 'Open the safety backup' }).click();
    await page.getByRole('heading', { name: /^Backup of/ }).waitFor();
  });

  test('S1: dependents that are kept stop the plan, and say which rows are in the way', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/danger');
    await live(page);
    await page.getByRole('radio', { name: /^customers/ }).check();
    await page.getByRole('button', { name: 'See what would go' }).click();
    await page.getByText(/rows of addresses, orders, .* depend on customers/).waitFor();
    await page.getByText('It cannot be started like this').first().waitFor();
    expect(await typed(page).count()).toBe(0);
    await page.getByLabel('Clear the rows that depend on it too').check();
    await page.waitForURL('**/DB/plans/plan_2');
    await page.getByText(/rows of addresses, orders, .* are removed too/).waitFor();
    await typed(page).waitFor();
  });

  test('R1: without a safety backup it says what that means, before and in the plan', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/danger');
    await live(page);
    expect(await page.getByText('Then there is no way back from here').count()).toBe(0);
    await page.getByLabel('Take a safety backup first').uncheck();
    await page.getByText('Then there is no way back from here').waitFor();
    await page.getByRole('radio', { name: /^carts/ }).check();
    await page.getByRole('button', { name: 'See what would go' }).click();
    await page.getByText('No safety backup is taken.').waitFor();
  });

  test('without a table nothing is sent; what the server refuses stands there, and the form stays', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/danger');
    await live(page);
    await page.getByRole('button', { name: 'See what would go' }).click();
    await page.getByText('Choose a table first.').waitFor();
    expect(browser.database.plans.plans).toEqual([]);
    await page.getByRole('radio', { name: /^carts/ }).check();
    browser.server.broken = { path: '/plans', code: 'table_is_ours', status: 422 };
    await page.getByRole('button', { name: 'See what would go' }).click();
    await page.getByText('That table belongs to the platform or to Lockkeeper').first().waitFor();
    expect(await page.getByRole('radio', { name: /^carts/ }).isChecked()).toBe(true);
  });

  test('tables that cannot be loaded: a failure with a way forward', async () => {
    browser.server.broken = { path: '/tables', code: 'database_unreachable', status: 503 };
    const page = await browser.signedIn('admin', {}, '/DB/danger');
    await page.getByText('The database does not answer').first().waitFor();
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('radio', { name: /^carts/ }).waitFor();
  });
});

describe('a plan that is in the way', () => {
  test('J6: the database changes after the approval: void, and made again at another address', async () => {
    const plan = planned({ secondPerson: true });
    browser.database.plans.request(plan.id, 'token:ann');
    browser.database.plans.decide(plan.id, 'approved', 'token:bob');
    const page = await browser.signedIn('admin', {}, `/DB/plans/${plan.id}`, ann);
    await live(page);
    await page.getByText('Approved by token:bob.').waitFor();
    browser.database.plans.changeBasis();
    await page.getByText('The database has changed since this plan was made').waitFor();
    expect(await startButton(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Make it again' }).click();
    await page.waitForURL('**/DB/plans/plan_2');
    await page.getByText('Another admin has to approve this plan').waitFor();
  });

  test('J6: it is stale only for the server: nothing runs, and it is offered again', async () => {
    const plan = planned();
    const page = await browser.signedIn('admin', {}, `/DB/plans/${plan.id}`, ann);
    await live(page);
    browser.database.plans.changeBasis();
    await typed(page).fill('carts');
    await startButton(page).click();
    await page.getByText('Something has changed since this plan was made').waitFor();
    expect(browser.database.jobs.some(({ kind }) => kind === 'table.clear')).toBe(false);
    await page.getByRole('button', { name: 'Make it again' }).click();
    await page.waitForURL('**/DB/plans/plan_2');
  });

  test('too many dangerous jobs: it says how long to wait, and what was typed stays', async () => {
    const plan = planned();
    browser.database.plans.startsLeft = 0;
    const page = await browser.signedIn('admin', {}, `/DB/plans/${plan.id}`, ann);
    await typed(page).fill('carts');
    await startButton(page).click();
    await page.getByText('Too many dangerous jobs in a short time').first().waitFor();
    await page.getByText('Try again in 4 minutes.').waitFor();
    expect(await typed(page).inputValue()).toBe('carts');
  });
});

describe('a second person', () => {
  test('X2: asked for, seen by the other at once, approved by its hash, and started by the first', async () => {
    const first = await browser.signedIn('admin', {}, '/DB/danger', ann);
    const second = await browser.signedIn('admin', {}, '/DB/danger', bob);
    await Promise.all([live(first), live(second)]);
    await first.getByRole('radio', { name: /^carts/ }).check();
    await first.getByLabel('Another admin has to approve it').check();
    await first.getByRole('button', { name: 'See what would go' }).click();
    await first.getByRole('button', { name: 'Ask for approval' }).click();
    await first.getByText('Waiting for another admin').waitFor();
    expect(await first.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    await second.getByText('1 plan waits for your approval').waitFor();
    await second.getByText('Waits for you', { exact: true }).waitFor();
    await second.getByRole('link', { name: 'Open the plan' }).click();
    const [plan] = browser.database.plans.plans;
    await second.getByText(`token:ann`).first().waitFor();
    await second.getByText(plan?.hash ?? 'no plan').waitFor();
    await second.getByText(/You approve exactly this: 3,878 rows removed and 0 changed in 1 table/).waitFor();
    await second.getByRole('button', { name: 'Approve' }).click();

    await first.getByText('Approved by token:bob.').waitFor();
    await typed(first).fill('carts');
    await startButton(first).click();
    await first.waitForURL('**/DB/jobs/*');
    await second.getByText('This plan has been run').waitFor();
  });

  test('X2: declined: it will not run; who asked may take it back; an operator is told why not', async () => {
    const plan = planned({ secondPerson: true });
    browser.database.plans.request(plan.id, 'token:ann');
    const operator = await browser.signedIn('operator', {}, `/DB/plans/${plan.id}`);
    await live(operator);
    await operator.getByText('Needs the admin role; yours is operator.').first().waitFor();
    expect(await operator.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    const own = await browser.signedIn('admin', {}, `/DB/plans/${plan.id}`, ann);
    await live(own);
    await own.getByRole('button', { name: 'Take it back' }).click();
    await own.getByText('Declined by token:ann').waitFor();
    await operator.getByText('Declined by token:ann').waitFor();
  });
});

describe('roles', () => {
  test('X2: a viewer and an operator see the danger zone and its plans, and why they may not start any', async () => {
    const plan = planned();
    for (const role of ['viewer', 'operator'] as const) {
      const why = `Needs the admin role; yours is ${role}.`;
      const page = await browser.signedIn(role, {}, '/DB/danger');
      await page.getByText(why).waitFor();
      expect(await page.getByRole('button', { name: 'See what would go' }).count()).toBe(0);
      expect(await page.getByRole('radio', { name: /^carts/ }).isDisabled()).toBe(true);
      await page.getByRole('link', { name: 'Clear table carts' }).click();
      await page.waitForURL(`**/DB/plans/${plan.id}`);
      await page.getByText(why).first().waitFor();
      expect(await startButton(page).isDisabled()).toBe(true);
      expect(await page.getByLabel('Take a safety backup first').count()).toBe(0);
    }
  });

  test('X2: a role is that on the open database; the switcher lists only what one may see', async () => {
    const grants = [{ role: 'admin' as const, databases: ['STAGING'] }];
    const page = await browser.signedIn('admin', {}, '/', { grants });
    await page.waitForURL('**/STAGING/overview');
    await page.getByRole('button', { name: /^Database/ }).click();
    await expect.poll(() => page.getByRole('menuitemcheckbox').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Access', exact: true }).click();
    await page.getByText('Needs the admin role on all databases; yours is for some.').waitFor();
    await page.getByText('admin on STAGING').first().waitFor();
    await page.goto(`${browser.base}/DB/danger`);
    await page.getByText('There is no database called DB, or you have no role on it.').waitFor();
  });

  test('X2: different roles: the refusal names the database', async () => {
    const grants = [
      { role: 'viewer' as const, databases: ['DB'] },
      { role: 'admin' as const, databases: ['STAGING'] },
    ];
    const page = await browser.signedIn('admin', {}, '/DB/danger', { grants });
    await page.getByText('Needs the admin role on DB; yours there is viewer.').waitFor();
    await page.goto(`${browser.base}/STAGING/danger`);
    await page.getByRole('button', { name: 'See what would go' }).waitFor();
    expect(await page.getByText(/Needs the/).count()).toBe(0);
  });

  test('X2: a token for chosen databases: made, listed with them, revoked', async () => {
    const page = await browser.signedIn('admin', {}, '/access');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.locator('lk-token-dialog');
    await dialog.getByLabel('Name').fill('staging robot');
    await dialog.getByRole('radio', { name: 'operator' }).check();
    await dialog.getByLabel('Only these').check();
    expect(await dialog.getByRole('button', { name: 'Make token' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/STAGING/).check();
    await dialog.getByRole('button', { name: 'Make token' }).click();
    await page.getByText('The token “staging robot” is made').waitFor();
    expect(browser.server.tokens[0]).toMatchObject({ name: 'staging robot', role: 'operator', databases: ['STAGING'] });
    const row = page.getByRole('row').filter({ hasText: 'staging robot' });
    expect((await row.getByRole('cell').allTextContents()).slice(0, 2)).toEqual(['operator', 'STAGING']);
    await row.getByRole('button').click();
    await page.getByText('consoles that are open with it are signed out').waitFor();
    await page.locator('lk-confirm').getByRole('button', { name: 'Revoke' }).click();
    await row.waitFor({ state: 'detached' });
    expect(browser.server.tokens.some(({ name }) => name === 'staging robot')).toBe(false);
  });

  test('X2: revoked while the console is open: the socket closes with 4401, and nothing stays on screen', async () => {
    const page = await browser.signedIn('operator', {}, '/DB/backups');
    await live(page);
    const [session] = browser.server.sessions.keys();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    browser.server.revoke(session ?? '');
    await page.getByText('Your session has ended').waitFor();
    expect(await page.getByText('Sample shop').count()).toBe(0);
    // The close code said it all: nobody had to be asked.
    expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([]);
    await page.getByLabel('Access token').fill('operator');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/DB/backups');
  });
});

describe('for everybody', () => {
  const PAGES = ['/DB/danger', '/DB/plans/plan_1', '/DB/maintenance', '/access'];

  test.each(['light', 'dark'] as const)('%s: every control has a name, and every text enough contrast', async (colorScheme) => {
    planned({ table: 'customers', secondPerson: true });
    browser.database.maintenance.beginWindow('win_1');
    const page = await browser.signedIn('admin', { colorScheme }, '/DB/danger');
    for (const path of PAGES) {
      await page.goto(browser.base + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await live(page);
      await expect.poll(() => page.locator('lk-loading:visible').count()).toBe(0);
      expect([path, await unnamedControls(page)]).toEqual([path, []]);
      expect([path, await lowContrast(page)]).toEqual([path, []]);
    }
  });

  test.each([
    ['/DB/maintenance', 'New window'],
    ['/access', 'New token'],
    ['/DB/maintenance', 'Change it'],
  ])('the dialog of %s, %s: named, legible, and no wider than a phone', async (path, button) => {
    browser.database.maintenance.beginWindow('win_1');
    const page = await browser.signedIn('admin', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, path);
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await unnamedControls(page)).toEqual([]);
    expect(await lowContrast(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  test('narrow: no page scrolls sideways', async () => {
    planned({ table: 'customers' });
    browser.database.extraTables = 60;
    browser.database.maintenance.beginWindow('win_1');
    const page = await browser.signedIn('admin', { viewport: { width: 390, height: 844 } }, '/DB/danger');
    for (const path of PAGES) {
      await page.goto(browser.base + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await live(page);
      await expect.poll(() => page.locator('lk-loading:visible').count()).toBe(0);
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 390]);
      // The row of sections is wider than the page: the one that is open stands in sight.
      const section = await page.locator('nav a[aria-current]').boundingBox();
      expect([path, section !== null && section.x >= 0 && section.x + section.width <= 390]).toEqual([path, true]);
    }
  });
});
