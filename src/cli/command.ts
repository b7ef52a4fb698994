import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Device, LanguageModel, LoadOptions } from "../model/model.ts";

/** Wrong arguments: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Arguments by name, as `node:util` parses them. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** A command's own values after parsing; a list where an option may be given several times. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/**
 * Parses arguments strictly.
 *
 * @throws {UsageError} for an unknown option, a missing value or a positional too many
 */
export function parseArguments(
  args: string[],
  options: Options,
  positionals: number,
): { values: Values; rest: string[] } {
  try {
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
    if (parsed.positionals.length > positionals) {
      throw new Error(`Unexpected argument ${JSON.stringify(parsed.positionals[positionals])}`);
    }
    return { values: parsed.values as Values, rest: parsed.positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Options that every command with a model has. */
export const MODEL_OPTIONS = {
  model: { type: "string" },
  quantize: { type: "string" },
  device: { type: "string" },
  memory: { type: "string" },
  tuning: { type: "string" },
  "no-cache": { type: "boolean" },
} as const satisfies Options;

/** Their help. */
export const MODEL_HELP =
  `  --model MODEL       a Hugging Face directory, a .gguf file, or a model at the hub, which is downloaded once:
                      organization/name[@revision][:file.gguf] (the embedded biography model); HF_TOKEN, HF_HOME,
                      HF_HUB_CACHE, HF_ENDPOINT and HF_HUB_OFFLINE mean what they mean to huggingface_hub
  --quantize NAME     nf4 quantizes the block's linear layers at load; none keeps them (none)
  --device NAME       auto, webgpu or reference: f64 on the CPU (auto)
  --memory SIZE       what a batch may take beside the weights, as 512MiB or 2GiB (1GiB)
  --tuning NAME       auto: the kernels that doctor --tune found fastest here, where it was run; off: the defaults (auto)
  --no-cache          neither read nor keep quantized weights and digests of files between runs
`;

/** Values of --tuning. */
export const TUNINGS = ["auto", "off"] as const;

/** The model that the values of `MODEL_OPTIONS` name, and how it is loaded. */
export interface ModelRequest {
  readonly source: string | undefined;
  readonly options: LoadOptions;
}

/** Reads the values of `MODEL_OPTIONS`. */
export function modelOptions(values: Values): ModelRequest {
  const quantize = oneOf("quantize", values.quantize, ["nf4", "none"] as const) ?? "none";
  const device: Device = oneOf("device", values.device, ["auto", "webgpu", "reference"] as const) ?? "auto";
  const memory = bytes("memory", values.memory);
  const tuning = oneOf("tuning", values.tuning, TUNINGS);
  const onHint = (sentence: string) => write(Deno.stderr, `hint: ${sentence}\n`);
  const cache = values["no-cache"] ? "off" : undefined;
  return { source: text("model", values.model), options: { device, quantize, memory, tuning, cache, onHint } };
}

/** Loads a model; says so where the f64 reference stands in for an adapter. */
export async function openModel({ source, options }: ModelRequest): Promise<LanguageModel> {
  // Loaded after the arguments are known to be right, so that a mistake is reported at once.
  const [{ loadModel }, { withDownloadBar }] = await Promise.all([
    import("../model/model.ts"),
    import("./download_progress.ts"),
  ]);
  const model = await withDownloadBar((onDownload) => loadModel(source, { ...options, onDownload }));
  if (options.device === "auto" && model.device.backend === "reference") {
    write(
      Deno.stderr,
      "hint: no WebGPU adapter answers, so this runs in f64 on the CPU, slowly; see deno task doctor\n",
    );
  }
  return model;
}

/** A value that must be one of some names. */
export function oneOf<const T extends string>(
  name: string,
  value: Values[string],
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`Cannot use --${name} as it must be one of ${allowed.join(", ")}: got ${value}`);
  }
  return found;
}

/** A text that must not be empty. */
export function text(name: string, value: Values[string]): string | undefined {
  if (value === "") throw new UsageError(`Cannot use --${name} as it must not be empty: got ""`);
  return value as string | undefined;
}

/** A number above a bound; whole where asked for. */
export function number(
  name: string,
  value: Values[string],
  { least, whole }: { readonly least: number; readonly whole: boolean },
): number | undefined {
  if (value === undefined) return undefined;
  const parsed = value === "" ? NaN : Number(value);
  const fits = whole ? Number.isSafeInteger(parsed) && parsed >= least : Number.isFinite(parsed) && parsed > least;
  if (!fits) {
    const expected = whole ? `a whole number ≥ ${least}` : `a number > ${least}`;
    throw new UsageError(`Cannot use --${name} as it must be ${expected}: got ${JSON.stringify(value)}`);
  }
  return parsed;
}

/** A number of bytes with a binary unit. */
export function bytes(name: string, value: Values[string]): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)?$/.exec(value as string);
  const count = match === null ? 0 : Math.floor(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS ?? "B"]);
  if (count < 1) throw new UsageError(`Cannot use --${name} as it must be a size like 512MiB or 2GiB: got ${value}`);
  return count;
}

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** Writes everything, however much the stream takes at once. */
export function write(stream: { writeSync(bytes: Uint8Array): number }, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
}
