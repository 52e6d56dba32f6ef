/** The schema pages in a real browser against the fake server of `ui/dev`: differences seen, planned, applied; drafts written. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { lowContrast, unnamedControls } from './dev/accessibility.ts';
import { manyRows, synced } from './dev/fake-schema-rows.ts';
import { live, useConsole } from './dev/testing/harness.ts';

const browser = useConsole();
const line = (page: Page, text: string) => page.locator('lk-schema-matrix .line', { hasText: text }).first();
const matrix = (page: Page) => page.getByRole('treegrid', { name: 'Differences between code and database' });
const editor = (page: Page) => page.locator('lk-file-editor .cm-content');

/** Every order that the page sends, with where it went. */
function orders(page: Page): { readonly path: string; readonly body: Record<string, unknown> }[] {
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' || request.method() === 'PUT')
      sent.push({
        path: new URL(request.url()).pathname.replace('/api/v1/databases/DB/', ''),
        body: request.postDataJSON() as Record<string, unknown>,
      });
  });
  return sent;
}

/** Ends the job that the page just ordered, as the server would after a while. */
async function finish(kind: string): Promise<void> {
  const job = () => browser.database.jobs.find((one) => one.kind === kind && one.status === 'running');
  await expect.poll(job).toBeDefined();
  const found = job();
  if (found !== undefined) browser.database.end(found, 'succeeded');
}

describe('what adds', () => {
  test('J6, J7: a missing column is seen, the dry run read, applied, and every window goes green by itself', async () => {
    browser.database.schema.renames = [];
    browser.database.schema.rows = browser.database.schema.rows.filter(({ additive, state }) => additive || state === 'match');
    const other = await browser.signedIn('viewer', {}, '/DB/schema');
    const page = await browser.signedIn('operator', {}, '/DB/schema');
    const sent = orders(page);
    await Promise.all([live(page), live(other)]);
    await line(page, 'newsletter').getByText('Missing').waitFor();
    await line(page, 'newsletter').getByText('not there').first().waitFor();
    await page.getByRole('button', { name: /^Apply \d+ safe changes…$/ }).click();
    await page.waitForURL('**/DB/plans/*');
    await page.getByText('No row is removed or changed.').waitFor();
    await page.getByText('ALTER TABLE "customers" ADD COLUMN "newsletter"').first().waitFor();
    await page.getByText('Rehearsed in scratch: it worked').waitFor();
    expect(sent).toEqual([{ path: 'plans', body: { kind: 'schema.sync', params: {} } }]);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL('**/DB/jobs/*');
    expect(sent.at(-1)?.body).toEqual({ kind: 'schema.sync', params: {}, planId: 'plan_1' });
    await finish('schema.sync');
    await page.getByRole('link', { name: 'See the schema' }).click();
    for (const one of [page, other]) await one.getByRole('heading', { name: 'Code and database say the same' }).waitFor();
    expect(await other.getByRole('button', { name: /Apply/ }).count()).toBe(0);
  });

  test('S1: what loses something is chosen by name, and started by typing the name; the server is told exactly that', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    const sent = orders(page);
    await line(page, 'legacy_code').getByRole('checkbox').check();
    await line(page, 'newsletter').getByRole('checkbox').uncheck();
    await page.getByText('1 of them is more than an addition.').waitFor();
    await page.getByRole('button', { name: /^Plan \d+ changes…$/ }).click();
    await page.getByText('The column customers.legacy_code goes, with everything in it.').waitFor();
    const rows = (sent[0]?.body.params as { rows?: string[] } | undefined)?.rows ?? [];
    expect(rows).toContain('column:customers.legacy_code');
    expect(rows).not.toContain('column:customers.newsletter');
    expect(rows.some((id) => id.includes('nick'))).toBe(false);
    const start = page.getByRole('button', { name: 'Start, knowing this' });
    expect(await start.isDisabled()).toBe(true);
    const field = page.locator('lk-plan-start input');
    await field.fill('db');
    await page.getByText('Not the same yet.').waitFor();
    await field.press('Enter');
    expect(sent).toHaveLength(1);
    await field.fill('DB');
    await field.press('Enter');
    await page.waitForURL('**/DB/jobs/*');
    expect(sent.at(-1)?.body).toMatchObject({ planId: 'plan_1', confirm: 'DB' });
  });

  test('S1: rows in the way are shown, and a value for them makes another plan that can be started', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await line(page, 'phone').click();
    await page.getByRole('button', { name: 'Code is right: plan it' }).click();
    await page.getByText('3 rows have no value in employees.phone').waitFor();
    await page.getByText("'Employee 19'").waitFor();
    expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
    const sent = orders(page);
    await page.getByLabel(/Give these rows a value/).fill("'unknown'");
    await page.getByRole('button', { name: 'Plan with it' }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(sent[0]?.body).toMatchObject({
      params: { rows: ['column:employees.phone'], fill: { 'column:employees.phone': "'unknown'" } },
    });
    expect(new URL(page.url()).pathname).toBe('/DB/plans/plan_2');
  });

  test('a remark is answered with a reason, which the next plan carries', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await line(page, '(customer_id)').getByRole('checkbox').check();
    await page.getByRole('button', { name: /^Plan/ }).click();
    await page.getByRole('button', { name: 'It does not matter here…' }).click();
    const sent = orders(page);
    await page.getByLabel('Why it does not matter here').fill('few orders');
    await page.getByLabel('Why it does not matter here').press('Enter');
    await page.waitForURL('**/plans/plan_2');
    expect(sent[0]?.body).toMatchObject({ params: { silence: { 'lint/missing-index': 'few orders' } } });
    expect(await page.getByText('lint/missing-index').count()).toBe(0);
  });

  test('a rename is asked for, not guessed: yes renames, no adds beside', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await page.getByRole('heading', { name: '1 question about names' }).waitFor();
    expect(await line(page, 'nickname').getByRole('checkbox').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'No, it is another' }).click();
    expect(await line(page, 'nickname').getByRole('checkbox').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Ask me again' }).click();
    await page.getByRole('button', { name: 'Yes, rename it' }).click();
    await page.getByRole('button', { name: /^Plan \d+ changes…$/ }).click();
    await page.getByText('You said that nick is nickname').waitFor();
  });

  test('J6: a plan that the database has outrun is not started; it is made again', async () => {
    const page = await browser.signedIn('operator', {}, '/DB/schema');
    await page.getByRole('button', { name: /^Apply/ }).click();
    const start = page.getByRole('button', { name: 'Start' });
    await start.waitFor();
    browser.database.plans.changeBasis();
    await start.click();
    await page.getByText('Something has changed since this plan was made').waitFor();
    await page.getByRole('button', { name: 'Make it again' }).click();
    await page.waitForURL('**/plans/plan_2');
    await start.waitFor();
  });

  test.each([
    ['come to from the schema', false],
    ['opened by its address', true],
  ])('J6: a plan that is on screen when the schema changes says so at once: %s', async (_, byAddress) => {
    const page = await browser.signedIn('operator', {}, '/DB/schema');
    await live(page);
    await page.getByRole('button', { name: /^Apply/ }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    if (byAddress) {
      await page.reload();
      await live(page);
      await page.getByRole('button', { name: 'Start' }).waitFor();
    }
    browser.database.schema.become(browser.database.schema.rows.slice(1));
    await page.getByText('The schema has changed since this plan was made').waitFor();
    expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
  });

  test('a second person: wanted by who plans, asked for, approved by another, started', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await live(page);
    await line(page, '(customer_id)').getByRole('checkbox').check();
    await page.getByRole('button', { name: /^Plan/ }).click();
    await page.getByLabel('Another admin has to approve it').check();
    await page.waitForURL('**/plans/plan_2');
    await page.getByRole('button', { name: 'Ask for approval' }).click();
    await page.getByText('Waiting for another admin').waitFor();
    browser.database.plans.decide('plan_2', 'approved', 'ann');
    await page.getByText('Approved by ann.').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL('**/DB/jobs/*');
  });

  test('X2: an operator writes drafts; accepting them is an admin’s', async () => {
    const { drafts } = browser.database.schema;
    const [index] = drafts.files;
    drafts.save({ path: index?.path, text: '// new\n', basedOn: index?.sha256, expect: null }, 'ann');
    const page = await browser.signedIn('operator', {}, '/DB/schema/files');
    await page.getByText('Needs the admin role; yours is operator.').waitFor();
    expect(await page.getByRole('button', { name: 'Accept', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('button', { name: 'Discard it' }).click();
    await page.getByRole('button', { name: 'Discard…' }).waitFor({ state: 'detached' });
    expect(drafts.files[0]?.draft?.state).toBe('discarded');
  });

  test('X2: a viewer sees everything and chooses nothing; the reason stands beside', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema');
    await line(page, 'newsletter').waitFor();
    expect(await matrix(page).getByRole('checkbox').count()).toBe(0);
    await page.getByText('Needs the operator role; yours is viewer.').first().waitFor();
    expect(await page.getByRole('button', { name: /^Apply/ }).isDisabled()).toBe(true);
    await line(page, 'phone').click();
    await expect.poll(() => matrix(page).getByText('Needs the operator role; yours is viewer.').count()).toBe(2);
  });
});

describe('conflicts', () => {
  test('the database is right: the change of the code is shown, then a draft; the code is right: a plan', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await live(page);
    await line(page, 'phone').click();
    await page.getByRole('table', { name: 'What differs' }).getByRole('cell', { name: 'VARCHAR(20)' }).first().waitFor();
    const sent = orders(page);
    await page.getByRole('button', { name: 'Database is right: change the code' }).click();
    await page.getByText("+  phone: text('phone', { length: 20 }),").first().waitFor();
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.waitForURL('**/DB/schema/files?file=db%2Fschema%2Fpeople.ts');
    expect(sent.map(({ body }) => body)).toEqual([
      { rows: ['column:employees.phone'], save: false },
      { rows: ['column:employees.phone'], save: true },
    ]);
    await editor(page).getByText("phone: text('phone', { length: 20 }),").waitFor();
    await page.getByRole('link', { name: 'Differences' }).click();
    await line(page, 'phone').click();
    await page.getByRole('button', { name: 'Code is right: plan it' }).click();
    await page.waitForURL('**/DB/plans/*');
  });

  test('a draft is typed, saved with the keys, marked where it is wrong, mended, accepted, downloaded', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema/files?file=db%2Fschema%2Fpeople.ts');
    await live(page);
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('process.exit();\n');
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: /1:1 Only declarations/ }).waitFor();
    await page.locator('.cm-lintRange-error').waitFor();
    expect(await page.getByRole('button', { name: 'Accept', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: /1:1 Only declarations/ }).click();
    await page.keyboard.press('Control+Shift+k');
    await page.getByLabel('Message').fill('without the exit');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByText('accepted').first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Patch' }).click();
    expect((await download).suggestedFilename()).toBe('DB-schema.patch');
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('without the exit').waitFor();
    expect(browser.database.schema.drafts.versions.get('db/schema/people.ts')?.map(({ n, state }) => [n, state])).toEqual([
      [2, 'accepted'],
      [1, 'open'],
    ]);
  });

  test('somebody else is quicker: nothing typed is lost, both texts are shown, and mine goes on top or theirs is taken', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema/files?file=db%2Fschema%2Findex.ts');
    await live(page);
    const { drafts } = browser.database.schema;
    const [index] = drafts.files;
    if (index === undefined) throw new Error('no file');
    const theirs = { path: index.path, text: '// theirs\n', basedOn: index.sha256, message: 'quick' };
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('// mine');
    // Unheard of by the page: only the answer to its own saving tells.
    drafts.save({ ...theirs, expect: null }, 'ann');
    await page.keyboard.press('Control+s');
    await page.getByText('Somebody else has saved this file meanwhile').waitFor();
    await page.locator('.cm-deletedChunk').getByText('// theirs').waitFor();
    await page.getByRole('button', { name: 'Go on with mine, on top of theirs' }).click();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('not saved').waitFor({ state: 'detached' });
    expect(drafts.files[0]?.draft).toMatchObject({ n: 2, text: `${index.text}// mine` });
    await editor(page).click();
    await page.keyboard.type('x');
    drafts.save({ ...theirs, expect: 2 }, 'ann');
    browser.database.schema.tellDraft();
    await page.getByRole('button', { name: 'Take theirs' }).click();
    await expect.poll(() => editor(page).textContent()).toContain('// theirs');
  });

  test('what is typed outlives the page it was typed on, and what was chosen outlives a look at the plan', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema/files?file=db%2Fschema%2Findex.ts');
    await editor(page).click();
    await page.keyboard.type('// typed ');
    await page.getByRole('link', { name: /orders\.ts/ }).click();
    await editor(page).getByText('orders_by_placed').waitFor();
    await page.getByRole('link', { name: 'Differences' }).click();
    await line(page, 'newsletter').getByRole('checkbox').uncheck();
    await page.getByRole('button', { name: /^Apply/ }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Schema' }).click();
    expect(await line(page, 'newsletter').getByRole('checkbox').isChecked()).toBe(false);
    await page.getByRole('link', { name: 'Schema files' }).click();
    await page.getByRole('link', { name: /index\.ts/ }).click();
    await editor(page).getByText('// typed').waitFor();
    await page.getByText('not saved').waitFor();
  });

  test('a migration of the drafts can be read and downloaded', async () => {
    const { drafts } = browser.database.schema;
    const [index] = drafts.files;
    drafts.save({ path: index?.path, text: '// new\n', basedOn: index?.sha256, expect: null }, 'ann');
    const page = await browser.signedIn('admin', {}, '/DB/schema/files');
    await page.getByRole('button', { name: 'Make migration…' }).click();
    await page.getByLabel('Name', { exact: true }).fill('newsletter');
    await page.getByRole('button', { name: 'Make it', exact: true }).click();
    await page.getByText('db/migrations/0003_newsletter.sql').first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download patch' }).click();
    expect((await download).suggestedFilename()).toBe('0003_newsletter.patch');
  });
});

describe('finding one’s way', () => {
  test('a link leads to its row, opened, whatever hides it', async () => {
    const page = await browser.signedIn('viewer', {}, `/DB/schema?state=missing#${encodeURIComponent('column:reviews.rating')}`);
    await line(page, 'rating').waitFor();
    await page.getByText('Code and database say the same.', { exact: false }).first().waitFor();
    expect(await page.locator('.item.linked').count()).toBe(1);
  });

  test('the keyboard alone: down to a row, choose it, open it', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await line(page, 'newsletter').waitFor();
    await matrix(page).focus();
    const active = () => matrix(page).evaluate((grid) => decodeURIComponent(grid.getAttribute('aria-activedescendant') ?? ''));
    for (let i = 0; i < 2; i += 1) await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('item-column:customers.newsletter');
    await page.keyboard.press('Space');
    await expect.poll(() => line(page, 'newsletter').getByRole('checkbox').isChecked()).toBe(false);
    await page.keyboard.press('Enter');
    await page.getByText('The code has it, the database has not.', { exact: false }).first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await line(page, 'newsletter').waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await expect.poll(active).toBe('item-group:reviews');
  });

  test('filters narrow, count, and stand in the address', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema');
    await page.getByRole('button', { name: 'Extra 4' }).click();
    await line(page, 'newsletter').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?state=extra');
    await page.getByRole('searchbox').fill('legacy');
    await line(page, 'old_imports').waitFor({ state: 'detached' });
    await line(page, 'legacy_code').waitFor();
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByRole('heading', { name: 'No row matches' }).waitFor();
    await page.getByRole('button', { name: 'Show every row' }).click();
    await line(page, 'newsletter').waitFor();
  });

  test('21,000 rows: only what is seen is in the page, and its last row is reached at once', async () => {
    browser.database.schema.become(manyRows(1000, 20));
    browser.database.schema.renames = [];
    const page = await browser.signedIn('operator', {}, '/DB/schema');
    await page.getByRole('heading', { name: 'Apply 1,000 safe changes' }).waitFor();
    await line(page, 'tenant_0001').waitFor();
    expect(await page.locator('lk-schema-matrix .item').count()).toBeLessThan(150);
    await matrix(page).focus();
    await page.keyboard.press('End');
    await line(page, 'tenant_1000').waitFor();
    await page.keyboard.press('Home');
    await line(page, 'tenant_0001').waitFor();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await page
      .locator('lk-schema-matrix .line', { hasText: /tenant_0[4-6]/ })
      .first()
      .waitFor();
    expect(await page.locator('lk-schema-matrix .item').count()).toBeLessThan(150);
    await page.getByRole('searchbox').fill('tenant_0777 field_03');
    await line(page, 'field_03').waitFor();
  });
});

describe('when things are otherwise', () => {
  test('failing: said with a way forward; a later failure keeps what is shown and says that it is old', async () => {
    browser.server.broken = { path: '/schema/diff', code: 'database_unreachable', status: 503 };
    const page = await browser.signedIn('admin', {}, '/DB/schema');
    await page.getByRole('alert').waitFor();
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await line(page, 'newsletter').waitFor();
    browser.server.broken = { path: '/schema/diff', code: 'database_unreachable', status: 503 };
    await page.getByRole('button', { name: 'Compare again' }).click();
    await page.getByText('This is not current').waitFor();
    expect(await line(page, 'newsletter').count()).toBe(1);
  });

  test('empty: each page says what to do', async () => {
    const page = await browser.signedIn('admin', {}, '/STAGING/schema');
    await page.getByRole('heading', { name: 'Nothing to compare' }).waitFor();
    await page.getByRole('link', { name: 'Schema files' }).click();
    await page.getByRole('heading', { name: 'No schema file' }).waitFor();
    await page.getByRole('link', { name: 'Generated code', exact: true }).click();
    await page.getByRole('heading', { name: 'No table yet' }).waitFor();
    await page.goto(`${browser.base}/DB/plans/gone`);
    await page.getByRole('heading', { name: 'No such plan' }).waitFor();
  });

  test.each([
    ['light, wide', {}],
    ['dark, narrow', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ] as const)('%s: every text can be read, every control has a name, nothing is wider than the page', async (_, options) => {
    browser.database.schema.warnings = ['The migration 0002 does not replay.'];
    const page = await browser.signedIn('admin', options, '/DB/schema');
    // Rows far below what is seen are not in the page.
    await page.locator('lk-schema-matrix').evaluate((matrix) => matrix.scrollIntoView());
    await line(page, 'phone').click();
    for (const path of ['/DB/schema', '/DB/schema/files', '/DB/schema/code']) {
      if (path !== '/DB/schema') {
        await page.goto(browser.base + path);
        await page.locator('.cm-content').first().waitFor();
      }
      await check(page, path);
    }
    const careful = ['column:employees.phone', 'column:customers.legacy_code'];
    const plan = browser.database.plans.make({ kind: 'schema.sync', params: { rows: careful }, secondPerson: false }, 'ann');
    await page.goto(`${browser.base}/DB/plans/${plan.id}`);
    await page.getByText('3 rows have no value').waitFor();
    await check(page, 'plan');
  });

  test('the green state, with everything the same', async () => {
    const { schema } = browser.database;
    schema.renames = [];
    schema.rows = schema.rows.map(synced).filter((row) => row !== null);
    const page = await browser.signedIn('viewer', { colorScheme: 'dark' }, '/DB/schema');
    await page.getByRole('heading', { name: 'Code and database say the same' }).waitFor();
    await check(page, 'green');
  });
});

async function check(page: Page, where: string): Promise<void> {
  expect([where, await lowContrast(page)]).toEqual([where, []]);
  expect([where, await unnamedControls(page)]).toEqual([where, []]);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect([where, (width[0] ?? 0) <= (width[1] ?? 0)]).toEqual([where, true]);
}
