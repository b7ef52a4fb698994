import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { methodOf } from "../../explain/methods/method_table.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";

/** A cell, as far as its cost follows from it. */
interface CostedCell {
  readonly text: AttributionText;
  readonly options: ResolvedOptions;
  /** The options that have an effect. */
  readonly recorded: Readonly<Record<string, unknown>>;
}

/** Characters of a token, by and large. */
const CHARACTERS = 4;
/** Points at which the adaptive quadrature mostly ends. */
const ADAPTIVE_POINTS = 100;
/** Rows at which attention takes as long as all else. */
const ATTENTION = 4000;
/** Model calls that one metric takes, by and large. */
const METRIC_CALLS = 60;

/**
 * Predicts the cost of a cell in token rows, by its text and options alone: no model is opened, and it is the same
 * number on every machine. It tells long cells from short ones, within a factor of a few.
 */
export function predictedCost({ text, options, recorded }: CostedCell): number {
  const prompt = textLength([...(text.history ?? []).map(({ content }) => content), text.prompt].join("\n"));
  const target = text.target === undefined ? text.generate ?? 1 : textLength(text.target);
  const rows = prompt + target;
  const calls = callsOf(text.prompt, prompt, target, { options, recorded }) +
    METRIC_CALLS * (options.metrics?.names.length ?? 0) + (text.target === undefined ? 1 : 0);
  return calls * rows * (1 + rows / ATTENTION);
}

/** Passes through the model; one that goes back counts as two. */
function callsOf(
  promptText: string,
  prompt: number,
  target: number,
  { options, recorded }: Omit<CostedCell, "text">,
): number {
  const method = methodOf(options.method);
  const known = [recorded.budget, recorded.samples, recorded.steps].find((value) => typeof value === "number");
  const units = unitsOf(promptText, prompt, String(recorded.units));
  const draws = typeof recorded.draws === "number" ? recorded.draws : 1;
  if (method.calls !== undefined) return draws * method.calls(units, recorded);
  if (method.family === "perturbation") {
    return (known as number | undefined) ?? 2 + draws * units;
  }
  const points = recorded.quadrature === "adaptive"
    ? Math.min(ADAPTIVE_POINTS, recorded.budget as number)
    : (recorded.steps as number | undefined ?? 1) * (recorded.samples as number | undefined ?? 1);
  const sampled = recorded.quadrature === undefined ? known as number | undefined ?? 1 : points;
  return sampled * (recorded.tokens === true ? 1 + 2 * target : 3);
}

/** Units that are taken away one by one, by and large. */
function unitsOf(text: string, tokens: number, units: string): number {
  const breaks: Readonly<Record<string, RegExp>> = { words: /\s+/, sentences: /[.!?]+\s/, paragraphs: /\n\s*\n/ };
  const parts = Object.hasOwn(breaks, units) ? text.split(breaks[units]).length : tokens;
  return Math.min(tokens, parts);
}

function textLength(text: string): number {
  return 1 + Math.ceil(text.length / CHARACTERS);
}
