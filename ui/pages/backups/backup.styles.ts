import { css } from 'lit';

export const backupStyles = css`
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
  .id {
    gap: 4px 8px;
    margin-top: 2px;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 20px;
    align-items: start;
  }
  .get {
    display: grid;
    gap: 14px;
  }
  .get h3 {
    margin-bottom: 4px;
  }
  ul {
    padding-left: 1.2em;
  }
  @media (max-width: 980px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
