import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Me } from '../../../worker/protocol/access.ts';
import { exactTime } from '../../components/format.ts';
import { grantsInWords } from '../../components/grants.ts';
import { icon } from '../../components/icon.ts';
import { base } from '../../components/styles.ts';
import { currentTheme, setTheme, type Theme } from '../../components/theme.ts';
import { menuButton } from './menu-button.ts';

const THEMES: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/**
 * Who is signed in, the theme, and the way out.
 * @fires sign-out
 */
@customElement('lk-account-menu')
export class LkAccountMenu extends LitElement {
  static override styles = [
    base,
    menuButton,
    css`
      .who {
        padding: 6px 12px 8px;
        max-width: 260px;
        cursor: default;
      }
    `,
  ];
  @property({ attribute: false }) me: Me | null = null;
  @state() private theme: Theme = currentTheme();

  override render() {
    const { me } = this;
    if (me === null) return nothing;
    const roles = grantsInWords(me.grants);
    return html`<wa-dropdown placement="top-start" @wa-select=${this.select}>
      <button slot="trigger" type="button" class="menu" aria-label="Account: ${me.displayName}, ${roles}">
        ${icon('person')}<span class="text"><b>${me.displayName}</b><span class="quiet">${roles}</span></span>${icon('down')}
      </button>
      <div class="who small">
        <p><b>${me.displayName}</b></p>
        <p class="quiet"><code>${me.subject}</code> · ${roles}</p>
        ${me.sessionExpiresAt === null ? nothing : html`<p class="quiet">Session ends ${exactTime(me.sessionExpiresAt)}</p>`}
      </div>
      <h3>Theme</h3>
      ${(Object.keys(THEMES) as Theme[]).map(
        (theme) =>
          html`<wa-dropdown-item type="checkbox" value=${theme} .checked=${this.theme === theme}>${THEMES[theme]}</wa-dropdown-item>`,
      )}
      <h3>Session</h3>
      <wa-dropdown-item value="sign-out">Sign out</wa-dropdown-item>
    </wa-dropdown>`;
  }

  private select(event: CustomEvent<{ item: { value: string; checked: boolean } }>): void {
    const { value } = event.detail.item;
    if (value === 'sign-out') {
      this.dispatchEvent(new CustomEvent('sign-out'));
      return;
    }
    setTheme(value as Theme);
    this.theme = currentTheme();
    // The item has toggled itself; a theme is a choice of one, so what is drawn follows the choice and not the click.
    for (const item of this.renderRoot.querySelectorAll('wa-dropdown-item[type="checkbox"]')) {
      (item as HTMLElement & { checked: boolean; value: string }).checked =
        (item as HTMLElement & { value: string }).value === this.theme;
    }
  }
}
