import { patternFault } from "./pattern_cost.ts";

/** A step of a `tokenizer.json`, or a sequence of steps. */
type Step = Readonly<Record<string, unknown>>;

/** A rule for the steps of a type. */
interface Rule {
  /** Says what a step must do; null if it does. */
  fault(step: Step): string | null;
}

const rule = (must: string, holds: (step: Step) => boolean): Rule => ({ fault: (step) => holds(step) ? null : must });

/** Rules without which the library ends the whole process in place of an error, or does not come to an end. */
const RULES: ReadonlyMap<unknown, Rule> = new Map<unknown, Rule>([
  ["FixedLength", rule("have a length of at least 1", ({ length }) => length !== 0)],
  // Patterns may match an empty text.
  ["Replace", rule("replace a text that is not empty", ({ pattern }) => Boolean((pattern as Step)?.String))],
  ["Precompiled", rule("not be compiled", () => false)],
  ["Split", { fault: ({ pattern }) => splitFault(pattern) }],
  [
    "TemplateProcessing",
    rule(
      "take one text, and list the special tokens that it adds",
      ({ single, special_tokens }) => takesOne(single) && listsTokens(single, special_tokens),
    ),
  ],
]);

/** Keys that have steps in a text's way to its tokens, and those of their sequences. */
const PLACES = [
  ["normalizer", "normalizers"],
  ["pre_tokenizer", "pretokenizers"],
  ["post_processor", "processors"],
] as const;

/**
 * Checks the steps by which a text becomes tokens.
 *
 * @throws {SyntaxError} if one would end the process
 */
export function checkSteps(tokenizer: Step): void {
  for (const [place, several] of PLACES) {
    for (const step of stepsOf(tokenizer[place], several)) {
      const must = RULES.get(step.type)?.fault(step) ?? null;
      if (must === null) continue;
      const got = JSON.stringify(step).slice(0, 100);
      throw new SyntaxError(`Cannot load tokenizer.json as its ${place} ${step.type} must ${must}: got ${got}`);
    }
  }
}

function stepsOf(step: unknown, several: string): Step[] {
  if (typeof step !== "object" || step === null) return [];
  const within = (step as Step)[several];
  return Array.isArray(within) ? within.flatMap((one) => stepsOf(one, several)) : [step as Step];
}

/** True if every special token of a template is listed. */
function listsTokens(parts: unknown, listed: unknown): boolean {
  const ids = Array.isArray(parts) ? parts.map((part) => part?.SpecialToken?.id).filter((id) => id !== undefined) : [];
  return ids.every((id) => Object.hasOwn(Object(listed), id));
}

/** Finds what a regular expression must be; a plain text is always fine. */
function splitFault(pattern: unknown): string | null {
  const text = (pattern as Step | null | undefined)?.Regex;
  if (typeof text !== "string") return null;
  const must = patternFault(text);
  return must === null ? null : `split by a pattern that the library matches in bounded time, which must ${must}`;
}

/** True if no part of a template is a second text. */
function takesOne(parts: unknown): boolean {
  return !Array.isArray(parts) || parts.every((part) => (part?.Sequence?.id ?? "A") === "A");
}
