import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from './icon.ts';
import { base } from './styles.ts';

const SHOWN_MS = 1_600;

/** The clipboard needs a secure context; over plain HTTP on another host only the old command is left. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

/**
 * A button that copies, and says whether it did.
 * @property text - what goes to the clipboard
 * @property what - named in the label, e.g. `command`
 */
@customElement('lk-copy')
export class LkCopy extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        height: 28px;
        padding: 0 8px;
        font: inherit;
        font-size: 0.8125rem;
        color: var(--lk-quiet);
        background: none;
        border: 1px solid transparent;
        border-radius: 5px;
        cursor: pointer;
      }
      button:hover {
        color: var(--lk-ink);
        background: light-dark(rgb(0 40 50 / 0.06), rgb(255 255 255 / 0.08));
      }
      .word {
        min-width: 3.4em;
        text-align: start;
      }
    `,
  ];
  @property() text = '';
  @property() what = 'text';
  @state() private outcome: 'none' | 'copied' | 'failed' = 'none';

  override render() {
    const word = { none: 'Copy', copied: 'Copied', failed: 'Failed' }[this.outcome];
    return html`<button type="button" aria-label="Copy ${this.what}" @click=${this.copy}>
        ${icon(this.outcome === 'copied' ? 'check' : 'copy')}<span class="word">${word}</span></button
      ><span class="sr-only" role="status">${this.outcome === 'none' ? '' : `${word}.`}</span>`;
  }

  private async copy(): Promise<void> {
    this.outcome = (await copyText(this.text)) ? 'copied' : 'failed';
    setTimeout(() => {
      this.outcome = 'none';
    }, SHOWN_MS);
  }
}

/**
 * A command to paste into a terminal.
 * @property command - one or more lines
 * @property what - what it does, for the copy button's label
 */
@customElement('lk-command')
export class LkCommand extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        align-items: flex-start;
        gap: 4px;
        padding: 4px 4px 4px 12px;
        background: var(--lk-sunken);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
      }
      pre {
        flex: 1;
        min-width: 0;
        margin: 0;
        padding: 4px 0;
        font: 0.8125rem/1.5 var(--lk-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      span {
        display: inline-block;
        max-width: 100%;
      }
    `,
  ];
  @property() command = '';
  @property() what = 'command';

  override render() {
    // A word breaks only where it is longer than the box: `--` at the end of a line and `remote` on the next would read as two.
    const lines = this.command.split('\n').map((line) => line.split(' '));
    const words = (line: string[]) => line.map((word, i) => html`${i === 0 ? '' : ' '}<span>${word}</span>`);
    return html`<pre>${lines.map((line, i) => html`${i === 0 ? '' : '\n'}${words(line)}`)}</pre><lk-copy .text=${this.command} .what=${this.what}></lk-copy>`;
  }
}
