import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Note } from '../../../worker/protocol/database.ts';
import '../../components/copy.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';

/** What an admin should know about D1: warnings first, each with the command for it where there is one. */
@customElement('lk-notes')
export class LkNotes extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      ul {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
        gap: 18px 28px;
        padding: 14px 16px 18px;
      }
      li {
        display: grid;
        gap: 4px;
        align-content: start;
        min-width: 0;
      }
      h3 {
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      .warning .icon {
        color: var(--lk-warn);
      }
      .info .icon {
        color: var(--lk-quiet);
      }
      lk-command {
        margin-top: 4px;
      }
    `,
  ];
  @property({ attribute: false }) notes: readonly Note[] = [];

  override render() {
    if (this.notes.length === 0) return nothing;
    const sorted = [
      ...this.notes.filter(({ level }) => level === 'warning'),
      ...this.notes.filter(({ level }) => level === 'info'),
    ];
    return html`<section class="panel" aria-labelledby="notes">
      <header><h2 id="notes">Good to know about D1</h2></header>
      <ul>
        ${sorted.map(
          ({ level, title, text, command }) => html`<li class=${level}>
            <h3>${icon(level === 'warning' ? 'warning' : 'info')}<span>${level === 'warning' ? html`<span class="sr-only">Warning: </span>` : nothing}${title}</span></h3>
            <p class="quiet">${text}</p>
            ${command === undefined ? nothing : html`<lk-command .command=${command} what="command: ${title}"></lk-command>`}
          </li>`,
        )}
      </ul>
    </section>`;
  }
}
