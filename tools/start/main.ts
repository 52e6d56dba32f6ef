/** `npm start`: everything that Lockkeeper needs, on this machine, until Ctrl-C. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cronsOf, runClock } from './clock.ts';
import { buildConsole, consoleArgs } from './console.ts';
import { forTerminal } from './log.ts';
import { freePort, isFree } from './port.ts';
import { endLeftovers } from './processes.ts';
import { announceRestart, type Server, seedSample, signInLink, waitForHealth } from './server.ts';
import { readSettings, type Settings, Unusable } from './settings.ts';
import { keptToken, type State, takeState } from './state.ts';
import { onStop } from './stop.ts';
import { type Supervised, superviseServer } from './supervise.ts';

const top = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const HEALTH_PATIENCE_MS = 90_000;
/** What a keeper without its starter needs to end everything, with room to spare. */
const LEFTOVER_PATIENCE_MS = 3000;

const tell = (text: string) => process.stdout.write(`${text}\n`);
const warn = (text: string) => process.stderr.write(`${text}\n`);

async function choosePort(wanted: number): Promise<number> {
  if (wanted === 0) return await freePort();
  if (await isFree(wanted)) return wanted;
  throw new Unusable(`Port ${wanted} is taken by another program.`, `Try another one: \`PORT=${wanted + 1} npm start\`.`);
}

/** `wrangler dev` with everything on loopback and in the state folder. */
function serverArgs(settings: Settings, port: number, envFile: string, inspectorPort: number): string[] {
  const wrangler = join(top, 'node_modules/wrangler/bin/wrangler.js');
  const network = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', String(inspectorPort)];
  const local = ['--local', '--persist-to', settings.stateFolder, '--env-file', envFile, '--show-interactive-dev-session=false'];
  return [wrangler, 'dev', ...network, ...local];
}

async function startServer(settings: Settings, state: State, port: number, adminToken: string): Promise<Supervised> {
  const envFile = state.writeServerEnv(adminToken);
  const server = { name: 'server', args: serverArgs(settings, port, envFile, await freePort()) };
  const rebuild = { name: 'console', args: consoleArgs(top, ['--watch']) };
  const run = { run: randomUUID(), pid: process.pid, url: `http://127.0.0.1:${port}`, startedAt: new Date().toISOString() };
  state.record(run);
  return superviseServer({
    run: run.run,
    top,
    logFile: state.logFile,
    commands: settings.watch ? [server, rebuild] : [server],
    onLine: (text, stream) => {
      const shown = forTerminal(text, stream);
      if (shown !== null) warn(`  ${shown}`);
    },
    // It would wait for somebody to mend it: right for `npm run dev` alone.
    givesUp: (text) => !settings.watch && /\[ERROR\] Build failed/.test(text),
  });
}

function greet(server: Server, settings: Settings, state: State, link: string): void {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
  const shown = (path: string) => (relative('', path).startsWith('..') ? path : relative('', path));
  const token = settings.adminToken === null ? `in ${shown(state.tokenFile)}` : 'in LOCKKEEPER_ADMIN_TOKEN';
  tell(`\nLockkeeper ${version} is running.\n`);
  tell(`  Console   ${server.url}`);
  tell(`  Sign in   ${link}`);
  tell('            (works once, for ten minutes)');
  tell(`  Token     ${token}`);
  tell(`  State     ${shown(state.folder)}`);
  tell(`  Log       ${shown(state.logFile)}`);
  tell(`\nCtrl-C stops it.${process.stdin.isTTY ? ' Enter makes a new sign-in link.' : ''}`);
}

function offerNewLinks(server: Server): void {
  if (!process.stdin.isTTY) return;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => {
    signInLink(server).then(
      (link) => tell(`  Sign in   ${link}`),
      (error: Error) => warn(error.message),
    );
  });
}

async function sample(server: Server): Promise<void> {
  const why = await seedSample(server).catch((error: Error) => error.message);
  if (why !== null) warn(`The sample data could not be asked for: ${why}`);
}

/** Runs until it is told to stop or the server ends. Answers the exit code. */
async function run(settings: Settings, state: State, stop: AbortSignal): Promise<number> {
  if (state.abandoned !== null) {
    const ended = await endLeftovers(state.abandoned.run, LEFTOVER_PATIENCE_MS);
    if (ended > 0) warn('Ended what an earlier start had left running.');
  }
  const port = await choosePort(settings.port);
  await buildConsole(top, tell);
  const adminToken = settings.adminToken ?? keptToken(state.tokenFile);
  if (stop.aborted) return 0;
  const server: Server = { url: `http://127.0.0.1:${port}`, adminToken };
  tell('Starting the server …');
  const supervised = await startServer(settings, state, port, adminToken);
  try {
    return await serve(server, supervised, settings, state, stop);
  } finally {
    await supervised.stop();
  }
}

async function serve(server: Server, supervised: Supervised, settings: Settings, state: State, stop: AbortSignal): Promise<number> {
  const health = await waitForHealth(server.url, AbortSignal.any([stop, supervised.ended]), HEALTH_PATIENCE_MS);
  if (stop.aborted) return 0;
  if (supervised.ended.aborted) return serverEnded(supervised, state);
  if (health !== 'ok') {
    warn(`\nThe server is not well${typeof health === 'object' ? `: ${health.unhealthy}` : ''}.\nIts log is ${state.logFile}.`);
    return 1;
  }
  if (settings.sample) await sample(server);
  greet(server, settings, state, await signInLink(server));
  offerNewLinks(server);
  runClock(server.url, cronsOf(join(top, 'wrangler.toml')), AbortSignal.any([stop, supervised.ended]));
  await new Promise<void>((resolve) => AbortSignal.any([stop, supervised.ended]).addEventListener('abort', () => resolve()));
  if (!stop.aborted) return serverEnded(supervised, state);
  tell('\nStopping …');
  await announceRestart(server);
  return 0;
}

function serverEnded(supervised: Supervised, state: State): number {
  warn(
    `\nThe server has ended (${String(supervised.ended.reason)}).\nIts log is ${state.logFile}; the last lines:\n${supervised.lastLines()}`,
  );
  return 1;
}

async function main(): Promise<number> {
  const stop = onStop();
  const settings = readSettings(top, process.env, process.argv.slice(2));
  const state = takeState(settings.stateFolder);
  try {
    return await run(settings, state, stop);
  } finally {
    state.release();
  }
}

try {
  process.exit(await main());
} catch (error) {
  warn(error instanceof Unusable ? `\n${error.message}\n${error.hint}` : `\n${error instanceof Error ? error.stack : error}`);
  process.exit(1);
}
