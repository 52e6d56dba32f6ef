/** Everything that a person can order. Each function throws an `ApiError`, which the control that was pressed shows. */
import type { NewToken } from '../../worker/protocol/access.ts';
import type { Job } from '../../worker/protocol/job.ts';
import type { HoldChange, MaintenanceRequest, MaintenanceStatus } from '../../worker/protocol/maintenance.ts';
import type { NewJob, NewTokenRequest } from '../api/client.ts';
import type { Console } from './console.ts';
import { mergeFetched } from './job-cache.ts';
import { changed } from './resource.ts';
import { withMaintenance } from './state.ts';

/** J7: one key for one intention. Kept by the dialog, so that pressing again after a lost answer does not start a second job. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Commands {
  private readonly console: Console;
  constructor(console: Console) {
    this.console = console;
  }

  async submit(database: string, request: NewJob, idempotencyKey: string): Promise<Job> {
    return this.taken(database, await this.console.client.submitJob(database, request, idempotencyKey));
  }

  async cancel(job: Job): Promise<Job> {
    return this.taken(job.database, await this.console.client.cancelJob(job.database, job.id));
  }

  async retry(job: Job): Promise<Job> {
    return this.taken(job.database, await this.console.client.retryJob(job.database, job.id));
  }

  async refreshCounts(database: string): Promise<void> {
    await this.console.client.refreshTables(database);
  }

  async deleteBackup(database: string, id: string): Promise<void> {
    await this.console.client.deleteBackup(database, id);
    this.console.update(database, (open) => ({
      ...open,
      backups: changed(open.backups, (list) => ({ ...list, items: list.items.filter((backup) => backup.id !== id) })),
      backupPage: open.backupPage?.id === id ? { ...open.backupPage, deleted: true } : open.backupPage,
    }));
  }

  /** Replaces the holds of persons by one, or ends them with `off`; jobs keep theirs. */
  async setMaintenance(database: string, request: MaintenanceRequest): Promise<void> {
    this.maintained(database, await this.console.client.setMaintenance(database, request));
  }

  /** Since when it holds stays; what is left out stays too. */
  async changeHold(database: string, id: string, change: HoldChange): Promise<void> {
    this.maintained(database, await this.console.client.changeHold(database, id, change));
  }

  /** This hold and no other: whatever somebody has begun meanwhile stays. */
  async endHold(database: string, id: string): Promise<void> {
    this.maintained(database, await this.console.client.endHold(database, id));
  }

  async createToken(request: NewTokenRequest): Promise<NewToken> {
    const token = await this.console.client.createToken(request);
    const { secret: _secret, ...listed } = token;
    this.console.set({ tokens: changed(this.console.state.tokens, (tokens) => [listed, ...tokens]) });
    return token;
  }

  async revokeToken(id: string): Promise<void> {
    await this.console.client.revokeToken(id);
    this.console.set({ tokens: changed(this.console.state.tokens, (tokens) => tokens.filter((token) => token.id !== id)) });
  }

  private maintained(database: string, status: MaintenanceStatus): void {
    this.console.update(database, (open) => withMaintenance(open, status));
    this.console.loads.refreshHolds(database);
  }

  private taken(database: string, job: Job): Job {
    this.console.update(database, (open) => ({ ...open, jobs: mergeFetched(open.jobs, [job]) }));
    return job;
  }
}
