import { html, type TemplateResult } from 'lit';
import { paths } from '../navigate.ts';

export type SchemaTab = 'differences' | 'files' | 'code' | 'check' | 'rules';
const TABS: readonly { readonly tab: SchemaTab; readonly label: string; readonly href: (database: string) => string }[] = [
  { tab: 'differences', label: 'Differences', href: paths.schema },
  { tab: 'files', label: 'Schema files', href: paths.schemaFiles },
  { tab: 'code', label: 'Generated code', href: paths.schemaCode },
  { tab: 'check', label: 'SQL check', href: paths.schemaCheck },
  { tab: 'rules', label: 'Rules', href: paths.lintRules },
];

/** The views of a schema, and what checks SQL against it. */
export const schemaTabs = (database: string, current: SchemaTab): TemplateResult =>
  html`<nav class="tabs" aria-label="Schema">${TABS.map(({ tab, label, href }) => html`<a href=${href(database)} aria-current=${tab === current ? 'page' : 'false'}>${label}</a>`)}</nav>`;
