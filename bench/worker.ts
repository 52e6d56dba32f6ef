/** A Worker beside the server under measurement, in a runtime of its own: what other people's Workers are to a control plane. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../tools/start/port.ts';
import { signal } from '../tools/start/processes.ts';

const top = join(import.meta.dirname, '..');
const START_PATIENCE_MS = 60_000;

export interface OtherWorker {
  /** The text of its answer. Throws when it is no success. */
  ask(query: string): Promise<string>;
  stop(): void;
}

/**
 * Starts the Worker of `bench/workers/{name}.toml` and waits until it answers `ready`. `stateFolder`: the server's, for the service
 * binding; `persist`: where its own databases lie, the same folder where they are to be the server's.
 */
export async function startWorker(name: string, stateFolder: string, persist: string, ready: string): Promise<OtherWorker> {
  const port = await freePort();
  const config = ['--config', `bench/workers/${name}.toml`, '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const child = spawn(
    process.execPath,
    ['node_modules/wrangler/bin/wrangler.js', 'dev', ...config, '--local', '--persist-to', persist],
    {
      cwd: top,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'), CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  );
  const ask = async (query: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/?${query}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${name} ${query}: ${response.status} ${text}`);
    return text;
  };
  for (const end = Date.now() + START_PATIENCE_MS; ; await delay(100)) {
    if (await ask(ready).catch(() => null)) return { ask, stop: () => stop(child) };
    if (Date.now() < end) continue;
    stop(child);
    throw new Error(`the Worker ${name} does not answer ${ready}`);
  }
}

const stop = (child: ChildProcess) => child.pid !== undefined && signal(-child.pid, 'SIGKILL');
