/** Runs a peer as a process of its own and measures time and memory of it and all that it starts. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { d1File } from '../../tools/d1-file.ts';
import { samplePeak, treeOf } from '../memory.ts';
import { copySettled } from '../state.ts';

const top = join(import.meta.dirname, '../..');

export interface Measured {
  readonly wallMs: number;
  readonly peakBytes: Readonly<Record<string, number>>;
  readonly outputBytes: number;
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** `output` is the file that it writes; with `toStdout` its output is sent there. Throws when it fails. */
async function measure(program: Program, output: string, toStdout = false): Promise<Measured> {
  const target = toStdout ? openSync(output, 'w') : 'ignore';
  const startedAt = performance.now();
  const child = spawn(program.file, [...program.args], {
    cwd: program.cwd,
    env: program.env ?? process.env,
    stdio: ['ignore', target, 'pipe'],
  });
  const sampling = samplePeak(() => (child.pid === undefined ? [] : treeOf(child.pid)));
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on('exit', resolve).on('error', reject));
  const wallMs = performance.now() - startedAt;
  const { byProgram } = sampling.stop();
  if (typeof target === 'number') closeSync(target);
  if (code !== 0) throw new Error(`${program.file} ${program.args.join(' ')} ended with ${code}: ${complaint.slice(-2000)}`);
  return { wallMs, peakBytes: byProgram, outputBytes: statSync(output).size };
}

export const scanWithNode = (database: string, output: string): Promise<Measured> =>
  measure({ file: process.execPath, args: [join(import.meta.dirname, 'scan.ts'), database, output] }, output);

/** The version of the `sqlite3` shell, or null where there is none. */
export function shellVersion(): string | null {
  const asked = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? (asked.stdout.split(' ')[0] ?? null) : null;
}

export const dumpWithShell = (database: string, output: string): Promise<Measured> =>
  measure({ file: 'sqlite3', args: [database, '.dump'] }, output, true);

/** `wrangler d1 export --local` of a copy of the same file, in a project of its own: it looks for local data beside its configuration. */
export async function exportWithWrangler(database: string, folder: string, output: string): Promise<Measured> {
  const id = '00000000-0000-0000-0000-00000000be7c';
  mkdirSync(folder, { recursive: true });
  const d1 = `[[d1_databases]]\nbinding = "DB"\ndatabase_name = "bench"\ndatabase_id = "${id}"\n`;
  writeFileSync(join(folder, 'wrangler.toml'), `name = "bench"\ncompatibility_date = "2026-11-01"\n${d1}`);
  const copy = d1File(join(folder, '.wrangler/state'), id);
  mkdirSync(dirname(copy), { recursive: true });
  copySettled(database, copy);
  const args = [
    join(top, 'node_modules/wrangler/bin/wrangler.js'),
    'd1',
    'export',
    'bench',
    '--local',
    '--output',
    output,
    '--skip-confirmation',
  ];
  const quiet = {
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  };
  return await measure({ file: process.execPath, args, cwd: folder, env: { ...process.env, ...quiet } }, output);
}
