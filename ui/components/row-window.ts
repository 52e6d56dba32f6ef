import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Offsets } from './offsets.ts';

/** Before anything was measured. */
const GUESS_PX = 36;
/** Beyond the edges of the window, so that a fast hand sees no gap. */
const OVERSCAN_PX = 500;

/** How the rows of a list are told apart. Rows of one kind are about equally high. */
export interface RowIdentity<T> {
  key(row: T): string;
  kind(row: T): string;
}

/**
 * Keeps in the page only the rows of a long list that the window shows. The host draws `rows.slice(first, end)` into one element, in order;
 * the room of the rest is padding. Heights are measured, and guessed by kind until then.
 */
export class RowWindow<T> implements ReactiveController {
  first = 0;
  end = 0;
  private readonly host: ReactiveControllerHost;
  private readonly list: () => HTMLElement | null;
  private readonly identity: RowIdentity<T>;
  private rows: readonly T[] = [];
  private offsets = new Offsets([], 0);
  private readonly measured = new Map<string, number>();
  private readonly usual = new Map<string, number>();
  private width = 0;
  private readonly sizes = new ResizeObserver(() => this.measure());
  private readonly moved = () => this.look();

  constructor(host: ReactiveControllerHost, list: () => HTMLElement | null, identity: RowIdentity<T>) {
    this.host = host;
    this.list = list;
    this.identity = identity;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('scroll', this.moved, { passive: true });
    window.addEventListener('resize', this.moved, { passive: true });
  }
  hostDisconnected(): void {
    window.removeEventListener('scroll', this.moved);
    window.removeEventListener('resize', this.moved);
    this.sizes.disconnect();
  }

  /** Before the host draws. */
  show(rows: readonly T[]): void {
    if (rows === this.rows) return;
    this.rows = rows;
    this.place();
    this.range();
  }

  hostUpdated(): void {
    const list = this.list();
    if (list === null) return;
    this.pad(list);
    this.sizes.disconnect();
    for (const child of list.children) this.sizes.observe(child);
    this.measure();
  }

  /** Scrolls so that the row is in the middle of the window, and draws what is there. */
  reach(index: number): void {
    const list = this.list();
    if (list === null) return;
    const top = list.getBoundingClientRect().top + window.scrollY;
    window.scrollTo({ top: top + this.offsets.of(index) - window.innerHeight / 2, behavior: 'instant' });
    this.look();
  }

  private heightOf(row: T): number {
    return this.measured.get(this.identity.key(row)) ?? this.usual.get(this.identity.kind(row)) ?? GUESS_PX;
  }

  private place(): void {
    const { rows } = this;
    this.offsets = new Offsets(
      rows.map((row) => this.heightOf(row)),
      rows.length,
    );
  }

  /** Whether other rows are in sight now. */
  private range(): boolean {
    const top = -(this.list()?.getBoundingClientRect().top ?? 0);
    const { first, end } = this.offsets.between(top - OVERSCAN_PX, top + window.innerHeight + OVERSCAN_PX);
    if (first === this.first && end === this.end) return false;
    this.first = first;
    this.end = end;
    return true;
  }

  private look(): void {
    if (this.range()) this.host.requestUpdate();
  }

  /** Through the CSSOM: the Content-Security-Policy forbids style attributes. */
  private pad(list: HTMLElement): void {
    list.style.paddingTop = `${this.offsets.of(this.first)}px`;
    list.style.paddingBottom = `${this.offsets.total - this.offsets.of(this.end)}px`;
  }

  private measure(): void {
    const list = this.list();
    if (list === null || list.clientWidth === 0) return;
    // In another width every row may break elsewhere.
    if (list.clientWidth !== this.width) {
      this.width = list.clientWidth;
      this.measured.clear();
      this.usual.clear();
    }
    let news = false;
    [...list.children].forEach((child, i) => {
      news = this.note(this.rows[this.first + i], child.getBoundingClientRect().height) || news;
    });
    if (news) this.settle(list);
  }

  private note(row: T | undefined, height: number): boolean {
    if (row === undefined || height === 0) return false;
    const key = this.identity.key(row);
    if (Math.abs((this.measured.get(key) ?? 0) - height) < 0.5) return false;
    this.measured.set(key, height);
    const kind = this.identity.kind(row);
    if (!this.usual.has(kind)) this.usual.set(kind, height);
    return true;
  }

  /** What stands at the top of the window stays there, though the rows above it turned out to be higher or lower than guessed. */
  private settle(list: HTMLElement): void {
    const above = -list.getBoundingClientRect().top;
    const anchor = this.offsets.at(Math.max(0, above));
    const before = this.offsets.of(anchor);
    this.place();
    this.pad(list);
    const shift = this.offsets.of(anchor) - before;
    if (above > 0 && Math.abs(shift) >= 1) window.scrollBy({ top: shift, behavior: 'instant' });
    this.look();
  }
}
