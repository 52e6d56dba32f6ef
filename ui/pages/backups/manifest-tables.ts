import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Manifest } from '../../../worker/protocol/backup.ts';
import { count } from '../../components/format.ts';
import { base, controls, layout, tables } from '../../components/styles.ts';
import { searched } from '../../components/table-order.ts';

const PAGED_BY: Record<Manifest['tables'][number]['pagedBy'], string> = {
  rowid: 'by rowid',
  key: 'by primary key',
  whole: 'in one piece',
  derived: 'rebuilt on load',
  none: 'definition only',
};

/** The tables of a backup with the row counts and hashes that a verification compares. */
@customElement('lk-manifest-tables')
export class LkManifestTables extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    controls,
    css`
      .hash {
        max-width: 16ch;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        overflow-wrap: normal;
        display: inline-block;
        vertical-align: bottom;
      }
      .none {
        padding: 16px;
      }
    `,
  ];
  @property({ attribute: false }) manifest: Manifest | null = null;
  @state() private search = '';

  override render() {
    if (this.manifest === null) return nothing;
    const all = this.manifest.tables;
    const found = searched(all, this.search);
    return html`<section class="panel" aria-labelledby="tables">
      <header><h2 id="tables" class="grow">Tables <span class="quiet num">${count(all.length)}</span></h2>
        <input type="search" placeholder="Find a table" aria-label="Find a table of this backup" .value=${this.search} @input=${this.type} /></header>
      <div class="scroller"><table aria-labelledby="tables">
        <thead><tr><th scope="col">Table</th><th scope="col" class="end">Rows</th><th scope="col" class="wide-only">Read</th><th scope="col">Content hash</th></tr></thead>
        <tbody>${repeat(
          found,
          ({ name }) => name,
          (table) =>
            html`<tr><th scope="row"><code>${table.name}</code></th><td class="end">${count(table.rows)}</td><td class="wide-only quiet">${PAGED_BY[table.pagedBy]}</td><td class="quiet"><code class="hash" title=${table.contentHash}>${table.contentHash}</code></td></tr>`,
        )}</tbody>
      </table></div>
      ${found.length === 0 ? html`<p class="none quiet">${all.length === 0 ? 'The backup holds no table.' : `No table is called like “${this.search}”.`}</p>` : nothing}
    </section>`;
  }

  private type(event: InputEvent): void {
    this.search = (event.target as HTMLInputElement).value;
  }
}
