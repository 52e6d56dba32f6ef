/**
 * Checks an audit chain (A1), page by page in bounded memory, and names the first number at which it is not what was written. Pure.
 *
 * A hash proves an entry and everything before it. Anchors are copies of the head that were put elsewhere while it was young: they prove that
 * the chain was not written anew, and that its end was not cut off.
 */
import type { AuditBreach } from '../../protocol/audit.ts';
import { type AuditRow, GENESIS, type Head, hashOf } from './entry.ts';

/** A copy of the chain's head. `at` is ISO 8601 UTC. */
export interface Anchor extends Head {
  readonly at: string;
}

/** What is proved so far. */
export interface Checked {
  readonly head: Head;
  /** The newest anchor that agreed. */
  readonly anchored: number;
}
export const UNCHECKED: Checked = { head: GENESIS, anchored: 0 };

export type Progress = { readonly checked: Checked; readonly breach: AuditBreach | null };

/** What a breach is looked into with. */
export interface Surroundings {
  /** The number of the entry, wherever it stands, that says it follows the one with this hash. */
  follower(hash: string): number | null;
  /** The number of the newest entry that there should be. */
  readonly newest: number;
}

/** How far from its place an entry's own number is looked for. Each try costs one hash; it is done once, for the first breach. */
const NEIGHBOURHOOD = 100_000;

/** Goes on from `checked` over `rows`, which must be the next ones in the order they are stored in. `anchors` by number, from anywhere. */
export function check(from: Checked, rows: readonly AuditRow[], anchors: readonly Anchor[], around: Surroundings): Progress {
  const due = new Map<number, Anchor[]>();
  for (const anchor of anchors) if (anchor.n > from.head.n) due.set(anchor.n, [...(due.get(anchor.n) ?? []), anchor]);
  let checked = from;
  for (const row of rows) {
    const breach = breachAt(row, checked, around) ?? disagreement(row, checked, due.get(row.n) ?? []);
    if (breach) return { checked, breach };
    checked = { head: { n: row.n, hash: row.hash }, anchored: due.has(row.n) ? row.n : checked.anchored };
  }
  return { checked, breach: null };
}

/** When there are no more rows: whether the chain ends where it should. `newest`: its head as it was noted beside it. */
export function checkEnd({ head }: Checked, anchors: readonly Anchor[], newest: Head): AuditBreach | null {
  const beyond = anchors.filter(({ n }) => n > head.n).sort((a, b) => b.n - a.n)[0];
  if (newest.n > head.n || beyond) {
    const witness = newest.n > head.n ? `${newest.n} were counted` : `the anchor of ${beyond?.at} names entry ${beyond?.n}`;
    return { kind: 'truncated', n: head.n + 1, message: `The chain ends at entry ${head.n}, but ${witness}: the newest are gone.` };
  }
  if (head.n > newest.n) return { kind: 'altered', n: newest.n + 1, message: `Entry ${newest.n + 1} was added by somebody else.` };
  if (head.hash !== newest.hash) return { kind: 'altered', n: head.n, message: `Entry ${head.n}, the newest, was written anew.` };
  return null;
}

function breachAt(row: AuditRow, { head }: Checked, around: Surroundings): AuditBreach | null {
  const n = head.n + 1;
  if (row.n > n) {
    const last = row.n - 1;
    return { kind: 'removed', n, message: last === n ? `Entry ${n} is missing.` : `Entries ${n} to ${last} are missing.` };
  }
  if (row.n < n) return { kind: 'reordered', n, message: `Entry ${row.n} stands where entry ${n} belongs.` };
  const sound = hashOf(row) === row.hash;
  if (sound && row.prevHash === head.hash) return null;
  return sound ? brokenLink(row, head, around) : displaced(row, head, around);
}

/** An entry that is sound in itself, but does not follow the one before it: that one was written anew, or entries between are gone. */
function brokenLink(row: AuditRow, head: Head, around: Surroundings): AuditBreach {
  const elsewhere = around.follower(head.hash);
  if (elsewhere !== null && elsewhere !== row.n) {
    return { kind: 'reordered', n: row.n, message: `Entry ${row.n} does not follow entry ${head.n}: entry ${elsewhere} does.` };
  }
  const n = Math.max(1, head.n);
  if (head.n === 0) return { kind: 'altered', n, message: 'Entry 1 does not begin the chain: it was written anew.' };
  return { kind: 'altered', n, message: `Entry ${n} was written anew: entry ${row.n} was made after another one.` };
}

/** An entry whose hash is not that of its content: it is another one that was given this number, or it was altered. */
function displaced(row: AuditRow, head: Head, around: Surroundings): AuditBreach {
  const own = ownNumber(row, around.newest);
  if (own === null) return { kind: 'altered', n: row.n, message: `Entry ${row.n} is not what was written: its hash differs.` };
  const original = around.follower(head.hash);
  if (original === null)
    return { kind: 'removed', n: row.n, message: `Entry ${row.n} is missing: entry ${own} was given its number.` };
  return {
    kind: 'reordered',
    n: row.n,
    message: `Entry ${own} stands where entry ${row.n} belongs, which is now entry ${original}.`,
  };
}

/** The number under which the entry's content has the hash that it bears. */
function ownNumber(row: AuditRow, newest: number): number | null {
  for (let distance = 1; distance <= NEIGHBOURHOOD; distance += 1) {
    for (const n of [row.n + distance, row.n - distance]) {
      if (n >= 1 && n <= newest && hashOf({ ...row, n }) === row.hash) return n;
    }
    if (row.n + distance > newest && row.n - distance < 1) return null;
  }
  return null;
}

function disagreement(row: AuditRow, { anchored }: Checked, anchors: readonly Anchor[]): AuditBreach | null {
  const other = anchors.find(({ hash }) => hash !== row.hash);
  if (!other) return null;
  const range = anchored + 1 === row.n ? `Entry ${row.n} was` : `One or more of the entries ${anchored + 1} to ${row.n} were`;
  return {
    kind: 'altered',
    n: anchored + 1,
    message: `${range} written anew: the anchor of ${other.at} has another hash for entry ${row.n}.`,
  };
}
