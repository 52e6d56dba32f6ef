import { css } from 'lit';

export const matrixStyles = css`
  .grid {
    outline: none;
  }
  .grid:focus-visible {
    outline: 2px solid var(--lk-focus);
    outline-offset: -1px;
    border-radius: var(--lk-radius-large);
  }
  .head,
  .line {
    display: grid;
    grid-template-columns: 22px minmax(13rem, 1.6fr) minmax(0, 1.2fr) minmax(0, 1.2fr) minmax(0, 1.2fr) 9.6rem;
    gap: 0 14px;
    align-items: center;
  }
  .head {
    position: sticky;
    top: var(--lk-banner, 0px);
    z-index: 2;
    padding: 7px 16px;
    color: var(--lk-quiet);
    background: var(--lk-surface);
    border-bottom: 1px solid var(--lk-line);
    border-radius: var(--lk-radius-large) var(--lk-radius-large) 0 0;
    font-size: 0.8125rem;
    font-weight: 500;
  }
  #list {
    display: block;
    min-height: 60px;
    /* The window over the rows keeps its own place. */
    overflow-anchor: none;
  }
  .item {
    width: 100%;
    border-bottom: 1px solid var(--lk-line);
    scroll-margin: 90px;
  }
  .item.active {
    box-shadow: inset 3px 0 0 var(--lk-focus);
  }
  .grid:focus-visible .item.active {
    box-shadow: inset 0 0 0 2px var(--lk-focus);
  }
  .item.linked {
    background: var(--lk-accent-soft);
  }
  .group {
    background: var(--lk-sunken);
  }
  .group .line {
    min-height: 38px;
    padding: 5px 16px;
    cursor: pointer;
  }
  .line {
    min-height: 34px;
    padding: 4px 16px;
  }
  .object .line {
    cursor: pointer;
  }
  .object .line:hover,
  .group .line:hover {
    background: light-dark(rgb(0 40 50 / 0.035), rgb(255 255 255 / 0.035));
  }
  .tick {
    display: grid;
    place-items: center;
    width: 22px;
    height: 24px;
  }
  .name {
    display: flex;
    align-items: baseline;
    gap: 8px;
    min-width: 0;
  }
  .group .name code {
    font-weight: 650;
    font-size: 0.875rem;
  }
  .name code {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .object .name {
    padding-left: 18px;
  }
  .chevron {
    color: var(--lk-quiet);
    align-self: center;
    display: inline-flex;
    width: 12px;
  }
  .open > .line .chevron svg {
    transform: rotate(90deg);
  }
  .kind {
    color: var(--lk-quiet);
    font-size: 0.75rem;
    white-space: nowrap;
  }
  .cell {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.8125rem;
  }
  .cell.absent,
  .cell.unsaid {
    color: var(--lk-quiet);
  }
  .cell.off code {
    padding: 1px 4px;
    margin-left: -4px;
    border-radius: 3px;
    color: var(--lk-warn);
    background: var(--lk-warn-soft);
  }
  .cell.off.absent {
    color: var(--lk-accent);
    font-weight: 550;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 0.8125rem;
    font-weight: 550;
    white-space: nowrap;
  }
  .state.good {
    color: var(--lk-good);
    font-weight: 400;
  }
  .state.warn {
    color: var(--lk-warn);
  }
  .state.accent {
    color: var(--lk-accent);
  }
  .state.bad {
    color: var(--lk-bad);
  }
  .state .cause {
    color: var(--lk-quiet);
    font-weight: 400;
  }
  .tallies {
    grid-column: 3 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    justify-content: flex-end;
  }
  .rest button {
    display: block;
    width: 100%;
    padding: 7px 16px 7px 70px;
    text-align: start;
    color: var(--lk-quiet);
    font-size: 0.8125rem;
  }
  .rest button:hover {
    color: var(--lk-ink);
    text-decoration: underline;
  }
  .side {
    display: none;
  }
  .details {
    padding: 6px 16px 16px 70px;
    background: light-dark(oklch(98.4% 0.004 205), oklch(20% 0.015 225));
    border-top: 1px dashed var(--lk-line);
  }
  @media (max-width: 900px) {
    .head {
      display: none;
    }
    .line {
      grid-template-columns: 22px minmax(0, 1fr) auto;
      padding-inline: 12px;
      gap: 0 10px;
    }
    .object .name {
      padding-left: 4px;
      flex-wrap: wrap;
    }
    .object .name code {
      white-space: normal;
    }
    .cell {
      grid-column: 2 / -1;
      display: grid;
      grid-template-columns: 6.6rem minmax(0, 1fr);
      gap: 8px;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .match .cell {
      display: none;
    }
    /* The whole text stands in the details. */
    .cell code {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
    }
    .side {
      display: inline;
      color: var(--lk-quiet);
      font-weight: 400;
    }
    .how {
      grid-row: 1;
      grid-column: 3;
    }
    .tallies {
      grid-column: 2 / -1;
      justify-content: flex-start;
      padding-left: 20px;
    }
    .details {
      padding: 6px 12px 14px 44px;
    }
    .rest button {
      padding-left: 44px;
    }
  }
`;
