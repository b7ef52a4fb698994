import { GENERATION_OPTIONS, TEXT_OPTIONS } from "./attribution_text.ts";
import { type Mistake, unfit, unknownName } from "./mistake.ts";

const OF_CONTEXT = ["dependence", "threshold"];
const DRAWS = ["temperature", "topK", "topP"];

/**
 * Checks a text that is to be explained: that every key is one, fits and has an effect.
 *
 * @param text as it was given
 * @param objective null if it is not known, as for the prompts of a sweep
 */
export function checkText(text: Readonly<Record<string, unknown>>, objective: string | null): Mistake[] {
  const given = Object.keys(text).filter((name) => text[name] !== undefined && text[name] !== null);
  const values = given.flatMap((name) => {
    if (!Object.hasOwn(TEXT_OPTIONS, name)) return [unknownName(name, Object.keys(TEXT_OPTIONS))];
    const { kind } = TEXT_OPTIONS[name as keyof typeof TEXT_OPTIONS];
    return kind.read(text[name]) === undefined ? [unfit(name, null, kind, text[name])] : [];
  });
  return [
    ...values,
    ...missingPrompt(text),
    ...idleGeneration(given),
    ...idleDependence(given),
    ...wrongAlternative(given, objective),
  ];
}

function missingPrompt({ prompt }: Readonly<Record<string, unknown>>): Mistake[] {
  return prompt === undefined ? [unfit("prompt", null, TEXT_OPTIONS.prompt.kind, prompt)] : [];
}

/** Finds options of generation without a generated target, and a seed of nothing. */
function idleGeneration(given: readonly string[]): Mistake[] {
  const idle = (option: string, sentence: string): Mistake => ({ option, index: null, isKey: true, sentence });
  if (given.includes("target")) {
    const both = given.includes("generate") ? [idle("generate", "expected target or generate, got both")] : [];
    const without = Object.keys(GENERATION_OPTIONS).filter((name) => given.includes(name));
    return [...both, ...without.map((name) => idle(name, "expected only with generate, got target"))];
  }
  if (!given.includes("seed") || DRAWS.some((name) => given.includes(name))) return [];
  return [idle("seed", `expected only with ${DRAWS.join(", ")}, got none of them`)];
}

/** Nothing depends on a context that is not there. */
function idleDependence(given: readonly string[]): Mistake[] {
  if (given.includes("context")) return [];
  return given.filter((name) => OF_CONTEXT.includes(name)).map((option) => ({
    option,
    index: null,
    isKey: true,
    sentence: "expected only with context, got none",
  }));
}

/** The objective contrastive needs an alternative; no other has a use for one. */
function wrongAlternative(given: readonly string[], objective: string | null): Mistake[] {
  if (objective === null || (objective === "contrastive") === given.includes("alternative")) return [];
  const sentence = objective === "contrastive"
    ? `expected ${TEXT_OPTIONS.alternative.kind.expectation} with objective contrastive, got nothing`
    : `expected only with objective contrastive, got objective ${objective}`;
  return [{ option: "alternative", index: null, isKey: objective !== "contrastive", sentence }];
}
