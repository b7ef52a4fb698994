/** A measured number, as RESULTS.md and results.json have it. */
export interface Figure {
  /** Name of the measurement, with its sizes. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Part of the adapter's peak that ran in turn with it. */
  readonly share?: number;
  /** Remark for the reader. */
  readonly note?: string;
}

/**
 * Environment variable with the file to which figures are appended as JSON lines, so that `bench/report.ts` finds them.
 */
export const FIGURES_FILE = "WHENCE_BENCH_FIGURES";

const encoder = new TextEncoder();

/** Prints a line, past the test runner's capture of console. */
export function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(line + "\n"));
}

/** Prints a figure, and leaves it for the report if one is being made. */
export function emit(figure: Figure): void {
  const { what, value, unit, share, note } = figure;
  const ofPeak = share === undefined ? "" : `  ${(100 * share).toFixed(1)} % of peak`;
  print(
    `${what.padEnd(64)} ${significant(value).padStart(9)} ${unit}${ofPeak}${note === undefined ? "" : `  ${note}`}`,
  );
  const file = Deno.env.get(FIGURES_FILE);
  if (file !== undefined) Deno.writeTextFileSync(file, JSON.stringify(figure) + "\n", { append: true });
}

/** Writes three significant digits, without an exponent. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 9));
}
