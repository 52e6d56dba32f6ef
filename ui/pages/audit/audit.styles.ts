import { css } from 'lit';

export const auditStyles = css`
  .filters {
    display: grid;
    gap: 10px;
  }
  .filters input[type='search'] {
    flex: 1 1 16rem;
  }
  .moments label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  .chip {
    font: inherit;
    font-size: 0.8125rem;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 100%;
    min-height: 30px;
    padding: 2px 11px;
    color: var(--lk-accent);
    background: var(--lk-accent-soft);
    border: 1px solid var(--lk-accent);
    border-radius: 99px;
    cursor: pointer;
  }
  .entry {
    display: inline-flex;
    align-items: baseline;
    gap: 6px;
    min-height: 24px;
    text-align: start;
    font-weight: 550;
  }
  .entry .icon {
    align-self: center;
    width: 12px;
    color: var(--lk-quiet);
  }
  .entry[aria-expanded='true'] .icon {
    transform: rotate(90deg);
  }
  .target {
    max-width: 34ch;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who {
    overflow-wrap: anywhere;
  }
  tr.broken > * {
    background: var(--lk-bad-soft);
  }
  tr.details > td {
    padding: 4px 16px 16px 40px;
    background: var(--lk-sunken);
  }
  tr.open > * {
    border-bottom-color: transparent;
    background: var(--lk-sunken);
  }
  .facts button.plain {
    margin-left: 10px;
    color: var(--lk-accent);
    font-size: 0.8125rem;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .hash {
    font-size: 0.75rem;
  }
  .more {
    padding: 12px 16px;
    border-top: 1px solid var(--lk-line);
  }
  .narrow {
    display: none;
  }
  @media (max-width: 640px) {
    .narrow {
      display: block;
      overflow-wrap: anywhere;
      font-weight: 400;
    }
    tr.details > td {
      padding-left: 12px;
    }
    td.fit.quiet {
      white-space: normal;
      min-width: 6.6em;
    }
    .filters select,
    .moments label,
    .moments input {
      flex: 1 1 100%;
    }
    .moments label {
      display: grid;
      grid-template-columns: 3.5em minmax(0, 1fr);
    }
  }
`;
