/** `npm start` as a person uses it: real processes, a real port, real signals. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { answers, type Local, type LocalOptions, startLocal } from './local.ts';
import { processesOf } from './start/processes.ts';

const folders: string[] = [];
const running: Local[] = [];

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-start-'));
  folders.push(folder);
  return folder;
};

const start = async (options: Partial<LocalOptions> = {}) => {
  const local = await startLocal({ stateFolder: newFolder(), ...options });
  running.push(local);
  return local;
};

const commandLine = (pid: number): string =>
  existsSync('/proc/self/cmdline')
    ? readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    : execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });

const runOf = (local: Local): string => JSON.parse(readFileSync(join(local.stateFolder, 'run.json'), 'utf8')).run;

afterEach(async () => {
  for (const local of running.splice(0)) await local.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs a start that is expected to end by itself. */
async function refusedStart(env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs')], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

test('it prints an address that is well and a one-time link, keeps the token private, and Ctrl-C ends everything with 0', async () => {
  const local = await start();
  const health = await fetch(`${local.url}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
  expect(local.signInLink).toMatch(new RegExp(`^${local.url}/sign-in#code=.+`));
  expect(local.adminToken).toMatch(/^[\w-]{43}$/);
  for (const name of ['admin-token', 'server.env']) expect(statSync(join(local.stateFolder, name)).mode & 0o777).toBe(0o600);
  for (const path of ['/cdn-cgi/local/explorer', '/cdn-cgi/local/explorer/api/d1/database']) {
    expect(
      await (await fetch(`${local.url}${path}`)).text(),
      'the explorer of the runtime shows all data without asking who you are',
    ).not.toMatch(/explorer|lockkeeper-sample/i);
  }
  const run = runOf(local);
  expect(processesOf(run).length).toBeGreaterThanOrEqual(3);
  for (const pid of processesOf(run)) expect(commandLine(pid)).not.toContain(local.adminToken);

  expect(await local.stop()).toBe(0);
  expect(local.output()).not.toContain(local.adminToken);
  expect(readFileSync(join(local.stateFolder, 'server.log'), 'utf8')).not.toContain(local.adminToken);
  expect(await answers(local.port)).toBe(false);
  expect(processesOf(run)).toEqual([]);
  expect(existsSync(join(local.stateFolder, 'server.env'))).toBe(false);
});

test('killing it with -9 leaves nobody on the port within 3 seconds, and it starts again on the same folder', async () => {
  const first = await start();
  const run = runOf(first);
  expect(await first.kill()).toBeLessThan(3000);
  await expect.poll(() => processesOf(run)).toEqual([]);
  const second = await start({ stateFolder: first.stateFolder, port: first.port });
  expect(second.adminToken).toBe(first.adminToken);
});

test('a server that lost its starter and its keeper at once is ended by the next start', async () => {
  const first = await start();
  const run = runOf(first);
  const [keeper] = processesOf(run).filter((pid) => commandLine(pid).includes('keeper.ts'));
  first.child.kill('SIGKILL');
  process.kill(keeper as number, 'SIGKILL');
  await expect.poll(() => [first.child.signalCode, processesOf(run).includes(keeper as number)]).toEqual(['SIGKILL', false]);
  const second = await start({ stateFolder: first.stateFolder, port: first.port });
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
  expect(processesOf(run)).toEqual([]);
});

test('a second start on the same folder refuses and says where the first one is', async () => {
  const first = await start();
  const { code, output } = await refusedStart({ LOCKKEEPER_STATE: first.stateFolder, PORT: '0' });
  expect(code).toBe(1);
  expect(output).toContain(`already runs on ${first.stateFolder} at ${first.url}`);
  expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
});

test('two instances with their own folders run side by side', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  expect(one.port).not.toBe(two.port);
  for (const local of [one, two]) expect((await fetch(`${local.url}/healthz`)).status).toBe(200);
});

test('a taken port is named, with another one to try', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const { code, output } = await refusedStart({ LOCKKEEPER_STATE: newFolder(), PORT: String(port) });
  other.close();
  expect(code).toBe(1);
  expect(output).toContain(`Port ${port} is taken`);
  expect(output).toContain(`PORT=${port + 1} npm start`);
});

test('when only the parent process dies, it stops too', async () => {
  const folder = newFolder();
  const env = {
    ...process.env,
    LOCKKEEPER_STATE: folder,
    LOCKKEEPER_SAMPLE: 'off',
    PORT: '0',
    WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
  };
  const script = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(join(import.meta.dirname, 'start.mjs'))}], { stdio: 'inherit' })`;
  const parent = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await expect.poll(() => output, { timeout: 120_000 }).toMatch(/Ctrl-C stops it/);
  const port = Number(/Console +http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
  expect(await answers(port)).toBe(true);
  parent.kill('SIGKILL');
  const killedAt = Date.now();
  while ((await answers(port)) && Date.now() - killedAt < 10_000) await delay(50);
  expect(Date.now() - killedAt).toBeLessThan(6000);
});

test('a token from the environment is the one that opens the door, and settings that make no sense are refused', async () => {
  const token = 'chosen-by-#me~+/=.1234567890';
  const local = await start({ env: { LOCKKEEPER_ADMIN_TOKEN: token } });
  const me = await fetch(`${local.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(200);
  expect(existsSync(join(local.stateFolder, 'admin-token'))).toBe(false);
  const refused = await refusedStart({ LOCKKEEPER_STATE: newFolder(), PORT: 'http' });
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('PORT is "http"');
});
