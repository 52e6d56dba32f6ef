/** The starter's side of the keeper: starts it, hears from it, stops it, and cleans up after it if it is killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Command, Order, Word } from './keeper.ts';
import type { Stream } from './log.ts';
import { RUN_MARK, signal } from './processes.ts';

const GRACE_MS = 3000;
const LAST_LINES = 20;
const EXPLANATION_MS = 300;

export interface Supervised {
  /** Aborted when the server ends by itself; `reason` says how. */
  readonly ended: AbortSignal;
  lastLines(): string;
  /** Ends everything that was started. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface Supervision {
  readonly run: string;
  readonly top: string;
  readonly logFile: string;
  readonly commands: readonly Command[];
  /** Where the processes find each other. */
  readonly registryFolder: string;
  /** `name`: of the command that said it. */
  onLine(text: string, stream: Stream, name: string): void;
  /** Whether this line means that the server will never be well. */
  givesUp(line: string, name: string): boolean;
  /** A command has ended by itself. Answers whether the rest goes on without it. */
  goesOnWithout(name: string, how: string): boolean;
}

/** Quiet, offline, asking nothing; the explorer of the local runtime is off, for it shows all data to whoever knows the port. */
const serverEnvironment = ({ run, registryFolder }: Supervision): NodeJS.ProcessEnv => ({
  ...process.env,
  LOCKKEEPER_ADMIN_TOKEN: undefined,
  [RUN_MARK]: run,
  // The usual place is the user's: a shop would find the server of another start there.
  WRANGLER_REGISTRY_PATH: process.env.WRANGLER_REGISTRY_PATH || registryFolder,
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
});

export function superviseServer(plan: Supervision): Supervised {
  const keeper = fork(join(import.meta.dirname, 'keeper.ts'), {
    cwd: plan.top,
    detached: true,
    env: serverEnvironment(plan),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = new AbortController();
  const groups: number[] = [];
  const last: string[] = [];
  let stopping = false;
  keeper.on('message', (word: Word) => {
    switch (word.word) {
      case 'spawned':
        groups.push(word.pid);
        return;
      case 'line':
        if (last.push(word.text) > LAST_LINES) last.shift();
        if (!stopping) plan.onLine(word.text, word.stream, word.name);
        // The lines that say why come right behind.
        if (plan.givesUp(word.text, word.name)) setTimeout(() => ended.abort('it could not be built'), EXPLANATION_MS);
        return;
      case 'exited':
        if (!stopping && !plan.goesOnWithout(word.name, word.how)) ended.abort(`${word.name}: ${word.how}`);
        return;
    }
  });
  const keeperGone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()).once('error', () => resolve()));
  void keeperGone.then(() => {
    for (const group of groups) signal(-group, 'SIGKILL');
    ended.abort('its keeper has gone');
  });
  tellKeeper(keeper, { order: 'run', logFile: plan.logFile, commands: plan.commands });
  return {
    ended: ended.signal,
    lastLines: () => last.map((line) => `  ${line}`).join('\n'),
    stop: async () => {
      stopping = true;
      tellKeeper(keeper, { order: 'stop', graceMs: GRACE_MS });
      const lost = setTimeout(() => keeper.kill('SIGKILL'), GRACE_MS + 2000);
      await keeperGone;
      clearTimeout(lost);
    },
  };
}

function tellKeeper(keeper: ChildProcess, order: Order): void {
  if (keeper.connected) keeper.send(order, () => {});
}
