import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../../components/badge.ts';
import '../../components/code.ts';
import { plural } from '../../components/format.ts';
import { base, controls, layout } from '../../components/styles.ts';
import '../../components/time.ts';
import type { Tone } from '../../components/words.ts';
import type { DraftVersion } from '../../store/schema-state.ts';
import { filesStyles } from './files.styles.ts';

const STATES: Record<DraftVersion['state'], { readonly name: string; readonly tone: Tone }> = {
  open: { name: 'Open', tone: 'accent' },
  accepted: { name: 'Accepted', tone: 'good' },
  discarded: { name: 'Discarded', tone: 'neutral' },
};

/**
 * The saved texts of a file, newest first; each opens to how it differs from the file.
 * @property versions
 * @property original - the file's text
 * @property editable - offers to bring one back
 * @fires restore - `detail` is the text
 */
@customElement('lk-draft-history')
export class LkDraftHistory extends LitElement {
  static override styles = [base, layout, controls, filesStyles];
  @property({ attribute: false }) versions: readonly DraftVersion[] = [];
  @property() original = '';
  @property({ type: Boolean }) editable = false;
  @state() private opened: number | null = null;

  override render() {
    if (this.versions.length === 0)
      return html`<p class="note quiet">Nothing was saved for this file yet. Each saved text stays here.</p>`;
    return html`<ol class="versions">${this.versions.map((version) => this.version(version))}</ol>`;
  }

  private version({ n, state: how, savedAt, savedBy, message, problems, text }: DraftVersion) {
    const open = this.opened === n;
    return html`<li>
      <div class="row"><b class="num">${n}</b><lk-badge tone=${STATES[how].tone}>${STATES[how].name}</lk-badge>
        <span class="grow">${message === '' ? html`<span class="quiet">no message</span>` : message}${problems.length === 0 ? nothing : html` <span class="quiet small">${plural(problems.length, 'mistake')}</span>`}</span>
        <span class="quiet small">${savedBy}, <lk-time at=${savedAt}></lk-time></span>
        <wa-button appearance="plain" aria-expanded=${open} @click=${() => this.flip(n)}>${open ? 'Close' : 'Compare'}</wa-button>
        ${this.editable ? html`<wa-button appearance="plain" @click=${() => this.dispatchEvent(new CustomEvent('restore', { detail: text }))}>Bring it back</wa-button>` : nothing}
      </div>
      ${open ? html`<lk-code language="typescript" label="Version ${n} against the file" .text=${text} .original=${this.original}></lk-code>` : nothing}
    </li>`;
  }

  private flip(n: number): void {
    this.opened = this.opened === n ? null : n;
  }
}
