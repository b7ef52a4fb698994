import type { PageCell, PageLevel, PageScore, PageText } from "../../page_data.ts";

/** One attribution in one division of its texts, or the difference of two. */
export interface View {
  /** True for the difference of two. */
  readonly isDifference: boolean;
  readonly unit: string;
  readonly sign: PageCell["sign"];
  readonly text: PageText;
  /** Texts of the columns and rows. */
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** The column, or row, of each piece. */
  readonly columnOf: readonly number[];
  readonly rowOf: readonly number[];
  readonly idle: ReadonlySet<number>;
  readonly sequence: readonly number[];
  readonly errors: readonly number[] | null;
  readonly scores: readonly PageScore[] | null;
  /** [rows][columns] */
  readonly matrix: readonly (readonly number[])[] | null;
  entryError(row: number, column: number): number | null;
  /** Shares of the target's pieces. */
  readonly prefix: {
    readonly sequence: readonly number[];
    readonly matrix: readonly (readonly number[])[] | null;
  } | null;
}

/** Divisions of the texts. */
export type Division = "tokens" | "units";

/** Returns a cell in one division; by tokens if it has no units. */
export function viewOf(cell: PageCell, text: PageText, division: Division): View {
  const level: PageLevel = (division === "units" ? cell.units : null) ?? cell.tokens;
  const { entryErrors } = level;
  const all = (texts: readonly string[]) => texts.map((_, i) => i);
  return {
    isDifference: false,
    unit: cell.unit,
    sign: cell.sign,
    text,
    columns: level.columns ?? text.prompt,
    rows: level.rows ?? text.target,
    columnOf: level.columnOf ?? all(text.prompt),
    rowOf: level.rowOf ?? all(text.target),
    idle: new Set(level.idle),
    sequence: level.sequence,
    errors: level.errors,
    scores: level.scores,
    matrix: level.matrix,
    entryError: (row, column) => entryErrors?.[row][column] ?? null,
    prefix: level.prefix,
  };
}

/** Returns the first view less the second, or the reason if that means nothing. */
export function differenceOf(a: View, b: View): View | string {
  if (a.unit !== b.unit || a.sign !== b.sign) return "The two are of different kinds, so they have no difference.";
  const isSame = (one: readonly unknown[], other: readonly unknown[]) =>
    one.length === other.length && one.every((value, i) => value === other[i]);
  if (!isSame(a.text.prompt, b.text.prompt) || !isSame(a.columnOf, b.columnOf)) {
    return "The prompts or their units differ, so there is no difference of the two.";
  }
  const [first, second] = [a.matrix, b.matrix];
  const ofRows = isSame(a.text.target, b.text.target) && isSame(a.rowOf, b.rowOf);
  if (!ofRows) return "The targets or their units differ, so there is no difference of the two.";
  const minus = (one: readonly number[], other: readonly number[]) => one.map((value, i) => value - other[i]);
  return {
    ...a,
    isDifference: true,
    idle: new Set([...a.idle].filter((i) => b.idle.has(i))),
    sequence: minus(a.sequence, b.sequence),
    errors: null,
    scores: null,
    matrix: first && second && first.map((row, t) => minus(row, second[t])),
    entryError: () => null,
    prefix: null,
  };
}

/** Values of the columns: of a row, or of the sequence. */
export function rowValues({ matrix, sequence }: View, row: number | null): readonly number[] {
  return row === null || matrix === null ? sequence : matrix[row];
}

/** Values of the rows that a column feeds. */
export function columnValues({ matrix }: View, column: number): readonly number[] | null {
  return matrix && matrix.map((row) => row[column]);
}

/** Error of a column's value in a row, or in the sequence; null if none is known. */
export function errorOf(view: View, row: number | null, column: number): number | null {
  return row === null || view.matrix === null ? view.errors?.[column] ?? null : view.entryError(row, column);
}

/** The largest magnitude of some values. */
export function largestOf(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
}
