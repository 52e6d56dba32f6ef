/**
 * `npm run bench`: measures, prints one table, writes results.json and the table in README.md. Options: `--only CASE`, `--rows N[,N…]`.
 * Results are written only by a full run, so that the file never mixes sizes or machines.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Row, Verdict } from './case.ts';
import { benchSection, withBenchSection } from './readme.ts';
import { judgement, results, table, writeResults } from './report.ts';

const tell = (text: string) => process.stdout.write(`${text}\n`);

interface Options {
  readonly only: string | undefined;
  readonly sizes: readonly number[] | undefined;
}

function readOptions(): Options {
  const { values } = parseArgs({ options: { only: { type: 'string' }, rows: { type: 'string' } } });
  const sizes = values.rows?.split(',').map((text) => Number(text.replaceAll('_', '')));
  if (sizes?.some((size) => !Number.isSafeInteger(size) || size < 1))
    throw new Error(`--rows ${values.rows}: use whole numbers, with commas between them`);
  return { only: values.only, sizes };
}

async function loadCases(only: string | undefined): Promise<Bench[]> {
  const folder = join(import.meta.dirname, 'cases');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const all = await Promise.all(files.map(async (name) => ((await import(join(folder, name))) as { bench: Bench }).bench));
  const chosen = all.filter((bench) => only === undefined || bench.name === only);
  if (chosen.length === 0) throw new Error(`no case is called ${only}; there are: ${all.map((bench) => bench.name).join(', ')}`);
  return chosen;
}

function keep(rows: readonly Row[], verdicts: readonly Verdict[]): void {
  const all = results(rows, verdicts);
  writeResults(all);
  const readme = join(import.meta.dirname, '../README.md');
  writeFileSync(readme, withBenchSection(readFileSync(readme, 'utf8'), benchSection(all)));
}

async function main(): Promise<void> {
  const { only, sizes } = readOptions();
  const rows: Row[] = [];
  const verdicts: Verdict[] = [];
  for (const bench of await loadCases(only)) {
    tell(`\n${bench.name}: ${bench.what}`);
    const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
    try {
      const measured = await bench.run({ sizes: sizes ?? bench.sizes, folder, tell });
      rows.push(...measured);
      verdicts.push(...bench.judge(measured));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  tell(`\n${table(rows)}\n\n${judgement(verdicts)}`);
  if (only === undefined && sizes === undefined) {
    keep(rows, verdicts);
    tell('\nWritten to bench/results.json and README.md.');
  } else tell('\nNot written to bench/results.json: only a run without options is.');
}

// A goal that was missed is a result; what fails a run is a wrong answer or a server that does not work.
await main();
