import { css } from 'lit';

export const jobStyles = css`
  .back {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    width: max-content;
    margin-bottom: -12px;
  }
  .head {
    align-items: flex-start;
  }
  .reason {
    margin-top: 3px;
    max-width: 80ch;
    overflow-wrap: anywhere;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 20px;
    align-items: start;
  }
  .id {
    gap: 4px 8px;
  }
  .id lk-copy {
    margin: -4px 0;
  }
  @media (max-width: 900px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
