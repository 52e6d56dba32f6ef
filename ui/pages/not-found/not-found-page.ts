import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base, layout } from '../../components/styles.ts';
import '../../components/placeholder.ts';

/**
 * An address that leads nowhere.
 * @property what - what was looked for, in words
 */
@customElement('lk-not-found-page')
export class LkNotFoundPage extends LitElement {
  static override styles = [base, layout];
  @property() what = '';

  override render() {
    return html`<div class="stack"><h1>Not found</h1><div class="panel"><lk-empty heading="There is nothing here">
      ${this.what === '' ? html`No page has the address <code>${location.pathname}</code>.` : this.what}
      <p slot="actions"><a href="/">Go to the overview</a></p>
    </lk-empty></div></div>`;
  }
}
