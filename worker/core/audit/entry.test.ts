import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SYSTEM } from '../../protocol/audit.ts';
import { type AuditDraft, GENESIS, hashOf, seal, sqlDigest, toEntry } from './entry.ts';

const AT = Date.parse('2026-11-23T10:00:00.000Z');
const draft = (more: Partial<AuditDraft> = {}): AuditDraft => ({
  by: { actor: 'owner', address: '203.0.113.7', requestId: 'r1' },
  action: 'job.submitted',
  target: 'job_1',
  database: 'DB',
  ...more,
});

describe('A1: an entry and its hash', () => {
  test('the canonical text is what the documentation says, so that anybody can compute the hash from an export', () => {
    const entry = toEntry(seal(GENESIS, draft({ detail: { kind: 'x', a: [1, { z: null, b: true }] }, durationMs: 12.4 }), AT));
    const fields = [
      entry.n,
      Date.parse(entry.at),
      entry.actor,
      entry.address,
      entry.requestId,
      entry.action,
      entry.target,
      entry.database,
      entry.planHash,
      entry.sqlDigest,
      entry.outcome,
      entry.durationMs,
      JSON.stringify(entry.detail),
    ];
    expect(entry.hash).toBe(
      createHash('sha256')
        .update(`${entry.prevHash}\n${JSON.stringify(fields)}`)
        .digest('hex'),
    );
    expect(entry).toMatchObject({ n: 1, prevHash: '0'.repeat(64), durationMs: 12, outcome: 'ok', planHash: null });
  });

  test('the order in which details are set does not matter', () => {
    const one = seal(GENESIS, draft({ detail: { a: 1, b: { c: 2, d: 3 } } }), AT);
    expect(seal(GENESIS, draft({ detail: { b: { d: 3, c: 2 }, a: 1 } }), AT).hash).toBe(one.hash);
  });

  test('any text survives: what is read back has the hash that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (text, detail) => {
        const row = seal(GENESIS, draft({ by: { ...SYSTEM, actor: text }, target: text, detail }), AT);
        const stored = new TextDecoder().decode(new TextEncoder().encode(JSON.stringify(row)));
        expect(hashOf(JSON.parse(stored))).toBe(row.hash);
        expect(row.actor.length).toBeLessThanOrEqual(200);
      }),
    );
  });

  test('texts from outside are clipped, not between the halves of a character; large details are named by their hash', () => {
    const row = seal(GENESIS, draft({ target: `${'x'.repeat(198)}😀😀`, detail: { huge: 'y'.repeat(5_000) } }), AT);
    expect(row.target).toBe(`${'x'.repeat(198)}…`);
    expect(JSON.parse(row.detail)).toEqual({ omitted: '5011 characters', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test.each([
    'lkt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'lks_abc-DEF_0123456789',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln',
  ])('a secret that was pasted where a name belongs is taken out: %s', (secret) => {
    const pasted = `x ${secret} y`;
    const row = seal(GENESIS, draft({ by: { ...SYSTEM, actor: pasted }, target: pasted, detail: { a: [pasted] } }), AT);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(row.target).toBe('x [secret] y');
  });

  test('a row that was tampered with can still be shown', () => {
    const row = { ...seal(GENESIS, draft(), AT), detail: '{broken', at: Number.NaN };
    expect(toEntry(row)).toMatchObject({ detail: { unreadable: '{broken' }, at: '1970-01-01T00:00:00.000Z' });
  });

  test('the digest of statements depends on their text and order, and on no bound value', () => {
    const one = { sql: 'INSERT INTO t VALUES (?)', params: ['secret'] };
    const same = { sql: 'INSERT INTO t VALUES (?)', params: ['other'] };
    const two = { sql: 'DELETE FROM t' };
    expect(sqlDigest([one, two])).toBe(sqlDigest([same, two]));
    expect(sqlDigest([two, one])).not.toBe(sqlDigest([one, two]));
    expect(sqlDigest([{ sql: 'a' }, { sql: 'b' }])).not.toBe(sqlDigest([{ sql: 'ab' }]));
  });
});
