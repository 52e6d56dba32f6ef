import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import './callout.ts';
import { plural } from './format.ts';
import { base } from './styles.ts';

/** What a failure must have to be shown; the client's `Failure` has it. */
export interface ShownFailure {
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly code: string;
  readonly requestId: string | null;
  /** When the server says that it is worth trying again. */
  readonly retryAfterSeconds?: number | null;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/**
 * What went wrong, what to do about it, and what to quote when asking for help.
 * @slot - buttons: the way forward
 */
@customElement('lk-failure')
export class LkFailure extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .meta {
        margin-top: 6px;
      }
      ul {
        padding-left: 1.2em;
      }
      slot::slotted(*) {
        margin-top: 10px;
      }
    `,
  ];
  @property({ attribute: false }) failure: ShownFailure | null = null;

  /** Takes no room, not even a grid's gap, while there is nothing to say. */
  protected override willUpdate(): void {
    this.hidden = this.failure === null;
  }

  /** The time itself, where the server gives one, in place of a hint that only says where it stands. */
  private forward({ hint, retryAfterSeconds }: ShownFailure) {
    if (typeof retryAfterSeconds === 'number')
      return html`<p>Try again in ${retryAfterSeconds < 100 ? plural(retryAfterSeconds, 'second') : plural(Math.ceil(retryAfterSeconds / 60), 'minute')}.</p>`;
    return hint === '' ? nothing : html`<p>${hint}</p>`;
  }

  override render() {
    const { failure } = this;
    if (failure === null) return nothing;
    const issues = failure.issues ?? [];
    return html`<lk-callout tone="bad" role="alert" .heading=${failure.title}>
      ${failure.detail === '' || failure.detail === failure.title ? nothing : html`<p>${failure.detail}</p>`}
      ${issues.length === 0 ? nothing : html`<ul>${issues.map(({ path, message }) => html`<li><code>${path}</code> ${message}</li>`)}</ul>`}
      ${this.forward(failure)}
      <p class="meta quiet small">
        <code>${failure.code}</code>${failure.requestId === null ? nothing : html` · request <code>${failure.requestId}</code>`}
      </p>
      <slot></slot>
    </lk-callout>`;
  }
}
