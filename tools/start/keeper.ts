/**
 * The keeper: a process of its own session that holds the server's processes, so that nothing outlives the start, however it dies.
 * It ends them when it is told to, and when the channel to its starter closes, which the kernel does for a killed one too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { type Log, lineCutter, openLog, type Stream } from './log.ts';
import { signal } from './processes.ts';

export interface Command {
  readonly name: string;
  readonly args: readonly string[];
}

/** To the keeper. `run` comes once, first. */
export type Order =
  | { readonly order: 'run'; readonly logFile: string; readonly commands: readonly Command[] }
  | { readonly order: 'stop'; readonly graceMs: number };

/** From the keeper. `pid` is the number of the process group, too. */
export type Word =
  | { readonly word: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly word: 'line'; readonly name: string; readonly stream: Stream; readonly text: string }
  | { readonly word: 'exited'; readonly name: string; readonly how: string };

/** With nobody left to ask for patience, the port has to be free soon. */
const ORPHAN_GRACE_MS = 1500;

const children: ChildProcess[] = [];
let log: Log | null = null;
let stopping = false;

const say = (word: Word) => {
  if (process.connected) process.send?.(word, () => {});
};

/** Each in a group of its own: the server starts a runtime and a bundler beside it, and they are ended as one. */
function start(command: Command): void {
  const child = spawn(process.execPath, [...command.args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  if (child.pid !== undefined) say({ word: 'spawned', name: command.name, pid: child.pid });
  follow(child, command.name, 'out');
  follow(child, command.name, 'err');
  child.on('error', (error) => say({ word: 'exited', name: command.name, how: error.message }));
  child.on('exit', (code, byWhat) => say({ word: 'exited', name: command.name, how: byWhat ?? `exit code ${code}` }));
}

function follow(child: ChildProcess, name: string, stream: Stream): void {
  const source = stream === 'out' ? child.stdout : child.stderr;
  // Some of the server's errors come in colour, whatever it is told.
  const lines = lineCutter((coloured) => {
    const text = stripVTControlCharacters(coloured);
    log?.write(`${text}\n`);
    say({ word: 'line', name, stream, text });
  });
  source?.setEncoding('utf8').on('data', lines.push).on('end', lines.end);
}

const gone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

async function stop(graceMs: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  const ends = children.filter((child) => !gone(child)).map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) if (child.pid !== undefined) signal(-child.pid, 'SIGTERM');
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, graceMs))]);
  // Also after a quiet end: the first process of a group may be gone while the runtime still holds the port.
  for (const child of children) if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
  log?.close();
  process.exit(0);
}

process.on('message', (message: Order) => {
  switch (message.order) {
    case 'run':
      log = openLog(message.logFile);
      for (const command of message.commands) start(command);
      return;
    case 'stop':
      void stop(message.graceMs);
      return;
  }
});
process.on('disconnect', () => void stop(ORPHAN_GRACE_MS));
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => void stop(ORPHAN_GRACE_MS));
