/** `npm start`: everything that Lockkeeper needs, on this machine, until Ctrl-C. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildCatalog } from '../catalog/build.ts';
import { cronsOf, runClock } from './clock.ts';
import { buildConsole, consoleArgs } from './console.ts';
import type { Command } from './keeper.ts';
import { forTerminal } from './log.ts';
import { freePort, isFree } from './port.ts';
import { endLeftovers } from './processes.ts';
import { forgetAddresses } from './registry.ts';
import { announceRestart, type Server, seedSample, signInLink, waitForHealth } from './server.ts';
import { readSettings, type Settings, Unusable } from './settings.ts';
import { chooseShopPort, doorConfig, SHOP, serverConfigs } from './shop.ts';
import { keptToken, type State, takeState } from './state.ts';
import { onStop, untilAborted } from './stop.ts';
import { type Supervised, superviseServer } from './supervise.ts';

const top = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const HEALTH_PATIENCE_MS = 90_000;
const SHOP_PATIENCE_MS = 60_000;
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
async function workerArgs(
  settings: Settings,
  port: number,
  configs: readonly string[],
  more: readonly string[] = [],
): Promise<string[]> {
  const wrangler = join(top, 'node_modules/wrangler/bin/wrangler.js');
  const network = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', String(await freePort())];
  const local = ['--local', '--persist-to', settings.stateFolder, '--show-interactive-dev-session=false'];
  return [wrangler, 'dev', ...configs.flatMap((path) => ['--config', path]), ...network, ...local, ...more];
}

interface Ports {
  readonly port: number;
  /** Null: no shop. */
  readonly shop: number | null;
}

async function commandsOf(settings: Settings, ports: Ports, envFile: string): Promise<Command[]> {
  const configs = serverConfigs(top, ports.shop !== null);
  const commands = [{ name: 'server', args: await workerArgs(settings, ports.port, configs, ['--env-file', envFile]) }];
  if (ports.shop !== null) commands.push({ name: SHOP, args: await workerArgs(settings, ports.shop, [doorConfig(top)]) });
  if (settings.watch) {
    commands.push({ name: 'console', args: consoleArgs(top, ['--watch']) });
    commands.push({ name: 'catalog', args: [join(top, 'tools/catalog/main.ts'), '--watch'] });
  }
  return commands;
}

async function startServer(settings: Settings, state: State, ports: Ports, adminToken: string): Promise<Supervised> {
  const commands = await commandsOf(settings, ports, state.writeServerEnv(adminToken));
  const { port } = ports;
  const run = { run: randomUUID(), pid: process.pid, url: `http://127.0.0.1:${port}`, startedAt: new Date().toISOString() };
  state.record(run);
  const registryFolder = join(state.folder, 'registry');
  forgetAddresses(registryFolder, [...serverConfigs(top, true), doorConfig(top)]);
  return superviseServer({
    run: run.run,
    top,
    logFile: state.logFile,
    registryFolder,
    commands,
    onLine: (text, stream, name) => {
      const shown = forTerminal(text, stream);
      if (shown !== null) warn(`  ${name === SHOP ? `${SHOP}: ` : ''}${shown}`);
    },
    // It would wait for somebody to mend it: right for `npm run dev` alone.
    givesUp: (text, name) => !settings.watch && name !== SHOP && /\[ERROR\] Build failed/.test(text),
    goesOnWithout: (name, how) => {
      if (name !== SHOP) return false;
      warn(`The shop’s door has ended (${how}); Lockkeeper goes on without it.`);
      return true;
    },
  });
}

function greet(server: Server, shop: string | null, settings: Settings, state: State, link: string | null): void {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
  const shown = (path: string) => (relative('', path).startsWith('..') ? path : relative('', path));
  const token = settings.adminToken === null ? `in ${shown(state.tokenFile)}` : 'in LOCKKEEPER_ADMIN_TOKEN';
  tell(`\nLockkeeper ${version} is running.\n`);
  tell(`  Console   ${server.url}`);
  tell(`  Sign in   ${link ?? `${server.url}/sign-in`}`);
  tell(`            (${link === null ? 'with the admin token' : 'works once, for ten minutes'})`);
  if (shop !== null) tell(`  Shop      ${shop}`);
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

/** Null: it could not be made. A server that is well is not stopped for the want of a link. */
const firstLink = (server: Server): Promise<string | null> =>
  signInLink(server).catch((error: Error) => {
    warn(`Sign-in link: ${error.message}`);
    return null;
  });

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
  const shop = settings.sample ? await chooseShopPort(settings.shopPort, port) : null;
  await buildCatalog(top).catch((error: Error) => {
    throw new Unusable(
      `The Drizzle schema could not be read.\n${error.message}`,
      'Mend what db/databases.ts names, then start again.',
    );
  });
  await buildConsole(top, tell);
  const adminToken = settings.adminToken ?? keptToken(state.tokenFile);
  if (stop.aborted) return 0;
  const server: Server = { url: `http://127.0.0.1:${port}`, adminToken };
  tell('Starting the server …');
  const supervised = await startServer(settings, state, { port, shop }, adminToken);
  try {
    return await serve(server, shop, supervised, settings, state, stop);
  } finally {
    await supervised.stop();
  }
}

/** Its address, or null: nobody has to wait for ever for an example. */
async function waitForShop(port: number, stopped: AbortSignal): Promise<string | null> {
  const url = `http://127.0.0.1:${port}`;
  const health = await waitForHealth(url, stopped, SHOP_PATIENCE_MS);
  if (health === 'ok') return url;
  if (health !== 'stopped') warn(`The shop is not well: ${health.unhealthy}`);
  return null;
}

async function serve(
  server: Server,
  shopPort: number | null,
  supervised: Supervised,
  settings: Settings,
  state: State,
  stop: AbortSignal,
): Promise<number> {
  const health = await waitForHealth(server.url, AbortSignal.any([stop, supervised.ended]), HEALTH_PATIENCE_MS);
  if (stop.aborted) return 0;
  if (supervised.ended.aborted) return serverEnded(supervised, state);
  if (health !== 'ok') {
    warn(`\nThe server is not well${typeof health === 'object' ? `: ${health.unhealthy}` : ''}.\nIts log is ${state.logFile}.`);
    return 1;
  }
  if (settings.sample) await sample(server);
  const shop = shopPort === null ? null : await waitForShop(shopPort, AbortSignal.any([stop, supervised.ended]));
  if (stop.aborted) return 0;
  greet(server, shop, settings, state, await firstLink(server));
  offerNewLinks(server);
  const over = AbortSignal.any([stop, supervised.ended]);
  runClock(server.url, cronsOf(join(top, 'wrangler.toml')), over);
  await untilAborted(over);
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
