import { readSingleBaseline, SINGLE_BASELINE } from "../../explain/options/baseline.ts";
import { UsageError } from "../arguments.ts";
import { readArgument } from "../argument_values.ts";

const SAMPLES = "samples:";

/**
 * Puts the lines of a file in the place of `samples:FILE`: a baseline a line, blank ones left out. A list is what a
 * record has in the place of the file.
 *
 * @throws {UsageError} if the file cannot be read, a line is no baseline, or there are fewer than two
 */
// deno-lint-ignore require-await -- a promise, so that a wrong file rejects instead of throwing
export async function fillBaselineFile(given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { baseline } = given;
  if (typeof baseline !== "string" || !baseline.startsWith(SAMPLES) || baseline.startsWith(`${SAMPLES}[`)) return given;
  const lines = readArgument(baseline.slice(SAMPLES.length)).split(/\r?\n/);
  const wrong = lines.findIndex((line) => line.trim() !== "" && readSingleBaseline(line) === undefined);
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use --baseline ${baseline} as line ${wrong + 1} must be ${SINGLE_BASELINE.expectation}: got ` +
        JSON.stringify(lines[wrong]),
    );
  }
  const samples = lines.filter((line) => line.trim() !== "");
  if (samples.length >= 2) return { ...given, baseline: { samples } };
  throw new UsageError(`Cannot use --baseline ${baseline} as it must have two lines at least: got ${samples.length}`);
}
