/** HTTP to the letter: what proxies, caches and clients rely on. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Problem } from '../protocol/problem.ts';
import { API, ask, bindings, finished, HOST, OWNER, worker } from './testing/world.ts';

const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  return (await response.json()) as Problem;
};

describe('X1: a path that is written otherwise is the same path', () => {
  test.each(['/%61pi/v1/me', '/api/%761/me', '/%61%70%69/%76%31/me'])('%s: not kept by a cache, and in the log', async (path) => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, 'info').mockImplementation((line: string) => void lines.push(line));
    const response = await worker.fetch(`${HOST}${path}`, { headers: { Authorization: `Bearer ${OWNER}` } });
    spy.mockRestore();
    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Content-Security-Policy')).toContain('sandbox');
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'request', path: `${API}/me`, requestId: response.headers.get('X-Request-Id') }),
    );
  });
});

describe('a method that a path does not have', () => {
  test.each([
    ['PATCH', '/databases', 'GET'],
    ['DELETE', '/databases/DB/jobs', 'GET, POST'],
    ['POST', '/databases/DB/schema/drafts', 'GET, PUT'],
    ['GET', '/databases/DB/jobs/none/cancel', 'POST'],
    ['OPTIONS', '/tokens/none', 'DELETE'],
  ])('%s %s: 405, and what it has', async (method, path, allow) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe(allow);
    expect((await problemOf(response)).code).toBe('method_not_allowed');
  });

  test.each(['/nothing', '/databases/DB/nothing', '/databases/', ''])('%s is no path: 404', async (path) => {
    const response = await ask(path, { method: 'PATCH' });
    expect(response.headers.get('Allow')).toBeNull();
    expect((await problemOf(response)).code).toBe('not_found');
  });

  test('X1: who has not signed in learns neither', async () => {
    expect((await problemOf(await ask('/databases', { method: 'PATCH', token: null }))).code).toBe('unauthorized');
  });
});

describe('downloads', () => {
  let path = '';
  let tag = '';
  beforeAll(async () => {
    await bindings.DB.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    const job = await finished('DB', { kind: 'database.export' });
    path = `/databases/DB/backups/${job.result?.backupId}/download?format=sql`;
    tag = (await ask(path, { method: 'HEAD' })).headers.get('ETag') ?? '';
    expect(tag).not.toBe('');
  });

  test('a range outside of the file is answered with its length', async () => {
    const length = (await ask(path, { method: 'HEAD' })).headers.get('Content-Length');
    const response = await ask(path, { headers: { Range: 'bytes=999999-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('Content-Range')).toBe(`bytes */${length}`);
    expect((await problemOf(response)).code).toBe('range_not_satisfiable');
  });

  test('what is known is not sent again, also when a proxy made the tag weak, or sends several', async () => {
    for (const header of [tag, `W/${tag}`, `"another", ${tag}`])
      expect((await ask(path, { headers: { 'If-None-Match': header } })).status, header).toBe(304);
    const other = await ask(path, { headers: { 'If-None-Match': '"another"' } });
    expect(other.status).toBe(200);
    await other.body?.cancel();
  });
});
