/**
 * The sockets of one database: hibernating, answered by the runtime when they ping, and cut when they do not read, or when what opened them
 * is no longer good for it.
 */
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

/** Who opened a socket: only the API says so, after it has checked. */
export interface SocketPass {
  /** What it closes with: `token:id`, `session:hash`. The runtime takes 256 characters of each. */
  readonly tags: readonly string[];
  /** When it closes by itself, in milliseconds since the epoch; null: never. */
  readonly until: number | null;
}
const EXPIRED = 'the session or token has expired';
export const PASS_HEADER = 'X-Lockkeeper-Pass';
export const passToHeader = (pass: SocketPass): string => encodeURIComponent(JSON.stringify(pass));
const passOf = (header: string): SocketPass => JSON.parse(decodeURIComponent(header)) as SocketPass;

export class Live {
  /** When the next socket closes by itself; undefined: not looked yet, since this object woke up. */
  private nextEnd: number | null | undefined;
  private readonly pending = new Map<
    string,
    { progress: JobProgress; timer: ReturnType<typeof setTimeout> | null; sentAt: number }
  >();

  private readonly sent = new WeakMap<WebSocket, { pingedAt: number; bytes: number }>();

  constructor(private readonly ctx: DurableObjectState) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /**
   * Takes a socket whose caller has been checked. `first` are the messages that bring it up to date. Answers 101, 401 without a pass, 426
   * when it is none, 503 when there are too many.
   */
  accept(request: Request, first: (after: number | null) => readonly LiveMessage[]): Response {
    const header = request.headers.get(PASS_HEADER);
    if (header === null) return new Response('Nobody has let you in', { status: 401 });
    if (request.headers.get('Upgrade')?.toLowerCase() !== 'websocket') return new Response('Not a WebSocket', { status: 426 });
    if (this.ctx.getWebSockets().length >= MAX_SOCKETS) return new Response('Too many open consoles', { status: 503 });
    const { tags, until } = passOf(header);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [...tags]);
    server.serializeAttachment(until);
    if (until !== null) this.nextEnd = Math.min(until, this.nextEndAt() ?? until);
    const after = new URL(request.url).searchParams.get('after');
    for (const message of first(after === null ? null : Number(after))) server.send(JSON.stringify(message));
    return new Response(null, { status: 101, webSocket: client });
  }

  /** What opened them is gone. Answers how many there were. */
  close(tag: string): number {
    const sockets = this.ctx.getWebSockets(tag);
    for (const socket of sockets) this.end(socket, 'the session or token has ended');
    return sockets.length;
  }

  /** When `closeExpired` has something to do, in milliseconds; null: never. */
  nextEndAt(): number | null {
    if (this.nextEnd === undefined) {
      const ends = this.ctx
        .getWebSockets()
        .map(endOf)
        .filter((end) => end !== null);
      this.nextEnd = ends.length === 0 ? null : Math.min(...ends);
    }
    return this.nextEnd;
  }

  /** Closes what has lived as long as its credential. */
  closeExpired(now: number): void {
    const next = this.nextEndAt();
    if (next === null || next > now) return;
    for (const socket of this.ctx.getWebSockets()) if (isOver(socket, now)) this.end(socket, EXPIRED);
    const ends = this.ctx
      .getWebSockets()
      .map(endOf)
      .filter((end) => end !== null && end > now) as number[];
    this.nextEnd = ends.length === 0 ? null : Math.min(...ends);
  }

  private end(socket: WebSocket, reason: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    try {
      socket.close(CLOSE.unauthorized, reason);
    } catch {
      // It went away by itself just now.
    }
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
    // Whatever became of the alarm: nothing is told to a credential that is over.
    if (isOver(socket, Date.now())) {
      this.end(socket, EXPIRED);
      return;
    }
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

const endOf = (socket: WebSocket): number | null => socket.deserializeAttachment() as number | null;
const isOver = (socket: WebSocket, now: number): boolean => (endOf(socket) ?? Number.POSITIVE_INFINITY) <= now;
