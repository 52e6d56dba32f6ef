/** Checks what is typed, by itself a moment after typing stops, and fetches the linter's rules. Never throws. */
import type { LintRule } from '../../worker/protocol/lint.ts';
import type { Console } from './console.ts';
import { isBlank, MAX_SQL, NOTHING_TYPED, type SqlCheck } from './lint-state.ts';
import { begun, failed, failureFrom, loadInto, ready } from './resource.ts';

const TYPING_MS = 600;

export class LintLoads {
  private readonly console: Console;
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** Only the answer to the latest question counts: an earlier one may come later. */
  private turn = 0;
  private watchers = 0;
  constructor(console: Console) {
    this.console = console;
  }

  /** Until the returned function is called, the text is checked again whenever the schema changes. */
  watch(): () => void {
    this.watchers += 1;
    return () => {
      this.watchers -= 1;
    };
  }

  write(database: string, sql: string): void {
    clearTimeout(this.typing);
    if (isBlank(sql)) this.turn += 1;
    this.change(database, (check) => (isBlank(sql) ? { ...NOTHING_TYPED, sql } : { ...check, sql }));
    if (!isBlank(sql)) this.typing = setTimeout(() => void this.check(database), TYPING_MS);
  }

  /** Now. */
  async check(database: string): Promise<void> {
    clearTimeout(this.typing);
    const { open } = this.console.state;
    if (open === null || open.name !== database) return;
    const { sql } = open.check;
    if (isBlank(sql) || sql.length > MAX_SQL) return;
    this.turn += 1;
    const { turn } = this;
    this.change(database, (check) => ({ ...check, report: begun(check.report) }));
    try {
      const report = await this.console.client.lint(database, sql);
      if (turn === this.turn) this.change(database, (check) => ({ ...check, report: ready({ ...report, sql }, Date.now()) }));
    } catch (error) {
      const failure = failureFrom(error);
      if (turn === this.turn) this.change(database, (check) => ({ ...check, report: failed(check.report, failure) }));
    }
  }

  /** The schema has changed: what was said of the text may not hold any more. */
  refresh(database: string): void {
    const { open } = this.console.state;
    if (open === null || open.name !== database || open.check.report.state === 'idle') return;
    if (this.watchers > 0) void this.check(database);
    else this.change(database, ({ sql }) => ({ ...NOTHING_TYPED, sql }));
  }

  /** They are part of the program: once is enough. */
  async rules(): Promise<void> {
    const { console } = this;
    if (console.state.lintRules.state === 'ready') return;
    await loadInto<readonly LintRule[]>(
      (change) => console.set({ lintRules: change(console.state.lintRules) }),
      async () => (await console.client.lintRules()).items,
    );
  }

  private change(database: string, change: (check: SqlCheck) => SqlCheck): void {
    this.console.update(database, (open) => ({ ...open, check: change(open.check) }));
  }
}
