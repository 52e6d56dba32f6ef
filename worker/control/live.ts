/** The sockets of one database: hibernating, answered by the runtime when they ping, and cut when they do not read. */
import type { JobProgress } from '../protocol/job.ts';
import { CLOSE, type Event, type LiveMessage } from '../protocol/live.ts';

/**
 * What may wait for one client that does not read, before it is cut: it comes back with its last number and misses nothing. A ping is the
 * proof that it is awake; what the runtime has not sent yet counts too, but whatever lies between us and the client hides from it.
 */
export const MAX_UNPROVEN_BYTES = 8 * 1024 * 1024;
/** Progress goes out at most this often for each job. */
const PROGRESS_EVERY_MS = 250;
/** Sockets of one database. The runtime's own limit is 32,768. */
const MAX_SOCKETS = 1_000;

export class Live {
  private readonly pending = new Map<
    string,
    { progress: JobProgress; timer: ReturnType<typeof setTimeout> | null; sentAt: number }
  >();

  private readonly sent = new WeakMap<WebSocket, { pingedAt: number; bytes: number }>();

  constructor(private readonly ctx: DurableObjectState) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Takes a socket whose caller has been checked. `first` are the messages that bring it up to date. */
  accept(first: readonly LiveMessage[], credential: string): Response {
    if (this.ctx.getWebSockets().length >= MAX_SOCKETS) return new Response('Too many open consoles', { status: 503 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [credential]);
    for (const message of first) server.send(JSON.stringify(message));
    return new Response(null, { status: 101, webSocket: client });
  }

  events(events: readonly Event[]): void {
    for (const event of events) {
      if (event.jobId !== null && event.type !== 'job.step') this.forget(event.jobId);
      this.send({ type: 'event', event });
    }
  }

  /** Coalesced: the first goes out at once, then the latest at the end of each interval. */
  progress(jobId: string, progress: JobProgress, now: number): void {
    const known = this.pending.get(jobId);
    if (known?.timer) {
      known.progress = progress;
      return;
    }
    const waitMs = known ? Math.max(0, known.sentAt + PROGRESS_EVERY_MS - now) : 0;
    const entry = { progress, timer: null as ReturnType<typeof setTimeout> | null, sentAt: known?.sentAt ?? 0 };
    this.pending.set(jobId, entry);
    if (waitMs === 0) this.sendProgress(jobId, now);
    else entry.timer = setTimeout(() => this.sendProgress(jobId, Date.now()), waitMs);
  }

  private sendProgress(jobId: string, now: number): void {
    const entry = this.pending.get(jobId);
    if (!entry) return;
    entry.timer = null;
    entry.sentAt = now;
    this.send({ type: 'progress', jobId, at: new Date(now).toISOString(), progress: entry.progress });
  }

  private forget(jobId: string): void {
    const entry = this.pending.get(jobId);
    if (entry?.timer) clearTimeout(entry.timer);
    this.pending.delete(jobId);
  }

  /** Before a deploy or a stop cuts them: clients come back by themselves, spread over a while. */
  goodbye(reason: string, reconnectAfterMs: number): number {
    const sockets = this.ctx.getWebSockets();
    this.send({ type: 'goodbye', reason, reconnectAfterMs });
    return sockets.length;
  }

  send(message: LiveMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.ctx.getWebSockets()) this.sendTo(socket, text);
  }

  private sendTo(socket: WebSocket, text: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    try {
      if (this.unproven(socket, text.length) > MAX_UNPROVEN_BYTES) socket.close(CLOSE.tooSlow, 'reads too slowly: connect again');
      else socket.send(text);
    } catch {
      // It went away between the check and the send; its close event is on the way.
    }
  }

  /** What was sent to it since its last ping, with `more`. */
  private unproven(socket: WebSocket, more: number): number {
    const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const known = this.sent.get(socket);
    const bytes = (known?.pingedAt === pingedAt ? known.bytes : 0) + more;
    this.sent.set(socket, { pingedAt, bytes });
    return Math.max(bytes, socket.bufferedAmount);
  }
}
