import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cronsOf, runClock } from './clock.ts';

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
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const stop = new AbortController();
  // Six fields: seconds, so that the test does not wait for a minute.
  runClock(`http://127.0.0.1:${port}`, ['* * * * * *'], stop.signal);
  await expect.poll(() => asked.length, { timeout: 5000 }).toBeGreaterThanOrEqual(2);
  stop.abort();
  expect(new Set(asked)).toEqual(new Set([`/cdn-cgi/local/scheduled?cron=${encodeURIComponent('* * * * * *')}`]));
  const before = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(asked.length).toBe(before);
  server.close();
});
