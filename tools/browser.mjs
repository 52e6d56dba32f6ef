/**
 * A Chromium for the tests, on a machine that may have none: `CHROMIUM_PATH`, else an installed one, else the one that comes as an
 * npm package and is unpacked once into node_modules/.cache. Throws with what to do when none can run here.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const top = dirname(dirname(fileURLToPath(import.meta.url)));
const cacheFolder = join(top, 'node_modules/.cache/lockkeeper');

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** No sandbox: containers rarely allow one. The rest keeps the browser from calling anyone but the page's own server. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Unpacks the packaged Chromium. It is unpacked beside its place and renamed: the package itself takes any file at the target
 * for a finished one, so two test processes at once would run a half-written browser.
 */
async function unpack(target) {
  await mkdir(cacheFolder, { recursive: true });
  const { inflate } = await import('@sparticuz/chromium');
  const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin');
  const partial = await mkdtemp(join(cacheFolder, 'chromium-unpacking-'));
  const previous = process.env.TMPDIR;
  // `inflate` works out where to write before it first waits, so the variable can be put back at once.
  process.env.TMPDIR = partial;
  const parts = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'].map((name) => inflate(join(packed, name)));
  if (previous === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = previous;
  try {
    await Promise.all(parts);
    await writeFonts(join(partial, 'fonts'), join(target, 'fonts'));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

/** The packaged font settings name folders of another kind of machine: write ones that name where the fonts will lie. */
async function writeFonts(folder, finalFolder) {
  const folders = [join(finalFolder, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'].map(
    (path) => `  <dir>${path}</dir>\n`,
  );
  const cache = `  <cachedir>${join(finalFolder, 'cache')}</cachedir>\n`;
  await writeFile(join(folder, 'fonts.conf'), `<?xml version="1.0"?>\n<fontconfig>\n${folders.join('')}${cache}</fontconfig>\n`);
}

async function packaged() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`No browser found, and none comes packaged for ${process.platform} ${process.arch}: ${WHAT_TO_DO}`);
  }
  const manifest = JSON.parse(await readFile(join(top, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'));
  const folder = join(cacheFolder, `chromium-${manifest.version}`);
  if (!existsSync(folder)) await unpack(folder);
  return { executablePath: join(folder, 'chromium'), libraries: join(folder, 'al2023/lib'), fonts: join(folder, 'fonts') };
}

const WHAT_TO_DO = 'install Chromium or Google Chrome, or set CHROMIUM_PATH to its executable.';

async function starts(executablePath, env) {
  try {
    await run(executablePath, ['--version', '--no-sandbox'], { env, timeout: 20_000 });
    return null;
  } catch (error) {
    return error;
  }
}

/** The package brings the NSS libraries along. They are used only where the machine has none: its own ones fit it better. */
async function packagedEnvironment({ executablePath, libraries, fonts }) {
  const plain = { ...process.env, FONTCONFIG_PATH: process.env.FONTCONFIG_PATH ?? fonts };
  if ((await starts(executablePath, plain)) === null) return plain;
  const path = [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  const helped = { ...plain, LD_LIBRARY_PATH: path };
  const error = await starts(executablePath, helped);
  if (error === null) return helped;
  throw new Error(`The packaged Chromium does not start here (${error.message.trim()}): ${WHAT_TO_DO}`);
}

let found;
/** Finds the browser once for each process. */
async function findBrowser() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH names ${chosen}, which does not exist.`);
    return { executablePath: chosen, env: process.env };
  }
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed) return { executablePath: installed, env: process.env };
  const own = await packaged();
  return { executablePath: own.executablePath, env: await packagedEnvironment(own) };
}

/** Path of the executable that `launchBrowser` starts. */
export async function browserPath() {
  found ??= findBrowser();
  return (await found).executablePath;
}

/** Starts a headless Chromium. The caller closes it. `options` are Playwright's launch options; `args` are added to ours. */
export async function launchBrowser(options = {}) {
  found ??= findBrowser();
  const { executablePath, env } = await found;
  return chromium.launch({ executablePath, env, ...options, args: [...BROWSER_FLAGS, ...(options.args ?? [])] });
}
