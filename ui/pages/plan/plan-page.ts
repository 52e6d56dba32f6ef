import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Plan } from '../../../worker/protocol/plan.ts';
import type { Fill, Silence } from '../../components/hazard-list.ts';
import { icon } from '../../components/icon.ts';
import { isOver, PLAN_NAMES, standingOf } from '../../components/plan-words.ts';
import '../../components/plan-view.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { newIdempotencyKey } from '../../store/commands.ts';
import { planSqlPath } from '../../store/download.ts';
import type { Decision, NewPlan } from '../../store/plan-loads.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { navigate, paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { canWishOtherwise, clearOptions } from './clear-options.ts';
import { planStyles } from './plan.styles.ts';

type Params = Plan['params'];
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {});

/** A plan that only adds needs no way back: its inverse is one. */
const needsCare = ({ kind, statements }: Plan): boolean => kind === 'schema.sync' && statements.some(({ risk }) => risk !== 'safe');

/** The dry run: one plan, read before anything is touched, and started from here. */
@customElement('lk-plan-page')
export class LkPlanPage extends Page {
  static override styles = [base, layout, controls, planStyles];
  @property() planId = '';
  @state() private busy = false;
  @state() private problem: Failure | null = null;
  /** J7: one key for one plan. */
  private key = '';

  private unwatch: (() => void) | null = null;

  /** As long as the diff is known it is kept current: it tells that the plan is outrun before anybody presses Start. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.store.console.schemaLoads.watch('diff');
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((!changed.has('database') && !changed.has('planId')) || this.database === '' || this.planId === '') return;
    this.problem = null;
    this.key = newIdempotencyKey();
    void this.store.console.planLoads.one(this.database, this.planId);
  }

  override render() {
    const page = this.open?.planPage ?? null;
    if (page === null || page.id !== this.planId) return nothing;
    const { plan } = page;
    const known = plan.state === 'ready' ? plan.value : null;
    const missing = plan.state === 'failed' && plan.failure.code === 'plan_not_found';
    return html`<div class="stack">
      ${this.way(known)}
      <div><h1>${known === null ? 'Plan' : PLAN_NAMES[known.kind]}${typeof known?.params.table === 'string' ? html` <code>${known.params.table}</code>` : nothing}</h1>${missing ? nothing : html`<p class="quiet">${(known?.jobId ?? null) === null ? 'A dry run: read what it will do. Nothing has been touched yet.' : 'What this plan was made to do. It has been started; its job says what came of it.'}</p>`}</div>
      ${missing ? this.missing() : this.shown(plan, { lines: 10, what: 'the plan', retry: () => this.load(), draw: (value) => this.body(value) })}
    </div>`;
  }

  private way(plan: Plan | null) {
    const target =
      plan?.kind === 'table.clear'
        ? { href: paths.danger(this.database), name: 'Danger zone' }
        : { href: paths.schema(this.database), name: 'Schema' };
    return html`<a class="back small" href=${target.href}>${icon('left')}${target.name}</a>`;
  }

  private body(plan: Plan) {
    const { session } = this.store.state;
    const editable = this.denied('plan') === null && !isOver(standingOf(plan, Date.now()));
    return html`<lk-plan-view .plan=${plan} .rulesHref=${paths.lintRules(this.database)} .sqlHref=${planSqlPath(this.database, plan.id)} .jobHref=${plan.jobId === null ? '' : paths.job(this.database, plan.jobId)}
      .me=${session.state === 'signed-in' ? session.me.subject : ''} .denied=${this.startDenied(plan)} .decideDenied=${this.denied('approve')}
      ?editable=${editable && plan.kind === 'schema.sync'} ?stale=${this.isStale(plan)} .busy=${this.busy} .failure=${this.problem}
      @start=${(event: CustomEvent<string | null>) => this.start(plan, event.detail)} @remake=${() => this.remake(plan, {})} @decide=${(event: CustomEvent<Decision>) => this.decide(plan, event.detail)}
      @fill=${(event: CustomEvent<Fill>) => this.remake(plan, { fill: { ...record(plan.params.fill), [event.detail.id]: event.detail.expression } })}
      @silence=${(event: CustomEvent<Silence>) => this.remake(plan, { silence: { ...record(plan.params.silence), [event.detail.code]: event.detail.reason } })}
      >${editable && needsCare(plan) ? this.options(plan) : nothing}${editable && canWishOtherwise(plan) && this.startDenied(plan) === null ? clearOptions(plan.params, this.busy, (change) => this.remake(plan, change)) : nothing}</lk-plan-view>`;
  }

  private options(plan: Plan) {
    const { safetyBackup, fullRehearsal } = plan.params;
    const second = plan.approval.state !== 'not-needed';
    const option = (on: boolean, change: () => void, label: string, meaning: string) =>
      html`<label class="option"><input type="checkbox" .checked=${on} ?disabled=${this.busy} @change=${change} /><span>${label}</span><span class="quiet small">${meaning}</span></label>`;
    return html`<section class="panel" aria-labelledby="options"><header><h2 id="options">How</h2><span class="quiet small">Another choice makes another plan.</span></header><div class="body options">
      ${option(safetyBackup !== false, () => this.remake(plan, { safetyBackup: safetyBackup === false }), 'Take a safety backup first', 'Of the whole database: the way back from everything.')}
      ${option(fullRehearsal === true, () => this.remake(plan, { fullRehearsal: fullRehearsal !== true }), 'Rehearse on the newest whole backup', 'All rows instead of a sample: slower, and it finds what a sample cannot.')}
      ${option(second, () => this.remake(plan, {}, !second), 'Another admin has to approve it', 'They see exactly this page, and approve it by its hash.')}
    </div></section>`;
  }

  private missing() {
    return html`<div class="panel"><lk-empty heading="No such plan">It may have expired long ago, or belong to another database.<p slot="actions"><a href=${paths.schema(this.database)}>See the schema</a></p></lk-empty></div>`;
  }

  private startDenied({ needs }: Plan): string | null {
    return this.denied(needs === 'admin' ? 'run-danger' : 'plan');
  }

  /** The schema that is on screen elsewhere is another one than that of the plan. The server has the last word (J6). */
  private isStale(plan: Plan): boolean {
    const diff = this.open?.schema.diff;
    return (
      plan.jobId === null &&
      diff?.state === 'ready' &&
      diff.takenAtMs > Date.parse(plan.createdAt) &&
      diff.value.basis !== plan.basis
    );
  }

  private load(): void {
    void this.store.console.planLoads.one(this.database, this.planId);
  }

  private async start(plan: Plan, confirm: string | null): Promise<void> {
    const request = {
      kind: plan.kind,
      params: plan.kind === 'table.clear' ? plan.params : {},
      planId: plan.id,
      ...(confirm === null ? {} : { confirm }),
    };
    const job = await this.attempt(() => this.store.console.commands.submit(this.database, request, this.key));
    if (job !== null) navigate(paths.job(job.database, job.id));
  }

  /** Plans never change: another wish is another plan, at another address. */
  private async remake(plan: Plan, change: Params, secondPerson = plan.approval.state !== 'not-needed'): Promise<void> {
    const request: NewPlan = {
      kind: plan.kind,
      params: { ...plan.params, ...change },
      secondPerson,
    };
    const next = await this.attempt(() => this.store.console.planLoads.make(this.database, request));
    if (next !== null) navigate(paths.plan(this.database, next.id), { replace: true });
  }

  private async decide(plan: Plan, decision: Decision): Promise<void> {
    await this.attempt(() => this.store.console.planLoads.decide(this.database, plan.id, decision));
  }

  private async attempt<T>(act: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    try {
      return await act();
    } catch (error) {
      this.problem = failureFrom(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
