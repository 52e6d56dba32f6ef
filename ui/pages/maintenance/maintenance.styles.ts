import { css } from 'lit';

export const maintenanceStyles = css`
  .status {
    display: grid;
    gap: 14px;
    padding: 20px 20px 22px;
  }
  .status.read-only {
    background: var(--lk-warn-soft);
    border-color: transparent;
  }
  .status.closed {
    background: var(--lk-bad-soft);
    border-color: transparent;
  }
  .sentence {
    font-size: clamp(1.375rem, 1.1rem + 1.4vw, 1.875rem);
    line-height: 1.2;
    font-weight: 650;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }
  .meaning {
    margin-top: 6px;
    max-width: 68ch;
  }
  .facts {
    max-width: 80ch;
  }
  .holds {
    list-style: none;
  }
  .holds li {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr) auto;
    align-items: start;
    gap: 6px 16px;
    padding: 12px 16px 13px;
    border-top: 1px solid var(--lk-line);
  }
  .holds li:first-child {
    border-top: 0;
  }
  .holds .nobody {
    max-width: 30ch;
  }
  .holds .reason {
    font-weight: 550;
    overflow-wrap: anywhere;
  }
  .history .why {
    min-width: 12ch;
    max-width: 52ch;
    overflow-wrap: anywhere;
    font-weight: 400;
  }
  .more {
    padding: 12px 16px;
    border-top: 1px solid var(--lk-line);
  }
  .narrow {
    display: none;
  }
  @media (max-width: 640px) {
    .holds li {
      grid-template-columns: minmax(0, 1fr);
    }
    .narrow {
      display: block;
    }
  }
`;
