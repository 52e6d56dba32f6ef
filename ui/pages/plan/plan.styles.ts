import { css } from 'lit';

export const planStyles = css`
  .back {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    width: max-content;
  }
  .options {
    display: grid;
    gap: 10px;
  }
  .option {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    cursor: pointer;
  }
  .option input {
    margin-top: 2px;
  }
  .option .small {
    grid-column: 2;
  }
`;
