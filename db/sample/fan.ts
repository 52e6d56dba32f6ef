/**
 * How many children each parent has, in closed form: child number i can be told its parent without walking through the
 * children before it. The sizes repeat a pattern, turned by one place from block to block so that it does not show.
 */
export interface Fan {
  /** Children of the first `parents` parents. */
  total(parents: number): number;
  /** Children of this parent (0-based). */
  size(parent: number): number;
  /** The parent of child `i`, and the child's place among its siblings; all 0-based. */
  locate(child: number): { parent: number; place: number };
}

export const fan = (pattern: readonly number[]): Fan => {
  const length = pattern.length;
  const blockSum = pattern.reduce((sum, size) => sum + size, 0);
  const size = (parent: number) => pattern[(parent + Math.floor(parent / length)) % length] ?? 0;

  const total = (parents: number) => {
    const blocks = Math.floor(parents / length);
    let sum = blocks * blockSum;
    for (let parent = blocks * length; parent < parents; parent++) sum += size(parent);
    return sum;
  };

  const locate = (child: number) => {
    const block = Math.floor(child / blockSum);
    let place = child - block * blockSum;
    let parent = block * length;
    while (place >= size(parent)) place -= size(parent++);
    return { parent, place };
  };

  return { total, size, locate };
};
