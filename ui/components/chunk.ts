import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './failure.ts';
import './placeholder.ts';

/**
 * Stands where a part of the console is loaded later, and says so while it comes or when it does not. The element that the part defines
 * stands beside it: the browser brings it to life by itself.
 * @property load - imports the part; the same function each time
 */
@customElement('lk-chunk')
export class LkChunk extends LitElement {
  @property({ attribute: false }) load: (() => Promise<unknown>) | null = null;
  @state() private outcome: 'loading' | 'there' | 'failed' = 'loading';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('load') && this.load !== null) void this.start(this.load);
  }

  override render() {
    switch (this.outcome) {
      case 'loading':
        return html`<lk-loading lines="8" what="Loading this page"></lk-loading>`;
      case 'there':
        return nothing;
      case 'failed':
        return html`<lk-failure .failure=${{ title: 'This page did not load', detail: '', hint: 'The network failed, or the console has been updated meanwhile. Reload the page.', code: 'network', requestId: null }}><wa-button appearance="outlined" @click=${() => location.reload()}>Reload</wa-button></lk-failure>`;
    }
  }

  private async start(load: () => Promise<unknown>): Promise<void> {
    this.outcome = 'loading';
    try {
      await load();
      if (this.load === load) this.outcome = 'there';
    } catch (error) {
      console.warn(error);
      if (this.load === load) this.outcome = 'failed';
    }
  }
}
