import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cronsOf, runClock } from './clock.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the triggers are read from the configuration; none is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-clock-'));
  const file = join(folder, 'wrangler.toml');
  writeFileSync(file, 'name = "x"\n[triggers]\ncrons = ["7 * * * *", "*/5 * * * *"]\n');
  expect(cronsOf(file)).toEqual(['7 * * * *', '*/5 * * * *']);
  writeFileSync(file, 'name = "x"\n');
  expect(cronsOf(file)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('a due trigger calls the Worker with its expression, and not after the stop', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response('ok');
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const stop = new AbortController();
  runClock('http://127.0.0.1:8787', ['*/5 * * * *'], stop.signal);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  const due = `http://127.0.0.1:8787/cdn-cgi/local/scheduled?cron=${encodeURIComponent('*/5 * * * *')}`;
  expect(asked).toEqual([due, due]);
  stop.abort();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(asked).toEqual([due, due]);
});
