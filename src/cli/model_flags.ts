import type { Device, LanguageModel, LoadOptions } from "../model/model.ts";
import { DEVICES, MOST_THREADS, QUANTIZATIONS, TUNINGS } from "../model/load/load_options.ts";
import { bytes, oneOf, text, wholeNumber } from "./argument_values.ts";
import type { Options, Values } from "./arguments.ts";
import { showDownloads } from "./progress/download_progress.ts";
import type { StatusBar } from "./progress/status_bar.ts";
import { writeHint } from "./write.ts";

/** Flags of every command that opens a model. */
export const MODEL_OPTIONS = {
  model: { type: "string" },
  quantize: { type: "string" },
  device: { type: "string" },
  memory: { type: "string" },
  threads: { type: "string" },
  tuning: { type: "string" },
  "no-cache": { type: "boolean" },
} as const satisfies Options;

/** Help of each, a line or more. */
export const MODEL_FLAG_HELP = {
  model: `  --model MODEL       a Hugging Face directory, a .gguf file, or a model at the hub, which is downloaded once:
                      organization/name[@revision][:file.gguf], or chains, the embedded model of planted chains (the
                      embedded biography model); HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_ENDPOINT and HF_HUB_OFFLINE mean
                      the same as in huggingface_hub
`,
  quantize: `  --quantize NAME     nf4 quantizes the block's linear layers at load; none keeps them (none)
`,
  device:
    `  --device NAME       webgpu, cpu (ONNX Runtime), reference (f64, slow), or auto: a GPU if one answers, else the
                      CPU (auto)
`,
  threads: `  --threads N         threads of the device cpu (one for each core)
`,
  memory:
    `  --memory SIZE       memory of a batch without the weights, as 512MiB or 2GiB; on the CPU also of the f32 values of
                      weights that are stored in fewer bits (1GiB)
`,
  tuning:
    `  --tuning NAME       auto uses the kernels that doctor --tune found fastest here; off uses the defaults (auto)
`,
  noCache: `  --no-cache          neither read nor keep quantized weights and digests of files between runs
`,
} as const;

/** Help of all of them. */
export const MODEL_HELP: string = Object.values(MODEL_FLAG_HELP).join("");

const LOADING = "loading the model";

/** A model and the options of its load. */
interface ModelRequest {
  readonly source: string | undefined;
  readonly options: LoadOptions;
}

/** Reads the values of `MODEL_OPTIONS`. */
export function modelOptions(values: Values): ModelRequest {
  const quantize = oneOf("quantize", values.quantize, QUANTIZATIONS) ?? "none";
  const device: Device = oneOf("device", values.device, DEVICES) ?? "auto";
  const memory = bytes("memory", values.memory);
  const threads = wholeNumber("threads", values.threads, 1, MOST_THREADS);
  const tuning = oneOf("tuning", values.tuning, TUNINGS);
  const cache = values["no-cache"] ? "off" : undefined;
  return {
    source: text("model", values.model),
    options: { device, quantize, memory, threads, tuning, cache, onHint: writeHint },
  };
}

/** Loads a model, with its progress in a status bar. */
export async function openModel(
  { source, options }: ModelRequest,
  { bar, onWork }: Pick<LoadOptions, "onWork"> & { readonly bar: StatusBar | null },
): Promise<LanguageModel> {
  bar?.show({ share: null, text: LOADING });
  // Imported after the arguments were checked, so that a mistake is reported at once.
  const { loadModel } = await import("../model/model.ts");
  return await loadModel(source, {
    ...options,
    onWork,
    ...(bar && {
      onHint: (sentence) => {
        bar.clear();
        options.onHint?.(sentence);
      },
      onDownload: showDownloads(bar),
      onLoad: (share) => bar.show({ share, text: LOADING }),
    }),
  });
}
