/** The table on the terminal, and bench/results.json. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, type as systemName, totalmem } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Row, Verdict } from './case.ts';
import { shellVersion } from './peers/run.ts';

const require = createRequire(import.meta.url);
const MIB = 1 << 20;

export interface Results {
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryBytes: number; readonly system: string };
  readonly date: string;
  readonly versions: Readonly<Record<string, string | null>>;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
}

const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version;

function sqliteVersion(): string {
  const database = new DatabaseSync(':memory:');
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  database.close();
  return version;
}

export function results(rows: readonly Row[], verdicts: readonly Verdict[]): Results {
  const processors = cpus();
  return {
    machine: {
      processor: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
      system: `${systemName()} ${release()}`,
    },
    date: new Date().toISOString(),
    versions: {
      lockkeeper: (require('../package.json') as { version: string }).version,
      node: process.versions.node,
      wrangler: versionOf('wrangler'),
      workerd: versionOf('workerd'),
      'node:sqlite': sqliteVersion(),
      'sqlite3 shell': shellVersion(),
    },
    rows,
    verdicts,
  };
}

export const writeResults = (given: Results): void =>
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(given, null, 2)}\n`);

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
const mebibytes = (bytes: number | undefined) => (bytes === undefined ? '' : `${Math.round(bytes / MIB)} MiB`);

/** Rows of one case and size stand together; the last column compares wall time with Lockkeeper's. */
export function table(rows: readonly Row[]): string {
  const head = ['case', 'rows', 'method', 'wall', 'job', 'rows/s', 'MB/s', 'workerd', 'other memory', 'time to ours'];
  const lines = rows.map((each) => {
    const ours = rows.find((other) => other.case === each.case && other.rows === each.rows && other.method === 'lockkeeper');
    const { workerd, ...others } = each.peakBytes;
    const other = Object.values(others).reduce((sum, bytes) => sum + bytes, 0);
    const ratio = ours === undefined ? '' : `${(each.wallMs / ours.wallMs).toFixed(2)}×`;
    const times = [seconds(each.wallMs), each.jobMs === null ? '' : seconds(each.jobMs)];
    const speed = [each.rowsPerSecond.toLocaleString('en'), (each.bytesPerSecond / 1e6).toFixed(1)];
    return [
      each.case,
      each.rows.toLocaleString('en'),
      each.method,
      ...times,
      ...speed,
      mebibytes(workerd),
      other === 0 ? '' : mebibytes(other),
      ratio,
    ];
  });
  return align([head, ...lines]);
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const textColumns = new Set([0, 2]);
  const cell = (text: string, column: number) =>
    textColumns.has(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(cell).join('  ').trimEnd()).join('\n');
}

export const judgement = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ goal, measured, reached }) => `${reached ? 'reached' : 'MISSED '}  ${goal}: ${measured}`).join('\n');
