/** Where each row of a long list begins, from the heights that are known and guesses for the rest. Pure. */
export class Offsets {
  private readonly starts: Float64Array;

  constructor(heights: Iterable<number>, length: number) {
    this.starts = new Float64Array(length + 1);
    let i = 0;
    for (const height of heights) {
      this.starts[i + 1] = (this.starts[i] ?? 0) + height;
      i += 1;
    }
  }

  get length(): number {
    return this.starts.length - 1;
  }
  get total(): number {
    return this.starts[this.length] ?? 0;
  }
  /** Where the row begins; of the row after the last: where the list ends. */
  of(index: number): number {
    return this.starts[Math.min(this.length, Math.max(0, index))] ?? 0;
  }

  /** The row at this height: the last that begins at or above it. */
  at(y: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The rows that touch the stretch from `top` to `bottom`: the first, and the one after the last. */
  between(top: number, bottom: number): { readonly first: number; readonly end: number } {
    if (this.length === 0 || bottom < 0 || top > this.total) return { first: 0, end: Math.min(1, this.length) };
    return { first: this.at(Math.max(0, top)), end: this.at(Math.max(0, bottom)) + 1 };
  }
}
