import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditBreach } from '../../protocol/audit.ts';
import { type Anchor, type Checked, check, checkEnd, UNCHECKED } from './chain.ts';
import { type AuditRow, GENESIS, type Head, hashOf, seal } from './entry.ts';

const AT = Date.parse('2026-11-23T10:00:00.000Z');

function chainOf(length: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let n = 1; n <= length; n += 1) {
    const by = { actor: n % 2 ? 'ann' : 'bob', address: 'local', requestId: `r${n}` };
    const head = rows.at(-1) ?? GENESIS;
    rows.push(seal(head, { by, action: 'job.submitted', target: `job_${n}`, database: 'DB', detail: { n } }, AT + n));
  }
  return rows;
}
const headOf = (rows: readonly AuditRow[]): Head => ({ n: rows.length, hash: rows.at(-1)?.hash ?? GENESIS.hash });
const anchorAt = (rows: readonly AuditRow[], n: number): Anchor => ({
  n,
  hash: rows[n - 1]?.hash ?? '',
  at: '2026-11-22T00:07:00.000Z',
});

/** As storage does it: by number, in pages, and with the head that is noted beside the chain. */
function verdictOn(stored: readonly AuditRow[], newest: Head, anchors: readonly Anchor[] = [], page = 7): AuditBreach | null {
  const rows = [...stored].sort((a, b) => a.n - b.n);
  const around = {
    newest: Math.max(newest.n, rows.at(-1)?.n ?? 0),
    follower: (hash: string) => rows.find(({ prevHash }) => prevHash === hash)?.n ?? null,
  };
  let checked: Checked = UNCHECKED;
  for (let at = 0; at < rows.length; at += page) {
    const progress = check(checked, rows.slice(at, at + page), anchors, around);
    if (progress.breach) return progress.breach;
    checked = progress.checked;
  }
  return checkEnd(checked, anchors, newest);
}

/** Written anew from `from` on, as somebody would who knows how the hashes are made. */
function rewritten(rows: readonly AuditRow[], from: number, change: (row: AuditRow) => AuditRow): AuditRow[] {
  const out = rows.slice(0, from - 1);
  for (const row of rows.slice(from - 1)) {
    const changed = { ...(row.n === from ? change(row) : row), prevHash: out.at(-1)?.hash ?? GENESIS.hash };
    out.push({ ...changed, hash: hashOf(changed) });
  }
  return out;
}

const LENGTH = 40;
const rows = chainOf(LENGTH);
const newest = headOf(rows);
const place = fc.integer({ min: 1, max: LENGTH });

describe('A1: an altered, removed or reordered entry is found and named', () => {
  test('a chain that nobody touched is intact, whatever the pages are, and empty too', () => {
    for (const page of [1, 2, 39, 40, 41]) {
      expect(verdictOn(rows, newest, [anchorAt(rows, 10), anchorAt(rows, LENGTH)], page)).toBeNull();
    }
    expect(verdictOn([], GENESIS)).toBeNull();
  });

  const FIELDS = Object.keys(rows[0] as AuditRow).filter((field) => field !== 'n') as (keyof AuditRow)[];
  test.each(FIELDS)('a change of %s in any entry', (field) => {
    fc.assert(
      fc.property(place, fc.integer(), (n, salt) => {
        const changed = rows.map((row) => (row.n === n ? { ...row, [field]: `${row[field]}${salt}` } : row)) as AuditRow[];
        expect(verdictOn(changed, newest)).toMatchObject({ kind: 'altered', n });
      }),
    );
  });

  test('a change of one character in any field of any entry', () => {
    fc.assert(
      fc.property(place, fc.constantFrom('actor', 'target', 'detail', 'hash', 'prevHash' as const), fc.nat(), (n, field, at) => {
        const before = (rows[n - 1] as AuditRow)[field as 'actor'];
        const i = at % before.length;
        const after = `${before.slice(0, i)}${String.fromCharCode(before.charCodeAt(i) ^ 1)}${before.slice(i + 1)}`;
        const changed = rows.map((row) => (row.n === n ? { ...row, [field]: after } : row));
        expect(verdictOn(changed, newest)).toMatchObject({ kind: 'altered', n });
      }),
    );
  });

  test('a change with a new hash to match: the entry after it gives it away, and the noted head the newest', () => {
    fc.assert(
      fc.property(place, (n) => {
        const changed = rows.map((row) => {
          const forged = { ...row, actor: 'mallory' };
          return row.n === n ? { ...forged, hash: hashOf(forged) } : row;
        });
        expect(verdictOn(changed, newest)).toMatchObject({ kind: 'altered', n });
      }),
    );
  });

  test('entries that are missing, one or several', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LENGTH - 1 }), fc.integer({ min: 1, max: 5 }), (n, count) => {
        const last = Math.min(LENGTH - 1, n + count - 1);
        const left = rows.filter((row) => row.n < n || row.n > last);
        const breach = verdictOn(left, newest);
        expect(breach).toMatchObject({ kind: 'removed', n });
        expect(breach?.message).toContain(String(last));
      }),
    );
  });

  test('a missing entry whose number was given to the next ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LENGTH - 1 }), (n) => {
        const left = rows.filter((row) => row.n !== n).map((row) => (row.n > n ? { ...row, n: row.n - 1 } : row));
        expect(verdictOn(left, newest)).toMatchObject({ kind: 'removed', n });
      }),
    );
  });

  test('two entries in each other’s place', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(a !== b);
        const swapped = rows.map((row) => (row.n === a ? { ...row, n: b } : row.n === b ? { ...row, n: a } : row));
        expect(verdictOn(swapped, newest)).toMatchObject({ kind: 'reordered', n: Math.min(a, b) });
      }),
    );
  });

  test('the newest cut off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LENGTH - 1 }), (kept) => {
        expect(verdictOn(rows.slice(0, kept), newest)).toMatchObject({ kind: 'truncated', n: kept + 1 });
      }),
    );
  });

  test('an entry that somebody else has added at the end', () => {
    const added = seal(
      newest,
      { by: { actor: 'x', address: '', requestId: '' }, action: 'job.failed', target: 'x', database: 'DB' },
      AT,
    );
    expect(verdictOn([...rows, added], newest)).toMatchObject({ kind: 'altered', n: LENGTH + 1 });
  });
});

describe('A1: anchors find what a chain alone cannot tell', () => {
  const anchors = [anchorAt(rows, 10), anchorAt(rows, 25)];

  test('a chain written anew from some entry on, with the noted head to match', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), (n) => {
        const forged = rewritten(rows, n, (row) => ({ ...row, actor: 'mallory' }));
        expect(verdictOn(forged, headOf(forged))).toBeNull();
        const breach = verdictOn(forged, headOf(forged), anchors);
        expect(breach).toMatchObject({ kind: 'altered', n: n <= 10 ? 1 : 11 });
        expect(breach?.message).toContain(n <= 10 ? '10' : '25');
      }),
    );
  });

  test('a chain cut short together with the noted head', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 }), (kept) => {
        const left = rows.slice(0, kept);
        expect(verdictOn(left, headOf(left), anchors)).toMatchObject({ kind: 'truncated', n: kept + 1 });
      }),
    );
  });

  test('two anchors of one number must both agree', () => {
    const other = { ...anchorAt(rows, 10), hash: 'f'.repeat(64) };
    expect(verdictOn(rows, newest, [anchorAt(rows, 10), other])).toMatchObject({ kind: 'altered', n: 1 });
  });
});
