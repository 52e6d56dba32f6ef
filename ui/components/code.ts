import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { CodeView, Language, Mistake } from './editor/codemirror.ts';
import { base } from './styles.ts';

/**
 * Code: at once as plain text, then with colours, line numbers and, where it may be changed, an editor. What is far off screen stays
 * plain, so that a hundred statements cost no more than those that are seen.
 * @property text
 * @property language
 * @property label - what it is, for screen readers
 * @property editable
 * @property original - shows how `text` differs from it; null: plainly
 * @property mistakes - marked in the text
 * @fires change - `detail` is the new text
 * @fires save - the keys for saving were pressed
 * @fires run - Ctrl or Cmd and Enter were pressed; `preventDefault` says that they meant something here
 */
@customElement('lk-code')
export class LkCode extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-width: 0;
        overflow: hidden;
      }
      /* Tab writes here; who works by keyboard must see how to get out. */
      :host([editable]) {
        position: relative;
      }
      :host([editable]:focus-within)::after {
        content: 'Esc, then Tab: leave';
        position: absolute;
        right: 12px;
        bottom: 8px;
        z-index: 301;
        padding: 1px 8px;
        font-size: 0.75rem;
        color: var(--lk-quiet);
        background: var(--lk-raised);
        border: 1px solid var(--lk-line);
        border-radius: 4px;
        pointer-events: none;
      }
      pre {
        margin: 0;
        padding: 8px 12px 8px calc(var(--gutter, 0px) + 6px);
        font: 0.8125rem/1.55 var(--lk-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      :host([editable]) pre {
        white-space: pre;
        overflow: auto;
      }
      #mount:empty {
        display: none;
      }
      #mount {
        height: 100%;
      }
    `,
  ];
  @property() text = '';
  @property() language: Language = 'sql';
  @property() label = 'Code';
  @property({ type: Boolean, reflect: true }) editable = false;
  @property({ attribute: false }) original: string | null = null;
  @property({ attribute: false }) mistakes: readonly Mistake[] = [];
  @query('#mount') private mount?: HTMLElement;
  private view: CodeView | null = null;
  private making = 0;
  private readonly seen = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void this.colour();
    },
    { rootMargin: '300px' },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.seen.observe(this);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen.disconnect();
    this.drop();
  }

  protected override willUpdate(): void {
    this.style.setProperty('--gutter', this.gutter());
  }

  /** As wide as the editor's line numbers and marks will be: the text must not move when they come. */
  private gutter(): string {
    if (this.language !== 'typescript' && !this.editable) return '0px';
    const digits = String(this.text.split('\n').length).length;
    return `calc(max(20px, ${digits}ch + 8px)${this.editable ? ' + 1.4em' : ''})`;
  }

  override render() {
    return html`<pre class="plain" aria-label=${this.label}>${this.text}</pre><div id="mount"></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.view === null) return;
    if (changed.has('language') || changed.has('editable') || changed.has('label')) {
      this.drop();
      void this.colour();
      return;
    }
    const replaced = changed.has('text') && this.view.setText(this.text);
    if (changed.has('original')) this.view.setOriginal(this.original);
    // While one types, the marks move along by themselves.
    if (replaced || changed.has('mistakes')) this.view.setMistakes(this.mistakes);
    this.hidePlain(true);
  }

  /** Puts the cursor there. */
  goTo(mistake: Pick<Mistake, 'line' | 'column'>): void {
    this.view?.goTo(mistake);
  }

  private async colour(): Promise<void> {
    if (this.view !== null) return;
    this.making += 1;
    const turn = this.making;
    try {
      const { createCodeView } = await import('./editor/codemirror.ts');
      await this.updateComplete;
      if (turn !== this.making || !this.isConnected || this.mount === undefined || !(this.renderRoot instanceof ShadowRoot)) return;
      this.view = createCodeView({
        root: this.renderRoot,
        parent: this.mount,
        text: this.text,
        language: this.language,
        label: this.label,
        readOnly: !this.editable,
        original: this.original,
        onChange: (text) => this.typed(text),
        onSave: () => this.dispatchEvent(new CustomEvent('save')),
        onRun: () => !this.dispatchEvent(new CustomEvent('run', { cancelable: true })),
      });
      if (this.mistakes.length > 0) this.view.setMistakes(this.mistakes);
      this.hidePlain(true);
    } catch (error) {
      // The plain text stays: everything can still be read and copied.
      console.error(error);
    }
  }

  private typed(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.dispatchEvent(new CustomEvent('change', { detail: text }));
  }
  private hidePlain(hidden: boolean): void {
    const plain = this.renderRoot.querySelector<HTMLElement>('pre');
    if (plain !== null) plain.hidden = hidden;
  }
  private drop(): void {
    this.making += 1;
    this.view?.destroy();
    this.view = null;
    if (this.hasUpdated) this.hidePlain(false);
  }
}
