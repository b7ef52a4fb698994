import { columnValues, largestOf, rowValues, type View } from "./view.ts";

/** Values of the strongest colours: of the prompt, and of the target. */
export interface Scales {
  readonly prompt: number;
  readonly target: number;
}

/**
 * Scales that some views share.
 *
 * @param isShared one scale for all rows and columns, in place of each's own
 */
export function scalesOf(
  views: readonly View[],
  { row, column, isShared }: {
    readonly row: number | null;
    readonly column: number | null;
    readonly isShared: boolean;
  },
): Scales {
  const over = (of: (view: View) => number) => views.reduce((most, view) => Math.max(most, of(view)), 0);
  const entries = () => over(({ matrix }) => (matrix ?? []).reduce((most, one) => Math.max(most, largestOf(one)), 0));
  const isEntry = row !== null && views.some(({ matrix }) => matrix !== null);
  const prompt = isEntry && isShared ? entries() : over((view) => largestOf(rowValues(view, row)));
  const fed = (view: View) => largestOf(column === null ? [] : columnValues(view, column) ?? []);
  return { prompt, target: isShared ? entries() : over(fed) };
}
