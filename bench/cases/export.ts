/** Export of a table, beside what people use today and beside stock SQLite, of the same file in the same run. */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { compareTables, TABLE, writeTable } from '../data.ts';
import { dumpWithShell, exportWithWrangler, scanWithNode, shellVersion } from '../peers/run.ts';
import { download, measureExport, startServer } from '../server.ts';
import { preparedState } from '../state.ts';

const NAME = 'export';
const MIB = 1 << 20;
/** In turns, so that all methods have the same share of what else the machine does. */
const ROUNDS = 3;

/** A speed counts only for a right answer: what was downloaded is loaded into stock SQLite and compared with the source. */
function prove(sqlFile: string, source: string, folder: string, rows: number): void {
  const restored = join(folder, 'restored.sqlite');
  rmSync(restored, { force: true });
  const database = new DatabaseSync(restored);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  database.exec(readFileSync(sqlFile, 'utf8'));
  database.exec('COMMIT');
  database.close();
  const compared = compareTables(source, restored);
  if (compared !== rows) throw new Error(`${compared} rows came back, not ${rows}`);
  rmSync(restored);
}

async function lockkeeper(context: BenchContext, source: string, folder: string, rows: number): Promise<Row[]> {
  const stateFolder = join(folder, 'state');
  await preparedState(stateFolder, source, TABLE);
  const server = await startServer(stateFolder);
  try {
    const measured = await measureExport(server, { consistency: 'fuzzy' });
    const result = measured.job.result as { backupId: string; rows: number; sqlBytes: number };
    const sqlFile = join(folder, 'lockkeeper.sql');
    const downloadMs = await download(server, result.backupId, sqlFile);
    context.tell(`  lockkeeper: job ${Math.round(measured.jobMs)} ms, download ${Math.round(downloadMs)} ms; comparing …`);
    prove(sqlFile, source, folder, rows);
    const outputBytes = statSync(sqlFile).size;
    rmSync(sqlFile);
    const grown = (measured.peakBytes.workerd ?? 0) - (measured.idleBytes.workerd ?? 0);
    const common = { case: NAME, rows, outputBytes };
    return [
      row({
        ...common,
        method: 'lockkeeper',
        wallMs: measured.wallMs,
        jobMs: measured.jobMs,
        peakBytes: measured.peakBytes,
        note: `workerd grew by ${Math.round(grown / MIB)} MiB; compared equal`,
      }),
      row({
        ...common,
        method: 'lockkeeper and download',
        wallMs: measured.wallMs + downloadMs,
        jobMs: null,
        peakBytes: {},
        note: 'as SQL text',
      }),
    ];
  } finally {
    await server.stop();
  }
}

async function peers(context: BenchContext, source: string, folder: string, rows: number): Promise<Row[]> {
  const output = join(folder, 'peer.sql');
  const measured: Row[] = [];
  const run = async (method: string, act: () => ReturnType<typeof scanWithNode>) => {
    const { wallMs, peakBytes, outputBytes } = await act();
    context.tell(`  ${method}: ${Math.round(wallMs)} ms`);
    measured.push(row({ case: NAME, method, rows, wallMs, jobMs: null, outputBytes, peakBytes, note: '' }));
    rmSync(output, { force: true });
  };
  await run('node:sqlite scan', () => scanWithNode(source, output));
  if (shellVersion() === null) context.tell('  sqlite3 .dump: left out, there is no sqlite3 shell on this machine');
  else await run('sqlite3 .dump', () => dumpWithShell(source, output));
  await run('wrangler d1 export', () => exportWithWrangler(source, join(folder, 'wrangler'), output));
  return measured;
}

async function run(context: BenchContext): Promise<Row[]> {
  const all: Row[] = [];
  for (const rows of context.sizes) {
    const folder = join(context.folder, `export-${rows}`);
    mkdirSync(folder, { recursive: true });
    const source = join(folder, 'source.sqlite');
    writeTable(source, rows);
    context.tell(`export of ${rows.toLocaleString('en')} rows, a file of ${(statSync(source).size / 1e6).toFixed(1)} MB`);
    const measured: Row[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const place = join(folder, String(round));
      mkdirSync(place);
      measured.push(...(await lockkeeper(context, source, place, rows)), ...(await peers(context, source, place, rows)));
      rmSync(place, { recursive: true, force: true });
    }
    all.push(...[...Map.groupBy(measured, ({ method }) => method).values()].map(middle));
    rmSync(folder, { recursive: true, force: true });
  }
  return all;
}

/** The round that took neither longest nor shortest, with the most memory of any. */
function middle(rounds: readonly Row[]): Row {
  const row = [...rounds].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(rounds.length / 2)] as Row;
  const programs = [...new Set(rounds.flatMap(({ peakBytes }) => Object.keys(peakBytes)))];
  const peakBytes = Object.fromEntries(
    programs.map((name) => [name, Math.max(...rounds.map((each) => each.peakBytes[name] ?? 0))]),
  );
  return { ...row, peakBytes };
}

function judge(rows: readonly Row[]): Verdict[] {
  const find = (method: string, size: number) => rows.find((each) => each.method === method && each.rows === size);
  const sizes = [...new Set(rows.map((each) => each.rows))].sort((a, b) => a - b);
  const [largest, middle, smallest] = [sizes.at(-1) ?? 0, sizes.at(-2), sizes[0] ?? 0];
  const ours = find('lockkeeper', largest);
  if (ours === undefined) return [];
  const verdicts: Verdict[] = [];
  const compare = (method: string, goal: string, reached: (ratio: number) => boolean) => {
    const peer = find(method, largest);
    if (peer === undefined) return;
    const ratio = peer.wallMs / ours.wallMs;
    verdicts.push({
      goal,
      measured: ratio >= 1 ? `${ratio.toFixed(1)} times as fast` : `takes ${(1 / ratio).toFixed(2)} times as long`,
      reached: reached(ratio),
    });
  };
  compare('wrangler d1 export', `${largest} rows: at least 6 times as fast as wrangler d1 export`, (ratio) => ratio >= 6);
  compare(
    'node:sqlite scan',
    `${largest} rows: at most 3 times as long as the bare scan with node:sqlite`,
    (ratio) => ratio >= 1 / 3,
  );
  const before = middle === undefined ? undefined : find('lockkeeper', middle);
  if (before !== undefined) {
    const grown = ((ours.peakBytes.workerd ?? 0) - (before.peakBytes.workerd ?? 0)) / MIB;
    verdicts.push({
      goal: `runtime’s peak memory grows by less than 256 MiB from ${middle} to ${largest} rows`,
      measured: `${Math.round(grown)} MiB`,
      reached: grown < 256,
    });
  }
  const first = find('lockkeeper', smallest);
  if (first !== undefined && smallest < largest) {
    // Against the middle size: at the smallest one the fixed costs of a job outweigh its rows.
    const perRow = (each: Row) => (each.jobMs ?? each.wallMs) / each.rows;
    const factor = perRow(ours) / perRow(before ?? first);
    verdicts.push({
      goal: `time per row at ${largest} rows at most 1.3 times that at ${middle}, and not above that at ${smallest}`,
      measured: `${factor.toFixed(2)} times; ${(perRow(ours) / perRow(first)).toFixed(2)} times`,
      reached: factor <= 1.3 && perRow(ours) <= perRow(first) * 1.3,
    });
  }
  return verdicts;
}

export const bench: Bench = {
  name: NAME,
  what: 'export of one table of eight mixed columns; the middle one of three rounds',
  sizes: [10_000, 100_000, 1_000_000],
  run,
  judge,
};
