/**
 * B6, J2: the export is killed before and after every call that it makes, again and again, and resumed each time. What it leaves in the archive is,
 * byte for byte, what it leaves when nobody disturbs it. D1 is real; the control plane is in memory and keeps what was committed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archive } from '../archive/archive.ts';
import type { Database } from '../database/database.ts';
import type { ExportParams } from '../protocol/job.ts';
import { type ExportCursor, exportTask } from './database-export.ts';
import { MemoryArchive, MemoryJob, slice } from './export/testing/harness.ts';
import { type LocalD1, startLocalD1 } from './export/testing/local-d1.ts';
import type { Outcome, Verdict } from './task.ts';

let d1: LocalD1;
let undisturbed: { archive: MemoryArchive; outcome: Outcome; calls: number };
const inSmallChunks = exportTask({ chunkBytes: 150_000 });
const PARAMS: ExportParams = { consistency: 'fuzzy' };

beforeAll(async () => {
  d1 = await startLocalD1();
  await d1.database.batch(
    [
      'CREATE TABLE small (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)',
      "INSERT INTO small VALUES (1, 'one'), (2, 'two')",
      'CREATE TABLE big (a INT, b REAL, c BLOB, PRIMARY KEY (a DESC, b)) WITHOUT ROWID',
      'INSERT INTO big WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 400) SELECT n % 7, n / 7.0, zeroblob(100 + n % 900) FROM c',
      'CREATE TABLE long (id INTEGER PRIMARY KEY, body BLOB)',
      'INSERT INTO long WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4) SELECT n, zeroblob(30000 * n) FROM c',
      'CREATE INDEX big_b ON big (b)',
    ].map((sql) => ({ sql })),
  );
  const world = new World();
  const outcome = await world.slice(Number.POSITIVE_INFINITY, 'before');
  undisturbed = { archive: world.archive, outcome: outcome as Outcome, calls: world.calls };
}, 120_000);
afterAll(() => d1.stop());

class Killed extends Error {
  override readonly name = 'Killed';
}
type When = 'before' | 'after';

/** Everything that an executor reaches, with a kill at its nth call: before the call is made, or after it has had its effect. */
class World {
  readonly archive = new MemoryArchive();
  readonly job = new MemoryJob<ExportCursor>();
  calls = 0;
  attempt = 1;
  constructor(private readonly params: ExportParams = PARAMS) {}

  async slice(killAt: number, when: When): Promise<Outcome | Killed> {
    let calls = 0;
    let killed = false;
    const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
      // What is dead makes no more calls, also not the page that it had asked for in advance.
      if (killed) throw new Killed();
      calls += 1;
      this.calls += 1;
      const last = calls === killAt;
      if (last && when === 'before') killed = true;
      if (killed) throw new Killed();
      const answer = await work();
      if (last) killed = true;
      if (killed) throw new Killed();
      return answer;
    };
    const hands = guarded(this.job, mortal, ['commit', 'steps', 'hold']);
    const database = guarded<Database>(d1.database, mortal, ['query', 'batch', 'size']);
    const archive = guarded<Archive>(this.archive, mortal, [
      'putChunk',
      'getChunk',
      'putDraft',
      'getDraft',
      'deleteDraft',
      'putManifest',
      'getManifest',
      'deleteManifest',
    ]);
    try {
      return await slice(inSmallChunks, this.params, hands, { database, archive, attempt: this.attempt });
    } catch (error) {
      if (error instanceof Killed) return error;
      throw error;
    }
  }
}

/** The same object, whose named methods go through `mortal`. */
function guarded<T extends object>(
  target: T,
  mortal: <R>(work: () => Promise<R>) => Promise<R>,
  methods: readonly (keyof T & string)[],
): T {
  return new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name) as unknown;
      if (typeof value !== 'function') return value;
      const method = (...args: unknown[]) => Reflect.apply(value, object, args) as Promise<unknown>;
      return methods.includes(name as keyof T & string) ? (...args: unknown[]) => mortal(() => method(...args)) : method;
    },
  });
}

function mustBeTheSame({ archive, job }: World, outcome: Outcome | Killed): void {
  expect(outcome).toEqual(undisturbed.outcome);
  expect(archive.manifests).toEqual(undisturbed.archive.manifests);
  for (const [name, bytes] of undisturbed.archive.chunks) expect(archive.chunks.get(name), name).toEqual(bytes);
  expect(job.committed.map(({ name }) => name)).toEqual([
    'plan',
    ...undisturbed.archive.manifest('bk_job-1').chunks.map(({ n }) => `chunk ${n}`),
    'manifest',
  ]);
}

describe('an export that is killed', () => {
  test('B6 the undisturbed export has several chunks, of which some begin inside a table', () => {
    const { chunks } = undisturbed.archive.manifest('bk_job-1');
    expect(chunks.length).toBeGreaterThanOrEqual(3);
    expect(chunks.filter(({ segments }) => segments[0]?.after !== null && segments.length > 0).length).toBeGreaterThanOrEqual(2);
    expect(undisturbed.calls).toBeGreaterThan(30);
  });

  test.each(['before', 'after'] as const)(
    'B6 J2 %s each of its calls, once: the same chunks and the same manifest',
    { timeout: 300_000 },
    async (when) => {
      // Each world has an archive and a job of its own, and all only read from the database.
      const killedAt = async (at: number) => {
        const world = new World();
        expect(await world.slice(at, when), `call ${at}`).toBeInstanceOf(Killed);
        mustBeTheSame(world, await world.slice(Number.POSITIVE_INFINITY, when));
      };
      const calls = Array.from({ length: undisturbed.calls }, (_, n) => n + 1);
      for (let at = 0; at < calls.length; at += 8) await Promise.all(calls.slice(at, at + 8).map(killedAt));
    },
  );

  test('B6 J2 in every slice, a little later each time, until it gets through', { timeout: 120_000 }, async () => {
    const world = new World();
    let outcome: Outcome | Killed = new Killed();
    let slices = 0;
    for (; outcome instanceof Killed && slices < 100; slices += 1)
      outcome = await world.slice(8 + slices, slices % 2 === 0 ? 'after' : 'before');
    expect(slices).toBeGreaterThan(4);
    mustBeTheSame(world, outcome);
  });

  test('B6 paused after every step: the same chunks and the same manifest', async () => {
    const world = new World();
    world.job.verdict = () => 'pause';
    let outcome: Outcome | Killed = { outcome: 'paused' };
    let slices = 0;
    for (; 'outcome' in outcome && outcome.outcome === 'paused'; slices += 1)
      outcome = await world.slice(Number.POSITIVE_INFINITY, 'before');
    expect(slices).toBe(undisturbed.archive.manifest('bk_job-1').chunks.length + 3);
    mustBeTheSame(world, outcome);
  });

  test.each(['plan', 'chunk 1', 'chunk 3', 'manifest'])('J5 cancelled at the step %s: no manifest is left', async (step) => {
    const world = new World();
    world.job.verdict = ({ name }): Verdict => (name === step ? 'cancel' : 'go-on');
    expect(await world.slice(Number.POSITIVE_INFINITY, 'before')).toEqual({ outcome: 'cancelled' });
    expect(world.archive.manifests.size).toBe(0);
  });

  test('B6 the schema changes between two slices: schema_changed, and no manifest', async () => {
    const world = new World();
    world.job.verdict = ({ name }): Verdict => (name === 'chunk 0' ? 'pause' : 'go-on');
    expect(await world.slice(Number.POSITIVE_INFINITY, 'before')).toEqual({ outcome: 'paused' });
    await d1.database.query('CREATE TABLE newcomer (id INTEGER PRIMARY KEY)');
    await expect(world.slice(Number.POSITIVE_INFINITY, 'before')).rejects.toMatchObject({ code: 'schema_changed' });
    await d1.database.query('DROP TABLE newcomer');
    expect(world.archive.manifests.size).toBe(0);
  });

  test('B3 a fenced export that is tried again begins anew: between the attempts anybody could write', async () => {
    const world = new World({ consistency: 'fenced' });
    world.job.verdict = ({ name }): Verdict => (name === 'chunk 0' ? 'pause' : 'go-on');
    expect(await world.slice(Number.POSITIVE_INFINITY, 'before')).toEqual({ outcome: 'paused' });
    expect(world.job.held).toBe(1);
    await d1.database.query("UPDATE small SET note = 'written between the attempts' WHERE id = 1");
    world.job.verdict = () => 'go-on';
    world.attempt = 2;
    expect(await world.slice(Number.POSITIVE_INFINITY, 'before')).toMatchObject({
      outcome: 'done',
      result: { consistency: 'fenced' },
    });
    await d1.database.query("UPDATE small SET note = 'one' WHERE id = 1");
    expect(world.job.held).toBe(2);
    expect(world.archive.text('bk_job-1')).toContain('written between the attempts');
    const chunks = world.archive.manifest('bk_job-1').chunks;
    expect(chunks.map(({ n }) => n)).toEqual(chunks.map((_, n) => n));
    expect(world.archive.drafts.size).toBe(0);
  });

  test('B6 Lockkeeper’s own tables may come and go meanwhile', async () => {
    const world = new World();
    world.job.verdict = ({ name }): Verdict => (name === 'chunk 0' ? 'pause' : 'go-on');
    await world.slice(Number.POSITIVE_INFINITY, 'before');
    await d1.database.query('CREATE TABLE _lk_steps (id INTEGER PRIMARY KEY)');
    mustBeTheSame(world, await world.slice(Number.POSITIVE_INFINITY, 'before'));
    await d1.database.query('DROP TABLE _lk_steps');
  });
});
