import type { GenerateOptions } from "../model/generate/continue_prompt.ts";
import { number } from "./argument_values.ts";
import { type Options, UsageError, type Values } from "./arguments.ts";

/** Flags of every command that generates text. The flag of the seed depends on the command. */
export const SAMPLING_OPTIONS = {
  temperature: { type: "string" },
  "top-k": { type: "string" },
  "top-p": { type: "string" },
  "repetition-penalty": { type: "string" },
  stop: { type: "string", multiple: true },
} as const satisfies Options;

/** Help of these flags. */
export const SAMPLING_HELP =
  `  --temperature X     draw tokens, with the logits divided by X; without any of --temperature, --top-k and --top-p, each
                      token is the likeliest
  --top-k N           draw from the N likeliest tokens
  --top-p X           draw from the fewest likeliest tokens that have more than X of the probability
  --repetition-penalty X
                      divide the positive logits of tokens that occurred before by X, and multiply the negative ones
  --stop TEXT         end before this text; may be given several times
`;

/**
 * Reads the values of `SAMPLING_OPTIONS` and of the seed.
 *
 * @param seedFlag name of the flag of the seed
 */
export function samplingOptions(values: Values, seedFlag: string): Omit<GenerateOptions, "onText"> {
  const above0 = (name: string) => number(name, values[name], { least: 0, whole: false });
  const topP = above0("top-p");
  if (topP !== undefined && topP > 1) {
    throw new UsageError(`Cannot use --top-p as it must be at most 1: got ${JSON.stringify(values["top-p"])}`);
  }
  const drawn = {
    temperature: above0("temperature"),
    topK: number("top-k", values["top-k"], { least: 1, whole: true }),
    topP,
  };
  const seed = number(seedFlag, values[seedFlag], { least: 0, whole: true });
  if (seed !== undefined && Object.values(drawn).every((value) => value === undefined)) {
    throw new UsageError(`Cannot use --${seedFlag} as no token is drawn without --temperature, --top-k or --top-p`);
  }
  const stop = values.stop as readonly string[] | undefined;
  if (stop?.includes("")) throw new UsageError('Cannot use --stop as it must not be empty: got ""');
  const given = { ...drawn, repetitionPenalty: above0("repetition-penalty"), seed, stop };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
