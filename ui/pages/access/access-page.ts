import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Grant, Me, NewToken, Token } from '../../../worker/protocol/access.ts';
import type { DatabaseSummary } from '../../../worker/protocol/database.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/action.ts';
import '../../components/callout.ts';
import '../../components/confirm.ts';
import '../../components/copy.ts';
import { exactTime } from '../../components/format.ts';
import { databasesInWords } from '../../components/grants.ts';
import { icon } from '../../components/icon.ts';
import { base, layout, tables } from '../../components/styles.ts';
import { ROLE_MEANINGS } from '../../components/words.ts';
import { failureFrom } from '../../store/resource.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import './token-dialog.ts';

const VIA: Record<Me['via'], string> = {
  bearer: 'with a token',
  session: 'with a session of this browser',
  access: 'through Cloudflare Access',
};

/** Who may come in and as what: oneself, and tokens, listed, made and revoked. */
@customElement('lk-access-page')
export class LkAccessPage extends Page {
  static override styles = [
    base,
    layout,
    tables,
    css`
      tbody > tr > * {
        vertical-align: middle;
      }
      .secret {
        margin-top: 8px;
      }
      .narrow {
        display: none;
      }
      @media (max-width: 640px) {
        .narrow {
          display: block;
        }
      }
      .expired {
        color: var(--lk-bad);
      }
    `,
  ];
  @state() private making = false;
  @state() private made: NewToken | null = null;
  @state() private revoking: Token | null = null;
  @state() private busy = false;
  @state() private problem: Failure | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.denied('manage-tokens') === null) this.load();
  }

  override render() {
    const denied = this.denied('manage-tokens');
    return html`<div class="stack">
      <div class="row between"><div><h1>Access</h1>${denied === null ? html`<p class="small"><a href=${paths.accessAudit}>Audit of sign-ins, tokens and refusals</a></p>` : nothing}</div>
        <lk-action variant="brand" appearance="accent" .denied=${denied} @act=${this.make}><span slot="start">${icon('plus')}</span>New token</lk-action></div>
      ${this.made === null ? nothing : this.secret(this.made)}
      ${
        denied !== null
          ? nothing
          : this.shown(this.store.state.tokens, {
              lines: 5,
              what: 'the tokens',
              retry: () => this.load(),
              draw: (tokens) => (tokens.length === 0 ? this.empty() : this.list(tokens)),
            })
      }
      ${this.about()}
    </div>
    <lk-token-dialog .open=${this.making} .databases=${this.databases} @dismiss=${this.stopMaking} @made=${this.show}></lk-token-dialog>
    ${this.revokeDialog()}`;
  }

  private about() {
    const { session } = this.store.state;
    if (session.state !== 'signed-in') return nothing;
    return html`<section class="panel" aria-labelledby="you"><header><h2 id="you">You</h2></header><dl class="facts body">
      <dt>Name</dt><dd>${session.me.displayName}</dd><dt>Subject</dt><dd><code>${session.me.subject}</code></dd>${this.roles(session.me.grants)}
      <dt>Signed in</dt><dd>${VIA[session.me.via]}${session.me.sessionExpiresAt === null ? nothing : html`, until ${exactTime(session.me.sessionExpiresAt)}`}</dd>
    </dl></section>`;
  }

  /** Role by role, the highest first; what belongs to no database goes with a role on all of them. */
  private roles(grants: readonly Grant[]) {
    const order = Object.keys(ROLE_MEANINGS).reverse();
    const list = [...grants].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
    return html`<dt>May do</dt><dd>${list.map(
      ({ role, databases }) =>
        html`<p><b>${role}</b> on ${databases === null ? 'all databases' : databases.map((name, i) => html`${i === 0 ? '' : ', '}<code>${name}</code>`)}. <span class="quiet">${ROLE_MEANINGS[role]}</span></p>`,
    )}</dd>`;
  }

  private get databases(): readonly DatabaseSummary[] {
    const { databases } = this.store.state;
    return databases.state === 'ready' ? databases.value : [];
  }

  private secret(token: NewToken) {
    return html`<lk-callout tone="good" heading="The token “${token.name}” is made">
      This is the only time that it is shown. Copy it now and keep it where secrets are kept.
      <lk-command class="secret" .command=${token.secret} what="token"></lk-command>
      <wa-button slot="actions" appearance="outlined" @click=${this.hideSecret}>I have it, hide it</wa-button>
    </lk-callout>`;
  }

  private list(tokens: readonly Token[]) {
    return html`<section class="panel"><div class="scroller"><table aria-label="Tokens">
      <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col" class="wide-only">Databases</th><th scope="col" class="wide-only">Made</th><th scope="col" class="wide-only">Last used</th><th scope="col">Expires</th><th class="fit"><span class="sr-only">Actions</span></th></tr></thead>
      <tbody>${repeat(
        tokens,
        ({ id }) => id,
        (token) => this.row(token),
      )}</tbody>
    </table></div></section>`;
  }

  private row(token: Token) {
    const expired = token.expiresAt !== null && Date.parse(token.expiresAt) < Date.now();
    return html`<tr>
      <th scope="row">${token.name}<span class="narrow quiet small">${databasesInWords(token.databases)}</span></th>
      <td title=${ROLE_MEANINGS[token.role]}>${token.role}</td>
      <td class="wide-only" title=${token.databases?.join(', ') ?? 'All databases, and what belongs to none'}>${databasesInWords(token.databases)}</td>
      <td class="wide-only quiet"><lk-time at=${token.createdAt}></lk-time> by ${token.createdBy}</td>
      <td class="wide-only quiet">${token.lastUsedAt === null ? 'never' : html`<lk-time at=${token.lastUsedAt}></lk-time>`}</td>
      <td class=${expired ? 'expired' : 'quiet'}>${token.expiresAt === null ? 'never' : html`${expired ? 'expired ' : ''}<lk-time at=${token.expiresAt}></lk-time>`}</td>
      <td class="fit"><wa-button appearance="plain" variant="danger" size="s" @click=${() => this.ask(token)} aria-label="Revoke ${token.name}">Revoke</wa-button></td>
    </tr>`;
  }

  private empty() {
    return html`<div class="panel"><lk-empty heading="No token yet">Programs and people sign in with a token. The first admin token comes from the environment and is not listed here.
      <wa-button slot="actions" appearance="outlined" @click=${this.make}>Make one</wa-button></lk-empty></div>`;
  }

  private revokeDialog() {
    return html`<lk-confirm heading="Revoke this token?" confirmLabel="Revoke" .open=${this.revoking !== null} .busy=${this.busy} .failure=${this.problem} @dismiss=${this.stopRevoking} @confirm=${this.revoke}>
      <p><b>${this.revoking?.name}</b> stops working at once. Sessions that began with it end, and consoles that are open with it are signed out.</p>
    </lk-confirm>`;
  }

  private load(): void {
    void this.store.console.loads.tokens();
  }
  private make(): void {
    this.made = null;
    this.making = true;
  }
  private stopMaking(): void {
    this.making = false;
  }
  private show(event: CustomEvent<NewToken>): void {
    this.making = false;
    this.made = event.detail;
  }
  private hideSecret(): void {
    this.made = null;
  }
  private ask(token: Token): void {
    this.problem = null;
    this.revoking = token;
  }
  private stopRevoking(): void {
    this.revoking = null;
  }

  private async revoke(): Promise<void> {
    const token = this.revoking;
    if (token === null) return;
    this.busy = true;
    this.problem = null;
    try {
      await this.store.console.commands.revokeToken(token.id);
      this.revoking = null;
      if (this.made?.id === token.id) this.made = null;
    } catch (error) {
      this.problem = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
