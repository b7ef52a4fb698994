/**
 * Cuts launches into parts of at most so much work; a launch that has more is a part by itself.
 *
 * @param work of each launch, in order
 * @returns the ends of the parts, at least one; the last is the number of launches
 */
export function cutPass(work: readonly number[], most: number): number[] {
  const ends: number[] = [];
  let sum = 0;
  work.forEach((one, i) => {
    if (sum > 0 && sum + one > most) {
      ends.push(i);
      sum = 0;
    }
    sum += one;
  });
  return [...ends, work.length];
}
