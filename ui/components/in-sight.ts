/**
 * Scrolls a list just far enough that one of its items is seen, and nothing else. `scrollIntoView` would do more: in Chromium the next Tab
 * goes on from there, past the link that skips to the content and everything else that stands before.
 */
export function bringInSight(list: Element, item: Element): void {
  const [around, inner] = [list.getBoundingClientRect(), item.getBoundingClientRect()];
  list.scrollLeft += excess(inner.left, inner.right, around.left, around.right);
  list.scrollTop += excess(inner.top, inner.bottom, around.top, around.bottom);
}

/** How far `from`…`to` stands out of `start`…`end`: negative before it, positive behind it. */
export function excess(from: number, to: number, start: number, end: number): number {
  if (from < start) return from - start;
  return to > end ? Math.min(to - end, from - start) : 0;
}
