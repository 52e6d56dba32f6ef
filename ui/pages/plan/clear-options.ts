/** What can be wished otherwise of a plan that clears a table. Plans never change, so every answer makes another plan. */
import { html, type TemplateResult } from 'lit';
import type { Plan } from '../../../worker/protocol/plan.ts';

/** Nobody pulls the plan away from under somebody who is asked to approve it, or has. */
export const canWishOtherwise = ({ kind, approval }: Pick<Plan, 'kind' | 'approval'>): boolean =>
  kind === 'table.clear' && approval.state !== 'requested' && approval.state !== 'approved';

export function clearOptions(params: Plan['params'], busy: boolean, wish: (change: Plan['params']) => void): TemplateResult {
  const option = (on: boolean, change: Plan['params'], label: string, meaning: string) =>
    html`<label class="option"><input type="checkbox" .checked=${on} ?disabled=${busy} @change=${() => wish(change)} /><span>${label}</span><span class="quiet small">${meaning}</span></label>`;
  const clears = params.dependents === 'clear';
  const safe = params.safetyBackup !== false;
  const resets = params.resetSequence === true;
  return html`<section class="panel" aria-labelledby="options"><header><h2 id="options" class="grow">How</h2><span class="quiet small">Another answer makes another plan.</span></header><div class="body options">
    ${option(clears, { dependents: clears ? 'keep' : 'clear' }, 'Clear the rows that depend on it too', 'Through all foreign keys. Otherwise rows that depend on it stop the plan.')}
    ${option(safe, { safetyBackup: !safe }, 'Take a safety backup first', 'A whole backup, before the first row goes. Without it there is no way back from here.')}
    ${option(resets, { resetSequence: !resets }, 'Number from 1 again', 'For AUTOINCREMENT: the next row gets 1.')}
  </div></section>`;
}
