import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** One interval for each period, however many elements redraw by it. Stops while nobody listens and while the page is hidden. */
const rounds = new Map<number, { readonly hosts: Set<ReactiveControllerHost>; timer: ReturnType<typeof setInterval> | null }>();

function tick(periodMs: number): void {
  if (document.visibilityState === 'hidden') return;
  for (const host of rounds.get(periodMs)?.hosts ?? []) host.requestUpdate();
}

document.addEventListener('visibilitychange', () => {
  for (const periodMs of rounds.keys()) tick(periodMs);
});

/** Redraws its host every `periodMs`, in step with all others of the same period. */
export class Ticker implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly periodMs: number;
  constructor(host: ReactiveControllerHost, periodMs: number) {
    this.host = host;
    this.periodMs = periodMs;
    host.addController(this);
  }

  hostConnected(): void {
    const round = rounds.get(this.periodMs) ?? { hosts: new Set(), timer: null };
    rounds.set(this.periodMs, round);
    round.hosts.add(this.host);
    round.timer ??= setInterval(() => tick(this.periodMs), this.periodMs);
  }

  hostDisconnected(): void {
    const round = rounds.get(this.periodMs);
    round?.hosts.delete(this.host);
    if (round === undefined || round.timer === null || round.hosts.size > 0) return;
    clearInterval(round.timer);
    round.timer = null;
  }
}
