import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Failure } from '../store/resource.ts';
import '../components/callout.ts';
import '../components/failure.ts';
import { exactTime } from '../components/format.ts';
import '../components/placeholder.ts';
import '../components/time.ts';
import { type Action, grantsDenial } from '../store/permissions.ts';
import type { Resource } from '../store/resource.ts';
import type { OpenDatabase } from '../store/state.ts';
import { Subscription } from '../store/subscription.ts';

/** What every page behind the sign-in shares: the store, and the four states of a resource drawn the same way everywhere. */
export abstract class Page extends LitElement {
  protected readonly store = new Subscription(this);
  /** The binding's name; empty on pages that belong to no database. */
  @property() database = '';

  protected get open(): OpenDatabase | null {
    const { open } = this.store.state;
    return open !== null && open.name === this.database ? open : null;
  }

  /** Why this person may not do `action`; null when they may. */
  protected denied(action: Action): string | null {
    const { session } = this.store.state;
    return session.state === 'signed-in' ? grantsDenial(session.me.grants, action, this.database) : 'Sign in first.';
  }

  /** Loading, failed with a way forward, or the value; above a value whose refresh failed, a note that says so. */
  protected shown<T>(
    resource: Resource<T>,
    { lines, what, retry, draw }: { lines: number; what: string; retry: () => void; draw: (value: T) => unknown },
  ): unknown {
    switch (resource.state) {
      case 'idle':
      case 'loading':
        return html`<div class="panel"><lk-loading .lines=${lines} what="Loading ${what}"></lk-loading></div>`;
      case 'failed':
        return this.failure(resource.failure, retry);
      case 'ready':
        return html`${resource.failure === null ? nothing : this.stale(resource.failure, resource.takenAtMs, retry)}${draw(resource.value)}`;
    }
  }

  protected failure(failure: Failure, retry: () => void): TemplateResult {
    return html`<lk-failure .failure=${failure}><wa-button appearance="outlined" @click=${retry}>Try again</wa-button></lk-failure>`;
  }

  private stale(failure: Failure, takenAtMs: number, retry: () => void): TemplateResult {
    return html`<lk-callout tone="warn" role="status" heading="This is not current">
      What stands here was taken <lk-time at=${new Date(takenAtMs).toISOString()} title=${exactTime(takenAtMs)}></lk-time>. ${failure.title}. ${failure.hint}
      <wa-button slot="actions" appearance="outlined" @click=${retry}>Try again</wa-button>
    </lk-callout>`;
  }
}
