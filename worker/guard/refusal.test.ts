import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FENCE_MESSAGE } from '../database/fence.ts';
import type { Notice } from './decide.ts';
import { FENCE_TEXT, isFenceRefusal } from './fence-refusal.ts';
import { inWords, page, STYLE_SHA256 } from './page.ts';
import { refusal, wantsPage } from './refusal.ts';

const notice = (more: Partial<Notice> = {}): Notice => ({
  mode: 'closed',
  message: null,
  expiresAt: null,
  retryAfterSeconds: 30,
  source: 'answer',
  ...more,
});
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const asked = (accept: string | null, method = 'GET') =>
  new Request('http://shop/', { method, headers: accept === null ? {} : { accept } });

describe('a page for people, problem+json for programs', () => {
  test.each([
    [BROWSER, true],
    ['text/html', true],
    ['TEXT/HTML;q=0.1', true],
    ['application/json;q=0.5, text/html', true],
    ['text/html;q=0.4, application/json;q=0.5', false],
    ['text/html;q=0', false],
    ['text/html;q=7', false],
    ['application/json', false],
    ['*/*', false],
    ['', false],
    [null, false],
  ])('Accept: %s → a page: %s', (accept, expected) => {
    expect(wantsPage(accept)).toBe(expected);
  });

  test('every refusal is a 503 that says when to come back and is kept by no cache', async () => {
    for (const accept of [BROWSER, 'application/json', null]) {
      const response = refusal(notice({ retryAfterSeconds: 17 }), asked(accept));
      expect(response.status).toBe(503);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'retry-after': '17',
        'cache-control': 'no-store',
        vary: 'Accept',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  test('the problem has a stable code and what a program needs to know', async () => {
    const response = refusal(notice({ mode: 'read-only', message: 'Back at ten' }), asked('application/json'));
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 503,
      code: 'maintenance',
      detail: 'Back at ten',
      mode: 'read-only',
      expiresAt: null,
      retryAfterSeconds: 30,
    });
  });

  test('HEAD has the headers and no body', async () => {
    const response = refusal(notice(), asked(BROWSER, 'HEAD'));
    expect([response.status, await response.text()]).toEqual([503, '']);
  });
});

describe('the page', () => {
  test('escapes the message wherever it stands', () => {
    const text = page(notice({ message: `<script>alert('x')</script> & "more"` }));
    expect(text).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;');
    expect(text).not.toMatch(/<script/i);
  });

  test('loads nothing from anywhere and looks right in light and dark', () => {
    const text = page(notice());
    expect(text).not.toMatch(/\b(src|href|url\(|@import|http-equiv)/i);
    expect(text).toContain('prefers-color-scheme:dark');
    expect(text).toContain('color-scheme:light dark');
  });

  test('its policy lets its own style through and nothing else', async () => {
    const response = refusal(notice(), asked(BROWSER));
    const policy = response.headers.get('content-security-policy');
    const style = /<style>([\s\S]*?)<\/style>/.exec(await response.text())?.[1] ?? '';
    expect(createHash('sha256').update(style).digest('base64')).toBe(STYLE_SHA256);
    expect(policy).toContain(`'sha256-${STYLE_SHA256}'`);
    expect(policy).toContain("default-src 'none'");
  });

  test('read-only says that nothing was saved', () => {
    expect(page(notice({ mode: 'read-only' }))).toContain('Nothing was saved');
    expect(page(notice())).not.toContain('Nothing was saved');
  });

  test.each([
    [1, 'a minute'],
    [90, 'a minute'],
    [91, '2 minutes'],
    [3600, '60 minutes'],
    [5401, '2 hours'],
  ])('%i seconds are %s', (seconds, text) => {
    expect(inWords(seconds)).toBe(text);
  });

  test('an own page takes its place, under the policy of its author; one that fails does not', async () => {
    const own = refusal(notice({ message: 'Hi' }), asked(BROWSER), ({ message }) => `<p>${message}</p>`);
    expect([own.status, await own.text(), own.headers.get('content-security-policy')]).toEqual([503, '<p>Hi</p>', null]);
    const broken = refusal(notice(), asked(BROWSER), () => {
      throw new Error('broken');
    });
    expect(await broken.text()).toBe(page(notice()));
    const nothing = refusal(notice(), asked(BROWSER), (() => undefined) as unknown as () => string);
    expect(await nothing.text()).toBe(page(notice()));
  });
});

describe('M2: the fence’s refusal is told from other errors', () => {
  test('the words are those that the fence says', () => {
    expect(FENCE_TEXT).toBe(FENCE_MESSAGE);
  });

  test('also where others have wrapped it', () => {
    const fence = new Error(`D1_ERROR: ${FENCE_TEXT}: SQLITE_CONSTRAINT`);
    expect(isFenceRefusal(fence)).toBe(true);
    expect(isFenceRefusal(new Error('Failed query', { cause: new Error('inner', { cause: fence }) }))).toBe(true);
    expect(isFenceRefusal({ message: FENCE_TEXT })).toBe(true);
    expect(isFenceRefusal(FENCE_TEXT)).toBe(true);
  });

  test.each([[new Error('D1_ERROR: UNIQUE constraint failed')], [null], [undefined], ['other'], [7], [{ message: 7 }]])(
    'not %s',
    (error) => {
      expect(isFenceRefusal(error)).toBe(false);
    },
  );

  test('an error that is its own cause ends the search', () => {
    const error: { message: string; cause?: unknown } = { message: 'loop' };
    error.cause = error;
    expect(isFenceRefusal(error)).toBe(false);
  });
});
