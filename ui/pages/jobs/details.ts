/** Draws what a job was asked for and what came of it: records whose fields differ by kind. */
import { html, type TemplateResult } from 'lit';
import { fieldName, fieldText } from './fields.ts';

export function valueRows(record: Readonly<Record<string, unknown>>, whenEmpty: string): TemplateResult {
  const entries = Object.entries(record);
  if (entries.length === 0) return html`<p class="quiet">${whenEmpty}</p>`;
  return html`<dl class="facts">
    ${entries.map(
      ([key, value]) => html`<dt>${fieldName(key)}</dt>
        <dd class="num">${fieldText(key, value)}</dd>`,
    )}
  </dl>`;
}
