/** The server's log: a file that is rotated at each start and when it grows, and a sieve for what belongs on the terminal. */
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

const KEPT = 2;

export interface Log {
  write(text: string): void;
  close(): void;
}

/** Opens `path` for writing; older logs become `path.1`, `path.2`. No file grows beyond `maxBytes` by more than one line. */
export function openLog(path: string, maxBytes = 16 << 20): Log {
  let file = rotate(path);
  let bytes = 0;
  return {
    write: (text) => {
      if (bytes >= maxBytes) {
        closeSync(file);
        file = rotate(path);
        bytes = 0;
      }
      bytes += writeSync(file, text);
    },
    close: () => closeSync(file),
  };
}

function rotate(path: string): number {
  const name = (n: number) => (n === 0 ? path : `${path}.${n}`);
  rmSync(name(KEPT), { force: true });
  for (let n = KEPT - 1; n >= 0; n--) if (sizeOf(name(n)) !== null) renameSync(name(n), name(n + 1));
  return openSync(path, 'wx', 0o600);
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

export type Stream = 'out' | 'err';

/** Repeated by every local server and of no use to the person who started it. */
const NOISE = [
  /Using secrets defined in/,
  /collects anonymous telemetry/,
  /Scheduled Workers are not automatically triggered/,
  /To manually trigger a scheduled event/,
  /cdn-cgi\/local\/scheduled/,
  /#test-cron-triggers-locally/,
];

/** What the terminal shows of a line of the log: null for nothing. Warnings and errors only, of the server's JSON lines their message. */
export function forTerminal(line: string, stream: Stream): string | null {
  const text = line.trimEnd();
  if (text === '' || NOISE.some((noise) => noise.test(text))) return null;
  const entry = jsonEntry(text.replace(/^\S \[(ERROR|WARNING)\] /, ''));
  if (entry !== null) return /^(warn|warning|error|fatal)$/.test(entry.level) ? `${entry.level}: ${entry.message}` : null;
  if (stream === 'err') return text;
  return /\[(wrangler:)?(error|warn|warning)\]/i.test(text) ? text : null;
}

function jsonEntry(text: string): { level: string; message: string } | null {
  if (!text.startsWith('{')) return null;
  try {
    const { level, message, msg, event, ...rest } = JSON.parse(text) as Record<string, unknown>;
    if (typeof level !== 'string') return null;
    const said = message ?? msg ?? event;
    const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
    return { level, message: `${said === undefined ? '' : String(said)}${details}` };
  } catch {
    return null;
  }
}

/** Cuts a stream of chunks into lines. `end` gives out what is left without a newline. */
export function lineCutter(take: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = '';
  return {
    push: (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    },
    end: () => {
      if (rest !== '') take(rest);
      rest = '';
    },
  };
}
