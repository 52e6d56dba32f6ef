import { css } from 'lit';

export const modeFormStyles = css`
  form {
    display: grid;
    gap: 20px;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  legend {
    padding: 0;
    margin-bottom: 8px;
    font-weight: 600;
  }
  .modes,
  .texts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr));
    gap: 12px 20px;
  }
  .mode {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-content: start;
    gap: 4px 10px;
    padding: 12px 14px 14px;
    border: 1px solid var(--lk-line);
    border-radius: var(--lk-radius);
    cursor: pointer;
  }
  .mode:hover {
    border-color: var(--lk-line-strong);
  }
  .mode:has(:checked) {
    border-color: var(--lk-accent);
    background: var(--lk-accent-soft);
  }
  .mode input {
    margin-top: 2px;
  }
  .effects {
    grid-column: 2;
    display: grid;
    gap: 6px;
    font-size: 0.8125rem;
    color: var(--lk-quiet);
  }
  .who {
    font-weight: 600;
    color: var(--lk-ink);
  }
  .field {
    display: grid;
    gap: 6px;
    align-content: start;
  }
  .field label {
    font-weight: 600;
  }
  .optional {
    font-weight: 400;
  }
  .wrong {
    color: var(--lk-bad);
  }
  .denied {
    display: inline-flex;
    align-items: baseline;
    gap: 5px;
    color: var(--lk-quiet);
    font-size: 0.8125rem;
  }
  .quote {
    padding: 8px 12px;
    background: var(--lk-sunken);
    border-radius: var(--lk-radius);
    overflow-wrap: anywhere;
  }
`;
