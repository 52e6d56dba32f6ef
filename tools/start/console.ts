/** Builds the console into ui/dist, when what it is made of has changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Unusable } from './settings.ts';

const SOURCES = ['ui', 'worker/protocol', 'package-lock.json', 'tsconfig.json'];
const NOT_SOURCES = /^ui\/(dist|dev)(\/|$)|\.test\.ts$/;

export const consoleArgs = (top: string, more: readonly string[] = []) => [
  join(top, 'node_modules/vite/bin/vite.js'),
  'build',
  'ui',
  ...more,
];

/** Names and contents of all that the console is made of, as one hash. */
export function sourcesHash(top: string): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of SOURCES.flatMap((source) => filesUnder(top, source)).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(top, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(top: string, path: string): string[] {
  const found = statSync(join(top, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  const inside = readdirSync(join(top, path), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return inside.map((entry) => relative(top, join(entry.parentPath, entry.name))).filter((file) => !NOT_SOURCES.test(file));
}

/** Of the page, which names all else by its content: another build than the stamped one (of `npm run dev`, say) is noticed. */
function builtHash(top: string): string {
  const page = join(top, 'ui/dist/index.html');
  return existsSync(page) ? createHash('sha256').update(readFileSync(page)).digest('hex') : 'none';
}

/** Answers whether it had to build. Two starts at once take turns: both would empty the same folder. */
export async function buildConsole(top: string, tell: (text: string) => void): Promise<boolean> {
  const cache = join(top, 'node_modules/.cache/lockkeeper');
  mkdirSync(cache, { recursive: true });
  const turn = new DatabaseSync(join(cache, 'console.lock'), { timeout: 120_000 });
  try {
    turn.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const stamp = join(cache, 'console.hash');
    const sources = sourcesHash(top);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === `${sources} ${builtHash(top)}`) return false;
    tell('Building the console …');
    await build(top);
    writeFileSync(stamp, `${sources} ${builtHash(top)}`);
    return true;
  } finally {
    turn.close();
  }
}

async function build(top: string): Promise<void> {
  // A NODE_ENV of tests would build the components' development versions.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, consoleArgs(top, ['--logLevel', 'warn']), {
    cwd: top,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) throw new Unusable(`The console could not be built.\n${output.trim()}`, 'Mend ui/, then start again.');
}
