import { css } from 'lit';

/** The look of the two menu buttons of the shell: the database switcher and the account. */
export const menuButton = css`
  :host {
    display: block;
    min-width: 0;
  }
  button.menu {
    display: flex;
    align-items: center;
    gap: 10px;
    width: 100%;
    min-height: 44px;
    padding: 5px 10px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: var(--lk-surface);
    border: 1px solid var(--lk-line);
    border-radius: var(--lk-radius);
    cursor: pointer;
  }
  button.menu:hover {
    border-color: var(--lk-line-strong);
  }
  .text {
    flex: 1;
    min-width: 0;
    display: grid;
    line-height: 1.3;
  }
  .text > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.8125rem;
  }
  .text b {
    font-weight: 600;
  }
`;
