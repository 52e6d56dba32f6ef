import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DatabaseSummary } from '../../../worker/protocol/database.ts';
import { icon } from '../../components/icon.ts';
import { base } from '../../components/styles.ts';
import { menuButton } from './menu-button.ts';

/**
 * Which database is open, and the others.
 * @property current - the binding's name
 * @fires choose - `detail` is the binding's name
 */
@customElement('lk-database-menu')
export class LkDatabaseMenu extends LitElement {
  static override styles = [base, menuButton];
  @property({ attribute: false }) list: readonly DatabaseSummary[] = [];
  @property() current = '';

  override render() {
    const open = this.list.find(({ name }) => name === this.current);
    return html`<wa-dropdown @wa-select=${this.select}>
      <button slot="trigger" type="button" class="menu" aria-label="Database: ${open?.displayName ?? 'choose one'}">
        ${icon('database')}<span class="text"><b>${open?.displayName ?? 'Choose a database'}</b><code class="quiet">${open?.name ?? ''}</code></span>${icon('down')}
      </button>
      ${this.list.map(
        ({ name, displayName }) =>
          html`<wa-dropdown-item type="checkbox" value=${name} .checked=${name === this.current}>${displayName}<code slot="details">${name}</code></wa-dropdown-item>`,
      )}
    </wa-dropdown>`;
  }

  private select(event: CustomEvent<{ item: { value: string } }>): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: event.detail.item.value }));
    this.requestUpdate();
  }
}
