import { type Options, parseArguments, UsageError, type Values } from "../arguments.ts";
import { MODEL_FLAG_HELP, modelOptions } from "../model_flags.ts";
import { write } from "../write.ts";
import { PROGRAM } from "../invocation.ts";
import { helpText } from "../output/help_layout.ts";

const HELP = `Tells if this machine has all that Whence needs; or finds the fastest kernels for it.

Usage: ${PROGRAM} doctor [--tune [--model MODEL] [--quantize NAME]]

  --tune              time the kernels that compute the same, check the fastest, and keep the choice for later runs; takes
                      two minutes at most, during which nothing else should run
  --model MODEL       tune for this model's shapes: a Hugging Face directory, a .gguf file or
                      organization/name[@revision][:file.gguf] (the embedded model and SmolLM2-135M, Qwen2.5-0.5B and
                      1.5B in NF4)
${MODEL_FLAG_HELP.quantize}  --help              this text

Exit code: 0 if nothing is missing, 1 if something is, 2 wrong usage.
`;

const OPTIONS = {
  tune: { type: "boolean" },
  model: { type: "string" },
  quantize: { type: "string" },
} as const satisfies Options;

/** Runs `doctor` and returns the exit code. */
export async function runDoctorCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, OPTIONS, 0);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  const idle = ["model", "quantize"].find((name) => values[name] !== undefined);
  if (!values.tune && idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} as it is about --tune: got no --tune`);
  }
  if (values.tune) return await tuneKernels(values);
  const { describeMachine } = await import("./machine_report.ts");
  return await describeMachine() ? 0 : 1;
}

async function tuneKernels(values: Values): Promise<number> {
  const { source, options } = modelOptions(values);
  const { runTuning } = await import("./tuning_report.ts");
  return await runTuning(source, options);
}
