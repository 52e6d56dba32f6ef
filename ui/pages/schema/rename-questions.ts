import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RenameCandidate } from '../../../worker/protocol/schema.ts';
import { plural, share } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import { type RenameAnswer, renameKey } from '../../store/schema-choice.ts';

export interface RenameDecision {
  readonly key: string;
  readonly answer: RenameAnswer | null;
}

/**
 * Things that may be one thing under a new name. Never guessed: until it is answered neither of the two is touched.
 * @property candidates
 * @property answers - by `renameKey`
 * @fires answer - `detail` is a `RenameDecision`
 */
@customElement('lk-rename-questions')
export class LkRenameQuestions extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      ul {
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        padding: 12px 16px;
      }
      li + li {
        border-top: 1px solid var(--lk-line);
      }
      .question {
        flex: 1 1 24rem;
        min-width: 0;
      }
      .question h3 {
        overflow-wrap: anywhere;
      }
      .decided {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--lk-good);
        font-weight: 550;
      }
    `,
  ];
  @property({ attribute: false }) candidates: readonly RenameCandidate[] = [];
  @property({ attribute: false }) answers: Readonly<Record<string, RenameAnswer>> = {};

  override render() {
    const open = this.candidates.filter((candidate) => this.answers[renameKey(candidate)] === undefined).length;
    return html`<section class="panel" aria-labelledby="renames">
      <header><h2 id="renames">${open === 0 ? 'Renames: decided' : `${plural(open, 'question')} about names`}</h2><span class="quiet small">A rename keeps the rows; dropping one and adding the other does not.</span></header>
      <ul>${this.candidates.map((candidate) => this.question(candidate))}</ul>
    </section>`;
  }

  private question(candidate: RenameCandidate) {
    const { kind, table, from, to, similarity, because } = candidate;
    const key = renameKey(candidate);
    const where = kind === 'column' ? html` of <code>${table}</code>` : '';
    return html`<li>
      <div class="question"><h3>Is the ${kind} <code>${from}</code>${where} in the database <code>${to}</code> in the code?</h3>
        <p class="quiet small num">${share(similarity, 1)} alike${because.length === 0 ? '' : `: ${because.join(', ')}`}.</p></div>
      ${this.answerOf(key, this.answers[key])}
    </li>`;
  }

  private answerOf(key: string, answer: RenameAnswer | undefined) {
    const tell = (value: RenameAnswer | null) => () =>
      this.dispatchEvent(new CustomEvent<RenameDecision>('answer', { detail: { key, answer: value } }));
    if (answer === undefined) {
      return html`<wa-button appearance="outlined" @click=${tell('yes')}>Yes, rename it</wa-button><wa-button appearance="outlined" @click=${tell('no')}>No, it is another</wa-button>`;
    }
    return html`<span class="decided">${icon('check')}${answer === 'yes' ? 'It is renamed' : 'It is another'}</span><wa-button appearance="plain" @click=${tell(null)}>Ask me again</wa-button>`;
  }
}
