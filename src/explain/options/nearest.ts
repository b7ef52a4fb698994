/** Letters of a word that may be misspelt, and candidates that are compared with it. */
const MOST_LETTERS = 64;
const MOST_CANDIDATES = 1000;

/** The candidate that a misspelt word most likely meant, or null where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  // A third of the letters wrong still reads as the same word.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  if (word.length > MOST_LETTERS) return null;
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    // A word takes at least as many changes as it is longer than the other.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, rows[i - 2][j - 2] + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
