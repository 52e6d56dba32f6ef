import { css } from 'lit';

export const dangerStyles = css`
  .lead {
    margin-top: 4px;
    max-width: 72ch;
  }
  .card {
    border-color: color-mix(in oklab, var(--lk-bad) 45%, var(--lk-line));
  }
  .card > header {
    padding: 0;
  }
  .card > header:last-child {
    border-bottom: 0;
  }
  .fold {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: start;
    gap: 10px;
    width: 100%;
    padding: 12px 16px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: none;
    border: 0;
    border-radius: var(--lk-radius-large);
    cursor: pointer;
  }
  .fold .icon {
    margin-top: 3px;
  }
  .fold b {
    display: block;
    font-size: 0.9375rem;
    font-weight: 650;
  }
  form {
    display: grid;
    gap: 20px;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
    display: grid;
    gap: 10px;
  }
  legend {
    padding: 0;
    margin-bottom: 8px;
    font-weight: 600;
  }
  .choice {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    max-width: 78ch;
    cursor: pointer;
  }
  .choice input {
    margin-top: 2px;
  }
  .choice .quiet {
    grid-column: 2;
  }
  .no-backup {
    max-width: 78ch;
  }
  .job {
    margin-left: 6px;
  }
  .more {
    padding: 12px 16px;
    border-top: 1px solid var(--lk-line);
  }
  .loss {
    display: none;
  }
  @media (max-width: 640px) {
    .fit {
      white-space: normal;
    }
    .loss {
      display: block;
      font-weight: 400;
    }
  }
`;
