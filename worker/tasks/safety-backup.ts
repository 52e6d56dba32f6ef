/**
 * The safety backup: an export that runs inside another job, with its own steps, and its cursor in that of the job. Each attempt makes its
 * own, under its own name: between attempts nobody holds the database, and what was written then must be in a backup, too.
 */
import { attemptOf } from '../core/backup/manifest.ts';
import { databaseExport, type ExportCursor } from './database-export.ts';
import type { Hands, Json, Outcome, StepRecord, TaskContext } from './task.ts';

const PREFIX = 'backup ';

/** The id of the backup, which is in the catalog then and stays there whatever becomes of the job; or how the slice ended. */
export async function safetyBackup<Cursor extends Json & { readonly backup: ExportCursor | null }>(
  context: TaskContext<unknown, Cursor>,
  cursor: Cursor,
): Promise<Outcome | { readonly backupId: string }> {
  const { job } = context;
  const outcome = await databaseExport.run({
    ...context,
    job: { ...job, id: attemptOf(job.id, job.attempt) },
    params: {},
    cursor: cursor.backup?.attempt === job.attempt ? cursor.backup : null,
    hands: exportHands(context.hands, cursor),
  });
  if (outcome.outcome !== 'done' || !outcome.backup) return outcome;
  await context.hands.backup(outcome.backup);
  return { backupId: outcome.backup.id };
}

const exportHands = <Cursor extends Json & { readonly backup: ExportCursor | null }>(
  hands: Hands<Cursor>,
  cursor: Cursor,
): Hands<ExportCursor> => ({
  commit: ({ name, cursor: backup, progress, detail }) =>
    hands.commit({
      name: `${PREFIX}${name}`,
      cursor: { ...(cursor as object), backup } as Cursor,
      progress: { ...progress, phase: 'backup' },
      ...(detail === undefined ? {} : { detail }),
    }),
  steps: async () =>
    (await hands.steps()).filter(isBackupStep).map(({ name, ...step }) => ({ ...step, name: name.slice(PREFIX.length) })),
  progress: (progress) => hands.progress({ ...progress, phase: 'backup' }),
  hold: (mode, reason) => hands.hold(mode, reason),
  effect: (name, statements, expect) => hands.effect(name, statements, expect),
  backup: (summary) => hands.backup(summary),
});

const isBackupStep = ({ name }: StepRecord): boolean => name.startsWith(PREFIX);
