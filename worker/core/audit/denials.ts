/**
 * What keeps refused requests from filling the trail: repeats within a minute are counted, and each kind of caller has a budget of entries that
 * fills up slowly. What is not written is counted and said in the next entry, so nothing is lost but the detail. Pure.
 */

/** `stranger`: nobody has been identified, so the flood may be endless. `member`: somebody with a credential, who can be stopped. */
export type Crowd = 'stranger' | 'member';

interface Budget {
  readonly level: number;
  readonly filledAt: number;
  /** Entries that found it empty, and repeats that were forgotten. */
  readonly unrecorded: number;
}

interface Seen {
  readonly key: string;
  readonly crowd: Crowd;
  readonly writtenAt: number;
  readonly repeats: number;
}

/** Kept in storage: otherwise falling asleep would fill every budget. */
export interface Denials {
  readonly budgets: Readonly<Record<Crowd, Budget>>;
  readonly seen: readonly Seen[];
}

export const WINDOW_MS = 60_000;
/** Strangers cause at most 288 entries a day after the first 50, whatever they do. */
const LIMITS: Readonly<Record<Crowd, { burst: number; refillMs: number }>> = {
  stranger: { burst: 50, refillMs: 5 * 60_000 },
  member: { burst: 300, refillMs: 30_000 },
};
const MAX_SEEN = 64;

const full = (crowd: Crowd): Budget => ({ level: LIMITS[crowd].burst, filledAt: 0, unrecorded: 0 });
export const QUIET: Denials = { budgets: { stranger: full('stranger'), member: full('member') }, seen: [] };

/** `write` null: counted only. Otherwise what the entry has to say of those before it. */
export interface Verdict {
  readonly denials: Denials;
  readonly write: { readonly repeats: number; readonly unrecorded: number } | null;
}

export function deny(before: Denials, crowd: Crowd, key: string, now: number): Verdict {
  const known = before.seen.find((seen) => seen.key === key);
  if (known && now - known.writtenAt < WINDOW_MS)
    return { denials: withSeen(before, { ...known, repeats: known.repeats + 1 }), write: null };
  const budget = filled(before.budgets[crowd], crowd, now);
  if (budget.level < 1) {
    return { denials: withBudget(before, crowd, { ...budget, unrecorded: budget.unrecorded + 1 }), write: null };
  }
  const paid = withBudget(before, crowd, { ...budget, level: budget.level - 1, unrecorded: 0 });
  return {
    denials: withSeen(paid, { key, crowd, writtenAt: now, repeats: 0 }),
    write: { repeats: known?.repeats ?? 0, unrecorded: budget.unrecorded },
  };
}

/** What has been counted and not yet said, when the window of each is over: for one entry that says so, now and then. */
export function settle(before: Denials, crowd: Crowd, now: number): Verdict {
  const over = before.seen.filter((seen) => seen.crowd === crowd && now - seen.writtenAt >= WINDOW_MS);
  const repeats = over.reduce((sum, seen) => sum + seen.repeats, 0);
  const { unrecorded } = before.budgets[crowd];
  const denials = withBudget({ ...before, seen: before.seen.filter((seen) => !over.includes(seen)) }, crowd, {
    ...before.budgets[crowd],
    unrecorded: 0,
  });
  return { denials, write: repeats + unrecorded > 0 ? { repeats, unrecorded } : null };
}

function filled(budget: Budget, crowd: Crowd, now: number): Budget {
  const { burst, refillMs } = LIMITS[crowd];
  const units = Math.max(0, Math.floor((now - budget.filledAt) / refillMs));
  if (units === 0) return budget;
  return { ...budget, level: Math.min(burst, budget.level + units), filledAt: budget.filledAt + units * refillMs };
}

const withBudget = (denials: Denials, crowd: Crowd, budget: Budget): Denials => ({
  ...denials,
  budgets: { ...denials.budgets, [crowd]: budget },
});

/** The oldest make room; what they had counted goes to their crowd's account. */
function withSeen(denials: Denials, entry: Seen): Denials {
  const seen = [...denials.seen.filter(({ key }) => key !== entry.key), entry];
  if (seen.length <= MAX_SEEN) return { ...denials, seen };
  const oldest = seen.reduce((a, b) => (b.writtenAt < a.writtenAt ? b : a));
  const budget = denials.budgets[oldest.crowd];
  const forgotten = withBudget(denials, oldest.crowd, { ...budget, unrecorded: budget.unrecorded + oldest.repeats });
  return { ...forgotten, seen: seen.filter((other) => other !== oldest) };
}
