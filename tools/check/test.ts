/** `npm test`: every check and every test. Arguments go to Vitest, for example `npm test -- worker/core`; then the checks are left out. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserPath } from '../browser.mjs';
import { buildConsole } from '../start/console.ts';
import { CHECKS, runStep, top } from './steps.ts';
import { add, finalLine, type Tally, tally, type VitestReport } from './tally.ts';

const one = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** As a step, so that what is missing is named at once and not by forty tests. */
async function attempt(name: string, act: () => Promise<unknown>): Promise<Tally> {
  process.stdout.write(`\n── ${name}\n`);
  try {
    await act();
    process.stdout.write('   ok\n');
    return one(true);
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n   FAILED\n`);
    return one(false);
  }
}

async function vitest(args: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  const file = join(folder, 'report.json');
  process.stdout.write('\n── tests\n');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const command = [join(top, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args];
  const child = spawn(process.execPath, command, { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve).on('error', () => resolve(null)));
  const report = readReport(file);
  rmSync(folder, { recursive: true, force: true });
  return tally(report, code);
}

function readReport(file: string): VitestReport | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return null;
  }
}

async function everything(): Promise<Tally> {
  let total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const step of CHECKS) total = add(total, one(await runStep(step)));
  total = add(total, await attempt('console builds', () => buildConsole(top, () => {})));
  total = add(total, await attempt('browser for the tests', browserPath));
  return add(total, await vitest([]));
}

const args = process.argv.slice(2);
const total = args.length > 0 ? await vitest(args) : await everything();
process.stdout.write(`\n${finalLine(total)}\n`);
process.exit(total.failed === 0 ? 0 : 1);
