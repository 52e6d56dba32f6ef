/** Resident memory of processes, sampled from /proc. Sums count memory that processes share once for each. */
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 50;
/** Looking for new processes costs more than reading known ones. */
const LOOK_EVERY = 10;

export interface Peak {
  /** Highest sum over all processes of that program at one moment, in bytes, by program name. */
  readonly byProgram: Readonly<Record<string, number>>;
  /** Highest sum over all of them at one moment. */
  readonly allBytes: number;
}

export interface Sampling {
  stop(): Peak;
}

/** Watches the processes that `list` names, now and as it changes. */
export function samplePeak(list: () => readonly number[]): Sampling {
  let pids = list();
  let ticks = 0;
  const byProgram: Record<string, number> = {};
  let allBytes = 0;
  const sample = () => {
    if (++ticks % LOOK_EVERY === 0) pids = list();
    const now: Record<string, number> = {};
    let sum = 0;
    for (const pid of pids) {
      const one = residentOf(pid);
      if (one === null) continue;
      now[one.program] = (now[one.program] ?? 0) + one.bytes;
      sum += one.bytes;
    }
    for (const [program, bytes] of Object.entries(now)) byProgram[program] = Math.max(byProgram[program] ?? 0, bytes);
    allBytes = Math.max(allBytes, sum);
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return { byProgram, allBytes };
    },
  };
}

function residentOf(pid: number): { program: string; bytes: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const name = /^Name:\s+(.+)$/m.exec(status)?.[1];
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (name === undefined || kilobytes === undefined) return null;
    return {
      program: name === 'workerd' || name === 'esbuild' || name === 'sqlite3' ? name : 'node',
      bytes: Number(kilobytes) * 1024,
    };
  } catch {
    return null;
  }
}

/** A process and all below it. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
