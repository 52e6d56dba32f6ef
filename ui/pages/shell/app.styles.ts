import { css } from 'lit';

export const shellStyles = css`
  :host {
    display: block;
    min-height: 100dvh;
  }
  .skip {
    position: absolute;
    left: 12px;
    top: -60px;
    z-index: 20;
    padding: 8px 14px;
    background: var(--lk-raised);
    border: 1px solid var(--lk-line-strong);
    border-radius: var(--lk-radius);
  }
  .skip:focus {
    top: 12px;
  }
  .frame {
    display: grid;
    grid-template-columns: 228px minmax(0, 1fr);
    min-height: 100dvh;
  }
  .side {
    position: sticky;
    top: 0;
    height: 100dvh;
    overflow-y: auto;
    display: flex;
    flex-direction: column;
    gap: 14px;
    padding: 16px 14px;
    border-right: 1px solid var(--lk-line);
    background: var(--lk-sunken);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 2px 4px;
    font-weight: 700;
    font-size: 1rem;
    letter-spacing: -0.01em;
    color: inherit;
    text-decoration: none;
  }
  .mark {
    width: 26px;
    height: 26px;
    flex: none;
  }
  nav {
    display: grid;
    gap: 2px;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 7px 10px;
    border-radius: var(--lk-radius);
    color: var(--lk-quiet);
    font-weight: 500;
    text-decoration: none;
  }
  nav a:hover {
    color: var(--lk-ink);
    background: light-dark(rgb(0 40 50 / 0.05), rgb(255 255 255 / 0.05));
  }
  nav a[aria-current] {
    color: var(--lk-ink);
    font-weight: 600;
    background: var(--lk-surface);
    box-shadow: inset 0 0 0 1px var(--lk-line);
  }
  nav a[aria-current] .icon {
    color: var(--lk-accent);
  }
  .foot {
    margin-top: auto;
    display: grid;
    gap: 12px;
  }
  .foot lk-connection {
    padding: 0 10px;
  }
  .content {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 100dvh;
  }
  main {
    flex: 1;
    width: 100%;
    max-width: 1180px;
    padding: 24px 28px 40px;
    outline: none;
  }
  .alone {
    width: min(30rem, 100% - 32px);
    margin: 18vh auto 0;
    display: grid;
    gap: 20px;
  }

  @media (max-width: 820px) {
    .frame {
      display: block;
    }
    .side {
      position: static;
      height: auto;
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      align-items: center;
      gap: 10px;
      padding: 10px 16px 0;
      border-right: 0;
      border-bottom: 1px solid var(--lk-line);
    }
    .brand span {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .foot {
      display: contents;
    }
    .foot lk-account-menu {
      order: 1;
      /* Whoever has a long name must still see which database this is. */
      max-width: 40vw;
    }
    nav {
      order: 2;
      grid-column: 1 / -1;
      display: flex;
      gap: 4px;
      margin: 0 -8px;
      overflow-x: auto;
      scrollbar-width: none;
    }
    nav a {
      padding: 8px 10px 9px;
      border-radius: 0;
      border-bottom: 2px solid transparent;
      white-space: nowrap;
    }
    nav a .icon {
      display: none;
    }
    nav a[aria-current] {
      background: none;
      box-shadow: none;
      border-bottom-color: var(--lk-accent);
    }
    .foot lk-connection {
      order: 3;
      grid-column: 1 / -1;
      padding: 0 2px 8px;
    }
    .content {
      min-height: calc(100dvh - 140px);
    }
    main {
      padding: 16px 16px 32px;
    }
  }
`;
