/**
 * `backup.verify`: B5. Loads the backup into a scratch database and compares what came of it: schema, row counts and content hashes of every
 * segment, `quick_check`, `foreign_key_check`. The job succeeds in finding out, also when what it finds is that the backup is damaged.
 */
import { summaryOf } from '../core/backup/manifest.ts';
import type { Chunk, Manifest, Verification } from '../protocol/backup.ts';
import { type JobProgress, VerifyParams } from '../protocol/job.ts';
import { damageOf } from '../restore/damage.ts';
import { loadChunk, manifestOf } from '../restore/load.ts';
import type { Outcome, Scratch, Task, TaskContext, Verdict } from './task.ts';
import { checkIntegrity, checkSchema, compareChunk, compareEnds } from './verify/compare.ts';

export type VerifyCursor = {
  phase: 'load' | 'compare' | 'check';
  /** The next chunk to load or to compare. */
  chunk: number;
  rows: number;
  startedAt: string;
};
type Context = TaskContext<VerifyParams, VerifyCursor>;

export const backupVerify: Task<VerifyParams, VerifyCursor> = {
  kind: 'backup.verify',
  lane: 'background',
  role: 'operator',
  params: VerifyParams,
  start: { phase: 'load', done: 0, total: null, unit: 'rows' },
  async check({ archive, databaseName, params }) {
    await manifestOf(archive, databaseName, params.backupId);
  },
  async run(context) {
    const manifest = await manifestOf(context.archive, context.job.database, context.params.backupId);
    const scratch = context.scratch();
    try {
      const verdict = await prove(context, manifest, scratch);
      if (verdict.state !== 'go-on') return await stopped(verdict.state, scratch);
      await scratch.wipe();
      const tookMs = context.now().getTime() - Date.parse(verdict.startedAt);
      return found(manifest, { state: 'verified', at: context.now().toISOString(), tookMs }, verdict.remarks);
    } catch (error) {
      const damage = damageOf(error);
      if (damage === null) throw error;
      await scratch.wipe();
      return found(manifest, { state: 'damaged', at: context.now().toISOString(), ...damage }, []);
    }
  },
};

async function stopped(verdict: Exclude<Verdict, 'go-on'>, scratch: Scratch): Promise<Outcome> {
  if (verdict === 'cancel') await scratch.wipe();
  return { outcome: verdict === 'pause' ? 'paused' : 'cancelled' };
}

function found(manifest: Manifest, verification: Verification, remarks: readonly string[]): Outcome {
  const { id: backupId, rows, tables } = manifest;
  const facts = { backupId, rows, tables: tables.length, verified: verification.state === 'verified', warnings: [...remarks] };
  const result = verification.state === 'damaged' ? { ...facts, code: verification.code, message: verification.message } : facts;
  return { outcome: 'done', result, backup: summaryOf(manifest, verification) };
}

/** Goes through all steps from the cursor on; throws what `damageOf` knows when something is not as the manifest says. */
async function prove(
  context: Context,
  manifest: Manifest,
  scratch: Scratch,
): Promise<{ state: Verdict; startedAt: string; remarks: string[] }> {
  const { archive, cursor, hands, now } = context;
  const commit = (name: string, next: VerifyCursor) => hands.commit({ name, cursor: next, progress: progressOf(next, manifest) });
  let at: VerifyCursor = cursor ?? { phase: 'load', chunk: 0, rows: 0, startedAt: now().toISOString() };
  const { startedAt } = at;
  if (cursor === null) {
    await scratch.wipe();
    const verdict = await commit('wipe', at);
    if (verdict !== 'go-on') return { state: verdict, startedAt, remarks: [] };
  }
  while (at.phase !== 'check') {
    const chunk = manifest.chunks[at.chunk] as Chunk;
    if (at.phase === 'load') await loadChunk(archive, scratch, chunk);
    else await compareChunk(scratch, chunk);
    const name = `${at.phase} ${at.chunk}`;
    at = after(at, chunk, manifest);
    const verdict = await commit(name, at);
    if (verdict !== 'go-on') return { state: verdict, startedAt, remarks: [] };
  }
  await checkSchema(scratch, manifest);
  await compareEnds(scratch, manifest);
  return { state: 'go-on', startedAt, remarks: await checkIntegrity(scratch, manifest) };
}

function after({ phase, chunk: n, rows, startedAt }: VerifyCursor, chunk: Chunk, { chunks }: Manifest): VerifyCursor {
  const done = rows + chunk.segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (n + 1 < chunks.length) return { phase, chunk: n + 1, rows: done, startedAt };
  return phase === 'load'
    ? { phase: 'compare', chunk: 0, rows: 0, startedAt }
    : { phase: 'check', chunk: 0, rows: done, startedAt };
}

const progressOf = ({ phase, rows }: VerifyCursor, manifest: Manifest): JobProgress => ({
  phase,
  done: rows,
  total: manifest.rows,
  unit: 'rows',
});
