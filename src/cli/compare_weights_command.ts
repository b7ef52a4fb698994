import { QUANTIZATIONS } from "../model/load/load_options.ts";
import { TEXT_OPTIONS } from "../explain/options/attribution_text.ts";
import { MOST_CALLS } from "../explain/options/bounds.ts";
import { ABOVE_0 } from "../explain/options/value_kind.ts";
import { checkText } from "../explain/options/check_text.ts";
import type { AttributionText } from "../explain/options/attribution_text.ts";
import { renderWeights, WEIGHTS_FORMATS } from "../report/weights/render_weights.ts";
import { oneOf, wholeNumber } from "./argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { flagsOf, givenOptions, parseOptions, refuseFlags } from "./declared_flags.ts";
import { flagHelp } from "./flag_help.ts";
import { MODEL_FLAG_HELP, MODEL_OPTIONS, modelOptions } from "./model_flags.ts";
import { showDownloads } from "./progress/download_progress.ts";
import { openStatusBar } from "./progress/status_bar.ts";
import { terminalWidth } from "./output/terminal.ts";
import { chosenOutput, OUTPUT_OPTIONS, outputHelp } from "./output/chosen_output.ts";
import { textFileHelp, textFileOptions, withTextFiles } from "./text_files.ts";
import { write, writeHint, writeResult } from "./write.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const { prompt, target, generate, chat, history } = TEXT_OPTIONS;
const FLAGS = flagsOf({ prompt, target, generate, chat, history });
const TEXT_FILES = ["prompt", "target"] as const;
const { model: _model, quantize: _quantize, ...deviceHelp } = MODEL_FLAG_HELP;

const HELP =
  `Says which weights changed the answer: attributes the change of the target's log-probability, from one checkpoint's
weights to another's, to every matrix, head and position, with a certificate.

Usage: ${PROGRAM} compare-weights MODEL [OTHER] --prompt TEXT [options]

MODEL and OTHER are as attribute --model takes them, of one configuration, embedding and head. Without OTHER the model is
compared with itself, quantized to NF4 at load.

${flagHelp(FLAGS)}${textFileHelp(TEXT_FILES)}  --quantize NAME     of OTHER at load: ${
    QUANTIZATIONS.join(" or ")
  } (nf4 without OTHER, else none)
  --tolerance X       the certificate κ that the adaptive quadrature reaches for (0.01)
  --budget N          most points of the path (200)
  --keep N            score OTHER with the N most harmful weights of MODEL in their place (0)
${Object.values(deviceHelp).join("")}${outputHelp(WEIGHTS_FORMATS)}  --help              this text

Exit code: 0 done, 1 failed, 2 wrong usage.
`;

const { model: _, ...modelFlags } = MODEL_OPTIONS;
const OPTIONS = {
  ...modelFlags,
  tolerance: { type: "string" },
  budget: { type: "string" },
  keep: { type: "string" },
  ...OUTPUT_OPTIONS,
  ...textFileOptions(TEXT_FILES),
} as const satisfies Options;

/** Runs `compare-weights` and returns the exit code. */
export async function runCompareWeightsCommand(args: string[]): Promise<number> {
  const { values, rest } = parseArguments(args, { ...parseOptions(FLAGS), ...OPTIONS }, 2);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  const [source, other = source] = rest;
  if (source === undefined) throw new UsageError("Cannot compare weights as a model must be named: got none");
  const quantize = oneOf("quantize", values.quantize, QUANTIZATIONS) ?? (rest.length === 1 ? "nf4" : "none");
  const { options: { quantize: _, ...options } } = modelOptions({ ...values, quantize: undefined });
  const asked = {
    tolerance: above0("tolerance", values.tolerance),
    budget: wholeNumber("budget", values.budget, 10, MOST_CALLS),
    keep: wholeNumber("keep", values.keep, 0, MOST_CALLS),
  };
  const given = givenOptions(FLAGS, withTextFiles(values, TEXT_FILES));
  refuseFlags(checkText(given, "log-prob"), FLAGS);
  const { format, out } = chosenOutput(values, WEIGHTS_FORMATS);
  const bar = openStatusBar();
  try {
    bar?.show({ share: null, text: "loading both models" });
    const [{ loadWeightPair }, { compareWeights }] = await Promise.all([
      import("../model/pair/weight_pair.ts"),
      import("../explain/weights/compare_weights.ts"),
    ]);
    const onLoad = (share: number) => bar?.show({ share, text: "loading both models" });
    const onDownload = bar === null ? undefined : showDownloads(bar);
    const pair = await loadWeightPair({ source }, { source: other, quantize }, { ...options, onLoad, onDownload });
    try {
      bar?.show({ share: null, text: "along the path between the weights" });
      const { chat, ...rest } = given as unknown as AttributionText;
      const record = await compareWeights(pair, { ...rest, chat: chat === true || rest.history !== undefined }, asked);
      bar?.clear();
      const rendered = await renderWeights(record, format, {
        width: out === undefined ? terminalWidth() : undefined,
        onHint: writeHint,
      });
      await writeResult(rendered, { out, isText: format === "table" });
      return 0;
    } finally {
      pair.close();
    }
  } finally {
    bar?.close();
  }
}

function above0(name: string, value: Values[string]): number | undefined {
  if (value === undefined) return undefined;
  const read = ABOVE_0.read(ABOVE_0.argument(value as string));
  if (read === undefined) {
    throw new UsageError(`Cannot use --${name} as it must be ${ABOVE_0.expectation}: got ${JSON.stringify(value)}`);
  }
  return read;
}
