import { css } from 'lit';

export const windowDialogStyles = css`
  wa-dialog {
    --width: 36rem;
  }
  input[type='time'],
  input[type='number'] {
    height: 34px;
    padding: 0 10px;
    font: inherit;
    color: inherit;
    background: var(--lk-surface);
    border: 1px solid var(--lk-line-strong);
    border-radius: var(--lk-radius);
    min-width: 0;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .chip {
    min-width: 46px;
    min-height: 34px;
    padding: 0 10px;
    font: inherit;
    font-weight: 550;
    color: var(--lk-quiet);
    background: var(--lk-surface);
    border: 1px solid var(--lk-line-strong);
    border-radius: 99px;
    cursor: pointer;
  }
  .chip[aria-pressed='true'] {
    color: white;
    background: var(--lk-accent-fill);
    border-color: var(--lk-accent-fill);
  }
  .times {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
    gap: 12px 20px;
  }
  .choice {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    padding: 3px 0;
    cursor: pointer;
  }
  .choice input {
    margin-top: 2px;
  }
  .choice .quiet {
    grid-column: 2;
  }
  @media (forced-colors: active) {
    .chip[aria-pressed='true'] {
      border-width: 3px;
    }
  }
`;
