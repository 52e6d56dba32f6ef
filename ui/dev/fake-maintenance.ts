/** The fake server's holds: invented history, and a fence that follows by a timer. */
import type {
  FenceStatus,
  Hold,
  HoldChange,
  HoldMode,
  MaintenanceRequest,
  MaintenanceStatus,
} from '../../worker/protocol/maintenance.ts';
import { refused } from './fake-answer.ts';
import type { FakeLive } from './fake-live.ts';
import { FakeWindows } from './fake-windows.ts';
import { iso } from './fixtures.ts';

const HOUR = 3_600_000;
const FENCE_MS = 300;
const STRICTNESS = { off: 0, 'read-only': 1, closed: 2 } as const;
const REASONS = ['nightly clean-up of carts', 'new index on orders', 'restore rehearsal', 'moving to the new catalogue'];

export class FakeMaintenance {
  holds: Hold[];
  fence: FenceStatus = { state: 'down', detail: null };
  /** A test that wants the fence in its own hands sets this to false. */
  fenceFollows = true;
  readonly windows: FakeWindows;
  private version = 7;
  private made = 100;
  private readonly live: FakeLive;

  constructor(live: FakeLive, nowMs: number, past: number) {
    this.live = live;
    this.windows = new FakeWindows(past > 0, nowMs);
    this.holds = Array.from({ length: past }, (_, i): Hold => {
      const createdMs = nowMs - (20 + i * 31) * HOUR;
      const byJob = i % 3 === 1;
      return {
        id: `hold_${past - i}`,
        mode: i % 4 === 3 ? 'closed' : 'read-only',
        reason: byJob ? 'The export reads the database whole.' : (REASONS[i % REASONS.length] ?? ''),
        message: i % 2 === 0 ? 'Back in a few minutes.' : null,
        owner: byJob
          ? { kind: 'job', jobId: 'job_0008' }
          : i % 5 === 4
            ? { kind: 'window', windowId: 'win_1' }
            : { kind: 'person', actor: i % 2 === 0 ? 'owner' : 'token:ci' },
        createdAt: iso(createdMs),
        expiresAt: byJob ? null : iso(createdMs + HOUR),
        endedAt: iso(createdMs + (byJob ? 0.1 : 0.9) * HOUR),
        endedBy: byJob ? 'job over' : i % 2 === 0 ? 'expired' : 'owner',
      };
    });
  }

  status(): MaintenanceStatus {
    const holds = this.holds.filter(({ endedAt }) => endedAt === null).reverse();
    const [strictest] = [...holds].sort((a, b) => STRICTNESS[b.mode] - STRICTNESS[a.mode]);
    const same = holds.filter(({ mode }) => mode === strictest?.mode);
    const ends = same.map(({ expiresAt }) => expiresAt).filter((at) => at !== null);
    return {
      mode: strictest?.mode ?? 'off',
      reason: same[0]?.reason ?? null,
      message: same.find(({ message }) => message !== null)?.message ?? null,
      since: same[0]?.createdAt ?? null,
      expiresAt: ends.length < same.length ? null : (ends.sort().at(-1) ?? null),
      version: this.version,
      fence: this.fence,
      holds,
    };
  }

  set({ mode, reason, message, expiresAt }: MaintenanceRequest, actor: string): MaintenanceStatus {
    this.end(({ owner }) => owner.kind === 'person', mode === 'off' ? actor : 'replaced');
    if (mode !== 'off') this.add(mode, reason, message ?? null, { kind: 'person', actor }, expiresAt ?? null);
    return this.changed(reason);
  }

  /** Since when it holds stays: that is what lengthening is for. */
  changeHold(id: string, change: HoldChange): MaintenanceStatus {
    const hold = this.changeable(id);
    const expiresAt = change.expiresAt;
    if (typeof expiresAt === 'string' && Date.parse(expiresAt) <= Date.now())
      throw refused('bad_request', 'expiresAt lies in the past.');
    this.holds = this.holds.map((one) => (one.id === id ? { ...hold, ...change } : one));
    return this.changed('The hold was changed.');
  }

  endHold(id: string, actor: string): MaintenanceStatus {
    this.changeable(id);
    this.end((hold) => hold.id === id, actor);
    return this.changed('Ended early.');
  }

  private changeable(id: string): Hold {
    const hold = this.holds.find((one) => one.id === id);
    if (hold === undefined) throw refused('hold_not_found');
    if (hold.owner.kind === 'job') throw refused('hold_of_job');
    if (hold.endedAt !== null) throw refused('hold_over');
    return hold;
  }

  /** As the clock would begin it. */
  beginWindow(windowId: string): void {
    const { mode, reason, message, next } = this.windows.one(windowId);
    this.add(mode, reason, message, { kind: 'window', windowId }, next?.to ?? null);
    this.changed(reason);
  }

  /** Taking a window away, or switching it off, ends what it holds. */
  windowOver(windowId: string, by: string): void {
    const held = this.holds.some(
      ({ endedAt, owner }) => endedAt === null && owner.kind === 'window' && owner.windowId === windowId,
    );
    if (!held) return;
    this.end(({ owner }) => owner.kind === 'window' && owner.windowId === windowId, by);
    this.changed('The window is over.');
  }

  holdForJob(jobId: string, mode: HoldMode, reason: string): void {
    this.add(mode, reason, null, { kind: 'job', jobId }, null);
    this.changed(reason);
  }

  jobOver(jobId: string): void {
    this.end(({ owner }) => owner.kind === 'job' && owner.jobId === jobId, 'job over');
    this.changed('The job that held it is over.');
  }

  put(fence: FenceStatus): void {
    this.fence = fence;
    this.tell(`The fence is ${fence.state}.`);
  }

  private add(mode: HoldMode, reason: string, message: string | null, owner: Hold['owner'], expiresAt: string | null): void {
    this.made += 1;
    const hold = { id: `hold_${this.made}`, mode, reason, message, owner, expiresAt };
    this.holds.unshift({ ...hold, createdAt: iso(Date.now()), endedAt: null, endedBy: null });
  }

  private end(which: (hold: Hold) => boolean, endedBy: string): void {
    const over = { endedAt: iso(Date.now()), endedBy };
    this.holds = this.holds.map((hold) => (hold.endedAt === null && which(hold) ? { ...hold, ...over } : hold));
  }

  private changed(reason: string): MaintenanceStatus {
    this.version += 1;
    const wanted = this.status().mode === 'off' ? 'down' : 'up';
    if (this.fenceFollows && this.fence.state !== wanted) {
      this.fence = { state: wanted === 'up' ? 'raising' : 'lowering', detail: null };
      setTimeout(() => this.put({ state: this.status().mode === 'off' ? 'down' : 'up', detail: null }), FENCE_MS);
    }
    this.tell(reason);
    return this.status();
  }

  private tell(reason: string): void {
    this.live.maintenance = this.status();
    this.live.record('maintenance.changed', null, reason, { maintenance: this.live.maintenance });
  }
}
