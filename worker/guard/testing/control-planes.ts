/** A clock that moves when it is told to, and control planes that behave badly, for the guard's tests. */
import type { MaintenanceAnswer, MaintenanceBinding, Mode } from '../answer.ts';
import type { Clock } from '../watch.ts';

export const START = Date.parse('2026-11-23T10:00:00.000Z');

/** Lets everything that waits for nothing but other promises happen. */
export const settle = async () => {
  for (let turns = 0; turns < 25; turns += 1) await null;
};

export class ManualClock implements Clock {
  private at = START;
  private timers: { readonly at: number; readonly ring: () => void }[] = [];

  now(): number {
    return this.at;
  }

  wait(ms: number) {
    let ring = () => {};
    const over = new Promise<void>((resolve) => {
      ring = resolve;
    });
    const timer = { at: this.at + ms, ring };
    this.timers.push(timer);
    return {
      over,
      cancel: () => {
        this.timers = this.timers.filter((each) => each !== timer);
      },
    };
  }

  get waiting(): number {
    return this.timers.length;
  }

  /** As when somebody sets the clock, backwards too: no timer rings for it. */
  set(at: number): void {
    this.at = at;
  }

  async advance(ms: number): Promise<void> {
    const end = this.at + ms;
    await settle();
    for (;;) {
      const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.at = Math.max(this.at, next.at);
      next.ring();
      await settle();
    }
    this.at = end;
    await settle();
  }
}

export const answer = (mode: Mode, more: Partial<MaintenanceAnswer> = {}): MaintenanceAnswer => ({
  mode,
  reason: 'because',
  message: null,
  since: null,
  expiresAt: null,
  version: 1,
  ...more,
});

/** How one question is answered. */
export type Behaviour =
  | { readonly does: 'answer'; readonly value: unknown; readonly afterMs: number }
  | { readonly does: 'reject'; readonly error: unknown; readonly afterMs: number }
  | { readonly does: 'throw'; readonly error: unknown }
  | { readonly does: 'hang' };

export const answers = (mode: Mode, afterMs = 0, more: Partial<MaintenanceAnswer> = {}): Behaviour => ({
  does: 'answer',
  value: answer(mode, more),
  afterMs,
});

/** Behaves as told, one question after the other; the last behaviour goes on for ever, and can be changed at any time. */
export class Plane implements MaintenanceBinding {
  questions = 0;
  private readonly clock: Clock;
  private behaviours: Behaviour[];

  constructor(clock: Clock, ...behaviours: Behaviour[]) {
    this.clock = clock;
    this.behaviours = behaviours;
  }

  now(...behaviours: Behaviour[]): void {
    this.behaviours = behaviours;
  }

  status(_db: string): Promise<MaintenanceAnswer> {
    this.questions += 1;
    const behaviour = (this.behaviours.length > 1 ? this.behaviours.shift() : this.behaviours[0]) ?? { does: 'hang' };
    if (behaviour.does === 'throw') throw behaviour.error;
    return this.behave(behaviour);
  }

  private async behave(behaviour: Exclude<Behaviour, { does: 'throw' }>): Promise<MaintenanceAnswer> {
    switch (behaviour.does) {
      case 'hang':
        return await new Promise(() => {});
      case 'reject':
        if (behaviour.afterMs > 0) await this.clock.wait(behaviour.afterMs).over;
        throw behaviour.error;
      case 'answer':
        if (behaviour.afterMs > 0) await this.clock.wait(behaviour.afterMs).over;
        return behaviour.value as MaintenanceAnswer;
    }
  }
}
