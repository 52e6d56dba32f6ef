import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forTerminal, lineCutter, openLog } from './log.ts';

test.each([
  ['[wrangler:info] GET /healthz 200 OK (2ms)', 'out', null],
  ['{"level":"info","message":"request","status":200}', 'out', null],
  ['{"level":"warn","message":"slow","tookMs":9}', 'out', 'warn: slow {"tookMs":9}'],
  ['✘ [ERROR] {"level":"error","message":"slice failed","jobId":"j1"}', 'err', 'error: slice failed {"jobId":"j1"}'],
  ['✘ [ERROR] Build failed with 1 error:', 'err', '✘ [ERROR] Build failed with 1 error:'],
  ['{"not":"a log line"}', 'err', '{"not":"a log line"}'],
  ['{"level":', 'out', null],
  ['   ', 'err', null],
  ['Using secrets defined in .lockkeeper/server.env', 'err', null],
] as const)('of %s (%s) the terminal shows %s', (line, stream, shown) => {
  expect(forTerminal(line, stream)).toBe(shown);
});

test('lines are cut across chunks, and the last one needs no newline', () => {
  const lines: string[] = [];
  const cutter = lineCutter((line) => lines.push(line));
  for (const chunk of ['one\ntw', 'o\n', '\nthr', 'ee']) cutter.push(chunk);
  expect(lines).toEqual(['one', 'two', '']);
  cutter.end();
  expect(lines).toEqual(['one', 'two', '', 'three']);
});

test('the log is rotated at each start and when it grows, and stays bounded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-log-'));
  try {
    const path = join(folder, 'server.log');
    for (const start of ['first', 'second', 'third', 'fourth']) {
      const log = openLog(path, 64);
      log.write(`${start}\n`);
      log.close();
    }
    const kept = () =>
      ['server.log', 'server.log.1', 'server.log.2'].map((name) => readFileSync(join(folder, name), 'utf8').trim());
    expect(kept()).toEqual(['fourth', 'third', 'second']);
    const log = openLog(path, 64);
    for (let n = 0; n < 1000; n++) log.write(`line ${n}\n`);
    log.close();
    expect(readdirSync(folder).length).toBe(3);
    for (const text of kept()) expect(text.length).toBeLessThanOrEqual(64 + 'line 999\n'.length);
    expect(kept()[0]).toContain('line 999');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
