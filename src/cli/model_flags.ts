import type { Device, LanguageModel, LoadOptions } from "../model/model.ts";
import { bytes, oneOf, text } from "./argument_values.ts";
import type { Options, Values } from "./arguments.ts";
import { write } from "./write.ts";

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
