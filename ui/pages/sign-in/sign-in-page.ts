import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Failure } from '../../store/resource.ts';
import '../../components/callout.ts';
import '../../components/failure.ts';
import { mark } from '../../components/icon.ts';
import { base } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import { secondsUntil } from '../../store/connection.ts';
import { failureFrom } from '../../store/resource.ts';
import { codeFromHash, SIGN_IN } from '../../store/return-to.ts';
import { Subscription } from '../../store/subscription.ts';

/** The one-time code in the address, which leaves the address at once. Null on any other page, or without one. */
export function takeLinkCode(): string | null {
  const code = location.pathname === SIGN_IN ? codeFromHash(location.hash) : null;
  if (code !== null) history.replaceState({}, '', location.pathname + location.search);
  return code;
}

/** Where a session begins: a token typed or pasted, or the one-time code of a link. Once it is there, the shell goes on. */
@customElement('lk-sign-in-page')
export class LkSignInPage extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        min-height: 100dvh;
        padding: 24px 16px;
        place-items: center;
      }
      main {
        width: min(25rem, 100%);
        display: grid;
        gap: 20px;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .mark {
        width: 36px;
        height: 36px;
      }
      form {
        display: grid;
        gap: 16px;
        padding: 20px;
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius-large);
      }
      wa-input::part(input) {
        font-family: var(--lk-mono);
      }
      .outcome:empty {
        display: none;
      }
    `,
  ];
  private readonly store = new Subscription(this);
  /** Of a sign-in link; used once, when the page appears. */
  @property({ attribute: false }) code: string | null = null;
  @state() private busy: 'none' | 'token' | 'code' = 'none';
  @state() private failure: Failure | null = null;
  @state() private slowedUntilMs = 0;
  @query('wa-input') private input?: WaInput;

  constructor() {
    super();
    new Ticker(this, 1_000);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.useLink);
    this.useCode(this.code);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.useLink);
  }

  override render() {
    const { session } = this.store.state;
    const wait = secondsUntil(this.slowedUntilMs, Date.now());
    return html`<main>
      <div class="brand">${mark()}<div><h1>Lockkeeper</h1><p class="quiet">Control plane for D1</p></div></div>
      ${
        session.state === 'signed-out' && session.expired && this.failure === null
          ? html`<lk-callout heading="Your session has ended">Sign in again; you go back to where you were.</lk-callout>`
          : nothing
      }
      <form @submit=${this.submit} novalidate>
        <wa-input
          label="Access token"
          type="password"
          password-toggle
          name="token"
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck="false"
          autofocus
          ?disabled=${this.busy === 'code'}
          @input=${this.typed}
        ></wa-input>
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${this.busy !== 'none'} ?disabled=${wait > 0}
          >${wait > 0 ? `Wait ${wait} s` : 'Sign in'}</wa-button
        >
        <div class="outcome" role="status">${this.busy === 'code' ? html`<p class="quiet">Signing in with your link…</p>` : nothing}</div>
        ${this.failure === null ? nothing : html`<lk-failure .failure=${this.failure}></lk-failure>`}
      </form>
      <p class="quiet small">
        No token yet? The terminal that started Lockkeeper prints a sign-in link, and says where the first token lies. An admin makes more under Access.
      </p>
    </main>`;
  }

  /** A link that is pasted into the address while this page is open. */
  private readonly useLink = (): void => this.useCode(takeLinkCode());

  private useCode(code: string | null): void {
    if (code !== null) void this.attempt('code', () => this.store.console.signIn({ code }));
  }

  private typed(): void {
    this.failure = null;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const token = (this.input?.value ?? '').trim();
    if (this.busy !== 'none' || secondsUntil(this.slowedUntilMs, Date.now()) > 0) return;
    if (token === '') {
      this.input?.focus();
      return;
    }
    void this.attempt('token', () => this.store.console.signIn({ token }));
  }

  private async attempt(busy: 'token' | 'code', signIn: () => Promise<void>): Promise<void> {
    this.busy = busy;
    this.failure = null;
    try {
      await signIn();
    } catch (error) {
      await this.refused(failureFrom(error), busy);
    } finally {
      this.busy = 'none';
    }
  }

  private async refused(failure: Failure, how: 'token' | 'code'): Promise<void> {
    // A link works once. Whoever opens it again while signed in wants the console, not an error.
    if (how === 'code') await this.store.console.identify();
    if (this.store.state.session.state === 'signed-in') return;
    this.failure = failure;
    if (failure.retryAfterSeconds !== null) this.slowedUntilMs = Date.now() + failure.retryAfterSeconds * 1000;
    await this.updateComplete;
    this.input?.focus();
  }
}
