/** J4, seen from the reader: events have gapless numbers. Pure. */
import type { LiveMessage } from '../../worker/protocol/live.ts';

/** The last number seen, or null before the first snapshot. */
export type Seen = number | null;

/**
 * `fold`: take it. `ignore`: seen before. `gap`: something was missed, ask again from `seen`. `restart`: the server knows less
 * than we do (its storage was reset), so only a snapshot helps.
 */
export type Verdict = 'fold' | 'ignore' | 'gap' | 'restart';

export function judge(seen: Seen, message: LiveMessage): { readonly verdict: Verdict; readonly seen: Seen } {
  switch (message.type) {
    case 'snapshot':
      return { verdict: 'fold', seen: message.seq };
    case 'resumed':
      return seen === null || message.seq < seen ? { verdict: 'restart', seen: null } : { verdict: 'fold', seen };
    case 'event': {
      const { seq } = message.event;
      if (seen === null || seq > seen + 1) return { verdict: 'gap', seen };
      return seq <= seen ? { verdict: 'ignore', seen } : { verdict: 'fold', seen: seq };
    }
    case 'progress':
    case 'goodbye':
      return { verdict: seen === null && message.type === 'progress' ? 'ignore' : 'fold', seen };
  }
}
