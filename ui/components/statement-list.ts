import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PlanStatement } from '../../worker/protocol/plan.ts';
import './badge.ts';
import './code.ts';
import './copy.ts';
import { count, plural } from './format.ts';
import { icon } from './icon.ts';
import { batchesOf, holdsTogether, RISK_MEANINGS, RISK_NAMES, RISK_TONES, scriptOf } from './plan-words.ts';
import { base, controls, layout } from './styles.ts';

/**
 * A plan's SQL in the order in which it runs: each statement with its reason, risk, rows, cost and way back.
 * @property statements
 * @property sqlHref - where the whole of it can be downloaded, or empty
 */
@customElement('lk-statement-list')
export class LkStatementList extends LitElement {
  static override styles = [
    base,
    layout,
    controls,
    css`
      .batch + .batch {
        border-top: 1px solid var(--lk-line);
      }
      .batch > h3 {
        padding: 10px 16px 0;
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        padding: 12px 16px;
        display: grid;
        grid-template-columns: 2.2rem minmax(0, 1fr);
        gap: 6px 0;
      }
      li + li {
        border-top: 1px solid var(--lk-line);
      }
      .n {
        color: var(--lk-quiet);
      }
      .reason {
        flex: 1 1 18rem;
        min-width: 0;
        font-weight: 550;
        overflow-wrap: anywhere;
      }
      .what {
        grid-column: 2;
        display: grid;
        gap: 6px;
        min-width: 0;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
      }
      lk-code {
        background: var(--lk-sunken);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
        max-height: 24rem;
        overflow: auto;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        cursor: pointer;
      }
      header a {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 0.8125rem;
      }
      .back {
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      @media (max-width: 640px) {
        li {
          grid-template-columns: minmax(0, 1fr);
        }
        .what {
          grid-column: 1;
        }
        .n {
          display: none;
        }
      }
    `,
  ];
  @property({ attribute: false }) statements: readonly PlanStatement[] = [];
  @property() sqlHref = '';
  @state() private inverse = false;

  override render() {
    const { statements } = this;
    const batches = batchesOf(statements);
    const reversible = statements.some(({ inverse }) => inverse !== null);
    return html`<section class="panel" aria-labelledby="sql">
      <header>
        <h2 id="sql" class="grow">${plural(statements.length, 'statement')}${batches.length > 1 ? ` in ${batches.length} batches` : ''}</h2>
        ${reversible ? html`<label class="small"><input type="checkbox" .checked=${this.inverse} @change=${this.toggle} />Show the way back</label>` : nothing}
        <lk-copy .text=${scriptOf(statements)} what="all SQL"></lk-copy>
        ${this.sqlHref === '' ? nothing : html`<a href=${this.sqlHref} download>${icon('download')}Download SQL</a>`}
      </header>
      ${batches.map(
        (batch, i) => html`<div class="batch">
          ${batches.length > 1 ? html`<h3>Batch ${i + 1} of ${batches.length}: ${holdsTogether(batch.statements)}</h3>` : nothing}
          <ol>${batch.statements.map((statement) => this.statement(statement))}</ol>
        </div>`,
      )}
    </section>`;
  }

  private statement({ n, sql, reason, risk, rows, cost, inverse }: PlanStatement) {
    return html`<li>
      <span class="n num">${count(n + 1)}</span>
      <div class="what">
        <div class="row"><span class="reason">${reason}</span><lk-badge tone=${RISK_TONES[risk]} title=${RISK_MEANINGS[risk]}>${RISK_NAMES[risk]}</lk-badge></div>
        <lk-code .text=${sql} .label=${`SQL of statement ${n + 1}`}></lk-code>
        <p class="facts quiet small num">
          <span>${rows === null ? 'Nobody can know how many rows it writes' : rows === 0 ? 'Writes no row' : `Writes ${plural(rows, 'row')}`}</span>
          ${cost === null ? nothing : html`<span>costs ${count(cost.rowsRead)} read, ${count(cost.rowsWritten)} written</span>`}
        </p>
        ${this.inverse ? this.wayBack(inverse, n) : nothing}
      </div>
    </li>`;
  }

  private wayBack(inverse: string | null, n: number) {
    if (inverse === null) return html`<p class="back">There is no statement that takes it back: only a backup does.</p>`;
    return html`<p class="back">Taken back by</p><lk-code .text=${inverse} .label=${`The way back from statement ${n + 1}`}></lk-code>`;
  }

  private toggle(event: Event): void {
    this.inverse = (event.target as HTMLInputElement).checked;
  }
}
