/** What a benchmark is: a file in cases/ that exports `bench`. Each answers one row for each thing that it measured. */

export interface Row {
  readonly case: string;
  /** What was measured: `lockkeeper`, or the name of a peer. */
  readonly method: string;
  readonly rows: number;
  /** From the request to the end, as the caller sees it. */
  readonly wallMs: number;
  /** The job's own times, `startedAt` to `finishedAt`; null for what is not a job. */
  readonly jobMs: number | null;
  /** Of SQL text. */
  readonly outputBytes: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Peak resident memory in bytes, by program (`workerd`, `node`, `sqlite3`, …). Empty where it cannot be measured. */
  readonly peakBytes: Readonly<Record<string, number>>;
  /** Anything else that is worth keeping, for example `consistency`. */
  readonly note: string;
}

export interface BenchContext {
  readonly sizes: readonly number[];
  /** An empty folder that is deleted at the end. */
  readonly folder: string;
  tell(text: string): void;
}

export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

export interface Bench {
  readonly name: string;
  readonly what: string;
  readonly sizes: readonly number[];
  run(context: BenchContext): Promise<Row[]>;
  /** Goals that can be judged from these rows. */
  judge(rows: readonly Row[]): Verdict[];
}

export const row = (given: Omit<Row, 'rowsPerSecond' | 'bytesPerSecond'>): Row => {
  const seconds = (given.jobMs ?? given.wallMs) / 1000;
  return { ...given, rowsPerSecond: Math.round(given.rows / seconds), bytesPerSecond: Math.round(given.outputBytes / seconds) };
};
