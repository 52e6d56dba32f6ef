/**
 * A real Lockkeeper on this machine for tests and benchmarks: what `npm start` runs, with a state folder and a port of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const top = join(import.meta.dirname, '..');
const START_PATIENCE_MS = 120_000;

export interface LocalOptions {
  readonly stateFolder: string;
  /** Absent: any free one. */
  readonly port?: number;
  /** Absent: no sample data. */
  readonly sample?: 'off' | 'on';
  readonly env?: NodeJS.ProcessEnv;
}

export interface Local {
  readonly url: string;
  readonly port: number;
  readonly stateFolder: string;
  readonly adminToken: string;
  /** The one-time link that was printed. */
  readonly signInLink: string;
  /** The process that was started, as by a person at a terminal. */
  readonly child: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** A request to `/api/v1{path}` with the admin token. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Ctrl-C. Resolves with the exit code when it has ended. */
  stop(): Promise<number | null>;
  /** `kill -9` of the starter. Resolves when the port is free; answers how long that took in milliseconds. */
  kill(): Promise<number>;
}

/** The environment of a person's terminal: what the test runner adds would change what is built and how it runs. */
function terminalEnvironment(options: LocalOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|LOCKKEEPER_LAUNCHED$|NODE_ENV$|NODE_OPTIONS$|TEST$|MODE$|DEV$|PROD$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PORT: String(options.port ?? 0),
    LOCKKEEPER_STATE: options.stateFolder,
    LOCKKEEPER_SAMPLE: options.sample ?? 'off',
    LOCKKEEPER_ADMIN_TOKEN: '',
    WRANGLER_REGISTRY_PATH: join(options.stateFolder, 'registry'),
    ...options.env,
  };
}

/** Starts it and waits until it has printed its address. Throws with its output when it ends before. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const child = spawn(process.execPath, [join(top, 'tools/start.mjs')], {
    cwd: top,
    env: terminalEnvironment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const deadline = Date.now() + START_PATIENCE_MS;
  while (!/Ctrl-C stops it/.test(output)) {
    if (ended(child) || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Lockkeeper did not start:\n${output}`);
    }
    await delay(50);
  }
  return local(child, options, () => output);
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

function local(child: ChildProcess, { stateFolder, env }: LocalOptions, output: () => string): Local {
  const adminToken = env?.LOCKKEEPER_ADMIN_TOKEN || readFileSync(join(stateFolder, 'admin-token'), 'utf8').trim();
  const url = /Console +(http:\S+)/.exec(output())?.[1] ?? '';
  const port = Number(new URL(url).port);
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    url,
    port,
    stateFolder,
    adminToken,
    signInLink: /Sign in +(http:\S+)/.exec(output())?.[1] ?? '',
    child,
    output,
    call: (path, init = {}) =>
      fetch(`${url}/api/v1${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${adminToken}`,
          'content-type': 'application/json',
          ...(init.headers as Record<string, string>),
        },
      }),
    stop: async () => {
      if (ended(child)) return child.exitCode;
      child.kill('SIGINT');
      return await exit;
    },
    kill: async () => {
      const killedAt = Date.now();
      child.kill('SIGKILL');
      while (await answers(port)) await delay(25);
      return Date.now() - killedAt;
    },
  };
}

/** Whether anyone listens on the port of the loopback interface. */
export async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  const open = await new Promise<boolean>((resolve) =>
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
  );
  socket.destroy();
  return open;
}
