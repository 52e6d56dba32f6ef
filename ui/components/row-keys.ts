import type { LitElement, ReactiveController } from 'lit';

/** Arrow keys, Home and End move between the links of a table's rows; Tab goes on as always. Put `move` on the `tbody`. */
export class RowKeys implements ReactiveController {
  private readonly host: LitElement;
  constructor(host: LitElement) {
    this.host = host;
    host.addController(this);
  }
  hostConnected(): void {}

  readonly move = (event: KeyboardEvent): void => {
    const links = [...this.host.renderRoot.querySelectorAll<HTMLAnchorElement>('tbody tr th a')];
    const at = links.indexOf(event.target as HTMLAnchorElement);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, to))]?.focus();
  };
}
