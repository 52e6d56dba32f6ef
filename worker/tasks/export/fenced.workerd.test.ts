/** B3 `fenced`, as it is for real: the API, the queue, the control plane, R2, and a client that writes through its own binding all the while. */
import { reset } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFenceRefusal } from '../../database/fence.ts';
import type { BackupDetails } from '../../protocol/backup.ts';
import type { Job } from '../../protocol/job.ts';
import type { MaintenanceStatus } from '../../protocol/maintenance.ts';

const { DB, LOCKKEEPER_ADMIN_TOKEN } = env as unknown as { DB: D1Database; LOCKKEEPER_ADMIN_TOKEN: string };
const worker = (exports as unknown as { default: Fetcher }).default;
const ROWS = 60_000;
const TOTAL = ROWS * 100;

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await worker.fetch(`http://127.0.0.1/api/v1/databases/DB${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${LOCKKEEPER_ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

beforeAll(async () => {
  await DB.batch([
    DB.prepare('CREATE TABLE debit (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, filler TEXT)'),
    DB.prepare('CREATE TABLE credit (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, filler TEXT)'),
    DB.prepare(
      `INSERT INTO debit WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT i, 100, hex(zeroblob(60)) FROM n`,
    ),
    DB.prepare('INSERT INTO credit SELECT id, 0, filler FROM debit'),
  ]);
});
afterAll(() => reset());

test('M2 M4 B3: nothing is torn, writers are refused while it copies and served before and after, and the hold ends with the job', async () => {
  let stop = false;
  let moved = 0;
  let refused = 0;
  /** Moves money between the ends of two tables: a copy that is torn has lost or made some. */
  const hammer = async () => {
    for (let n = 1; !stop; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      try {
        await DB.batch([
          DB.prepare('UPDATE debit SET amount = amount - 1 WHERE id = CAST(? AS INTEGER)').bind(String((n % ROWS) + 1)),
          DB.prepare('UPDATE credit SET amount = amount + 1 WHERE id = CAST(? AS INTEGER)').bind(String(ROWS - (n % ROWS))),
        ]);
        moved += 1;
      } catch (error) {
        if (!isFenceRefusal(error)) throw error;
        refused += 1;
      }
    }
  };
  const hammering = hammer();
  let job = await call<Job>('/jobs', { kind: 'database.export' });
  const deadline = Date.now() + 40_000;
  while (!['succeeded', 'failed'].includes(job.status) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = await call<Job>(`/jobs/${job.id}`);
  }
  const after = moved;
  while (moved < after + 5 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  stop = true;
  await hammering;

  expect(job).toMatchObject({ status: 'succeeded', result: { consistency: 'fenced', rows: 2 * ROWS } });
  expect(refused).toBeGreaterThan(0);
  expect(moved).toBeGreaterThan(after);
  expect(await call<MaintenanceStatus>('/maintenance')).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });

  const { manifest } = await call<BackupDetails>(`/backups/${job.result?.backupId}`);
  const response = await worker.fetch(`http://127.0.0.1/api/v1/databases/DB/backups/${manifest.id}/download?format=sql.gz`, {
    headers: { Authorization: `Bearer ${LOCKKEEPER_ADMIN_TOKEN}` },
  });
  const text = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString('utf8');
  const amounts = [...text.matchAll(/^(?:INSERT.*VALUES)?\(\d+,(\d+),'0{120}'\)/gm)].map((match) => Number(match[1]));
  expect(amounts).toHaveLength(2 * ROWS);
  expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(TOTAL);
  expect(text).not.toContain('_lk_');
});
