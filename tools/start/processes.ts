/** Finding and ending processes that a run has started, and only those. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Every process of a run carries its id under this name in its environment: a process number alone may have a new owner. */
export const RUN_MARK = 'LOCKKEEPER_RUN';

/** Numbers of the living processes that carry the mark of `run`. */
export function processesOf(run: string): number[] {
  const mark = `${RUN_MARK}=${run}`;
  return existsSync('/proc/self/environ') ? fromProc(mark) : fromPs(mark);
}

function fromProc(mark: string): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark));
}

/** Empty for a process that has gone, is another user's, or only waits to be reaped. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function fromPs(mark: string): number[] {
  const list = spawnSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 << 20 }).stdout ?? '';
  const marked = list.split('\n').filter((line) => line.split(/\s+/).includes(mark));
  return marked.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 0 && pid !== process.pid);
}

/** Gives what is left of a run `patienceMs` to end by itself, then ends it. Answers how many had to be ended. */
export async function endLeftovers(run: string, patienceMs: number): Promise<number> {
  const deadline = Date.now() + patienceMs;
  while (processesOf(run).length > 0 && Date.now() < deadline) await delay(50);
  const left = processesOf(run);
  for (const pid of left) signal(pid, 'SIGKILL');
  for (let tries = 0; tries < 40 && processesOf(run).length > 0; tries++) await delay(50);
  return left.length;
}

/** Sends to a process, or with a negative number to a group. False when there is nobody there any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
