import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AuditVerdict } from '../../../worker/protocol/audit.ts';
import '../../components/action.ts';
import { breachHeading } from '../../components/audit-words.ts';
import '../../components/callout.ts';
import '../../components/copy.ts';
import '../../components/failure.ts';
import { count, duration, plural } from '../../components/format.ts';
import { base, layout } from '../../components/styles.ts';
import '../../components/time.ts';
import type { Resource } from '../../store/resource.ts';

/**
 * Whether the trail is as it was written, asked for by a button: the server reads the whole chain for it.
 * @property verdict
 * @fires check
 */
@customElement('lk-chain-check')
export class LkChainCheck extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      .panel {
        padding: 14px 16px 16px;
      }
      lk-callout,
      lk-failure {
        margin-top: 12px;
      }
      .say {
        max-width: 72ch;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 8px;
      }
    `,
  ];
  @property({ attribute: false }) verdict: Resource<AuditVerdict> = { state: 'idle' };

  override render() {
    const { verdict } = this;
    return html`<section class="panel" aria-labelledby="chain">
      <div class="row between">
        <div class="say"><h2 id="chain">Is the trail whole?</h2>
          <p class="quiet">Each entry carries the hash of the one before it, so that none can be altered, removed or moved without breaking those after it.</p></div>
        <lk-action .busy=${verdict.state === 'loading'} @act=${() => this.dispatchEvent(new CustomEvent('check'))}>Check the chain</lk-action>
      </div>
      <div role="status">${verdict.state === 'ready' ? this.result(verdict.value, verdict.takenAtMs) : nothing}</div>
      ${verdict.state === 'failed' ? html`<lk-failure .failure=${verdict.failure}></lk-failure>` : nothing}
    </section>`;
  }

  private result(verdict: AuditVerdict, takenAtMs: number) {
    const { breach, checked, tookMs, anchors, intact } = verdict;
    const when = html`<p class="quiet small">Checked <lk-time at=${new Date(takenAtMs).toISOString()}></lk-time>, in ${duration(tookMs)}. ${this.anchors(verdict)}</p>`;
    if (breach !== null) {
      const sound = Math.min(checked, breach.n - 1);
      return html`<lk-callout tone="bad" heading=${breachHeading(breach)}>
        <p>${breach.message} ${sound === 0 ? '' : `What comes before is in order: ${plural(sound, 'entry', 'entries')}.`} What comes after proves nothing.</p>${when}
      </lk-callout>`;
    }
    const whole = checked === 0 ? 'The trail is empty' : `${plural(checked, 'entry', 'entries')}, each follows the one before`;
    if (!intact) {
      return html`<lk-callout tone="bad" heading="The entries are in order, but not the copies of their hashes in R2">
        ${anchors.missing ? html`<p>The newest copy that was put there is gone: entries may have been cut off at the end.</p>` : nothing}
        ${anchors.damaged.length === 0 ? nothing : html`<p>These cannot be read: ${anchors.damaged.map((key) => html`<code>${key}</code> `)}</p>`}${this.head(verdict)}${when}
      </lk-callout>`;
    }
    return html`<lk-callout tone="good" heading=${checked === 0 ? whole : `The trail is whole: ${whole}`}>${this.head(verdict)}${when}</lk-callout>`;
  }

  /** Noted elsewhere, it proves later that nothing up to here was written anew. */
  private head({ head }: AuditVerdict) {
    if (head.n === 0) return nothing;
    return html`<p class="head"><span>Entry ${count(head.n)} has the hash</span> <code class="small">${head.hash}</code><lk-copy .text=${head.hash} what="hash"></lk-copy></p>`;
  }

  private anchors({ anchors }: AuditVerdict): string {
    if (anchors.newest === null) return 'No copy of its hash lies in R2 yet: one is put there each day.';
    return `${plural(anchors.checked, 'copy', 'copies')} of its hash in R2 compared, the newest of entry ${count(anchors.newest)}.`;
  }
}
