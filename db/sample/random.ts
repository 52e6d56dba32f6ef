/**
 * Seeded randomness with random access: each row has a generator of its own, so a row's content does not depend on which rows
 * were made before it, nor on how the rows are cut into slices. That is what makes seeding resumable at any row.
 */

/** sfc32 (Chris Doty-Humphrey), 128 bits of state. `seed` is any safe integer, `stream` and `index` are unsigned 32-bit. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream: number, index: number) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 4_294_967_296) ^ Math.imul(stream + 1, 0x9e3779b1);
    this.c = index | 0;
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 (included) to 1 (excluded). */
  unit(): number {
    return this.bits() / 4_294_967_296;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[this.below(list.length)] as T;
  }

  /** An integer below `limit` where small ones come more often: some products sell better, some customers come back. */
  popular(limit: number): number {
    return Math.floor(this.unit() ** 2 * limit);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.bits() & 255);
  }
}
