import { css } from 'lit';

export const findingListStyles = css`
  .list {
    list-style: none;
  }
  .list > li {
    display: grid;
    gap: 4px;
    grid-template-columns: minmax(0, 1fr);
    padding: 11px 16px 12px 13px;
    border-left: 3px solid var(--lk-line-strong);
    border-bottom: 1px solid var(--lk-line);
  }
  .list > li:last-child {
    border-bottom: 0;
  }
  .list > li[data-tone='bad'] {
    border-left-color: var(--lk-bad);
  }
  .list > li[data-tone='warn'] {
    border-left-color: var(--lk-warn);
  }
  .head {
    gap: 2px 12px;
  }
  .rule {
    margin-left: auto;
  }
  .message {
    font-weight: 550;
    overflow-wrap: anywhere;
  }
  button.place,
  button.ask {
    color: var(--lk-accent);
    font-size: 0.8125rem;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  button.ask:disabled {
    color: var(--lk-quiet);
    text-decoration: none;
    cursor: default;
  }
  form {
    display: grid;
    gap: 8px;
    margin-top: 4px;
  }
  form label {
    display: grid;
    gap: 4px;
    font-size: 0.8125rem;
    font-weight: 550;
  }
  .more {
    padding: 12px 16px;
    border-top: 1px solid var(--lk-line);
  }
  details {
    border-top: 1px solid var(--lk-line);
  }
  summary {
    padding: 10px 16px;
    color: var(--lk-quiet);
    font-weight: 500;
    cursor: pointer;
  }
  details .list {
    border-top: 1px solid var(--lk-line);
  }
`;
