import type { Problem } from "./check_prompt.ts";
import { methodSweeps } from "./method_sweeps.ts";
import { sweepChoices } from "./sweep_choices.ts";
import { asMapping } from "./mapping.ts";

/** Cells of an experiment. Ten in a second, they take hours; their plan takes seconds, and their table a page each. */
const MOST_CELLS = 100_000;

/**
 * Returns the sweep with which an experiment has more cells than can be listed; null if there is none. Reads the data
 * as they came, so that a product of long lists is found before anything is made of it.
 */
export function cellsFlaw(data: unknown): Problem | null {
  const { prompts, sweeps, model, quantize } = asMapping(data);
  const models = lengthOf(model) * lengthOf(quantize);
  let cells = 0;
  for (const [i, sweep] of (Array.isArray(sweeps) ? sweeps : []).entries()) {
    const own = asMapping(sweep);
    const asked = own.prompts === undefined ? lengthOf(prompts) : lengthOf(own.prompts);
    for (const one of methodSweeps(own)) {
      const lengths = Object.values(sweepChoices(one)).map(({ length }) => Math.max(1, length));
      cells += lengths.reduce((product, length) => product * length, models * asked);
    }
    if (cells <= MOST_CELLS) continue;
    return { path: ["sweeps", i], text: `expected at most ${MOST_CELLS} cells of all sweeps, got ${numberOf(cells)}` };
  }
  return null;
}

/** Number of values: one stands for a list of one. */
function lengthOf(value: unknown): number {
  return Array.isArray(value) ? Math.max(1, value.length) : 1;
}

function numberOf(cells: number): string {
  return Number.isSafeInteger(cells) ? String(cells) : "ever more";
}
