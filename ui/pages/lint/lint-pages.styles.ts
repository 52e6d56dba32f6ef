import { css } from 'lit';

export const lintPagesStyles = css`
  .bench {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(21rem, 2fr);
    gap: 16px;
  }
  .bench > .panel {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto minmax(0, 1fr);
    height: clamp(24rem, 72vh, 60rem);
    overflow: hidden;
  }
  /* What is hidden for the eye alone is placed in here: otherwise it makes the page longer than what is seen. */
  .results {
    position: relative;
    overflow: auto;
  }
  .results:focus-visible {
    outline-offset: -2px;
  }
  .note {
    padding: 12px 16px;
  }
  .never {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .nothing {
    display: flex;
    gap: 12px;
    padding: 20px 16px;
  }
  .nothing svg {
    flex: none;
    margin-top: 2px;
    font-size: 18px;
    color: var(--lk-good);
  }
  kbd {
    padding: 0 5px;
    font: 0.75rem var(--lk-mono);
    border: 1px solid var(--lk-line-strong);
    border-radius: 4px;
  }
  .rules {
    list-style: none;
  }
  .rules li + li {
    border-top: 1px solid var(--lk-line);
  }
  .rules a {
    display: grid;
    grid-template-columns: 6.5rem minmax(0, 1fr) auto;
    gap: 2px 16px;
    align-items: baseline;
    padding: 9px 16px;
    color: inherit;
    text-decoration: none;
    border-radius: 0;
  }
  .rules a:hover {
    background: var(--lk-sunken);
  }
  .rules a:focus-visible {
    outline-offset: -2px;
  }
  .rules .title {
    font-weight: 550;
  }
  .back {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    width: max-content;
  }
  input[type='search'] {
    width: min(24rem, 100%);
  }
  @media (max-width: 960px) {
    .bench {
      grid-template-columns: minmax(0, 1fr);
    }
    .bench > .panel {
      height: auto;
    }
    .bench .code {
      height: 46vh;
    }
  }
  @media (max-width: 640px) {
    .rules a {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
