/** The fake server's side of `GET D/live`: numbered events, snapshots, and the ways a connection can go wrong. */
import type { Job } from '../../worker/protocol/job.ts';
import type { EventType, Event as JobEvent, LiveMessage } from '../../worker/protocol/live.ts';
import type { MaintenanceStatus } from '../../worker/protocol/maintenance.ts';
import { iso } from './fixtures.ts';
import type { FakeSocket } from './websocket.ts';

const serving: MaintenanceStatus = {
  mode: 'off',
  reason: null,
  message: null,
  since: null,
  expiresAt: null,
  version: 0,
  fence: { state: 'down', detail: null },
  holds: [],
};

export class FakeLive {
  readonly events: JobEvent[] = [];
  readonly sockets = new Set<FakeSocket>();
  /** What each connection asked for, for the tests. */
  readonly asked: (number | null)[] = [];
  maintenance: MaintenanceStatus = serving;
  private readonly database: string;
  private readonly jobs: () => readonly Job[];

  constructor(database: string, jobs: () => readonly Job[]) {
    this.database = database;
    this.jobs = jobs;
  }

  get seq(): number {
    return this.events.length;
  }

  accept(socket: FakeSocket, after: number | null): void {
    this.asked.push(after);
    this.sockets.add(socket);
    socket.onGone = () => this.sockets.delete(socket);
    socket.onText = (text) => {
      if (text === 'ping') socket.send('pong');
    };
    if (after === null || after > this.seq) {
      this.tell(socket, {
        type: 'snapshot',
        database: this.database,
        seq: this.seq,
        jobs: this.jobs().slice(0, 30),
        maintenance: this.maintenance,
      });
      return;
    }
    this.tell(socket, { type: 'resumed', database: this.database, seq: this.seq });
    for (const event of this.events.slice(after)) this.tell(socket, { type: 'event', event });
  }

  record(type: EventType, jobId: string | null, reason: string, data: Record<string, unknown>, silent = false): JobEvent {
    const event: JobEvent = { seq: this.seq + 1, at: iso(Date.now()), type, jobId, reason, data: structuredClone(data) };
    this.events.push(event);
    if (!silent) this.broadcast({ type: 'event', event });
    return event;
  }

  progress(job: Job): void {
    this.broadcast({ type: 'progress', jobId: job.id, at: iso(Date.now()), progress: job.progress });
  }

  broadcast(message: LiveMessage): void {
    for (const socket of this.sockets) this.tell(socket, message);
  }

  private tell(socket: FakeSocket, message: LiveMessage): void {
    socket.send(message);
  }
}
