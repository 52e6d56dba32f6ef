/** The console of a running server in a real browser, for tests: pages that remember everything that a page may not do. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type JobDetails, TERMINAL_STATUSES } from '../../worker/protocol/job.ts';
import { d1File, databaseId } from '../d1-file.ts';
import type { Local } from '../local.ts';

const top = join(import.meta.dirname, '../..');

/** The SQLite file behind a binding of wrangler.toml. */
export const fileOf = (stateFolder: string, binding: string): string =>
  d1File(stateFolder, databaseId(join(top, 'wrangler.toml'), binding));

/** In the page: what its content policy refuses is told as an error. */
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP', event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber))`;

export async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** The job when it has ended, however. */
export async function finished(server: Local, database: string, id: string): Promise<JobDetails> {
  for (;;) {
    const job = await json<JobDetails>(await server.call(`/databases/${database}/jobs/${id}`));
    if (TERMINAL_STATUSES.includes(job.status)) return job;
    await delay(50);
  }
}

/** Browser windows of one running server. `faults` is empty as long as no page has logged an error, broken its content policy or thrown. */
export class Windows {
  readonly faults: string[] = [];
  private readonly browser: Browser;
  private readonly server: Local;

  constructor(browser: Browser, server: Local) {
    this.browser = browser;
    this.server = server;
  }

  /** A window of its own, signed in with the token, at `path`, and connected. */
  async open(token: string, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-US',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      ...options,
    });
    const page = await context.newPage();
    await page.addInitScript(TELL_VIOLATIONS);
    this.watch(page);
    await page.goto(`${this.server.url}${path}`);
    await page.getByLabel('Access token').fill(token);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${this.server.url}${path}`);
    await live(page);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => this.faults.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself logs each answer that is a refusal, and sockets that are cut: both are meant here.
      const expected = /Failed to load resource: .* 4\d\d|WebSocket connection/;
      if (message.type() === 'error' && !expected.test(message.text())) this.faults.push(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.faults.push(`${response.status()} ${response.url()}`);
    });
    page.on('request', (request) => {
      const ours = request.url().startsWith(this.server.url) || /^(data|blob):/.test(request.url());
      if (!ours) this.faults.push(`asked another host: ${request.url()}`);
    });
  }
}

/** Waits until the page is connected: what happens on the server then reaches it. */
export const live = (page: Page): Promise<void> => page.getByText('Live', { exact: true }).waitFor();
