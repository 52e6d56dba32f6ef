/** The backups on screen, and how live events change them. Pure. */
import type { BackupDetails, BackupSummary } from '../../worker/protocol/backup.ts';
import type { Event as JobEvent } from '../../worker/protocol/live.ts';

export interface BackupList {
  readonly items: readonly BackupSummary[];
  readonly nextCursor: string | null;
}

const newest = (a: BackupSummary, b: BackupSummary): number => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);

export const backupOf = (event: JobEvent): BackupSummary | null => {
  const { backup } = event.data;
  return typeof backup === 'object' && backup !== null && 'id' in backup ? (backup as BackupSummary) : null;
};
export const deletedBackupId = (event: JobEvent): string | null =>
  event.type === 'backup.deleted' && typeof event.data.id === 'string' ? event.data.id : null;

export const joinBackups = (list: BackupList, more: readonly BackupSummary[]): BackupSummary[] =>
  [...new Map([...list.items, ...more].map((backup) => [backup.id, backup])).values()].sort(newest);

export function foldBackups(list: BackupList, event: JobEvent): BackupList {
  const gone = deletedBackupId(event);
  if (gone !== null) return { ...list, items: list.items.filter(({ id }) => id !== gone) };
  const backup = event.type === 'backup.created' || event.type === 'backup.updated' ? backupOf(event) : null;
  return backup === null ? list : { ...list, items: joinBackups(list, [backup]) };
}

/** A verification that ends while its backup is open shows at once; the manifest itself never changes. */
export function foldBackupDetails(details: BackupDetails, event: JobEvent): BackupDetails {
  const backup = event.type === 'backup.updated' ? backupOf(event) : null;
  return backup === null || backup.id !== details.id ? details : { ...details, ...backup, manifest: details.manifest };
}
