import { OBJECTIVE_NAMES } from "../../attribution/objectives/objective.ts";
import { MOST_LAYERS, MOST_STEPS } from "../../explain/options/bounds.ts";
import type { LoadOptions } from "../../model/model.ts";
import { oneOf, wholeNumber } from "../argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "../arguments.ts";
import { MODEL_FLAG_HELP, modelOptions } from "../model_flags.ts";
import { write } from "../write.ts";
import type { PlannedAttribution } from "./attribution_plan.ts";
import { PROGRAM } from "../invocation.ts";
import { helpText } from "../output/help_layout.ts";

const HELP =
  `Lists the tensors and the configuration of a checkpoint, which is not loaded; or plans an attribution, which is not run.

Usage: ${PROGRAM} inspect MODEL [--plan [options]]

  MODEL               a Hugging Face directory, a .gguf file, or a model at the hub, which is downloaded once:
                      organization/name[@revision][:file.gguf]; embedded or chains for an embedded model
  --plan              predict rows, chunks, bytes and time of the path points of one attribution
  --prompt-tokens N   tokens of its prompt (32)
  --frozen-tokens N   first tokens of the prompt that do not move along the path (0)
  --target-tokens N   tokens of its target (16)
  --objective NAME    the explained number: ${OBJECTIVE_NAMES.slice(0, 6).join(", ")},
                      ${OBJECTIVE_NAMES.slice(6).join(", ")} (log-prob)
  --alternative-tokens N  tokens of the alternative of objective contrastive (as many as of the target)
  --points N          path points that are evaluated at a time (64)
  --layer K           the block whose input moves along the path, 0 the embeddings (0)
  --tokens            the matrix of target by prompt tokens
${MODEL_FLAG_HELP.quantize}  --device NAME       auto, webgpu, cpu or reference: the plan keeps to its limits (auto)
${MODEL_FLAG_HELP.memory}  --help              this text
`;

/** Tokens of a plan: more than any model takes. */
const MOST_TOKENS = 200_000;

const PLAN_OPTIONS = {
  "prompt-tokens": { type: "string" },
  "frozen-tokens": { type: "string" },
  "target-tokens": { type: "string" },
  objective: { type: "string" },
  "alternative-tokens": { type: "string" },
  points: { type: "string" },
  layer: { type: "string" },
  tokens: { type: "boolean" },
  quantize: { type: "string" },
  device: { type: "string" },
  memory: { type: "string" },
} as const satisfies Options;

/** Runs `inspect` and returns the exit code. */
export async function runInspectCommand(args: string[]): Promise<number> {
  const { values, rest: [path] } = parseArguments(args, { plan: { type: "boolean" }, ...PLAN_OPTIONS }, 1);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  if (path === undefined) throw new UsageError("Cannot inspect as a model must be named: got none");
  const idle = Object.keys(PLAN_OPTIONS).find((name) => values[name] !== undefined);
  if (!values.plan && idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} as it is about --plan: got no --plan`);
  }
  const { options } = modelOptions(values);
  write(
    Deno.stdout,
    await (values.plan ? planText(path, plannedAttribution(values), options) : contents(path, options)),
  );
  return 0;
}

// Imported when asked for: the one does not load what the other needs.
async function contents(source: string, options: LoadOptions): Promise<string> {
  return await (await import("./checkpoint_text.ts")).checkpointText(source, options);
}

async function planText(source: string, planned: PlannedAttribution, options: LoadOptions): Promise<string> {
  return await (await import("./attribution_plan.ts")).attributionPlanText(source, planned, options);
}

/** Reads the values of `PLAN_OPTIONS` that say how large the attribution is. */
function plannedAttribution(values: Values): PlannedAttribution {
  const count = (name: keyof typeof PLAN_OPTIONS, least: number, fallback: number, most = MOST_TOKENS) =>
    wholeNumber(name, values[name], least, most) ?? fallback;
  const promptTokens = count("prompt-tokens", 1, 32);
  const frozenTokens = count("frozen-tokens", 0, 0);
  const [targetTokens, points] = [count("target-tokens", 1, 16), count("points", 1, 64, MOST_STEPS)];
  if (frozenTokens >= promptTokens) {
    throw new UsageError(
      `Cannot use --frozen-tokens as it must be less than --prompt-tokens ${promptTokens}: got ${frozenTokens}`,
    );
  }
  const objective = oneOf("objective", values.objective, OBJECTIVE_NAMES) ?? "log-prob";
  if (values["alternative-tokens"] !== undefined && objective !== "contrastive") {
    throw new UsageError(`Cannot use --alternative-tokens as --objective must be contrastive: got ${objective}`);
  }
  return {
    promptTokens,
    frozenTokens,
    targetTokens,
    alternativeTokens: count("alternative-tokens", 1, targetTokens),
    points,
    objective,
    layer: count("layer", 0, 0, MOST_LAYERS),
    tokens: values.tokens === true,
  };
}
