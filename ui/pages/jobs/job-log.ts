import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { clockTime, count, exactTime, zoneOf } from '../../components/format.ts';
import { base, layout, tables } from '../../components/styles.ts';
import { EVENT_NAMES } from '../../components/words.ts';
import { type JobPage, type Paged, stepCount } from '../../store/job-page.ts';
import { detailLine } from './fields.ts';

/**
 * What a job did (its committed steps) and what happened to it (its events).
 * @fires more - `detail` is `steps` or `events`
 */
@customElement('lk-job-log')
export class LkJobLog extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 20px;
      }
      .scroller {
        max-height: 26rem;
        overflow-y: auto;
      }
      td {
        overflow-wrap: anywhere;
      }
      /* A number that is broken in two reads as another. */
      td.end {
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--lk-surface);
        box-shadow: 0 1px 0 var(--lk-line);
        border-bottom: 0;
      }
      .none,
      .more {
        padding: 12px 16px;
      }
      .more {
        border-top: 1px solid var(--lk-line);
      }
    `,
  ];
  @property({ attribute: false }) page: JobPage | null = null;

  override render() {
    return this.page === null ? nothing : html`${this.steps(this.page)}${this.events(this.page)}`;
  }

  private steps(page: JobPage) {
    const { steps } = page;
    return html`<section class="panel" aria-labelledby="steps">
      <header><h2 id="steps" class="grow">Steps <span class="quiet num">${count(stepCount(page))}</span></h2><span class="quiet small">The job goes on after the last of these, whatever happens.</span></header>
      ${
        steps.items.length === 0
          ? html`<p class="none quiet">${steps.loading ? 'Loading…' : 'None committed yet.'}</p>`
          : html`<div class="scroller" tabindex="0" role="region" aria-label="Steps"><table aria-labelledby="steps">
              <thead><tr><th scope="col" class="fit end">No.</th><th scope="col">Step</th><th scope="col">Recorded</th><th scope="col" class="fit wide-only">Attempt</th>${this.clockHeading(steps.items[0])}</tr></thead>
              <tbody>${repeat(
                steps.items,
                ({ n }) => n,
                (step) =>
                  html`<tr><td class="end quiet">${step.n + 1}</td><th scope="row">${step.name}</th><td class="quiet small">${detailLine(step.detail)}</td><td class="end wide-only">${step.attempt}</td><td class="fit"><time datetime=${step.at} title=${exactTime(step.at)}>${clockTime(step.at)}</time></td></tr>`,
              )}</tbody>
            </table></div>`
      }
      ${this.more(steps, 'steps')}
    </section>`;
  }

  private events(page: JobPage) {
    const { events } = page;
    // They come oldest first: as long as there are more, the newest that are here are not the newest there are.
    const whole = events.nextCursor === null;
    return html`<section class="panel" aria-labelledby="events">
      <header><h2 id="events" class="grow">Events</h2>${events.items.length === 0 ? nothing : html`<span class="quiet small">${whole ? 'Newest first.' : 'The first ones, oldest first.'}</span>`}</header>
      ${
        events.items.length === 0
          ? html`<p class="none quiet">${events.loading ? 'Loading…' : 'None yet.'}</p>`
          : html`<div class="scroller" tabindex="0" role="region" aria-label="Events"><table aria-labelledby="events">
              <thead><tr><th scope="col" class="fit end">No.</th><th scope="col">What</th><th scope="col">Why</th>${this.clockHeading(events.items[0])}</tr></thead>
              <tbody>${repeat(
                whole ? [...events.items].reverse() : events.items,
                ({ seq }) => seq,
                (event) =>
                  html`<tr><td class="end quiet">${event.seq}</td><th scope="row">${EVENT_NAMES[event.type] ?? event.type}</th><td class="quiet">${event.reason}</td><td class="fit"><time datetime=${event.at} title=${exactTime(event.at)}>${clockTime(event.at)}</time></td></tr>`,
              )}</tbody>
            </table></div>`
      }
      ${this.more(events, 'events')}
    </section>`;
  }

  private clockHeading(first: { readonly at: string } | undefined) {
    return html`<th scope="col" class="fit">At${first === undefined ? nothing : `, ${zoneOf(first.at)}`}</th>`;
  }

  private more(list: Paged<unknown>, what: 'steps' | 'events') {
    if (list.nextCursor === null) return nothing;
    const press = () => this.dispatchEvent(new CustomEvent('more', { detail: what }));
    return html`<div class="more"><wa-button appearance="outlined" ?loading=${list.loading} @click=${press}>Load more ${what}</wa-button></div>`;
  }
}
