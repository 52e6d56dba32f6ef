import { css } from 'lit';

/** For `levelMark`. */
export const lintStyles = css`
  .level {
    display: inline-flex;
    align-items: baseline;
    gap: 5px;
    font-size: 0.8125rem;
    font-weight: 600;
    white-space: nowrap;
    color: var(--lk-quiet);
  }
  .level[data-tone='bad'] {
    color: var(--lk-bad);
  }
  .level[data-tone='warn'] {
    color: var(--lk-warn);
  }
  .level svg.icon {
    align-self: center;
    width: 1.15em;
    height: 1.15em;
  }
`;
