import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../components/code.ts';
import '../../components/copy.ts';
import { plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import { Page } from '../page.ts';
import { saveText } from '../save.ts';
import { schemaStyles } from './schema.styles.ts';
import { schemaTabs } from './schema-tabs.ts';

/** Drizzle code for the live database, as a person would write it. */
@customElement('lk-schema-code-page')
export class LkSchemaCodePage extends Page {
  static override styles = [
    base,
    layout,
    schemaStyles,
    css`
      lk-code {
        padding: 4px 0;
      }
    `,
  ];
  private unwatch: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.store.console.schemaLoads.watch('code');
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('database') && this.database !== '') this.load();
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    return html`<div class="stack">
      <div><h1>Schema</h1><p class="quiet small">Drizzle code for what the database is, to begin with or to compare by eye.</p></div>
      ${schemaTabs(this.database, 'code')}
      ${this.shown(open.schema.code, { lines: 14, what: 'the generated code', retry: () => this.load(), draw: (text) => this.body(text) })}
    </div>`;
  }

  private body(text: string) {
    if (text.trim() === '')
      return html`<div class="panel"><lk-empty heading="No table yet">The database is empty, so there is no code to write.</lk-empty></div>`;
    return html`<section class="panel" aria-labelledby="code">
      <header><h2 id="code" class="grow"><code>schema.ts</code> <span class="quiet small">${plural(text.trimEnd().split('\n').length, 'line')}</span></h2>
        <lk-copy .text=${text} what="generated code"></lk-copy>
        <wa-button appearance="outlined" @click=${() => saveText('schema.ts', text)}><span slot="start">${icon('download')}</span>Download</wa-button></header>
      <lk-code language="typescript" label="Generated Drizzle code" .text=${text}></lk-code>
    </section>`;
  }

  private load(): void {
    void this.store.console.schemaLoads.code(this.database);
  }
}
