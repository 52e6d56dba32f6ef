import { createExecutionContext, evictDurableObject, reset } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Env } from '../env.ts';
import type { AuditEntry } from '../protocol/audit.ts';
import { serve } from './app.ts';
import {
  API,
  ask,
  bindings,
  entriesOf,
  finished,
  HOST,
  inside,
  json,
  OWNER,
  verdictOf,
  visit,
  withoutQueue,
} from './testing/world.ts';

const DB = '/databases/DB/audit';
const control = () => bindings.CONTROL.getByName('DB');
const access = () => bindings.ACCESS.getByName('access');
const actions = (entries: readonly AuditEntry[]) => entries.map(({ action }) => action);
const FROM = { 'CF-Connecting-IP': '203.0.113.7', 'CF-Ray': 'ray-42' };

const makeToken = (role: string) =>
  json<{ id: string; secret: string }>('/tokens', { method: 'POST', body: { name: `a ${role}`, role } });
const signIn = (token: string, headers: Record<string, string> = {}) =>
  ask('/session', { method: 'POST', token: null, body: { token }, headers });
const cookieOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';

afterEach(() => reset());

describe('A1: every state change writes an entry: who, what, from where, with which outcome', () => {
  test('maintenance, with the fence that follows it', async () => {
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'read-only', reason: 'moving house' }, headers: FROM });
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'off', reason: 'moved' } });
    const entries = await entriesOf(DB);
    expect(actions(entries)).toEqual(['maintenance.set', 'fence.raised', 'maintenance.set', 'fence.lowered']);
    expect(entries[0]).toMatchObject({
      n: 1,
      actor: 'owner',
      address: '203.0.113.7',
      requestId: 'ray-42',
      target: 'hold_1',
      database: 'DB',
      outcome: 'ok',
      detail: { mode: 'read-only', reason: 'moving house', expiresAt: null, ended: [] },
    });
    expect(entries[1]).toMatchObject({ actor: 'system', address: 'internal', target: 'read-only' });
    expect(entries[2]).toMatchObject({ address: 'local', detail: { mode: 'off', ended: ['hold_1'] } });
    expect(await verdictOf(DB)).toMatchObject({ intact: true, checked: 4, breach: null });
  });

  test('a hold that runs out', async () => {
    const body = { mode: 'closed', reason: 'short', expiresAt: new Date(Date.now() + 60_000).toISOString() };
    await json('/databases/DB/maintenance', { method: 'PUT', body });
    await inside(control(), 'UPDATE holds SET created_at = 1, expires_at = 2');
    await visit();
    const ended = (await entriesOf(DB)).find(({ action }) => action === 'hold.ended');
    expect(ended).toMatchObject({ actor: 'system', target: 'hold_1', detail: { because: 'expired', owner: 'person owner' } });
  });

  test('a job from its submission to its end, with a digest of what it ran and how long that took', async () => {
    const job = await finished('DB', { kind: 'sample.seed', params: { rows: 400, seed: 3 } });
    expect(job.status).toBe('succeeded');
    const entries = await entriesOf(DB, `&target=${job.id}`);
    expect(actions(entries).filter((action) => action !== 'job.effect')).toEqual(['job.submitted', 'job.started', 'job.succeeded']);
    expect(entries[0]).toMatchObject({ actor: 'owner', detail: { kind: 'sample.seed', params: { rows: 400, seed: 3 } } });
    const effects = entries.filter(({ action }) => action === 'job.effect');
    expect(effects.length).toBeGreaterThan(1);
    for (const effect of effects) {
      expect(effect).toMatchObject({ actor: 'owner', requestId: entries[0]?.requestId, durationMs: expect.any(Number) });
      expect(effect.sqlDigest).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(entries.at(-1)?.durationMs).toBe(Date.parse(job.finishedAt ?? '') - Date.parse(job.startedAt ?? ''));
    expect(await verdictOf(DB)).toMatchObject({ intact: true });
  });

  test('a failure by its code alone; cancelling and retrying by who asked', async () => {
    await bindings.DB.prepare('CREATE TABLE "secret_name" (x)').run();
    const refused = await ask('/databases/DB/jobs', { method: 'POST', body: { kind: 'sample.seed' } });
    expect(refused.status).toBe(409);
    expect(await entriesOf(DB)).toEqual([]);
    const plane = control();
    await withoutQueue(plane);
    const submission = { id: 'job_x', kind: 'database.export', lane: 'exclusive', params: {} } as const;
    const by = { actor: 'token:ci', address: '198.51.100.1', requestId: 'r9' };
    const progress = { phase: 'waiting', done: 0, total: null, unit: 'steps' };
    await plane.submit({ ...submission, ...by, progress, requestHash: 'h', idempotencyKey: null });
    await plane.deadLetter('job_x', 1, 'the text of an error with a secret value');
    await plane.retry('job_x', { ...by, actor: 'ann' });
    await plane.cancel('job_x', { ...by, actor: 'bob' });
    const entries = await entriesOf(DB, '&target=job_x');
    const said = entries
      .filter(({ action }) => action !== 'job.cancelled')
      .map(({ action, actor, outcome }) => [action, actor, outcome]);
    expect(said).toEqual([
      ['job.submitted', 'token:ci', 'ok'],
      ['job.started', 'token:ci', 'ok'],
      ['job.failed', 'token:ci', 'failed'],
      ['job.retried', 'ann', 'ok'],
      ['job.started', 'token:ci', 'ok'],
      ['job.cancel_requested', 'bob', 'ok'],
    ]);
    expect(entries.find(({ action }) => action === 'job.failed')?.detail).toEqual({
      kind: 'database.export',
      attempt: 1,
      code: 'dead_letter',
    });
  });

  test('a command that is refused leaves no entry and no gap', async () => {
    expect((await ask('/databases/DB/jobs/none/cancel', { method: 'POST' })).status).toBe(404);
    const past = { mode: 'closed', reason: 'x', expiresAt: '2020-01-01T00:00:00.000Z' };
    expect((await ask('/databases/DB/maintenance', { method: 'PUT', body: past })).status).toBe(400);
    expect(await entriesOf(DB)).toEqual([]);
    expect(await verdictOf(DB)).toMatchObject({ intact: true, checked: 0, head: { n: 0 } });
  });

  test('backups: made, downloaded, deleted; a download in many parts is one', async () => {
    const job = await finished('STAGING', { kind: 'database.export' });
    const id = String(job.result?.backupId);
    const path = `/databases/STAGING/backups/${id}`;
    for (const range of ['bytes=0-9', 'bytes=10-19', 'bytes=20-29']) {
      const part = await ask(`${path}/download?format=sql`, { headers: { Range: range } });
      expect(part.status).toBe(206);
      await part.arrayBuffer();
    }
    expect((await ask(path, { method: 'DELETE' })).status).toBe(204);
    const entries = await entriesOf('/databases/STAGING/audit', `&target=${id}`);
    expect(actions(entries)).toEqual(['backup.created', 'backup.downloaded', 'backup.deleted']);
    expect(entries[1]).toMatchObject({ actor: 'owner', detail: { format: 'sql', bytes: 10, part: true } });
  });

  test('sign-ins, sign-outs, codes and tokens, in the chain of access', async () => {
    const token = await makeToken('operator');
    const cookie = cookieOf(await signIn(token.secret, FROM));
    expect((await ask('/session', { method: 'DELETE', cookie })).status).toBe(204);
    const { code } = await json<{ code: string }>('/session/codes', { method: 'POST', token: token.secret });
    expect((await ask('/session', { method: 'POST', token: null, body: { code } })).status).toBe(200);
    expect((await ask(`/tokens/${token.id}`, { method: 'DELETE' })).status).toBe(204);
    const entries = await entriesOf('/audit');
    expect(entries.map(({ action, actor, target }) => [action, actor, target])).toEqual([
      ['token.created', 'owner', token.id],
      ['session.opened', 'token:a operator', 'token:a operator'],
      ['session.closed', 'token:a operator', 'token:a operator'],
      ['session.code_created', 'token:a operator', 'token:a operator'],
      ['session.opened', 'token:a operator', 'token:a operator'],
      ['token.revoked', 'owner', token.id],
    ]);
    expect(entries[1]).toMatchObject({ address: '203.0.113.7', requestId: 'ray-42', database: null, detail: { how: 'token' } });
    expect(entries[5]?.detail).toMatchObject({ name: 'a operator', role: 'operator', sessionsEnded: 1 });
    expect(await verdictOf('/audit')).toMatchObject({ intact: true, checked: 6 });
  });
});

test('A1: who comes through Cloudflare Access signs in with the first request from an address, once', async () => {
  const grants = [{ role: 'viewer' as const, databases: null }];
  const ann = { subject: 'access:ann@example.com', displayName: 'Ann', grants, tokenId: null, ownerHash: null, expiresAt: null };
  const by = { actor: 'nobody', address: '203.0.113.7', requestId: 'r1' };
  for (let n = 0; n < 3; n += 1) await access().recordAccessSignIn(ann, by);
  await access().recordAccessSignIn(ann, { ...by, address: '203.0.113.8' });
  const entries = await entriesOf('/audit');
  expect(entries.map(({ action, actor, address, detail }) => [action, actor, address, detail.how])).toEqual([
    ['session.opened', 'access:ann@example.com', '203.0.113.7', 'access'],
    ['session.opened', 'access:ann@example.com', '203.0.113.8', 'access'],
  ]);
});

describe('A1: what was refused is recorded, and cannot fill the trail', () => {
  test('denied actions, in the chain of the database that was meant; repeats are counted', async () => {
    const { secret } = await makeToken('viewer');
    for (let n = 0; n < 5; n += 1) {
      const answer = await ask('/databases/DB/jobs', {
        method: 'POST',
        token: secret,
        body: { kind: 'database.export' },
        headers: FROM,
      });
      expect(answer.status).toBe(403);
    }
    expect((await ask('/tokens', { method: 'POST', token: secret, body: { name: 'x', role: 'admin' } })).status).toBe(403);
    const [entry, ...more] = await entriesOf(DB);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      action: 'access.denied',
      actor: 'token:a viewer',
      address: '203.0.113.7',
      target: 'POST /api/v1/databases/:db/jobs',
      outcome: 'denied',
      detail: { code: 'forbidden', role: 'viewer', repeats: 0 },
    });
    const inAccess = (await entriesOf('/audit')).filter(({ action }) => action === 'access.denied');
    expect(inAccess).toMatchObject([{ target: 'POST /api/v1/tokens', database: null }]);
    await inside(control(), `UPDATE audit_head SET denials = replace(denials, '"writtenAt":', '"writtenAt":1,"was":')`);
    await visit();
    expect((await entriesOf(DB)).at(-1)).toMatchObject({
      action: 'access.denied',
      actor: 'system',
      detail: { crowd: 'member', repeats: 4 },
    });
  });

  test('failed sign-ins by address, with how often, and never with what was tried', async () => {
    for (let n = 0; n < 9; n += 1) await signIn(`wrong-guess-${n}`, FROM);
    expect((await ask('/me', { token: 'lkt_wrong-guess', headers: FROM })).status).toBe(401);
    expect((await ask('/me', { token: null })).status).toBe(401);
    const entries = await entriesOf('/audit');
    expect(entries.map(({ action, actor, address }) => [action, actor, address])).toEqual([
      ['session.refused', 'nobody', '203.0.113.7'],
      ['credential.refused', 'nobody', '203.0.113.7'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('guess');
  });

  test('a flood of strangers from ever new addresses stays small', async () => {
    for (let n = 0; n < 200; n += 1)
      await ask('/me', { token: 'nobody-has-this', headers: { 'CF-Connecting-IP': `2001:db8::${n}` } });
    expect(await entriesOf('/audit')).toHaveLength(50);
    await evictDurableObject(access());
    await ask('/me', { token: 'nobody-has-this', headers: { 'CF-Connecting-IP': '2001:db8::ffff' } });
    expect(await entriesOf('/audit')).toHaveLength(50);
    await visit();
    const last = (await entriesOf('/audit')).at(-1);
    expect(last).toMatchObject({ action: 'access.denied', target: 'counted', detail: { crowd: 'stranger', unrecorded: 151 } });
    expect(await verdictOf('/audit')).toMatchObject({ intact: true, checked: 51 });
  });

  test('what a stranger sends does not get in at length, nor as what it is not', async () => {
    const headers = { 'CF-Connecting-IP': 'x'.repeat(5_000), 'CF-Ray': 'y'.repeat(5_000) };
    await ask('/me', { token: 'nobody-has-this', headers });
    await ask('/databases/lkt_AAAAAAAAAAAAAAAA/jobs', { method: 'POST', token: (await makeToken('viewer')).secret, body: {} });
    const entries = await entriesOf('/audit');
    expect(Math.max(...entries.map((entry) => JSON.stringify(entry).length))).toBeLessThan(1_000);
    expect(JSON.stringify(entries)).not.toContain('lkt_AAAA');
  });
});

describe('A1: secrets never appear', () => {
  test('in no entry, no copy, no anchor and no line of the log', async () => {
    const lines: string[] = [];
    for (const level of ['info', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
    const secrets = [OWNER];
    const token = await makeToken('operator');
    const viewer = await makeToken('viewer');
    secrets.push(token.secret, viewer.secret);
    const cookie = cookieOf(await signIn(token.secret));
    secrets.push(cookie.split('=')[1] as string);
    const { code } = await json<{ code: string }>('/session/codes', { method: 'POST', token: token.secret });
    secrets.push(code);
    await ask('/session', { method: 'POST', token: null, body: { code } });
    await ask('/session', { method: 'POST', token: null, body: { code } });
    await signIn(`${OWNER}-mistyped`);
    await ask(`/tokens/${token.secret}`, { method: 'DELETE' });
    await ask(`/databases/${token.secret}/audit?q=${token.secret}`, { token: viewer.secret });
    await json('/tokens', { method: 'POST', body: { name: `pasted ${token.secret}`, role: 'viewer' } });
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'read-only', reason: `because ${viewer.secret}` } });
    await finished('DB', { kind: 'database.export' });
    await visit();
    vi.restoreAllMocks();

    const rows = await Promise.all([control(), access()].map((stub) => inside(stub, 'SELECT * FROM audit')));
    const { objects } = await bindings.ARCHIVE.list({ prefix: '' });
    const anchors = objects.filter(({ key }) => key.includes('audit/'));
    const texts = await Promise.all(anchors.map(async ({ key }) => `${key} ${await (await bindings.ARCHIVE.get(key))?.text()}`));
    const { results: copies } = await bindings.DB.prepare('SELECT * FROM audit_logs').all();
    expect(rows.flat().length).toBeGreaterThan(12);
    expect(texts).toHaveLength(2);
    expect(copies.length).toBeGreaterThan(5);
    expect(lines.length).toBeGreaterThan(10);
    const everything = JSON.stringify([rows, texts, copies]);
    for (const secret of secrets) expect(everything).not.toContain(secret);
    // Paths are in the log as they came: what somebody puts there is in every access log on its way, too.
    const logged = lines.filter(
      (line) => !line.includes('"path":"/api/v1/tokens/lkt_') && !line.includes('"path":"/api/v1/databases/lkt_'),
    );
    for (const secret of secrets) expect(logged.join('\n')).not.toContain(secret);
  });
});

describe('A1: the list', () => {
  beforeEach(async () => {
    for (const mode of ['read-only', 'closed', 'off']) {
      await json('/databases/DB/maintenance', { method: 'PUT', body: { mode, reason: `Grund für ${mode}` } });
    }
  });

  test('newest first, by cursor; a cursor of another chain is refused', async () => {
    const first = await json<{ items: AuditEntry[]; nextCursor: string }>(`${DB}?limit=2`);
    const second = await json<typeof first>(`${DB}?limit=2&cursor=${first.nextCursor}`);
    const all = await entriesOf(DB);
    expect([...first.items, ...second.items].map(({ n }) => n)).toEqual(
      all
        .map(({ n }) => n)
        .reverse()
        .slice(0, 4),
    );
    for (const chain of ['/audit', '/databases/STAGING/audit']) {
      expect((await ask(`${chain}?cursor=${first.nextCursor}`)).status).toBe(400);
    }
  });

  test.each([
    ['&actor=system', (entry: AuditEntry) => entry.actor === 'system'],
    ['&actor=nobody', () => false],
    ['&action=maintenance.set', (entry: AuditEntry) => entry.action === 'maintenance.set'],
    ['&action=fence.raised,fence.lowered', (entry: AuditEntry) => entry.action.startsWith('fence.')],
    ['&target=hold_2', (entry: AuditEntry) => entry.target === 'hold_2'],
    ['&outcome=denied', () => false],
    ['&q=GRUND', (entry: AuditEntry) => 'reason' in entry.detail],
    ['&q=100%25_', () => false],
    ['&to=2020-01-01T00:00:00Z', () => false],
    ['&from=2020-01-01T00:00:00%2B01:00', () => true],
  ])('%s', async (query, wanted) => {
    const all = await entriesOf(DB);
    expect(await entriesOf(DB, query)).toEqual(all.filter(wanted));
  });

  test.each(['&action=job.exploded', '&from=yesterday', '&outcome=maybe', '&limit=0', '&format=xml'])(
    '%s is refused',
    async (query) => {
      expect((await ask(`${DB}?${query.slice(1)}`)).status).toBe(400);
    },
  );

  test('roles: a viewer reads the trail of a database, an admin that of access', async () => {
    const { secret } = await makeToken('viewer');
    expect((await ask(DB, { token: secret })).status).toBe(200);
    expect((await ask(`${DB}/verify`, { token: secret })).status).toBe(200);
    for (const path of ['/audit', '/audit/verify', '/audit?format=csv'])
      expect((await ask(path, { token: secret })).status).toBe(403);
  });

  test('as NDJSON and CSV: everything that matches, as a file, and that it was taken is recorded', async () => {
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'off', reason: '=HYPERLINK("http://evil","x")' } });
    const before = (await entriesOf(DB)).reverse();
    const ndjson = await ask(`${DB}?format=ndjson&limit=1`);
    expect(ndjson.headers.get('Content-Type')).toContain('ndjson');
    expect(ndjson.headers.get('Content-Disposition')).toBe('attachment; filename="audit_DB.ndjson"');
    const lines = new TextDecoder()
      .decode(await ndjson.arrayBuffer())
      .trimEnd()
      .split('\n');
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual(before);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ action: 'audit.exported', target: 'ndjson', actor: 'owner' });
    const csv = await (await ask(`${DB}?format=csv&action=maintenance.set`)).text();
    expect(csv.split('\r\n')).toHaveLength(1 + 4 + 1);
    expect(csv).toMatch(/^n,at,actor,/);
    expect((await entriesOf(DB)).at(-1)).toMatchObject({ action: 'audit.exported', target: 'csv' });
  });
});

test('A1: a refusal stands, also when it cannot be recorded', async () => {
  const lines: string[] = [];
  const error = vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const gone = { byToken: async () => null, recordDenial: () => Promise.reject(new Error('gone')) };
  const request = new Request(`${HOST}${API}/me`, { headers: { Authorization: 'Bearer wrong' } });
  const answer = await serve(
    request,
    { ...bindings, ACCESS: { getByName: () => gone } } as unknown as Env,
    createExecutionContext(),
  );
  expect(answer.status).toBe(401);
  expect(lines.join()).toContain('could not be recorded');
  error.mockRestore();
});
