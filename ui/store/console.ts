/**
 * The one controller of the console: holds the state, tells who listens, opens and closes databases, keeps the session. What
 * is loaded how is in `loads.ts`, what a person can order in `commands.ts`.
 */
import type { SignIn } from '../../worker/protocol/access.ts';
import type { LiveMessage } from '../../worker/protocol/live.ts';
import { type Client, createClient } from '../api/client.ts';
import { openLiveSocket } from '../api/live-socket.ts';
import { AuditLoads } from './audit-loads.ts';
import { Commands } from './commands.ts';
import { LintLoads } from './lint-loads.ts';
import { LiveFeed } from './live-feed.ts';
import { Loads } from './loads.ts';
import { PlanLoads } from './plan-loads.ts';
import { failureFrom } from './resource.ts';
import { SchemaLoads } from './schema-loads.ts';
import { type ConsoleState, foldMessage, initialState, newlyOpened, type OpenDatabase, outdatedBy } from './state.ts';
import { WindowLoads } from './window-loads.ts';

/** Several events in one moment cause one refresh. */
const REFRESH_AFTER_MS = 250;

export class Console {
  state: ConsoleState = initialState;
  readonly client: Client = createClient({ onUnauthorized: () => this.signedOut() });
  readonly loads = new Loads(this);
  readonly auditLoads = new AuditLoads(this);
  readonly windowLoads = new WindowLoads(this);
  readonly planLoads = new PlanLoads(this);
  readonly schemaLoads = new SchemaLoads(this);
  readonly lintLoads = new LintLoads(this);
  readonly commands = new Commands(this);
  private feed: LiveFeed | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly pending = new Map<string, ReturnType<typeof setTimeout>>();

  constructor() {
    window.addEventListener('online', () => this.feed?.wake());
    window.addEventListener('offline', () => this.feed?.offline());
    window.addEventListener('beforeunload', (event) => {
      if (Object.keys(this.state.drafts).length > 0) event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.feed?.wake();
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<ConsoleState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Changes the open database, unless another one was opened while the caller waited for its answer. */
  update(database: string, change: (open: OpenDatabase) => OpenDatabase): void {
    const { open } = this.state;
    if (open === null || open.name !== database) return;
    const next = change(open);
    if (next !== open) this.set({ open: next });
  }

  /** Asks who we are. Also the probe after a failed handshake. */
  async identify(): Promise<void> {
    try {
      this.signedIn(await this.client.me());
    } catch (error) {
      const failure = failureFrom(error);
      if (failure.status === 401) this.signedOut();
      else if (this.state.session.state === 'unknown' || this.state.session.state === 'unreachable') {
        this.set({ session: { state: 'unreachable', reason: failure.title } });
      }
    }
  }

  /** Throws an `ApiError` that the sign-in page shows. */
  async signIn(credentials: SignIn): Promise<void> {
    this.signedIn(await this.client.signIn(credentials));
  }

  async signOut(): Promise<void> {
    await this.client.signOut().catch((error: unknown) => {
      // An ended session is what was wanted.
      if (failureFrom(error).status !== 401) throw error;
    });
    this.forget(false);
  }

  open(database: string): void {
    if (this.state.open?.name === database) return;
    this.feed?.stop();
    this.set({ open: newlyOpened(database) });
    this.feed = new LiveFeed(database, {
      open: openLiveSocket,
      now: () => Date.now(),
      random: () => Math.random(),
      isOnline: () => navigator.onLine,
      later: (run, delayMs) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
      connection: (connection) => this.update(database, (open) => ({ ...open, connection })),
      message: (message) => this.receive(database, message),
      unauthorized: () => this.signedOut(),
      probe: () => void this.identify(),
    });
    this.feed.start();
  }

  /** "Try now" of the connection indicator. */
  reconnect(): void {
    this.feed?.wake();
  }

  private receive(database: string, message: LiveMessage): void {
    const first = this.state.open?.synced === false;
    this.update(database, (open) => foldMessage(open, message));
    this.noteAudit(database, message);
    const outdated = outdatedBy(message);
    // The first snapshot comes beside the pages' own first loads, which are just as new.
    if (first && message.type === 'snapshot') return;
    if (outdated.overview) this.soon('overview', () => this.loads.refreshOverview(database));
    if (outdated.tables) this.soon('tables', () => this.loads.refreshTables(database));
    if (outdated.holds) {
      this.soon('holds', () => {
        this.loads.refreshHolds(database);
        this.windowLoads.refresh(database);
      });
    }
    if (outdated.schema) {
      this.soon('schema', () => {
        this.schemaLoads.refresh(database);
        this.lintLoads.refresh(database);
        // A plan of the schema as it was is void now.
        this.planLoads.refresh(database);
      });
    }
    if (outdated.lists) {
      this.soon('lists', () => {
        this.loads.refreshLists(database);
        this.planLoads.refresh(database);
      });
    }
  }

  /** Nearly everything that happens is recorded: the trail on screen has a newer entry. It does not move by itself under who reads it. */
  private noteAudit(database: string, message: LiveMessage): void {
    const { audit } = this.state;
    const news = message.type === 'event' && message.event.type !== 'tables.sampled';
    if (news && audit !== null && audit.scope === database && !audit.outdated) this.set({ audit: { ...audit, outdated: true } });
  }

  private soon(name: string, run: () => void): void {
    if (this.pending.has(name)) return;
    this.pending.set(
      name,
      setTimeout(() => {
        this.pending.delete(name);
        run();
      }, REFRESH_AFTER_MS),
    );
  }

  private signedIn(me: Awaited<ReturnType<Client['me']>>): void {
    this.set({ session: { state: 'signed-in', me } });
  }

  private signedOut(): void {
    const { session } = this.state;
    if (session.state !== 'signed-out') this.forget(session.state === 'signed-in');
  }

  /** Nothing of one person's session may stay on screen for the next. */
  private forget(expired: boolean): void {
    this.feed?.stop();
    this.feed = null;
    for (const timer of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
    this.set({ ...initialState, session: { state: 'signed-out', expired } });
  }
}
