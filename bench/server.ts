/** The job under measurement: on a running server, over HTTP, as any client would ask for it. */
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Local, startLocal } from '../tools/local.ts';
import { processesOf } from '../tools/start/processes.ts';
import type { Job } from '../worker/protocol/job.ts';
import type { LiveMessage } from '../worker/protocol/live.ts';
import { samplePeak } from './memory.ts';

const JOB_PATIENCE_MS = 15 * 60_000;

export interface MeasuredExport extends MeasuredJob {
  /** Before the export was asked for, and at its highest. */
  readonly idleBytes: Readonly<Record<string, number>>;
  readonly peakBytes: Readonly<Record<string, number>>;
}

export const startServer = (stateFolder: string): Promise<Local> => startLocal({ stateFolder, sample: 'off' });

/** The server's processes: the runtime, and Node that holds it. */
const serverProcesses = (local: Local): number[] => {
  const { run } = JSON.parse(readFileSync(join(local.stateFolder, 'run.json'), 'utf8')) as { run: string };
  return processesOf(run);
};

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

export interface MeasuredJob {
  readonly job: Job;
  /** As the caller sees it, and by the job's own times. */
  readonly wallMs: number;
  readonly jobMs: number;
}

const LAST = ['job.succeeded', 'job.failed', 'job.cancelled'];

/**
 * Hears of the ends of jobs, as a console does. Asking again and again would take time from what is measured: the server has one thread,
 * and each question costs it milliseconds.
 */
async function endings(local: Local): Promise<{ of(jobId: string): Promise<Job>; close(): void }> {
  const ended = new Map<string, Job>();
  const waiting = new Map<string, (job: Job) => void>();
  const headers = { authorization: `Bearer ${local.adminToken}` };
  const socket = new WebSocket(`${local.url.replace(/^http/, 'ws')}/api/v1/databases/DB/live`, { headers } as never);
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    if (message.type !== 'event' || !LAST.includes(message.event.type)) return;
    const job = message.event.data.job as Job;
    ended.set(job.id, job);
    waiting.get(job.id)?.(job);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no live connection')));
  });
  const of = (jobId: string) =>
    new Promise<Job>((resolve, reject) => {
      const job = ended.get(jobId);
      if (job) return resolve(job);
      waiting.set(jobId, resolve);
      socket.addEventListener('close', ({ code }) =>
        reject(new Error(`job ${jobId}: the live connection was closed with ${code}`)),
      );
      AbortSignal.timeout(JOB_PATIENCE_MS).addEventListener('abort', () => reject(new Error(`job ${jobId} does not end`)));
    });
  return { of, close: () => socket.close() };
}

/** Runs a job to its end. Throws when it does not succeed. */
export async function runJob(local: Local, request: Record<string, unknown>): Promise<MeasuredJob> {
  const live = await endings(local);
  try {
    const startedAt = performance.now();
    const headers = { 'idempotency-key': `bench-${process.pid}-${Date.now()}` };
    const submitted = await local.call('/databases/DB/jobs', { method: 'POST', body: JSON.stringify(request), headers });
    const job = await live.of((await answer<Job>(submitted)).id);
    const wallMs = performance.now() - startedAt;
    if (job.status !== 'succeeded') throw new Error(`the ${job.kind} ended as ${job.status}: ${JSON.stringify(job.error)}`);
    return { job, wallMs, jobMs: Date.parse(job.finishedAt ?? '') - Date.parse(job.startedAt ?? '') };
  } finally {
    live.close();
  }
}

/** Runs `database.export`, with the memory that it takes. */
export async function measureExport(local: Local, params: Record<string, unknown>): Promise<MeasuredExport> {
  const { byProgram: idleBytes } = samplePeak(() => serverProcesses(local)).stop();
  const sampling = samplePeak(() => serverProcesses(local));
  try {
    const measured = await runJob(local, { kind: 'database.export', params });
    return { ...measured, idleBytes, peakBytes: sampling.stop().byProgram };
  } finally {
    sampling.stop();
  }
}

/** Downloads the backup as SQL text. Answers how long that took. */
export async function download(local: Local, backupId: string, file: string): Promise<number> {
  const startedAt = performance.now();
  const response = await local.call(`/databases/DB/backups/${backupId}/download?format=sql`);
  if (!response.ok || response.body === null) throw new Error(`download: ${response.status} ${await response.text()}`);
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file));
  return performance.now() - startedAt;
}
