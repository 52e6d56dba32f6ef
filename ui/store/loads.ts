/** Everything that is fetched to be shown. Each function puts its answer, or its failure, into the state and never throws. */
import type { Token } from '../../worker/protocol/access.ts';
import type { BackupDetails } from '../../worker/protocol/backup.ts';
import type { DatabaseSummary } from '../../worker/protocol/database.ts';
import type { Job } from '../../worker/protocol/job.ts';
import { joinBackups } from './backup-list.ts';
import type { Console } from './console.ts';
import { type HoldList, joinHolds } from './hold-list.ts';
import { mergeFetched } from './job-cache.ts';
import { type JobFilter, type JobList, newJobList, withFailure, withFirstPage, withNextPage } from './job-list.ts';
import { detailsOf, type JobPage, newJobPage, withEvents, withSteps } from './job-page.ts';
import { begun, failed, failureFrom, idle, loadInto, type Resource, ready } from './resource.ts';
import { type BackupPage, type OpenDatabase, withMaintenance, withOpenPhase } from './state.ts';

const PAGE = 50;
/** Of the steps and events of one job: all of most jobs. */
const LOG_PAGE = 200;
const HOLDS_PAGE = 20;
const TABLES_PAGE = 200;
/** Far above any real database; only keeps a server that always names a next page from holding us for ever. */
const MOST_TABLE_PAGES = 100;

export class Loads {
  private readonly console: Console;
  private holdsTurn: Promise<void> = Promise.resolve();
  constructor(console: Console) {
    this.console = console;
  }

  async databases(): Promise<void> {
    const { console } = this;
    await loadInto<readonly DatabaseSummary[]>(
      (change) => console.set({ databases: change(console.state.databases) }),
      async () => (await console.client.databases()).items,
    );
  }

  async tokens(): Promise<void> {
    const { console } = this;
    await loadInto<readonly Token[]>(
      (change) => console.set({ tokens: change(console.state.tokens) }),
      async () => (await console.client.tokens()).items,
    );
  }

  async overview(database: string): Promise<void> {
    await this.part(database, 'overview', async () => {
      const overview = await this.console.client.overview(database);
      const jobs = overview.runningJob === null ? [] : [overview.runningJob];
      this.console.update(database, (open) => ({ ...open, jobs: mergeFetched(open.jobs, jobs) }));
      return overview;
    });
  }

  async tables(database: string): Promise<void> {
    await this.part(database, 'tables', async () => {
      const items = [];
      let cursor: string | null = null;
      for (let page = 0; page < MOST_TABLE_PAGES; page += 1) {
        const answer = await this.console.client.tables(database, { limit: TABLES_PAGE, cursor });
        items.push(...answer.items);
        cursor = answer.nextCursor;
        if (cursor === null) break;
      }
      return items;
    });
  }

  async backups(database: string): Promise<void> {
    await this.part(database, 'backups', async () => {
      const { items, nextCursor } = await this.console.client.backups(database, { limit: PAGE });
      return { items: joinBackups({ items: [], nextCursor: null }, items), nextCursor: nextCursor ?? null };
    });
  }

  async moreBackups(database: string): Promise<void> {
    const { open } = this.console.state;
    const list = open?.backups.state === 'ready' ? open.backups.value : null;
    if (list === null || list.nextCursor === null) return;
    await this.part(database, 'backups', async () => {
      const { items, nextCursor } = await this.console.client.backups(database, { limit: PAGE, cursor: list.nextCursor });
      return { items: joinBackups(list, items), nextCursor: nextCursor ?? null };
    });
  }

  async backup(database: string, id: string): Promise<void> {
    const { console } = this;
    const change = (with_: (page: BackupPage) => BackupPage) =>
      console.update(database, (open) => (open.backupPage?.id === id ? { ...open, backupPage: with_(open.backupPage) } : open));
    console.update(database, (open) =>
      open.backupPage?.id === id ? open : { ...open, backupPage: { id, details: idle, deleted: false } },
    );
    await loadInto<BackupDetails>(
      (put) => change((page) => ({ ...page, details: put(page.details) })),
      () => console.client.backup(database, id),
    );
  }

  /** The status and the history of holds. */
  maintenance(database: string): Promise<void> {
    return this.holdsInTurn(() =>
      this.part(database, 'holds', async () => {
        const [status, list] = await Promise.all([this.console.client.maintenance(database), this.holdsOnScreen(database)]);
        this.console.update(database, (open) => withMaintenance(open, status));
        return list;
      }),
    );
  }

  moreHolds(database: string): Promise<void> {
    return this.holdsInTurn(async () => {
      const list = this.holdList(database);
      if (list === null || list.nextCursor === null) return;
      await this.part(database, 'holds', async () =>
        joinHolds(list, await this.console.client.holds(database, { limit: HOLDS_PAGE, cursor: list.nextCursor })),
      );
    });
  }

  refreshHolds(database: string): void {
    if (this.loaded(database, 'holds'))
      void this.holdsInTurn(() => this.part(database, 'holds', () => this.holdsOnScreen(database)));
  }

  /** One after another: a refresh that was asked for before the next page, and answered after it, would take that page away again. */
  private holdsInTurn(load: () => Promise<void>): Promise<void> {
    this.holdsTurn = this.holdsTurn.then(load, load);
    return this.holdsTurn;
  }

  /** As many as are on screen, all of them anew: any of them may have ended. */
  private async holdsOnScreen(database: string): Promise<HoldList> {
    const wanted = this.holdList(database)?.items.length ?? 0;
    let list = joinHolds(null, await this.console.client.holds(database, { limit: HOLDS_PAGE }));
    while (list.items.length < wanted && list.nextCursor !== null)
      list = joinHolds(list, await this.console.client.holds(database, { limit: HOLDS_PAGE, cursor: list.nextCursor }));
    return list;
  }

  private holdList(database: string): HoldList | null {
    const { open } = this.console.state;
    return open !== null && open.name === database && open.holds.state === 'ready' ? open.holds.value : null;
  }

  /** The first page of the jobs under `filter`. What was on screen stays while the same filter is loaded again. */
  async jobs(database: string, filter: JobFilter): Promise<void> {
    const { console } = this;
    console.update(database, (open) =>
      open.jobList.filter === filter && open.jobList.state === 'ready' ? open : { ...open, jobList: newJobList(filter) },
    );
    await this.jobPageInto(database, filter, null, withFirstPage);
  }

  async moreJobs(database: string): Promise<void> {
    const list = this.console.state.open?.jobList;
    if (list === undefined || list.nextCursor === null || list.loadingMore) return;
    this.console.update(database, (open) => ({ ...open, jobList: { ...open.jobList, loadingMore: true } }));
    await this.jobPageInto(database, list.filter, list.nextCursor, withNextPage);
  }

  async job(database: string, id: string): Promise<void> {
    const { console } = this;
    console.update(database, (open) => (open.jobPage?.id === id ? open : { ...open, jobPage: newJobPage(id) }));
    this.changeJobPage(database, id, (page) => ({ ...page, details: begun(page.details) }));
    try {
      const details = await console.client.job(database, id);
      const { steps: _steps, stepCount: _count, ...job } = details;
      console.update(database, (open) => ({ ...open, jobs: mergeFetched(open.jobs, [job]) }));
      this.changeJobPage(database, id, (page) => ({ ...page, details: ready(detailsOf(details), Date.now()) }));
      await Promise.all([this.steps(database, id), this.events(database, id)]);
    } catch (error) {
      this.changeJobPage(database, id, (page) => ({ ...page, details: failed(page.details, failureFrom(error)) }));
    }
  }

  /** The next page of steps, or the first. */
  async steps(database: string, id: string): Promise<void> {
    const cursor = this.console.state.open?.jobPage?.steps.nextCursor ?? null;
    this.changeJobPage(database, id, (page) => ({ ...page, steps: { ...page.steps, loading: true } }));
    const answer = await this.console.client.steps(database, id, { limit: LOG_PAGE, cursor });
    this.changeJobPage(database, id, (page) => withSteps(page, { items: answer.items, nextCursor: answer.nextCursor ?? null }));
  }

  async events(database: string, id: string): Promise<void> {
    const cursor = this.console.state.open?.jobPage?.events.nextCursor ?? null;
    this.changeJobPage(database, id, (page) => ({ ...page, events: { ...page.events, loading: true } }));
    const answer = await this.console.client.events(database, id, { limit: LOG_PAGE, cursor });
    this.changeJobPage(database, id, (page) => withEvents(page, { items: answer.items, nextCursor: answer.nextCursor ?? null }));
  }

  /** For "load more" of the two lists above: a failure is shown with the page. */
  async more(database: string, id: string, what: 'steps' | 'events'): Promise<void> {
    try {
      await this[what](database, id);
    } catch (error) {
      const failure = failureFrom(error);
      this.changeJobPage(database, id, (page) => ({
        ...page,
        [what]: { ...page[what], loading: false },
        details: failed(page.details, failure),
      }));
    }
  }

  /** What follows loads again only what is on screen already. */
  refreshOverview(database: string): void {
    if (this.loaded(database, 'overview')) void this.overview(database);
  }

  refreshTables(database: string): void {
    if (this.loaded(database, 'tables')) void this.tables(database);
  }

  refreshLists(database: string): void {
    const { open } = this.console.state;
    if (open === null || open.name !== database) return;
    if (open.jobList.state === 'ready') void this.jobs(database, open.jobList.filter);
    if (open.jobPage !== null) void this.job(database, open.jobPage.id);
    if (open.backups.state === 'ready') void this.backups(database);
    if (open.backupPage !== null) void this.backup(database, open.backupPage.id);
  }

  private loaded(database: string, name: 'overview' | 'tables' | 'backups' | 'holds'): boolean {
    const { open } = this.console.state;
    return open !== null && open.name === database && open[name].state !== 'idle';
  }

  private async jobPageInto(
    database: string,
    filter: JobFilter,
    cursor: string | null,
    join: (list: JobList, page: { items: Job[]; nextCursor: string | null }) => JobList,
  ): Promise<void> {
    const { console } = this;
    const into = (change: (open: OpenDatabase) => OpenDatabase) =>
      console.update(database, (open) => (open.jobList.filter === filter ? change(open) : open));
    try {
      const page = await console.client.jobs(database, { limit: PAGE, cursor, ...filter });
      into((open) => ({ ...open, jobs: mergeFetched(open.jobs, page.items), jobList: join(open.jobList, page) }));
    } catch (error) {
      const failure = failureFrom(error);
      into((open) => ({ ...open, jobList: withFailure(open.jobList, failure) }));
    }
  }

  private changeJobPage(database: string, id: string, change: (page: JobPage) => JobPage): void {
    this.console.update(database, (open) =>
      open.jobPage?.id === id ? withOpenPhase({ ...open, jobPage: change(open.jobPage) }) : open,
    );
  }

  private async part<
    K extends 'overview' | 'tables' | 'backups' | 'holds',
    T extends OpenDatabase[K] extends Resource<infer V> ? V : never,
  >(database: string, name: K, load: () => Promise<T>): Promise<void> {
    const put = (change: (resource: Resource<T>) => Resource<T>) =>
      this.console.update(database, (open) => ({ ...open, [name]: change(open[name] as Resource<T>) }));
    await loadInto(put, load);
  }
}
