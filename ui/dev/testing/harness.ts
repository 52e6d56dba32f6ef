/**
 * What the console's browser tests share: the console built once, a fresh fake server for each test, and a page that fails its test
 * when it breaks the Content-Security-Policy, throws, or asks another host.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser } from '../../../tools/browser.mjs';
import type { Role } from '../../../worker/protocol/access.ts';
import type { FakeDatabase } from '../fake-database.ts';
import { FakeServer } from '../fake-server.ts';

export class Harness {
  /** The folder of the built console. */
  dist = '';
  base = '';
  /** Everything that a page may not do. Empty at the end of each test. */
  faults: string[] = [];
  private current: FakeServer | null = null;
  private browser: Browser | null = null;

  get server(): FakeServer {
    if (this.current === null) throw new Error('the fake server runs within a test only');
    return this.current;
  }

  get database(): FakeDatabase {
    const [first] = this.server.databases;
    if (first === undefined) throw new Error('the fake server has no database');
    return first;
  }

  async begin(): Promise<void> {
    this.dist = await mkdtemp(join(tmpdir(), 'lockkeeper-console-'));
    const configFile = join(import.meta.dirname, '../../vite.config.ts');
    const building = build({ configFile, logLevel: 'error', build: { outDir: this.dist } });
    [this.browser] = await Promise.all([launchBrowser(), building]);
  }

  async end(): Promise<void> {
    await this.browser?.close();
    await rm(this.dist, { recursive: true, force: true });
  }

  async beginTest(): Promise<void> {
    this.faults = [];
    this.current = new FakeServer(this.dist);
    this.base = await this.current.listen();
  }

  async endTest(): Promise<void> {
    await Promise.all(this.browser?.contexts().map((context) => context.close()) ?? []);
    await this.current?.close();
    expect(this.faults).toEqual([]);
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    if (this.browser === null) throw new Error('no browser');
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
      );
    });
    this.watch(page);
    return page;
  }

  async signedIn(
    role: Role = 'admin',
    options: BrowserContextOptions = {},
    path = '/DB/overview',
    as: Parameters<FakeServer['begin']>[1] = {},
  ): Promise<Page> {
    const page = await this.newPage(options);
    const session = this.server.begin(role, as);
    await page.context().addCookies([{ name: 'session', value: session, url: this.base, httpOnly: true, sameSite: 'Strict' }]);
    await page.goto(this.base + path);
    return page;
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => this.faults.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      // The browser logs failed requests by itself; the tests make some on purpose.
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        this.faults.push(message.text());
    });
    page.on('request', (request) => {
      const ours = request.url().startsWith(this.base) || request.url().startsWith('data:');
      if (!ours) this.faults.push(`asked another host: ${request.url()}`);
    });
  }
}

/** For the top of a test file. */
export function useConsole(): Harness {
  const harness = new Harness();
  beforeAll(() => harness.begin());
  afterAll(() => harness.end());
  beforeEach(() => harness.beginTest());
  afterEach(() => harness.endTest());
  return harness;
}

/** Waits until the page is connected: what a test changes on the server then reaches it. */
export const live = (page: Page): Promise<void> => page.getByText('Live', { exact: true }).waitFor();
