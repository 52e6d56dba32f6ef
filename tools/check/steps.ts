/** The checks that are not tests: format, lint, types, and that the console builds. Each counts as one in the final line. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const top = join(import.meta.dirname, '../..');
const bin = (path: string) => join(top, 'node_modules', path);

export interface Step {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

const node = (name: string, path: string, args: readonly string[]): Step => ({
  name,
  file: process.execPath,
  args: [bin(path), ...args],
});

export const CHECKS: readonly Step[] = [
  node('format and lint', '@biomejs/biome/bin/biome', ['check']),
  node('types', 'typescript/bin/tsc', ['-p', '.']),
  node('types of the console', 'typescript/bin/tsc', ['-p', 'ui']),
  node('types of the example', 'typescript/bin/tsc', ['-p', 'examples/shop']),
];

/** Runs one and prints its output as it comes. Answers whether it went well. */
export async function runStep(step: Step, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const startedAt = performance.now();
  process.stdout.write(`\n── ${step.name}\n`);
  const child = spawn(step.file, [...step.args], { cwd: top, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve).on('error', () => resolve(null)));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`   ${code === 0 ? 'ok' : 'FAILED'}, ${seconds} s\n`);
  return code === 0;
}
