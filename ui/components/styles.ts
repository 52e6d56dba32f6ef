/** The typographic and layout vocabulary that every shadow root of the console shares. Colours come from `ui/styles/tokens.css`. */
import { css } from 'lit';

export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: 1.375rem;
    line-height: 1.25;
    font-weight: 650;
    letter-spacing: -0.012em;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 0.9375rem;
    line-height: 1.35;
    font-weight: 650;
  }
  h3 {
    font-size: 0.875rem;
    font-weight: 600;
  }
  a {
    color: var(--lk-accent);
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
    border-radius: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--lk-focus);
    outline-offset: 2px;
  }
  code,
  .mono {
    font-family: var(--lk-mono);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--lk-quiet);
  }
  .small {
    font-size: 0.8125rem;
  }
  .num {
    font-variant-numeric: tabular-nums;
  }
  .sr-only {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* What is scrolled in a dialog would otherwise touch its buttons. */
  wa-dialog::part(footer) {
    padding-block-start: 14px;
  }
  svg.icon {
    width: 1em;
    height: 1em;
    flex: none;
    vertical-align: -0.12em;
  }
`;

export const layout = css`
  :host {
    display: block;
  }
  .stack {
    display: grid;
    gap: 20px;
    grid-template-columns: minmax(0, 1fr);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .between {
    justify-content: space-between;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
  }
  .panel {
    background: var(--lk-surface);
    border: 1px solid var(--lk-line);
    border-radius: var(--lk-radius-large);
    min-width: 0;
  }
  .panel > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    padding: 12px 16px;
    border-bottom: 1px solid var(--lk-line);
  }
  .panel > .body {
    padding: 14px 16px 16px;
  }
  .facts {
    display: grid;
    grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
    gap: 6px 20px;
  }
  .facts dt {
    color: var(--lk-quiet);
  }
  .facts dd {
    overflow-wrap: anywhere;
  }
  @media (max-width: 480px) {
    .facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .facts dd {
      margin-bottom: 8px;
    }
  }
`;

export const tables = css`
  .scroller {
    overflow-x: auto;
    overscroll-behavior-x: contain;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 7px 16px;
    text-align: start;
    vertical-align: baseline;
    border-bottom: 1px solid var(--lk-line);
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  thead th {
    color: var(--lk-quiet);
    font-size: 0.8125rem;
    font-weight: 500;
    white-space: nowrap;
  }
  tbody th {
    font-weight: 500;
  }
  tbody tr:hover {
    background: var(--lk-sunken);
  }
  .end {
    text-align: end;
  }
  .fit {
    width: 1%;
    white-space: nowrap;
  }
  @media (max-width: 640px) {
    th,
    td {
      padding-inline: 12px;
    }
    .wide-only {
      display: none;
    }
  }
`;

/** For native form controls, which the lists use: hundreds of rows stay light. */
export const controls = css`
  select,
  input[type='search'],
  input[type='text'],
  input[type='datetime-local'],
  textarea {
    height: 34px;
    padding: 0 10px;
    font: inherit;
    font-weight: 400;
    color: inherit;
    background: var(--lk-surface);
    border: 1px solid var(--lk-line-strong);
    border-radius: var(--lk-radius);
    min-width: 0;
  }
  textarea {
    height: auto;
    padding-block: 7px;
    resize: vertical;
  }
  [aria-invalid='true'] {
    border-color: var(--lk-bad);
  }
  input::placeholder,
  textarea::placeholder {
    color: var(--lk-quiet);
    opacity: 1;
  }
  input[type='checkbox'],
  input[type='radio'] {
    accent-color: var(--lk-accent-fill);
    width: 16px;
    height: 16px;
    margin: 0;
    flex: none;
  }
  button.plain {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    border-radius: 3px;
  }
`;
