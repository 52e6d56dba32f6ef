/** The door for other Workers: a service binding to this entrypoint asks whether a database may be used. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { type Env, managed } from '../env.ts';
import type { MaintenanceAnswer } from '../protocol/maintenance.ts';

/** Every method answers with plain data; an unknown database is refused with `database_not_found`. */
export class Maintenance extends WorkerEntrypoint<Env> {
  async status(db: string): Promise<MaintenanceAnswer> {
    const { mode, reason, message, since, expiresAt, version } = await this.env.CONTROL.getByName(
      managed(db).binding,
    ).maintenanceStatus();
    return { mode, reason, message, since, expiresAt, version };
  }
}
