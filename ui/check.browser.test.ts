/** The SQL check and the pages of the linter's rules in a real browser, against the fake server of `ui/dev`. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { lowContrast, unnamedControls } from './dev/accessibility.ts';
import { live, useConsole } from './dev/testing/harness.ts';

const browser = useConsole();
const editor = (page: Page) => page.getByRole('textbox', { name: 'SQL to check' });
const findings = (page: Page) => page.getByRole('list', { name: 'Findings' }).getByRole('listitem');
const status = (page: Page, text: string) =>
  page.locator('lk-check-page header [role=status]').getByText(text, { exact: true }).waitFor();
const textOf = (page: Page) =>
  editor(page).evaluate((content) => [...content.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n'));

/** What the page asks the server to read, in order. */
function asked(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${new URL(request.url()).pathname} ${String(request.postDataJSON()?.sql)}`);
  });
  return sent;
}

/** Pasted over what is there. */
async function write(page: Page, sql: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await editor(page).evaluate((content, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, sql);
}

/** Time stands still for the page until the answer is called: what it does after a while cannot come between two keys of a slow machine. */
async function stopTime(page: Page): Promise<() => Promise<void>> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 10_000);
  return () => page.clock.resume();
}

describe('a check', () => {
  test('by itself when typing stops; findings stand in the text and beside it; nothing but the check is ever asked for', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema');
    const sent = asked(page);
    await page.getByRole('link', { name: 'SQL check' }).click();
    await page.getByText('Nothing is ever run.').waitFor();
    await page.getByRole('heading', { name: 'Nothing to check yet' }).waitFor();
    await editor(page).click();
    const goOn = await stopTime(page);
    await page.keyboard.type('SELECT 1;');
    await status(page, 'Checked when you stop typing');
    expect(sent).toEqual([]);
    await goOn();
    await status(page, 'Nothing found in 1 statement');
    expect(sent).toEqual(['/api/v1/databases/DB/lint SELECT 1;']);
    await write(
      page,
      'CREATE TABLE v (\n  c INTEGER REFERENCES customers(id),\n  s TEXT DEFAULT "open"\n);\nBEGIN;\nDELETE FROM carts;',
    );
    await status(page, '1 refusal, 1 danger, 2 warnings in 3 statements');
    expect(await findings(page).allInnerTexts()).toEqual([
      expect.stringContaining('No index begins with the columns that refer to customers.'),
      expect.stringContaining('Text in double quotes'),
      expect.stringContaining('Refused'),
      expect.stringContaining('Every row of carts is deleted.'),
    ]);
    expect(await page.locator('.cm-lintRange-warning').allInnerTexts()).toEqual(['REFERENCES', '"open"']);
    expect(await page.locator('.cm-lintRange-error').allInnerTexts()).toEqual(['BEGIN', 'DELETE']);
    expect(new Set(sent.map((one) => one.split(' ')[0]))).toEqual(new Set(['/api/v1/databases/DB/lint']));
  });

  test('a finding leads to its place, and its code to the page of its rule; the text is still there when one comes back', async () => {
    const page = await browser.signedIn('viewer', { viewport: { width: 390, height: 700 } }, '/DB/schema/check');
    await write(page, `${'SELECT 1;\n'.repeat(60)}DELETE FROM carts;`);
    await page.getByRole('button', { name: 'Line 61' }).click();
    await expect.poll(() => page.locator('.cm-activeLine').textContent()).toBe('DELETE FROM carts;');
    await expect
      .poll(() =>
        page
          .locator('.cm-activeLine')
          .evaluate(
            (line) =>
              document.activeElement !== null &&
              line.getBoundingClientRect().top < innerHeight &&
              line.getBoundingClientRect().top >= 0,
          ),
      )
      .toBe(true);
    await page.keyboard.type('--');
    await expect.poll(() => page.locator('.cm-activeLine').textContent()).toBe('--DELETE FROM carts;');
    await status(page, 'Nothing found in 60 statements');
    await page.keyboard.press('ControlOrMeta+z');
    await page.getByRole('link', { name: 'lint/delete-all' }).click();
    await page.getByRole('heading', { name: 'DELETE without WHERE' }).waitFor();
    await page.goBack();
    await status(page, '1 danger in 61 statements');
    await page.getByRole('button', { name: 'Line 61' }).waitFor();
  });

  test('by Ctrl and Enter at once, which makes no new line; an answer that comes too late says nothing', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    const sent = asked(page);
    await editor(page).waitFor();
    await stopTime(page);
    const held = Promise.withResolvers<void>();
    browser.server.held = { path: '/lint', until: held.promise };
    await write(page, 'DELETE FROM carts');
    await page.keyboard.press('ControlOrMeta+Enter');
    await status(page, 'Checking…');
    browser.server.held = null;
    await write(page, 'COMMIT');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByText('D1 refuses transactions by SQL.').waitFor();
    const late = page.waitForResponse((response) => response.request().postData()?.includes('carts') ?? false);
    held.resolve();
    await late;
    // Another question has gone there and back: the late answer has been dealt with.
    await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.text()));
    await status(page, '1 refusal in 1 statement');
    expect(await findings(page).allTextContents()).toEqual([expect.stringContaining('D1 refuses transactions by SQL.')]);
    expect(await textOf(page)).toBe('COMMIT');
    expect(sent.map((one) => one.split(' ').slice(1).join(' '))).toEqual(['DELETE FROM carts', 'COMMIT']);
  });
});

describe('silence', () => {
  test('wants a reason, writes it above the statement, and shows it folded; by keyboard alone', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    await write(page, 'SELECT 1; DELETE FROM carts;\n  DELETE FROM orders;');
    await status(page, '2 dangers in 3 statements');
    await page.getByRole('button', { name: 'Silence with a reason…' }).first().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('no');
    await page.keyboard.press('Enter');
    expect(await textOf(page)).toBe('SELECT 1; DELETE FROM carts;\n  DELETE FROM orders;');
    await page.keyboard.type('body is there yet');
    await page.keyboard.press('Enter');
    await status(page, '1 danger in 3 statements');
    expect(await textOf(page)).toBe(
      'SELECT 1;\n-- lint-silence lint/delete-all: nobody is there yet\nDELETE FROM carts;\n  DELETE FROM orders;',
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.type('no');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('textbox', { name: 'Why it does not matter here' }).count()).toBe(0);
    await page.getByText('1 finding silenced').click();
    await page.getByText('Silenced: “nobody is there yet”').waitFor();
    await page.getByRole('button', { name: 'Silence with a reason…' }).click();
    await page.getByRole('textbox', { name: 'Why it does not matter here' }).fill('a test');
    await page.getByRole('button', { name: 'Silence it' }).click();
    await status(page, 'Nothing found in 3 statements');
    await page.getByRole('heading', { name: 'Nothing else found' }).waitFor();
    expect(await textOf(page)).toContain('\n  -- lint-silence lint/delete-all: a test\n  DELETE FROM orders;');
  });

  test('is not offered for what D1 refuses', async () => {
    const page = await browser.signedIn('admin', {}, '/DB/schema/check');
    await write(page, 'BEGIN');
    await page.getByText('D1 refuses transactions by SQL.').waitFor();
    expect(await page.getByRole('button', { name: 'Silence with a reason…' }).count()).toBe(0);
  });
});

describe('the rules', () => {
  test('are searched, the search stands in the address, and each has its page', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByText('6 rules', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('foreign index');
    await page.getByText('1 of 6 rules').waitFor();
    expect(new URL(page.url()).search).toBe('?q=foreign+index');
    await page.reload();
    await page.getByRole('link', { name: /A foreign key without an index/ }).click();
    await page.waitForURL('**/DB/schema/rules/missing-index');
    await page.getByRole('heading', { level: 1, name: 'A foreign key without an index' }).waitFor();
    expect(await page.locator('lk-markdown li').allInnerTexts()).toEqual([
      'Every delete of a parent reads the whole child table.',
      'D1 counts every row read.',
    ]);
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['Found', 'Not found', 'Silence']);
    await page.getByRole('button', { name: 'Copy example' }).first().waitFor();
    await page.goto(`${browser.base}/DB/schema/rules?q=nothing+like+it`);
    await page.getByRole('heading', { name: 'No rule matches' }).waitFor();
    await page.getByRole('button', { name: 'Show every rule' }).click();
    await page.getByText('6 rules', { exact: true }).waitFor();
    await page.goto(`${browser.base}/DB/schema/rules/gone`);
    await page.getByRole('heading', { name: 'No such rule' }).waitFor();
  });

  test('X3: what looks like a tag in a page stays text, and only addresses of the web are links', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/rules/syntax');
    const markdown = page.locator('lk-markdown');
    await markdown.getByText('<img src="x" onerror="document.title=\'taken\'">').waitFor();
    await markdown.getByText('<script>document.title = "taken"</script>').waitFor();
    expect(await markdown.locator('img, script').count()).toBe(0);
    expect(await markdown.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://www.sqlite.org/lang.html',
    ]);
    expect(await page.title()).not.toContain('taken');
  });

  test('a remark of the linter in a plan leads to its rule; other hazards lead nowhere', async () => {
    const page = await browser.signedIn('admin');
    const rows = browser.database.schema.rows
      .filter(({ kind, state }) => kind === 'foreign-key' && state !== 'match')
      .map(({ id }) => id);
    const params = { rows: [...rows, 'column:employees.phone'] };
    const plan = browser.database.plans.make({ kind: 'schema.sync', params, secondPerson: false }, 'ann');
    await page.goto(`${browser.base}/DB/plans/${plan.id}`);
    await page.getByText('rows_violate_not_null').waitFor();
    expect(await page.getByRole('link', { name: 'rows_violate_not_null' }).count()).toBe(0);
    await page.getByRole('link', { name: 'lint/missing-index' }).click();
    await page.getByRole('heading', { name: 'A foreign key without an index' }).waitFor();
  });
});

describe('when things are otherwise', () => {
  test('failing: said with a way forward, and what was found before is not passed off as current', async () => {
    browser.server.broken = { path: '/lint', code: 'database_unreachable', status: 503 };
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    await page.getByRole('button', { name: 'Show an example' }).click();
    await page.getByRole('alert').waitFor();
    await status(page, 'Not checked');
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Every row of carts is deleted.').waitFor();
    await page.getByText('1 finding silenced').waitFor();
    browser.server.broken = { path: '/lint', code: 'database_unreachable', status: 503 };
    await write(page, 'DELETE FROM carts; ');
    await page.getByRole('alert').waitFor();
    await status(page, 'Not checked');
    expect(await page.getByRole('button', { name: 'Silence with a reason…' }).first().isDisabled()).toBe(true);
    await page.goto(`${browser.base}/DB/schema/rules`);
    await page.getByRole('alert').waitFor();
    browser.server.broken = null;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('6 rules', { exact: true }).waitFor();
  });

  test('the schema changes: the same text is checked again', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    const sent = asked(page);
    await live(page);
    await write(page, 'SELECT 1');
    await status(page, 'Nothing found in 1 statement');
    browser.database.schema.changed();
    await expect.poll(() => sent.length).toBe(2);
  });

  test('thousands of findings: shown in parts; a text that is too long is not sent', async () => {
    const page = await browser.signedIn('viewer', {}, '/DB/schema/check');
    const sent = asked(page);
    await write(page, 'DELETE FROM a;\n'.repeat(3_000));
    await status(page, '3,000 dangers in 3,000 statements');
    expect(await findings(page).count()).toBe(100);
    await page.getByRole('button', { name: 'Show more (2,900 left)' }).click();
    await expect.poll(() => findings(page).count()).toBe(200);
    await write(page, `SELECT '${'x'.repeat(500_000)}'`);
    await page.getByText('At most 500,000 are checked at once').waitFor();
    await page.keyboard.press('ControlOrMeta+Enter');
    await write(page, 'SELECT 1');
    await status(page, 'Nothing found in 1 statement');
    expect(sent).toHaveLength(2);
  });

  test.each([
    ['light, wide', {}],
    ['dark, narrow', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ] as const)('%s: every text can be read, every control has a name, nothing is wider than the page', async (_, options) => {
    const page = await browser.signedIn('viewer', options, '/DB/schema/check');
    await page.getByRole('button', { name: 'Show an example' }).click();
    await page.getByText('Every row of carts is deleted.').waitFor();
    await page.getByRole('button', { name: 'Silence with a reason…' }).first().click();
    await page.getByText('1 finding silenced').click();
    await check(page, 'check');
    for (const path of ['', '/missing-index', '/syntax']) {
      await page.goto(`${browser.base}/DB/schema/rules${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await check(page, `rules${path}`);
    }
  });
});

async function check(page: Page, where: string): Promise<void> {
  expect([where, await lowContrast(page)]).toEqual([where, []]);
  expect([where, await unnamedControls(page)]).toEqual([where, []]);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect([where, (width[0] ?? 0) <= (width[1] ?? 0)]).toEqual([where, true]);
}
