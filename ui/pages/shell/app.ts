import { Router } from '@lit-labs/router';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { Me } from '../../../worker/protocol/access.ts';
import { failureFrom } from '../../store/resource.ts';
import { HOME, SIGN_IN, safeReturn, signInPath } from '../../store/return-to.ts';
import { Subscription } from '../../store/subscription.ts';
import '../../components/failure.ts';
import { type IconName, icon, mark } from '../../components/icon.ts';
import { bringInSight } from '../../components/in-sight.ts';
import '../../components/placeholder.ts';
import { base } from '../../components/styles.ts';
import { MODE_NAMES } from '../../components/words.ts';
import { navigate, paths } from '../navigate.ts';
import { takeLinkCode } from '../sign-in/sign-in-page.ts';
import './account-menu.ts';
import { nextSpoken, silent } from './announcement.ts';
import { shellStyles } from './app.styles.ts';
import './connection.ts';
import './database-menu.ts';
import './job-strip.ts';
import './maintenance-banner.ts';
import { decoded, PAGE_TITLES, type PageName, routes } from './routes.ts';

const SECTIONS: readonly {
  readonly name: 'overview' | 'schema' | 'jobs' | 'backups' | 'maintenance' | 'danger' | 'audit';
  readonly icon: IconName;
  readonly pages: readonly PageName[];
}[] = [
  { name: 'overview', icon: 'overview', pages: ['overview'] },
  {
    name: 'schema',
    icon: 'schema',
    pages: ['schema', 'schema-files', 'schema-code', 'schema-check', 'lint-rules', 'lint-rule', 'plan'],
  },
  { name: 'jobs', icon: 'jobs', pages: ['jobs', 'job'] },
  { name: 'backups', icon: 'backups', pages: ['backups', 'backup'] },
  { name: 'maintenance', icon: 'maintenance', pages: ['maintenance'] },
  { name: 'danger', icon: 'warning', pages: ['danger'] },
  { name: 'audit', icon: 'audit', pages: ['audit'] },
];

/** The frame around every page: decides between sign-in and console, opens the database that the address names, keeps the title. */
@customElement('lk-app')
export class LkApp extends LitElement {
  static override styles = [base, shellStyles];
  private readonly store = new Subscription(this);
  private readonly router = new Router(this, routes, { fallback: { render: () => html`<lk-not-found-page></lk-not-found-page>` } });
  /** Taken before the first answer of the server: a code must not stay in the history, in a bookmark or in a screenshot. */
  private linkCode = takeLinkCode();
  private spoken = silent;
  private shownPath = '';
  private shownSection: Element | null = null;
  private shownLinks = 0;
  @query('main') private main?: HTMLElement;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.linkCode === null) void this.store.console.identify();
  }

  override render() {
    const { session } = this.store.state;
    switch (session.state) {
      case 'unknown':
        return this.linkCode === null ? nothing : this.signInPage();
      case 'unreachable':
        return this.unreachable(session.reason);
      case 'signed-out':
        return this.signInPage();
      case 'signed-in':
        return this.frame(session.me);
    }
  }

  protected override updated(_changed: PropertyValues): void {
    // Used by now, for better or worse: whoever signs out later must not run into it again.
    if (this.store.state.session.state !== 'unknown') this.linkCode = null;
    this.settle();
    this.retitle();
    this.showSection();
    const next = nextSpoken(this.spoken, Object.values(this.store.state.open?.jobs ?? {}), Date.now());
    const speaks = next.text !== this.spoken.text;
    this.spoken = next;
    const voice = this.renderRoot.querySelector('#voice');
    if (speaks && voice !== null) voice.textContent = next.text;
  }

  /** One template for both states, so that the page is not made anew, and its code not used again, when the first answer comes. */
  private signInPage() {
    return html`<lk-sign-in-page .code=${this.linkCode}></lk-sign-in-page>`;
  }

  private get page(): PageName {
    const path = location.pathname;
    return routes.find(({ path: pattern }) => new URLPattern({ pathname: pattern }).test({ pathname: path }))?.name ?? 'not-found';
  }

  /** The binding in the address, or null on pages that belong to no database. */
  private get databaseInPath(): string | null {
    const [first, second] = location.pathname.split('/').slice(1);
    return first !== undefined && second !== undefined ? decoded(first) : null;
  }

  /** Brings address and state together: who is signed out goes to sign-in, who is signed in leaves it, `/` becomes a database. */
  private settle(): void {
    const { session, databases } = this.store.state;
    const { console } = this.store;
    if (session.state === 'signed-out' && this.page !== 'sign-in') {
      navigate(signInPath(location.pathname + location.search), { replace: true });
      return;
    }
    if (session.state !== 'signed-in') return;
    if (databases.state === 'idle') void console.loads.databases();
    if (this.page === 'sign-in') {
      navigate(safeReturn(new URLSearchParams(location.search).get('next')), { replace: true });
      return;
    }
    if (databases.state !== 'ready') return;
    const named = this.databaseInPath;
    const known = databases.value.find(({ name }) => name === (named ?? this.store.state.open?.name)) ?? databases.value[0];
    if (location.pathname === HOME && known !== undefined) navigate(paths.overview(known.name), { replace: true });
    else if (known !== undefined && (named === null || known.name === named)) console.open(known.name);
  }

  private retitle(): void {
    const database = this.databases.find(({ name }) => name === this.databaseInPath);
    const { session, databases } = this.store.state;
    const unknown = databases.state === 'ready' && this.databaseInPath !== null && database === undefined;
    const page = PAGE_TITLES[session.state !== 'signed-in' ? 'sign-in' : unknown ? 'not-found' : this.page];
    const mode = this.store.state.open?.maintenance?.mode ?? 'off';
    // In a row of tabs the title is all that one sees.
    const alarm = database === undefined || mode === 'off' ? '' : MODE_NAMES[mode];
    document.title = [alarm, page, database?.displayName, 'Lockkeeper']
      .filter((part) => part !== undefined && part !== '')
      .join(' · ');
    if (this.shownPath === location.pathname) return;
    // A new page begins at its top, and the keyboard goes on from there and not from the link that was pressed.
    if (this.shownPath !== '' && this.shownPath !== HOME && !this.shownPath.startsWith(SIGN_IN)) {
      window.scrollTo(0, 0);
      this.main?.focus({ preventScroll: true });
    }
    this.shownPath = location.pathname;
  }

  /** On a narrow screen the row of sections is wider than the page. */
  private showSection(): void {
    const section = this.renderRoot.querySelector('nav a[aria-current]');
    const links = this.renderRoot.querySelectorAll('nav a').length;
    // Links that come later, with the databases, push it out of sight again.
    if (section === this.shownSection && links === this.shownLinks) return;
    this.shownSection = section;
    this.shownLinks = links;
    if (section !== null && section.parentElement !== null) bringInSight(section.parentElement, section);
  }

  private displayName(binding: string | undefined): string {
    return this.databases.find(({ name }) => name === binding)?.displayName ?? binding ?? '';
  }

  private get databases() {
    const { databases } = this.store.state;
    return databases.state === 'ready' ? databases.value : [];
  }

  private frame(me: Me) {
    const { open } = this.store.state;
    const connection = open?.connection ?? null;
    return html`
      <a class="skip" href="#main" @click=${this.skip}>Skip to content</a>
      <div class="frame">
        <header class="side">
          <a class="brand" href="/" aria-label="Lockkeeper, to the overview">${mark()}<span>Lockkeeper</span></a>
          <lk-database-menu .list=${this.databases} .current=${open?.name ?? ''} @choose=${this.choose}></lk-database-menu>
          <nav aria-label="Main">${SECTIONS.map((section) => this.link(section))}${this.accessLink()}</nav>
          <div class="foot">
            <lk-connection .connection=${connection} @try-now=${() => this.store.console.reconnect()}></lk-connection>
            <lk-account-menu .me=${me} @sign-out=${this.signOut}></lk-account-menu>
          </div>
        </header>
        <div class="content">
          <lk-maintenance-banner .status=${open?.maintenance ?? null} .database=${open?.name ?? ''} .displayName=${this.displayName(open?.name)} .jobs=${open?.jobs ?? {}}></lk-maintenance-banner>
          <main id="main" tabindex="-1"><lk-stale-note .connection=${connection}></lk-stale-note>${this.outlet()}</main>
          <lk-job-strip .jobs=${open?.jobs ?? {}}></lk-job-strip>
        </div>
      </div>
      <div id="voice" class="sr-only" role="status"></div>`;
  }

  private outlet() {
    const { databases, open } = this.store.state;
    if (databases.state === 'failed') {
      return html`<lk-failure .failure=${databases.failure}><wa-button appearance="outlined" @click=${() => this.store.console.loads.databases()}>Try again</wa-button></lk-failure>`;
    }
    const named = this.databaseInPath;
    if (databases.state !== 'ready') return html`<lk-loading lines="5"></lk-loading>`;
    if (named !== null && this.page !== 'not-found' && !databases.value.some(({ name }) => name === named)) {
      return html`<lk-not-found-page what="There is no database called ${named}, or you have no role on it. The databases are listed in db/databases.ts; your roles under Access."></lk-not-found-page>`;
    }
    if (named !== null && this.page !== 'not-found' && open?.name !== named) return html`<lk-loading lines="5"></lk-loading>`;
    if (location.pathname === HOME && databases.value.length === 0) {
      return html`<div class="panel"><lk-empty heading="No database is managed yet">Add one to <code>db/databases.ts</code> and <code>wrangler.toml</code>, then deploy.</lk-empty></div>`;
    }
    return this.router.outlet();
  }

  /** A plan's page is a page of where the plan was made. */
  private get section(): (typeof SECTIONS)[number]['name'] | undefined {
    const plan = this.store.state.open?.planPage?.plan;
    if (this.page === 'plan' && plan?.state === 'ready' && plan.value.kind === 'table.clear') return 'danger';
    return SECTIONS.find(({ pages }) => pages.includes(this.page))?.name;
  }

  private link({ name, icon: sign }: (typeof SECTIONS)[number]) {
    const database = this.store.state.open?.name ?? this.databases[0]?.name;
    if (database === undefined) return nothing;
    return html`<a href=${paths[name](database)} aria-current=${this.section === name ? 'page' : nothing}>${icon(sign)}${PAGE_TITLES[name]}</a>`;
  }
  private accessLink() {
    return html`<a href=${paths.access} aria-current=${this.page === 'access' || this.page === 'access-audit' ? 'page' : nothing}>${icon('access')}Access</a>`;
  }

  private unreachable(reason: string) {
    return html`<div class="alone"><div class="brand">${mark()}<span>Lockkeeper</span></div>
      <lk-failure .failure=${{ title: reason, detail: '', hint: 'Check the network, and that the server is running.', code: 'network', requestId: null }}>
        <wa-button appearance="outlined" @click=${() => this.store.console.identify()}>Try again</wa-button>
      </lk-failure></div>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.main?.focus();
  }
  private choose(event: CustomEvent<string>): void {
    navigate(paths[this.section ?? 'overview'](event.detail));
  }
  private async signOut(): Promise<void> {
    try {
      await this.store.console.signOut();
      navigate(SIGN_IN, { replace: true });
    } catch (error) {
      this.store.console.set({ session: { state: 'unreachable', reason: `Not signed out: ${failureFrom(error).title}` } });
    }
  }
}
