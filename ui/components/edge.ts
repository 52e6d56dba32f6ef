import type { LitElement, ReactiveController } from 'lit';

/**
 * What sticks to the edge of the window says how high it is, in a custom property of the document: what sticks to the same edge of the page
 * stands beside it then, and not behind it.
 */
export class Edge implements ReactiveController {
  private readonly host: LitElement;
  private readonly name: `--lk-${string}`;
  private readonly observer = new ResizeObserver(() => this.tell(this.host.offsetHeight));

  constructor(host: LitElement, name: `--lk-${string}`) {
    this.host = host;
    this.name = name;
    host.addController(this);
  }
  hostConnected(): void {
    this.observer.observe(this.host);
  }
  hostDisconnected(): void {
    this.observer.disconnect();
    this.tell(0);
  }

  /** Through the CSSOM: the Content-Security-Policy forbids style attributes. */
  private tell(heightPx: number): void {
    document.documentElement.style.setProperty(this.name, `${heightPx}px`);
  }
}
