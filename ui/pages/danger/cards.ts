/** The dangerous jobs that can be planned from the danger zone. A new one is a line here and an element of its own. */
import { html, type TemplateResult } from 'lit';
import type { TableStats } from '../../../worker/protocol/database.ts';
import type { PlanKind } from '../../../worker/protocol/plan.ts';
import type { Resource } from '../../store/resource.ts';
import './clear-card.ts';

/** What a card is given. It makes a plan and goes to its page; it never starts anything. */
export interface CardContext {
  readonly database: string;
  readonly tables: Resource<readonly TableStats[]>;
  /** Why this person may neither plan nor start it, or null. */
  readonly denied: string | null;
  readonly reloadTables: () => void;
}

export interface DangerCard {
  readonly kind: PlanKind;
  readonly title: string;
  /** What it destroys, in a sentence. */
  readonly what: string;
  readonly draw: (context: CardContext) => TemplateResult;
}

export const DANGER_CARDS: readonly DangerCard[] = [
  {
    kind: 'table.clear',
    title: 'Clear a table',
    what: 'Removes every row of one table, and on request the rows of other tables that depend on them. The table itself stays.',
    draw: (context) => html`<lk-clear-card .context=${context}></lk-clear-card>`,
  },
];

export const isDangerKind = (kind: PlanKind): boolean => DANGER_CARDS.some((card) => card.kind === kind);
