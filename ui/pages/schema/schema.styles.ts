import { css } from 'lit';

export const schemaStyles = css`
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    border-bottom: 1px solid var(--lk-line);
  }
  .tabs a {
    padding: 6px 10px 7px;
    color: var(--lk-quiet);
    font-weight: 500;
    text-decoration: none;
    border-bottom: 2px solid transparent;
    margin-bottom: -1px;
  }
  .tabs a:hover {
    color: var(--lk-ink);
  }
  .tabs a[aria-current='page'] {
    color: var(--lk-ink);
    font-weight: 600;
    border-bottom-color: var(--lk-accent);
  }
  .green {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 4px 16px;
    align-items: center;
    padding: 18px 20px;
    border-color: transparent;
    background: var(--lk-good-soft);
  }
  .green .sign {
    display: grid;
    place-items: center;
    width: 38px;
    height: 38px;
    border-radius: 50%;
    color: var(--lk-good);
    border: 2px solid currentColor;
    font-size: 20px;
  }
  .apply {
    position: sticky;
    bottom: var(--lk-strip, 0px);
    z-index: 4;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    padding: 12px 16px;
    border-color: var(--lk-line-strong);
    box-shadow: 0 -6px 20px light-dark(rgb(16 40 48 / 0.07), rgb(0 0 0 / 0.3));
  }
  .apply .text {
    flex: 1 1 18rem;
    min-width: 0;
  }
  .warnings {
    padding-left: 1.2em;
  }
  pre.patch {
    margin: 0;
  }
  .patch {
    max-height: 46vh;
    overflow: auto;
    border: 1px solid var(--lk-line);
    border-radius: var(--lk-radius);
    background: var(--lk-sunken);
  }
  wa-dialog {
    --width: min(58rem, calc(100vw - 32px));
  }
  .field {
    display: grid;
    gap: 6px;
  }
  .field span {
    font-weight: 600;
  }
  .dialog {
    display: grid;
    gap: 14px;
    grid-template-columns: minmax(0, 1fr);
  }
`;
