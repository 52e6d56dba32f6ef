import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** Drawn on a 16 × 16 grid with a 1.5 stroke. Decorative always: the words beside an icon carry the meaning. */
const PATHS = {
  overview: svg`<path d="M2 13.500V9M6 13.500V5M10 13.500V7.500M14 13.500V2.500"/>`,
  jobs: svg`<path d="M5.500 3.500h8.500M5.500 8h8.500M5.500 12.500h8.500M2 3.500h.5M2 8h.5M2 12.500h.5"/>`,
  backups: svg`<path d="M2 3h12v3.500H2zM3 6.500V13h10V6.500M6.500 9.500h3"/>`,
  access: svg`<circle cx="5" cy="8" r="3"/><path d="M8 8h6.500M12 8v2.500M14.500 8v2"/>`,
  maintenance: svg`<path d="M2 13.500V5.500M14 13.500V5.500M2 8l6-3.500L14 8M2 12l6-3.500L14 12"/>`,
  audit: svg`<path d="M3.500 2h9v12h-9zM6 5.500h4M6 8.200h4M6 10.900h2.200"/>`,
  database: svg`<ellipse cx="8" cy="3.800" rx="5.500" ry="2.200"/><path d="M2.500 3.800v8.400c0 1.200 2.500 2.200 5.500 2.200s5.500-1 5.500-2.200V3.800M2.500 8c0 1.200 2.500 2.200 5.500 2.200S13.500 9.200 13.500 8"/>`,
  download: svg`<path d="M8 2.500v8M4.500 7.500 8 11l3.500-3.500M2.500 13.500h11"/>`,
  refresh: svg`<path d="M13.500 8a5.500 5.500 0 1 1-1.700-4M13.500 1.800V4.500h-2.700"/>`,
  check: svg`<path d="M3 8.500l3.500 3.500L13 4.500"/>`,
  cross: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  warning: svg`<path d="M8 2.200 14.500 13.500h-13zM8 6.500v3.200M8 11.700v.1"/>`,
  danger: svg`<path d="M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5zM8 5v3.500M8 10.900v.1"/>`,
  info: svg`<circle cx="8" cy="8" r="6"/><path d="M8 7.500V11M8 5v.1"/>`,
  copy: svg`<rect x="5.500" y="5.500" width="8" height="8" rx="1.500"/><path d="M10.500 5.500V4A1.500 1.500 0 0 0 9 2.500H4A1.500 1.500 0 0 0 2.500 4v5A1.500 1.500 0 0 0 4 10.500h1.500"/>`,
  lock: svg`<rect x="3" y="7" width="10" height="6.500" rx="1.500"/><path d="M5.200 7V5a2.800 2.800 0 0 1 5.600 0v2"/>`,
  search: svg`<circle cx="7" cy="7" r="4.500"/><path d="M10.500 10.500 14 14"/>`,
  down: svg`<path d="M4 6l4 4 4-4"/>`,
  right: svg`<path d="M6 4l4 4-4 4"/>`,
  left: svg`<path d="M10 4 6 8l4 4"/>`,
  ascending: svg`<path d="M8 13V3.500M4.500 7 8 3.500 11.500 7"/>`,
  descending: svg`<path d="M8 3v9.500M4.500 9 8 12.500 11.500 9"/>`,
  person: svg`<circle cx="8" cy="5.500" r="2.800"/><path d="M2.500 14c.6-3 2.800-4.300 5.500-4.300s4.900 1.300 5.500 4.300"/>`,
  trash: svg`<path d="M2.500 4h11M6 4V2.500h4V4M4 4l.700 9.500h6.600L12 4"/>`,
  stop: svg`<rect x="3.500" y="3.500" width="9" height="9" rx="1.500"/>`,
  plus: svg`<path d="M8 3v10M3 8h10"/>`,
  schema: svg`<rect x="2" y="2.500" width="12" height="11" rx="1.500"/><path d="M2 6h12M7 6v7.500"/>`,
  differs: svg`<path d="M3 6h10M3 10h10M10.500 3l-5 10"/>`,
  minus: svg`<path d="M3 8h10"/>`,
  link: svg`<path d="M6.500 9.500a3 3 0 0 0 4.200 0l2.400-2.400a3 3 0 0 0-4.200-4.200L8 3.800M9.500 6.500a3 3 0 0 0-4.200 0L2.900 8.900a3 3 0 0 0 4.200 4.200l.900-.900"/>`,
  code: svg`<path d="M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500"/>`,
  pencil: svg`<path d="M3 13l.800-3.200L10.500 3l2.500 2.500-6.800 6.700z"/>`,
  clock: svg`<circle cx="8" cy="8" r="6"/><path d="M8 4.500V8l2.500 1.500"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof PATHS;

export const icon = (name: IconName): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${PATHS[name]}</svg>`;

/** The mark: a lock's mitre gate between its walls. */
export const mark = (): TemplateResult =>
  html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="var(--lk-accent-fill)"/><path d="M6 7v18M26 7v18" stroke="#fff" stroke-width="3" stroke-linecap="round"/><path d="M7 22 16 12l9 10" fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
