import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { row } from './case.ts';
import { bench } from './cases/export.ts';
import { compareTables, TABLE, writeTable } from './data.ts';
import { samplePeak, treeOf } from './memory.ts';
import { scanWithNode } from './peers/run.ts';
import { table } from './report.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the data are the same each time, of every kind, and about 150 bytes a row', () => {
  const [one, other] = [join(folder, 'one.sqlite'), join(folder, 'other.sqlite')];
  writeTable(one, 2000);
  writeTable(other, 2000);
  expect(compareTables(one, other)).toBe(2000);
  const bytes = readFileSync(one).length;
  expect(bytes / 2000).toBeGreaterThan(135);
  expect(bytes / 2000).toBeLessThan(165);
  const database = new DatabaseSync(one);
  const kinds = database
    .prepare(`SELECT group_concat(DISTINCT typeof(lat)) || ' ' || group_concat(DISTINCT typeof(note)) AS kinds FROM ${TABLE}`)
    .get();
  database.exec(`UPDATE ${TABLE} SET price = price + 0.01 WHERE id = 1500`);
  database.close();
  expect(kinds?.kinds).toBe('real text,null');
  expect(() => compareTables(one, other)).toThrow(/row 1500, price/);
});

test('the yardstick writes a right dump: a wrong one would be no measure', async () => {
  const [source, dump, restored] = [join(folder, 'source.sqlite'), join(folder, 'dump.sql'), join(folder, 'restored.sqlite')];
  writeTable(source, 3000);
  const { outputBytes, wallMs, peakBytes } = await scanWithNode(source, dump);
  expect(outputBytes).toBe(readFileSync(dump).length);
  expect(wallMs).toBeGreaterThan(0);
  // How much of it depends on when it was looked at: a fast machine is done before the second look.
  expect(Object.keys(peakBytes)).toEqual(['node']);
  const database = new DatabaseSync(restored);
  database.exec(readFileSync(dump, 'utf8'));
  database.close();
  expect(compareTables(source, restored)).toBe(3000);
});

test('the memory of another process is seen as long as it lives', async () => {
  const script =
    "const block = Buffer.alloc(100 << 20, 1); console.log('there'); process.stdin.on('end', () => block.length).resume()";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const sampling = samplePeak(() => treeOf(child.pid as number));
  await once(child.stdout, 'data');
  const { byProgram } = sampling.stop();
  child.stdin.end();
  await once(child, 'exit');
  expect(byProgram.node).toBeGreaterThan(100 << 20);
});

test('peak memory sees what was used and is gone again', async () => {
  const sampling = samplePeak(() => [process.pid]);
  const before = process.memoryUsage().rss;
  let block: Buffer | null = Buffer.alloc(200 << 20, 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(block?.length).toBe(200 << 20);
  block = null;
  expect(sampling.stop().allBytes).toBeGreaterThan(before + (100 << 20));
});

const measured = (method: string, rows: number, wallMs: number, workerdMiB = 0) =>
  row({
    case: 'export',
    method,
    rows,
    wallMs,
    jobMs: method === 'lockkeeper' ? wallMs - 100 : null,
    outputBytes: rows * 180,
    peakBytes: { workerd: workerdMiB << 20 },
    note: '',
  });

test('goals are judged by the numbers, in both directions', () => {
  const good = [measured('lockkeeper', 100_000, 700, 300), measured('lockkeeper', 1_000_000, 6000, 400)];
  const peers = [measured('wrangler d1 export', 1_000_000, 38_000), measured('node:sqlite scan', 1_000_000, 2800)];
  expect(bench.judge([...good, ...peers]).map((verdict) => verdict.reached)).toEqual([true, true, true, true]);
  const bad = [measured('lockkeeper', 100_000, 700, 300), measured('lockkeeper', 1_000_000, 12_000, 600)];
  expect(bench.judge([...bad, ...peers]).map((verdict) => verdict.reached)).toEqual([false, false, false, false]);
});

test('the table compares with Lockkeeper at the same size', () => {
  const text = table([measured('lockkeeper', 1000, 500), measured('wrangler d1 export', 1000, 1500)]);
  expect(text.split('\n')[2]).toMatch(/wrangler d1 export +1\.50 s.+3\.00×$/);
});
