/** The state folder: who has it, the admin token, the env file for the server, and what an earlier run left behind. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Unusable } from './settings.ts';

/** What is running on a state folder. `run` marks every process of it in its environment, see processes.ts. */
export interface Run {
  readonly run: string;
  readonly pid: number;
  readonly url: string;
  readonly startedAt: string;
}

export interface State {
  readonly folder: string;
  readonly logFile: string;
  readonly tokenFile: string;
  /** The run that had this folder before and did not end in order, or null. */
  readonly abandoned: Run | null;
  record(run: Run): void;
  /** For the server's `--env-file`: a token in its arguments could be read by everyone on the machine. */
  writeServerEnv(adminToken: string): string;
  /** Forgets the run and lets the next one have the folder. */
  release(): void;
}

/** Takes the folder, making it where needed. Throws `Unusable` while another start has it, and where there can be no folder. */
export function takeState(folder: string): State {
  makeStateFolder(folder);
  const runFile = join(folder, 'run.json');
  const envFile = join(folder, 'server.env');
  const lock = takeLock(join(folder, 'lock'), () => readRun(runFile), folder);
  return {
    folder,
    logFile: join(folder, 'server.log'),
    tokenFile: join(folder, 'admin-token'),
    abandoned: readRun(runFile),
    record: (run) => writePrivate(runFile, `${JSON.stringify(run)}\n`),
    writeServerEnv: (adminToken) => {
      writePrivate(envFile, `LOCKKEEPER_ADMIN_TOKEN='${adminToken}'\n`);
      return envFile;
    },
    release: () => {
      rmSync(envFile, { force: true });
      rmSync(runFile, { force: true });
      lock.close();
    },
  };
}

function makeStateFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Unusable(
      `There can be no state folder at ${folder}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      'Set LOCKKEEPER_STATE to a folder that can be made and written to.',
    );
  }
}

/** Node's own `recursive` tries for ever where the file system refuses a new entry with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** The lock is SQLite's on an empty file: the kernel lets go of it when its owner dies, however it dies. */
function takeLock(path: string, holder: () => Run | null, folder: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && /database is locked/.test(error.message))) throw error;
    const run = holder();
    const where = run === null ? '' : ` at ${run.url} (process ${run.pid})`;
    throw new Unusable(
      `Lockkeeper already runs on ${folder}${where}.`,
      'Use that one, stop it with Ctrl-C, or give this one its own folder and port: `LOCKKEEPER_STATE=.lockkeeper-2 PORT=8788 npm start`.',
    );
  }
}

function readRun(path: string): Run | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Run;
  } catch {
    return null;
  }
}

/** Whole or not at all, and never readable by others, not even for a moment. */
function writePrivate(path: string, text: string): void {
  const partial = `${path}.${randomBytes(4).toString('hex')}`;
  writeFileSync(partial, text, { mode: 0o600, flag: 'wx' });
  renameSync(partial, path);
}

/** The token that is kept in the folder; made of 32 random bytes at the first start. */
export function keptToken(path: string): string {
  if (!existsSync(path)) writePrivate(path, `${randomBytes(32).toString('base64url')}\n`);
  chmodSync(path, 0o600);
  const token = readFileSync(path, 'utf8').trim();
  if (/^[\x21-\x7e]{16,512}$/.test(token)) return token;
  throw new Unusable(`${path} does not hold a token.`, 'Delete it to have a new one made.');
}
