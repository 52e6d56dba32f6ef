import { css, html, LitElement, type PropertyValues, unsafeCSS } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type uPlot from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import type { HistoryPoint } from '../../worker/protocol/database.ts';
import { bytes, compact, count, exactTime } from './format.ts';
import { axisTime, historyInWords, seriesOf, thinned } from './history.ts';
import { base, tables } from './styles.ts';

const HEIGHT_PX = 188;
const TABLE_ROWS = 12;
/** A flat line must not fill the whole height with noise, nor sit on the edge: the range is at least 2 % of the value. */
const calmRange = (_: uPlot, min: number, max: number): [number, number] => {
  const low = min ?? 0;
  const high = max ?? 1;
  const pad = Math.max((high - low) * 0.15, high * 0.02, 1);
  return [Math.max(0, low - pad), high + pad];
};

/**
 * Size and rows over time. Beside the drawing: one sentence for screen readers and the numbers as a table.
 * @property points - in any order
 */
@customElement('lk-history-chart')
export class LkHistoryChart extends LitElement {
  static override styles = [
    unsafeCSS(uplotStyles),
    base,
    tables,
    css`
      :host {
        display: block;
      }
      .plot {
        height: 188px;
        overflow: hidden;
      }
      .uplot {
        font-family: var(--lk-text);
        width: 100%;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-bottom: 6px;
        font-size: 0.8125rem;
        min-height: 1.5em;
      }
      .key i {
        display: inline-block;
        width: 14px;
        height: 3px;
        border-radius: 2px;
        vertical-align: 3px;
        margin-right: 6px;
      }
      .size i {
        background: var(--lk-accent);
      }
      .rows i {
        background: var(--lk-warn);
      }
      details {
        margin-top: 4px;
        font-size: 0.8125rem;
      }
      summary {
        color: var(--lk-quiet);
        cursor: pointer;
        width: max-content;
        border-radius: 3px;
      }
      th,
      td {
        padding: 3px 12px 3px 0;
      }
    `,
  ];
  @property({ attribute: false }) points: readonly HistoryPoint[] = [];
  @query('.plot') private plotElement?: HTMLElement;
  @query('.key') private keyElement?: HTMLElement;
  /** The drawing library did not load, or not run: then the table is what there is. */
  @state() private undrawable = false;
  private plot: uPlot | null = null;
  private drawing = 0;
  private readonly observer = new ResizeObserver(() => this.plot?.setSize({ width: this.plotWidth, height: HEIGHT_PX }));
  private readonly redraw = () => void this.draw();
  private readonly scheme = matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('lk-theme', this.redraw);
    this.scheme.addEventListener('change', this.redraw);
    if (this.hasUpdated) void this.draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('lk-theme', this.redraw);
    this.scheme.removeEventListener('change', this.redraw);
    this.observer.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  override render() {
    const shown = thinned(this.points, TABLE_ROWS);
    return html`<figure>
      <div class="key num" aria-hidden="true"><span class="size"><i></i>Size <b></b></span><span class="rows"><i></i>Rows <b></b></span><span class="at quiet"></span></div>
      <div class="plot" aria-hidden="true" ?hidden=${this.undrawable}></div>
      <figcaption class="sr-only">${historyInWords(this.points)}</figcaption>
      <details ?open=${this.undrawable}>
        <summary>As a table</summary>
        <div class="scroller"><table>
          <thead><tr><th scope="col">When</th><th scope="col" class="end">Size</th><th scope="col" class="end">Rows</th></tr></thead>
          <tbody>
            ${shown.map((point) => html`<tr><td>${exactTime(point.at)}</td><td class="end">${bytes(point.sizeBytes)}</td><td class="end">${count(point.rows)}</td></tr>`)}
          </tbody>
        </table></div>
      </details>
    </figure>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('points')) void this.draw();
  }

  private get plotWidth(): number {
    return Math.max(120, this.plotElement?.clientWidth ?? 300);
  }

  private colour(name: string): string {
    // A canvas knows no custom properties and no light-dark(): let the browser resolve them.
    const probe = this.keyElement as HTMLElement;
    probe.style.color = `var(${name})`;
    const resolved = getComputedStyle(probe).color;
    probe.style.color = '';
    return resolved;
  }

  /** Loaded when first drawn: no other page needs it, and where it cannot run the rest of the console still does. */
  private async draw(): Promise<void> {
    this.drawing += 1;
    const turn = this.drawing;
    try {
      const { default: Plot } = await import('uplot');
      if (turn === this.drawing && this.isConnected && this.plotElement) this.drawWith(Plot, this.plotElement);
    } catch (error) {
      console.error(error);
      this.undrawable = true;
    }
  }

  private drawWith(Plot: typeof uPlot, into: HTMLElement): void {
    this.plot?.destroy();
    const { seconds, sizeBytes, rows } = seriesOf(this.points);
    const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
    this.plot = new Plot(this.options(span), [seconds, sizeBytes, rows], into);
    this.observer.observe(into);
    this.tell(seconds.length - 1);
  }

  private options(spanSeconds: number): uPlot.Options {
    const quiet = this.colour('--lk-quiet');
    const grid = { stroke: this.colour('--lk-line'), width: 1 };
    const axis = { stroke: quiet, font: '11px ui-sans-serif, system-ui, sans-serif', ticks: { show: false } };
    return {
      width: this.plotWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: true }, size: { range: calmRange }, rows: { range: calmRange } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 70,
          size: 30,
          values: (_, ticks) => ticks.map((tick) => axisTime(tick, spanSeconds)),
        },
        { ...axis, scale: 'size', grid, size: 62, space: 44, values: (_, ticks) => ticks.map(bytes) },
        { ...axis, scale: 'rows', side: 1, grid: { show: false }, size: 48, space: 44, values: (_, ticks) => ticks.map(compact) },
      ],
      series: [
        {},
        { scale: 'size', stroke: this.colour('--lk-accent'), width: 2, points: { show: false } },
        { scale: 'rows', stroke: this.colour('--lk-warn'), width: 1.5, dash: [4, 3], points: { show: false } },
      ],
      hooks: { setCursor: [(plot) => this.tell(plot.cursor.idx ?? this.points.length - 1)] },
    };
  }

  /** The numbers under the pointer, or the latest. */
  private tell(index: number): void {
    const [seconds, sizes, rows] = this.plot?.data ?? [];
    const cells = this.keyElement?.querySelectorAll('b, .at');
    const at = seconds?.[index];
    const values =
      at === undefined ? ['', '', ''] : [bytes(Number(sizes?.[index])), count(Number(rows?.[index])), exactTime(at * 1000)];
    cells?.forEach((cell, i) => {
      cell.textContent = values[i] ?? '';
    });
  }
}
