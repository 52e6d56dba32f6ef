import { css } from 'lit';

export const overviewStyles = css`
  .head {
    align-items: flex-start;
  }
  .head p {
    margin-top: 4px;
  }
  .two {
    display: grid;
    grid-template-columns: minmax(0, 1.9fr) minmax(260px, 1fr);
    gap: 20px;
    align-items: stretch;
  }
  .history-none {
    min-height: 120px;
    display: grid;
    align-content: center;
  }
  .seed {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px 24px;
    padding: 16px;
    border-color: var(--lk-accent);
    background: var(--lk-accent-soft);
  }
  @media (max-width: 1000px) {
    .two {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
