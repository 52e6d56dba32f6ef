/** For tests only: a world in which exactly one await goes wrong, in a chosen way. */

export const FAULTS = [
  'throws before',
  'throws after',
  'times out',
  'reply lost',
  'delivered twice',
  'object evicted',
  'outlived',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultPlan {
  /** The call, counted from 0 over everything that the plan watches, at which `fault` happens. Infinity: never. */
  readonly at: number;
  readonly fault: Fault;
  /** Runs the same message once more, from begin to end. */
  readonly again: () => Promise<void>;
  readonly evict: () => Promise<void>;
  /** Lets the lease run out and another executor do the whole job. */
  readonly outlive: () => Promise<void>;
}

export class Faults {
  /** Every call so far, by name: the awaits that there are. */
  readonly calls: string[] = [];
  private tell: () => void = () => {};
  /** Resolves when a call hangs for ever: whoever waits for the executor may stop waiting. */
  readonly hung = new Promise<void>((resolve) => {
    this.tell = resolve;
  });

  constructor(private readonly plan: FaultPlan) {}

  /** `target` with every async method watched. What is synchronous, or no function, passes through. */
  watch<T extends object>(name: string, target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value = Reflect.get(object, key) as unknown;
        if (typeof value !== 'function' || typeof key !== 'string') return value;
        return (...args: unknown[]) => this.call(`${name}.${key}`, () => Reflect.apply(value, object, args) as Promise<unknown>);
      },
    });
  }

  private async call(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const here = this.calls.push(name) - 1 === this.plan.at;
    if (!here) return work();
    switch (this.plan.fault) {
      case 'throws before':
        throw new Error('Network connection lost.');
      case 'throws after':
        await work();
        throw new Error('thrown after the work was done');
      case 'reply lost':
        await work();
        throw new Error('Network connection lost.');
      case 'times out':
        this.tell();
        return new Promise(() => {});
      case 'delivered twice':
        await this.plan.again();
        return work();
      case 'object evicted':
        await this.plan.evict();
        return work();
      case 'outlived':
        await this.plan.outlive();
        return work();
    }
  }
}
