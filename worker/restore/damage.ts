/** Telling a damaged backup from a proof that could not be made. */
import { DatabaseFailure } from '../database/errors.ts';
import { Refusal } from '../protocol/problem.ts';

/** The backup is not what its manifest says. */
export class Damaged extends Refusal {
  constructor(detail: string) {
    super('backup_damaged', detail);
  }
}

/** Null for what says nothing about the backup: a lost connection, a limit of the scratch database, a lost job. */
export function damageOf(error: unknown): { code: string; message: string } | null {
  if (error instanceof DatabaseFailure) {
    return error.code === 'database_failed'
      ? { code: 'backup_damaged', message: `The backup does not load: ${error.message}` }
      : null;
  }
  return error instanceof Refusal && error.code === 'backup_damaged' ? { code: error.code, message: error.message } : null;
}
