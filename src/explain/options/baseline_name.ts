/** Baselines that are one embedding, and need nothing beside their name. */
export const SAMPLE_WORDS = ["zero", "mean", "eos", "pad"] as const;
/** Baselines that are drawn. */
const DRAWN = ["random", "shuffle"] as const;
const SAMPLES = "samples:";

/** Baselines that need nothing beside their name. */
export const BASELINE_WORDS = [...SAMPLE_WORDS, ...DRAWN] as const;
/** What a baseline may be, in words. */
export const BASELINE_FORMS = `${BASELINE_WORDS.join(", ")}, text:<prompt of as many tokens>, token:<id or text> or ` +
  "samples:<list of these, none of them drawn>";

/** Whether a value names one baseline that is not drawn. */
export function isSingleBaseline(value: unknown): value is string {
  return typeof value === "string" &&
    ((SAMPLE_WORDS as readonly string[]).includes(value) || /^(token|text):./su.test(value));
}

/** Whether a baseline is an average over others: drawn ones, or a list. */
export function isAveraged(baseline: string): boolean {
  return (DRAWN as readonly string[]).includes(baseline) || baseline.startsWith(SAMPLES);
}

/** A baseline of a configuration, where a list of them is a mapping, by its name. */
export function baselineName(given: unknown): string {
  const isMapping = typeof given === "object" && given !== null && "samples" in given;
  return isMapping && Array.isArray(given.samples) ? samplesBaseline(given.samples) : String(given);
}

/** The name of the average over a list of baselines: `samples:` and the list as JSON. */
export function samplesBaseline(names: readonly string[]): string {
  return SAMPLES + JSON.stringify(names);
}

/**
 * The baselines that `samples:` lists; null for other baselines.
 *
 * @throws {RangeError} where they are fewer than two, or one of them is none
 */
export function sampledBaselines(baseline: string): readonly string[] | null {
  if (!baseline.startsWith(SAMPLES)) return null;
  const names = listIn(baseline);
  if (isSampleList(names)) return names;
  const forms = `${SAMPLE_WORDS.join(", ")}, text:… or token:…`;
  throw new RangeError(
    `Cannot attribute as baseline samples: must list two baselines at least, each ${forms}, as JSON: got ` +
      baseline.slice(SAMPLES.length),
  );
}

function isSampleList(names: unknown): names is readonly string[] {
  return Array.isArray(names) && names.length >= 2 && names.every(isSingleBaseline);
}

function listIn(baseline: string): unknown {
  try {
    return JSON.parse(baseline.slice(SAMPLES.length));
  } catch {
    return null;
  }
}
