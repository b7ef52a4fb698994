/** GPT-2's pattern of the pieces that a text is split into before merges. */
const PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** A step of a `tokenizer.json`'s `pre_tokenizer`. */
type Step = Readonly<Record<string, unknown>>;

/**
 * Writes out GPT-2's pattern in steps that have it built in. A pattern that is written out is read as Python's
 * tokenizers read it, for whom U+0085 is white space and U+FEFF is not; the one that is built in is read as JavaScript
 * does.
 */
export function withPattern(step: Step): Step {
  if (Array.isArray(step.pretokenizers)) return { ...step, pretokenizers: step.pretokenizers.map(withPattern) };
  const builtIn = step.type === "ByteLevel" && step.use_regex !== false;
  // A space that is put first has to be there when the text is split.
  if (!builtIn || step.add_prefix_space === true) return step;
  const split = { type: "Split", pattern: { Regex: PATTERN }, behavior: "Isolated", invert: false };
  return { type: "Sequence", pretokenizers: [split, { ...step, use_regex: false }] };
}
