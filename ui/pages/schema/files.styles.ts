import { css } from 'lit';

export const filesStyles = css`
  .top > :first-child {
    flex: 1 1 20rem;
  }
  .workbench {
    display: grid;
    grid-template-columns: minmax(11rem, 15rem) minmax(0, 1fr);
    gap: 16px;
    align-items: start;
  }
  .files {
    list-style: none;
    padding: 6px;
  }
  .files a {
    display: grid;
    gap: 1px;
    padding: 6px 10px;
    border-radius: var(--lk-radius);
    color: inherit;
    text-decoration: none;
  }
  .files a:hover {
    background: var(--lk-sunken);
  }
  .files a[aria-current='true'] {
    background: var(--lk-accent-soft);
  }
  .editor {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
  }
  .editor > header {
    gap: 6px 14px;
  }
  .path {
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  .views {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  .views button {
    font: inherit;
    font-size: 0.8125rem;
    font-weight: 500;
    padding: 5px 10px;
    color: var(--lk-quiet);
    background: none;
    border: 0;
    border-radius: var(--lk-radius);
    cursor: pointer;
  }
  .views button:hover {
    color: var(--lk-ink);
  }
  .views button[aria-pressed='true'] {
    color: var(--lk-accent);
    background: var(--lk-accent-soft);
  }
  .code {
    height: clamp(20rem, 58vh, 46rem);
    overflow: hidden;
  }
  .code.read {
    height: auto;
    max-height: 58vh;
    overflow: auto;
  }
  .note {
    margin: 12px 16px;
  }
  .problems {
    list-style: none;
    border-top: 1px solid var(--lk-line);
    max-height: 12rem;
    overflow: auto;
  }
  .problems button {
    display: flex;
    gap: 10px;
    width: 100%;
    padding: 6px 16px;
    text-align: start;
    color: var(--lk-bad);
  }
  .problems button:hover {
    background: var(--lk-bad-soft);
  }
  .save {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
    align-items: center;
    padding: 12px 16px;
    border-top: 1px solid var(--lk-line);
  }
  .save input {
    flex: 1 1 14rem;
  }
  .versions {
    list-style: none;
  }
  .versions li {
    padding: 10px 16px;
  }
  .versions li + li {
    border-top: 1px solid var(--lk-line);
  }
  .versions lk-code {
    margin-top: 8px;
    border: 1px solid var(--lk-line);
    border-radius: var(--lk-radius);
    max-height: 40vh;
    overflow: auto;
  }
  @media (max-width: 760px) {
    .top > :first-child {
    flex: 1 1 20rem;
  }
  .workbench {
      grid-template-columns: minmax(0, 1fr);
    }
    .files {
      display: flex;
      gap: 4px;
      overflow-x: auto;
    }
    .files a {
      white-space: nowrap;
    }
    .code {
      height: 60vh;
    }
  }
`;
