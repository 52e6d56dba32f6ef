/** X1: the list of backups, and what is asked of one. */
import { describe, expect, test } from 'vitest';
import type { BackupSummary } from '../protocol/backup.ts';
import type { Page } from '../protocol/list.ts';
import { API, ask, bindings, finished, HOST, inside, json, OWNER, worker } from './testing/world.ts';

const D = '/databases/DB';

describe('the list of backups', () => {
  test('is read to its end, page by page: also those that a later attempt of a job has made', async () => {
    await bindings.DB.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    const { result } = await finished('DB', { kind: 'database.export' });
    const made = await json<BackupSummary>(`${D}/backups/${result?.backupId}`);
    // As a safety backup is called in the second and third attempt of its job.
    const { manifest: _, ...summary } = made as BackupSummary & { manifest: unknown };
    for (const attempt of [2, 3]) {
      const id = `${summary.id}.${attempt}`;
      const row = JSON.stringify({ ...summary, id, createdAt: new Date(attempt).toISOString() });
      await inside(
        bindings.CONTROL.getByName('DB'),
        'INSERT INTO backups (id, created_at, summary) VALUES (?, ?, ?)',
        id,
        attempt,
        row,
      );
    }
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null && ids.length < 9; ) {
      const page: Page<BackupSummary> = await json(`${D}/backups?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).toEqual([summary.id, `${summary.id}.3`, `${summary.id}.2`]);
  });
});

describe('X1: parameters that can be nothing are refused, and nothing is asked of R2', () => {
  test.each([
    ['backup.verify', { backupId: 'x'.repeat(10_000) }],
    ['backup.verify', { backupId: 'a/../b' }],
    ['backup.verify', { backupId: '\ud800' }],
    ['backup.verify', { backupId: '' }],
    ['database.export', { tables: ['t', 'u', 'T'] }],
    ['database.export', { tables: Array.from({ length: 100_000 }, () => 't') }],
  ])('%s %j', async (kind, params) => {
    const before = await json(`${D}/jobs?limit=200`);
    const response = await ask(`${D}/jobs`, { method: 'POST', body: { kind, params } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad_request' });
    expect(await json(`${D}/jobs?limit=200`)).toEqual(before);
  });

  test.each([
    '"kind":"table.clear","params":{"table":"t","x":DEEP}',
    '"kind":"table.clear","params":{"planId":DEEP}',
    '"kind":"schema.sync","planId":"x","params":{"x":DEEP}',
    '"kind":"database.export","params":{"x":DEEP}',
  ])('deeper than anybody can go who walks through it by recursion: {%s}', async (body) => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const headers = { Authorization: `Bearer ${OWNER}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'deep' };
    const request = { method: 'POST', headers, body: `{${body.replace('DEEP', deep)}}` };
    const response = await worker.fetch(`${HOST}${API}${D}/jobs`, request);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad_request' });
  });
});
