/** How GPT-2 splits a text before merges. */
const PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** A step of a `tokenizer.json`'s `pre_tokenizer`. */
type Step = Readonly<Record<string, unknown>>;

/**
 * The same steps with GPT-2's pattern written out where ByteLevel has it built in: a pattern that is given is read as
 * Python's tokenizers read it, for whom U+0085 is white space and U+FEFF is not, the one that is built in as JavaScript does.
 */
export function withPattern(step: Step): Step {
  if (Array.isArray(step.pretokenizers)) return { ...step, pretokenizers: step.pretokenizers.map(withPattern) };
  const builtIn = step.type === "ByteLevel" && step.use_regex !== false;
  // A space that is put first has to be there when the text is split.
  if (!builtIn || step.add_prefix_space === true) return step;
  const split = { type: "Split", pattern: { Regex: PATTERN }, behavior: "Isolated", invert: false };
  return { type: "Sequence", pretokenizers: [split, { ...step, use_regex: false }] };
}
