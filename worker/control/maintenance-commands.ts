/**
 * What a control plane does about maintenance: the commands of people, the fence that follows them, and what comes with time. A base class,
 * because RPC reaches only the methods of the object itself.
 */
import type { Database } from '../database/database.ts';
import { fenceState, lowerFence, raiseFence } from '../database/fence.ts';
import { dropUnfinished } from '../database/unfinished.ts';
import { log } from '../log.ts';
import { type By, SYSTEM } from '../protocol/audit.ts';
import type {
  HoldChange,
  MaintenanceRequest,
  MaintenanceStatus,
  MaintenanceWindow,
  WindowChange,
  WindowRequest,
} from '../protocol/maintenance.ts';
import { ControlQuestions } from './control-questions.ts';
import { type Answer, answer } from './wire.ts';

export abstract class MaintenanceCommands<E> extends ControlQuestions<E> {
  protected abstract get managedDatabase(): Database;
  /** Runs something that changes no dispatch; tells everybody, and sets the alarm. */
  protected abstract act<T>(work: (now: number) => T): T;

  async setMaintenance(request: MaintenanceRequest, by: By): Promise<Answer<MaintenanceStatus>> {
    return this.statusAfter((now) => this.maintenance.set(request, by, now));
  }

  async changeHold(id: string, request: HoldChange, by: By): Promise<Answer<MaintenanceStatus>> {
    return this.statusAfter((now) => this.maintenance.changeHold(id, request, by, now));
  }

  async endHold(id: string, by: By): Promise<Answer<MaintenanceStatus>> {
    return this.statusAfter((now) => this.maintenance.endHold(id, by, now));
  }

  async createWindow(request: WindowRequest, by: By): Promise<Answer<MaintenanceWindow>> {
    return this.maintain((now) => this.windows.create(request, by, now));
  }

  async changeWindow(id: string, request: WindowChange, by: By): Promise<Answer<MaintenanceWindow>> {
    return this.maintain((now) => this.windows.change(id, request, by, now));
  }

  async deleteWindow(id: string, by: By): Promise<Answer<null>> {
    return this.maintain((now) => this.windows.remove(id, by, now));
  }

  /** When it answers, the fence has followed, or has said in the status why it could not. */
  private async statusAfter(work: (now: number) => unknown): Promise<Answer<MaintenanceStatus>> {
    const answered = await this.maintain(work);
    return answered.ok ? { ok: true, value: this.maintenance.status(Date.now()) } : answered;
  }

  private async maintain<T>(work: (now: number) => T): Promise<Answer<T>> {
    const answered = this.act((now) => answer(() => this.store.atomically(() => work(now))));
    if (answered.ok) await this.followMode();
    return answered;
  }

  /** Holds that begin or end by themselves. Windows first: where one ends as the next begins, the fence stays up in between. */
  protected moveHolds(): void {
    this.act((now) =>
      this.store.atomically(() => {
        this.windows.begin(now);
        this.maintenance.expire(now);
      }),
    );
  }

  protected async followMode(): Promise<void> {
    // Where it is going is stored; with that an alarm is set before the database is asked: should this object die meanwhile, it goes on.
    const underWay = () => this.act(() => {});
    await this.maintenance.settleFence(
      {
        raise: async () => {
          underWay();
          await raiseFence(this.managedDatabase);
        },
        lower: async () => {
          underWay();
          await lowerFence(this.managedDatabase, this.kernel.epochOfTheLiving());
          await this.dropUnfinished();
        },
      },
      Date.now,
    );
    this.act(() => {});
  }

  /** J5: copies that a job has left behind when it was cancelled between two slices, or lost. They are in nobody's way. */
  private async dropUnfinished(): Promise<void> {
    await dropUnfinished(this.managedDatabase).catch((error: unknown) =>
      log('warn', 'unfinished copies of tables could not be dropped', { database: this.name, error }),
    );
  }

  /** Left behind by a control plane whose storage is gone. Nobody raises one while we look: it would be taken for a stray, too. */
  protected async removeStrayFence(): Promise<void> {
    await this.maintenance.whileFenceRests(async (wanted) => {
      const { up, triggers } = await fenceState(this.managedDatabase);
      if (wanted || (!up && triggers === 0)) return;
      log('warn', 'a fence that nobody asks for is taken away', { database: this.name });
      await lowerFence(this.managedDatabase);
      this.trail.record({ by: SYSTEM, action: 'fence.lowered', target: 'stray', detail: { triggers } }, Date.now());
    });
  }
}
