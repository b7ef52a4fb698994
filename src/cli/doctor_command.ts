import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { modelOptions } from "./model_flags.ts";
import { write } from "./write.ts";

const HELP = `Tells what this machine offers and what is missing; or finds out which kernels are the fastest here.

Usage: deno task doctor [--tune [--model MODEL] [--quantize NAME]]

  --tune              check and time the kernels that compute the same, and keep the choice in the cache directory, where
                      later runs find it: minutes on a software adapter, during which nothing else should run
  --model MODEL       tune for this model's shapes: a Hugging Face directory, a .gguf file or
                      organization/name[@revision][:file.gguf] (the embedded model's and those of SmolLM2-135M and
                      Qwen2.5-0.5B and 1.5B in NF4)
  --quantize NAME     nf4 where the model is going to be quantized at load; none keeps it (none)
  --help              this text

Exit code: 0 where everything that Whence needs is there, 1 otherwise.
`;

/** The oldest Deno with stable text imports, also over http. */
const OLDEST_DENO = "2.8.3";

const OPTIONS = {
  tune: { type: "boolean" },
  model: { type: "string" },
  quantize: { type: "string" },
} as const satisfies Options;

/** Runs `doctor` and returns the exit code. */
export async function runDoctorCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, OPTIONS, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const idle = ["model", "quantize"].find((name) => values[name] !== undefined);
  if (!values.tune && idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} as it is about --tune: got no --tune`);
  }
  return values.tune ? await tuneKernels(values) : await describeMachine();
}

async function tuneKernels(values: Values): Promise<number> {
  const { source, options } = modelOptions(values);
  const { runTuning } = await import("./tuning_report.ts");
  return await runTuning(source, options);
}

async function describeMachine(): Promise<number> {
  const rows: [string, string][] = [
    [
      "deno",
      `${Deno.version.deno}${isOlder(Deno.version.deno, OLDEST_DENO) ? ` (needs ${OLDEST_DENO} or newer)` : ""}`,
    ],
    ["system", `${Deno.build.os} ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`],
  ];
  const { ok, rows: adapterRows } = await describeAdapter();
  for (const [name, value] of [...rows, ...adapterRows, ...await describeHub()]) {
    write(Deno.stdout, `${name.padEnd(22)}${value}\n`);
  }
  return ok && !isOlder(Deno.version.deno, OLDEST_DENO) ? 0 : 1;
}

async function describeAdapter(): Promise<{ ok: boolean; rows: [string, string][] }> {
  const [{ NoAdapterError, openGpu }, { readTuning, tuningKey }] = await Promise.all([
    import("../gpu/device.ts"),
    import("../model/tune/tuning_cache.ts"),
  ]);
  try {
    const gpu = await openGpu();
    const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
    const { tuning, hint } = await readTuning(tuningKey(gpu));
    const rows: [string, string][] = [
      ["adapter", `${gpu.adapter}${gpu.software ? " (software: a GPU's driver would be faster)" : ""}`],
      ["driver", gpu.driver],
      ["subgroups", gpu.features.subgroups ? "yes" : "no (slower kernels are used)"],
      ["timestamps", gpu.features.timestamps ? "yes" : "no (gpuSeconds is null)"],
      ["largest binding", mebibytes(gpu.limits.maxStorageBufferBindingSize)],
      ["largest buffer", mebibytes(gpu.limits.maxBufferSize)],
      ["workgroup memory", `${gpu.limits.maxComputeWorkgroupStorageSize} bytes`],
      ["tuning", `${tuning.name}${tuning.choices.size > 0 ? `, ${tuning.choices.size} families of kernels` : ""}`],
    ];
    gpu.close();
    if (hint !== null) write(Deno.stderr, `hint: ${hint}\n`);
    return { ok: true, rows };
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    return { ok: false, rows: [["adapter", `none. ${error.message}`]] };
  }
}

/** Where models come from, and where they are kept. */
async function describeHub(): Promise<[string, string][]> {
  const { hubSettings } = await import("../checkpoint/hub/hub_settings.ts");
  try {
    const { endpoint, cache, token, tokenSource, offline } = hubSettings();
    return [
      ["hub", offline ? "not asked (HF_HUB_OFFLINE)" : endpoint],
      ["hub cache", cache],
      ["hub token", token === null ? "none" : `of ${tokenSource}`],
    ];
  } catch (error) {
    return [["hub", (error as Error).message]];
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at] < b[at];
}
