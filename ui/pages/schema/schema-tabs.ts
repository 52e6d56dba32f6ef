import { html, type TemplateResult } from 'lit';
import { paths } from '../navigate.ts';

export type SchemaTab = 'differences' | 'files' | 'code';
const TABS: readonly { readonly tab: SchemaTab; readonly label: string; readonly href: (database: string) => string }[] = [
  { tab: 'differences', label: 'Differences', href: paths.schema },
  { tab: 'files', label: 'Schema files', href: paths.schemaFiles },
  { tab: 'code', label: 'Generated code', href: paths.schemaCode },
];

/** The three views of a schema. */
export const schemaTabs = (database: string, current: SchemaTab): TemplateResult =>
  html`<nav class="tabs" aria-label="Schema">${TABS.map(({ tab, label, href }) => html`<a href=${href(database)} aria-current=${tab === current ? 'page' : 'false'}>${label}</a>`)}</nav>`;
