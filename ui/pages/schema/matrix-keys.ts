/** What a key does in the matrix. Pure. */
import type { DiffRow } from '../../../worker/protocol/schema.ts';
import type { MatrixItem } from '../../store/schema-matrix.ts';

export type Move =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'choose'; readonly row: DiffRow }
  | { readonly kind: 'open'; readonly item: MatrixItem };

const PAGE = 15;

/** `at` is -1 when nothing is current yet. Null: the key is not ours. */
export function keyMove(key: string, at: number, items: readonly MatrixItem[]): Move | null {
  const last = items.length - 1;
  const go = (to: number): Move => ({ kind: 'go', to: Math.min(last, Math.max(0, to)) });
  const item = items[at];
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at - 1);
    case 'PageDown':
      return go(at + PAGE);
    case 'PageUp':
      return go(at - PAGE);
    case 'Home':
      return go(0);
    case 'End':
      return go(last);
    case 'Enter':
      return item === undefined ? null : { kind: 'open', item };
    case ' ':
      return choose(item);
    case 'ArrowRight':
      return item?.kind === 'group' && !item.open ? { kind: 'open', item } : item === undefined ? null : go(at + 1);
    case 'ArrowLeft':
      return left(at, items);
    default:
      return null;
  }
}

function choose(item: MatrixItem | undefined): Move | null {
  if (item === undefined) return null;
  const row = item.kind === 'row' ? item.row : item.group.head;
  return row === null ? null : { kind: 'choose', row };
}

/** Closes a table, or goes up to it. */
function left(at: number, items: readonly MatrixItem[]): Move | null {
  const item = items[at];
  if (item === undefined) return null;
  if (item.kind === 'group') return item.open ? { kind: 'open', item } : null;
  for (let i = at; i >= 0; i -= 1) if (items[i]?.kind === 'group') return { kind: 'go', to: i };
  return null;
}
