import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { BackupSummary } from '../../../worker/protocol/backup.ts';
import { bytes, count, plural } from '../../components/format.ts';
import { RowKeys } from '../../components/row-keys.ts';
import { base, layout, tables } from '../../components/styles.ts';
import { CONSISTENCY_MEANINGS, CONSISTENCY_NAMES } from '../../components/words.ts';
import type { BackupList } from '../../store/backup-list.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { verificationBadge } from './verification.ts';

/** Every backup of a database, newest first. */
@customElement('lk-backups-page')
export class LkBackupsPage extends Page {
  static override styles = [
    base,
    layout,
    tables,
    css`
      .legend {
        padding: 12px 16px;
        border-top: 1px solid var(--lk-line);
        display: grid;
        gap: 2px;
      }
      tbody th {
        white-space: nowrap;
      }
      .extra {
        display: inline-block;
      }
      .narrow {
        display: none;
      }
      @media (max-width: 640px) {
        .narrow,
        .extra {
          display: block;
        }
        th,
        td {
          padding-inline: 8px;
        }
        th:first-child {
          padding-left: 14px;
        }
      }
      .more {
        padding: 12px 16px;
        border-top: 1px solid var(--lk-line);
      }
    `,
  ];
  private readonly rowKeys = new RowKeys(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('database') && this.database !== '') this.load();
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    return html`<div class="stack">
      <h1>Backups</h1>
      ${this.shown(open.backups, { lines: 7, what: 'the backups', retry: () => this.load(), draw: (list) => (list.items.length === 0 ? this.empty() : this.list(list, open.backups.state === 'ready' && open.backups.refreshing)) })}
    </div>`;
  }

  private list({ items, nextCursor }: BackupList, refreshing: boolean) {
    const kinds = [...new Set(items.map(({ consistency }) => consistency))];
    return html`<section class="panel">
      <div class="scroller"><table aria-label="Backups, newest first">
        <thead><tr><th scope="col">Made</th><th scope="col">Proof</th><th scope="col">Consistency</th><th scope="col" class="end wide-only">Tables</th><th scope="col" class="end wide-only">Rows</th><th scope="col" class="end wide-only">SQL</th><th scope="col" class="end wide-only">Stored</th></tr></thead>
        <tbody @keydown=${this.rowKeys.move}>${repeat(
          items,
          ({ id }) => id,
          (backup) => this.row(backup),
        )}</tbody>
      </table></div>
      ${nextCursor === null ? nothing : html`<div class="more"><wa-button appearance="outlined" ?loading=${refreshing} @click=${() => this.store.console.loads.moreBackups(this.database)}>Load more</wa-button></div>`}
      <div class="legend quiet small">${kinds.map((kind) => html`<p><b>${CONSISTENCY_NAMES[kind]}:</b> ${CONSISTENCY_MEANINGS[kind]}</p>`)}</div>
    </section>`;
  }

  private row(backup: BackupSummary) {
    return html`<tr>
      <th scope="row"><a href=${paths.backup(this.database, backup.id)}><lk-time at=${backup.createdAt}></lk-time></a>${backup.partial ? html` <span class="extra quiet small">some tables</span>` : nothing}<span class="narrow quiet small num">${count(backup.rows)} rows, ${bytes(backup.gzipBytes)}</span></th>
      <td>${verificationBadge(backup.verification)}</td>
      <td title=${CONSISTENCY_MEANINGS[backup.consistency]}>${CONSISTENCY_NAMES[backup.consistency]}${backup.warnings.length > 0 ? html` <span class="extra quiet small">${plural(backup.warnings.length, 'warning')}</span>` : nothing}</td>
      <td class="end wide-only">${count(backup.tables)}</td>
      <td class="end wide-only">${count(backup.rows)}</td>
      <td class="end wide-only">${bytes(backup.sqlBytes)}</td>
      <td class="end wide-only">${bytes(backup.gzipBytes)}</td>
    </tr>`;
  }

  private empty() {
    return html`<div class="panel"><lk-empty heading="No backup yet">
      An export makes one: compressed SQL that any SQLite can load, with a hash for each table.
      <p slot="actions"><a href=${paths.overview(this.database)}>Go to the overview to export</a></p>
    </lk-empty></div>`;
  }

  private load(): void {
    void this.store.console.loads.backups(this.database);
  }
}
