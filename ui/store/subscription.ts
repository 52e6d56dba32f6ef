import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Console } from './console.ts';
import type { ConsoleState } from './state.ts';

/** One for the whole page: one socket, one truth. Made on first use, so that importing it has no effect. */
let shared: Console | null = null;
export const theConsole = (): Console => {
  shared ??= new Console();
  return shared;
};

/** Redraws its host when the state changes, and stops when the host leaves the page. */
export class Subscription implements ReactiveController {
  readonly console = theConsole();
  private leave: (() => void) | null = null;
  private readonly host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.host = host;
    host.addController(this);
  }

  get state(): ConsoleState {
    return this.console.state;
  }

  hostConnected(): void {
    this.leave = this.console.subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.leave?.();
    this.leave = null;
  }
}
