/** The crash matrix of `database.export`: see `testing/crash.ts`. */
import { reset } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf } from '../archive/r2.ts';
import type { Chunk, Manifest } from '../protocol/backup.ts';
import type { Job } from '../protocol/job.ts';
import { FAULTS } from './faults.ts';
import { atEachCall, env, type Run, type Scene, scene } from './testing/crash.ts';

describe('B6: database.export writes the same bytes, whatever goes wrong', () => {
  const run: Run = { kind: 'database.export', params: {}, binding: env.DB, archiveName: 'DB' };
  const outcome = async (here: Scene, job: Job) => {
    const chunks = (await here.steps()).flatMap(({ detail }) => ('sha256' in detail ? [detail as unknown as Chunk] : []));
    const text = await archiveOf(env.ARCHIVE, 'DB').getManifest(String(job.result?.backupId));
    const { createdAt, startedAt, database, ...manifest } = JSON.parse(text ?? '{}') as Manifest;
    return { chunks: chunks.map(({ sha256 }) => sha256), manifest };
  };
  let expected: Awaited<ReturnType<typeof outcome>>;

  beforeAll(async () => {
    const seed = await scene({ kind: 'sample.seed', params: { rows: 2_000, seed: 5 }, binding: env.DB, archiveName: 'DB' });
    await seed.finish();
    const clean = await scene(run);
    expected = await outcome(clean, await clean.finish());
    expect(expected.manifest.rows).toBeGreaterThan(1_900);
  }, 60_000);
  afterAll(() => reset());

  test.each(FAULTS)(
    '%s, at every await',
    async (fault) => {
      await atEachCall(
        run,
        fault,
        async () => {},
        async (here, job, where) => {
          expect(job, where).toMatchObject({ status: 'succeeded' });
          expect(await outcome(here, job), where).toEqual(expected);
        },
      );
    },
    240_000,
  );
});
