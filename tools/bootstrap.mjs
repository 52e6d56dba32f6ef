/**
 * Makes a bare clone able to run: installs what is missing, then hands over to the Node that the toolchain needs.
 * May use nothing but `node:` modules that Node 20 has, and no TypeScript: it runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const packagedNode = join(top, 'node_modules/node/bin/node');
const NEEDED_MAJOR = 24;
const PARENT_CHECK_MS = 500;

/** Installs, then runs `script` (a URL or path; TypeScript is allowed) with Node 24. Does not return where it has to start another Node. */
export async function bootstrap(script) {
  process.chdir(top);
  await installMissing();
  const path = script instanceof URL ? fileURLToPath(script) : script;
  process.env.PATH = [join(top, 'node_modules/.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  if (majorOf(process.versions.node) >= NEEDED_MAJOR) await import(pathToFileURL(path).href);
  else handOver(path);
}

const majorOf = (version) => Number.parseInt(version, 10);

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/** npm keeps what it installed in `node_modules/.package-lock.json`, written last: it tells an interrupted install too. */
export function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages;
  const present = readJson(join(folder, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  const needed = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional);
  return needed.every(([path, entry]) => present[path]?.version === entry.version);
}

async function installMissing() {
  if (isInstalled(top) && hasToolchain()) return;
  const unlock = await installLock();
  try {
    if (!isInstalled(top)) install();
  } finally {
    unlock();
  }
  if (hasToolchain()) return;
  refuse(
    'The packages are there, but the Node that comes with them is not: install scripts seem to be switched off.',
    'Run `npm rebuild node esbuild workerd --ignore-scripts=false`, then try again.',
  );
}

const hasToolchain = () => existsSync(packagedNode) || majorOf(process.versions.node) >= NEEDED_MAJOR;

function install() {
  process.stderr.write('Installing packages (once, and when package-lock.json changes) …\n');
  // `--include=dev`: the toolchain is made of development packages, and NODE_ENV=production would leave them out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) && existsSync(cli);
  const options = { cwd: top, stdio: ['ignore', 2, 2], shell: !viaNode && process.platform === 'win32' };
  const done = viaNode ? spawnSync(process.execPath, [cli, ...args], options) : spawnSync('npm', args, options);
  if (done.status === 0) return;
  const why = done.error
    ? `npm could not be started (${done.error.message}).`
    : `\`npm ci\` failed (exit code ${done.status ?? done.signal}).`;
  refuse(why, 'Check that the package registry can be reached and the disk has 1 GB free, then try again. Nothing was started.');
}

/** Two installs at once would delete each other's files. The lock lies outside node_modules, which `npm ci` removes. */
async function installLock() {
  const path = join(tmpdir(), `lockkeeper-install-${createHash('sha256').update(top).digest('hex').slice(0, 16)}.lock`);
  for (let told = false; ; ) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!ownerLives(path)) rmSync(path, { force: true });
    else if (!told) process.stderr.write('Waiting for another install in this folder …\n');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function ownerLives(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // Empty: its owner has just made it and writes its number next.
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Starts the packaged Node and lives as long as it does. The channel between the two tells the child when this process dies
 * without a word; when our own parent (npm, a shell) dies, we close it ourselves.
 */
function handOver(path) {
  const env = { ...process.env, LOCKKEEPER_LAUNCHED: String(process.pid) };
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(packagedNode, [path, ...process.argv.slice(2)], { cwd: top, env, stdio });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || (child.connected && child.disconnect()), PARENT_CHECK_MS).unref();
  child.on('error', (error) =>
    refuse(`Node ${NEEDED_MAJOR} could not be started: ${error.message}`, 'Delete node_modules and try again.'),
  );
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

function refuse(what, hint) {
  process.stderr.write(`\n${what}\n${hint}\n`);
  process.exit(1);
}
