/** More prompt tokens than this go to a further row of the plot: wider pictures cannot be read on a page. */
const WIDEST_ROW = 64;

/** Prompt positions of each row of a plot, as [start, end), rows nearly equally long. */
export function positionRows(count: number): { start: number; end: number }[] {
  const rows = Math.max(1, Math.ceil(count / WIDEST_ROW));
  return Array.from({ length: rows }, (_, row) => ({
    start: Math.round((row * count) / rows),
    end: Math.round(((row + 1) * count) / rows),
  }));
}
