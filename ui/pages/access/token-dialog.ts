import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Role } from '../../../worker/protocol/access.ts';
import type { DatabaseSummary } from '../../../worker/protocol/database.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/failure.ts';
import { base, controls } from '../../components/styles.ts';
import { ROLE_MEANINGS } from '../../components/words.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';

const DAY_MS = 86_400_000;
/** Days of life; 0 is for ever. */
const LIVES: readonly { readonly days: number; readonly label: string }[] = [
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: '1 year' },
  { days: 0, label: 'Never' },
];

/**
 * Makes a token.
 * @property databases - what it can be limited to
 * @fires made - `detail` is the new token with its secret
 * @fires dismiss
 */
@customElement('lk-token-dialog')
export class LkTokenDialog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      form {
        display: grid;
        gap: 16px;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 8px;
      }
      legend {
        padding: 0;
        margin-bottom: 6px;
        font-weight: 600;
      }
      .choice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 10px;
      }
      .choice input {
        margin-top: 2px;
      }
      .choice .quiet {
        grid-column: 2;
      }
      .databases {
        display: grid;
        gap: 6px;
        max-height: 12rem;
        overflow-y: auto;
        padding: 2px 2px 2px 26px;
      }
      .databases label {
        display: flex;
        align-items: center;
        gap: 10px;
      }
      .field {
        display: grid;
        gap: 6px;
        font-weight: 600;
      }
    `,
  ];
  private readonly store = new Subscription(this);
  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) databases: readonly DatabaseSummary[] = [];
  @state() private name = '';
  @state() private granted: Role = 'viewer';
  @state() private scope: 'all' | 'some' = 'all';
  @state() private picked: readonly string[] = [];
  @state() private days = 90;
  @state() private busy = false;
  @state() private failure: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.name = '';
    this.granted = 'viewer';
    this.scope = 'all';
    this.picked = [];
    this.days = 90;
    this.failure = null;
  }

  override render() {
    return html`<wa-dialog label="New token" ?open=${this.open} @wa-hide=${this.hide}>
      <form @submit=${this.submit}>
        <wa-input label="Name" hint="Who or what will use it, for example “nightly backup”." maxlength="100" autofocus autocomplete="off" .value=${this.name} @input=${this.type}></wa-input>
        <fieldset><legend>Role</legend>
          ${(Object.keys(ROLE_MEANINGS) as Role[]).map((role) =>
            this.radio('role', role, this.granted === role, role, ROLE_MEANINGS[role], () => this.choose(role)),
          )}
        </fieldset>
        <fieldset><legend>Databases</legend>
          ${this.radio('scope', 'all', this.scope === 'all', 'All of them', 'Also those that come later, and what belongs to none: tokens and the audit of access.', () => this.pickScope('all'))}
          ${this.radio('scope', 'some', this.scope === 'some', 'Only these', 'It sees no others, and cannot manage tokens whatever its role.', () => this.pickScope('some'))}
          ${this.scope === 'some' ? this.choice() : nothing}
        </fieldset>
        <label class="field">Expires<select @change=${this.chooseLife}>${LIVES.map(({ days, label }) => html`<option value=${days} ?selected=${this.days === days}>${label}</option>`)}</select></label>
        <lk-failure .failure=${this.failure}></lk-failure>
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Not now</wa-button>
      <wa-button slot="footer" variant="brand" appearance="accent" ?disabled=${!this.ready} ?loading=${this.busy} @click=${this.make}>Make token</wa-button>
    </wa-dialog>`;
  }

  private radio(name: string, value: string, checked: boolean, label: string, meaning: string, choose: () => void) {
    return html`<label class="choice"><input type="radio" name=${name} value=${value} .checked=${checked} aria-describedby="about-${value}" @change=${choose} /><span>${label}</span><span class="quiet small" id="about-${value}">${meaning}</span></label>`;
  }

  private choice() {
    return html`<div class="databases" role="group" aria-label="Which databases">${this.databases.map(
      ({ name, displayName }) =>
        html`<label><input type="checkbox" .checked=${this.picked.includes(name)} @change=${() => this.toggle(name)} /><span>${displayName} <code class="quiet">${name}</code></span></label>`,
    )}</div>`;
  }

  private get ready(): boolean {
    return this.name.trim() !== '' && (this.scope === 'all' || this.picked.length > 0);
  }
  private pickScope(scope: 'all' | 'some'): void {
    this.scope = scope;
  }
  private toggle(name: string): void {
    this.picked = this.picked.includes(name) ? this.picked.filter((one) => one !== name) : [...this.picked, name];
  }
  private type(event: Event): void {
    this.name = (event.target as HTMLInputElement).value;
  }
  private choose(role: Role): void {
    this.granted = role;
  }
  private chooseLife(event: Event): void {
    this.days = Number((event.target as HTMLSelectElement).value);
  }
  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.make();
  }

  private async make(): Promise<void> {
    const name = this.name.trim();
    if (!this.ready || this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      const expiresAt = this.days === 0 ? null : new Date(Date.now() + this.days * DAY_MS).toISOString();
      const token = await this.store.console.commands.createToken({
        name,
        role: this.granted,
        databases: this.scope === 'all' ? null : [...this.picked],
        expiresAt,
      });
      this.dispatchEvent(new CustomEvent('made', { detail: token }));
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.open) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
