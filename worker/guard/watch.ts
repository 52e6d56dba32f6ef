/**
 * What one isolate knows about one database: the last answer, at most one question under way, and when the last question failed.
 * Never rejects, never throws, never keeps anyone longer than the deadline (M5).
 *
 * Requests share it, and each may end, or be cut off by its client, at any time: nobody relies on another request's question being
 * answered. Every waiter has a timer of its own, and a question without an answer is given up.
 */
import { type MaintenanceAnswer, readAnswer } from './answer.ts';
import { isOver, type Standing } from './decide.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): { readonly over: Promise<void>; cancel(): void };
}

export interface WatchLimits {
  /** How long an answer is good without asking again. */
  readonly cacheMs: number;
  /** How long one request waits for an answer at most. */
  readonly deadlineMs: number;
}

/** What a request lends: the way to ask, and something that keeps a question alive after the request's own end. */
export interface Asking {
  ask(): unknown;
  keepAlive(work: Promise<unknown>): void;
  trouble(why: string): void;
}

/** After `cacheMs` an answer still serves for so long, and never for more than `cacheMs`, while a new one is fetched behind the request's back. */
export const STALE_MS = 1000;
const servesMs = ({ cacheMs }: WatchLimits): number => cacheMs + Math.min(STALE_MS, cacheMs);
/** So long after a question that failed or hangs nobody asks again. */
export const RETRY_MS = 1000;
/** An answer that comes late is still welcome; beyond this nobody listens. */
export const LISTEN_MS = 10_000;

interface Known {
  readonly answer: MaintenanceAnswer;
  /** When it was asked for: the mode may have changed right behind the answer. */
  readonly askedAt: number;
  readonly question: number;
  /** It ended by itself after it was given. (One that was over when it came is the two clocks' disagreement: it counts.) */
  readonly endsWhileKnown: boolean;
}

interface Question {
  readonly number: number;
  readonly askedAt: number;
  readonly settled: Promise<void>;
}

export class Watch {
  private known: Known | null = null;
  private doubted = false;
  private open: Question | null = null;
  /** When a question last failed or passed its deadline, and no answer has come since. */
  private silentAt: number | null = null;
  private questions = 0;

  constructor(private readonly clock: Clock) {}

  /** At once where an answer is at hand. */
  read(asking: Asking, limits: WatchLimits): Standing | Promise<Standing> {
    const now = this.clock.now();
    const fresh = this.usable(now, limits.cacheMs);
    if (fresh) return { kind: 'known', answer: fresh };
    const question = this.question(asking, limits, now);
    const stale = this.usable(now, servesMs(limits));
    if (stale) return { kind: 'known', answer: stale };
    const leftMs = question === null ? 0 : question.askedAt + limits.deadlineMs - now;
    if (question === null || leftMs <= 0 || this.isHopeless(now, limits)) return this.silent();
    return this.waitFor(question, leftMs, limits);
  }

  /** While a control plane is down, waiting for each new question would slow down a fifth of all requests for nothing. */
  private isHopeless(now: number, { cacheMs }: WatchLimits): boolean {
    return this.silentAt !== null && now >= this.silentAt && now - this.silentAt < cacheMs;
  }

  /** The database refused what the answer allows. Counts only for answers of some age: otherwise each refused write would ask anew. */
  doubt(): void {
    const ageMs = this.known === null ? 0 : this.clock.now() - this.known.askedAt;
    if (ageMs > STALE_MS) this.doubted = true;
  }

  private usable(now: number, withinMs: number): MaintenanceAnswer | null {
    const { known } = this;
    if (known === null || this.doubted) return null;
    const ageMs = now - known.askedAt;
    // Negative: the clock was set back, and the age is not known.
    if (ageMs < 0 || ageMs >= withinMs) return null;
    return known.endsWhileKnown && isOver(known.answer, now) ? null : known.answer;
  }

  private silent(): Standing {
    return { kind: 'unreachable', last: this.known?.answer ?? null };
  }

  private async waitFor(question: Question, leftMs: number, limits: WatchLimits): Promise<Standing> {
    const deadline = this.clock.wait(leftMs);
    await Promise.race([question.settled, deadline.over]);
    deadline.cancel();
    // An answer to this question or a later one counts whatever its age: with `cacheMs` 0 it would be too old at once.
    const { known } = this;
    if (known !== null && known.question >= question.number) return { kind: 'known', answer: known.answer };
    const other = this.usable(this.clock.now(), servesMs(limits));
    return other ? { kind: 'known', answer: other } : this.silent();
  }

  /** The one under way, a new one, or null so shortly after a failure. One that hangs is given up and asked anew. */
  private question(asking: Asking, { deadlineMs }: WatchLimits, now: number): Question | null {
    const within = (since: number, ms: number) => now >= since && now - since < ms;
    if (this.open !== null && within(this.open.askedAt, deadlineMs + RETRY_MS)) return this.open;
    if (this.open !== null) {
      this.silentAt = this.open.askedAt + deadlineMs;
      asking.trouble(`no answer within ${deadlineMs + RETRY_MS} ms`);
    } else if (this.silentAt !== null && within(this.silentAt, RETRY_MS)) return null;
    this.questions += 1;
    const number = this.questions;
    this.open = { number, askedAt: now, settled: this.put(number, asking, now) };
    this.listen(this.open, asking);
    return this.open;
  }

  private async put(number: number, asking: Asking, askedAt: number): Promise<void> {
    // Lets the caller note the question before an answer can come.
    await null;
    try {
      const answer = readAnswer(await asking.ask());
      if (answer === null) throw new Error('what came back is not an answer');
      this.arrived(number, answer, askedAt);
    } catch (error) {
      this.failed(number, asking, error);
    }
  }

  private arrived(number: number, answer: MaintenanceAnswer, askedAt: number): void {
    if (this.known === null || number > this.known.question) {
      this.known = { answer, askedAt, question: number, endsWhileKnown: !isOver(answer, this.clock.now()) };
      this.doubted = false;
      this.silentAt = null;
    }
    if (this.open?.number === number) this.open = null;
  }

  private failed(number: number, asking: Asking, error: unknown): void {
    // A question that was given up says nothing about now.
    if (this.open?.number !== number) return;
    this.open = null;
    this.silentAt = this.clock.now();
    asking.trouble(describe(error));
  }

  private listen(question: Question, asking: Asking): void {
    const patience = this.clock.wait(LISTEN_MS);
    void question.settled.then(() => patience.cancel());
    asking.keepAlive(Promise.race([question.settled, patience.over]));
  }
}

/** Whatever was thrown, even if it does not want to be looked at. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown';
  }
}
