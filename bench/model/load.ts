/**
 * `deno run -A bench/model/load.ts [--device NAME]`: time and memory of loading SmolLM2-135M (GGUF, Q4_1) and a random
 * checkpoint of Qwen2.5-1.5B's shape (bf16, 3.1 GB in a temporary directory that is removed again), quantized to NF4 at
 * load; the first time, and the second, when the quantized weights are in the cache. For comparison, transformers' and
 * llama.cpp's loads of the same file. Every load is in a process of its own, its file in the page cache.
 */
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { openExecutor } from "../../src/model/load/open_executor.ts";
import { loadModel } from "../../src/model/model.ts";
import { SMOLLM2_GGUF } from "../../test/weights/fetch.ts";
import { deviceArguments, takeDevice } from "../device.ts";
import { elsewhere } from "../elsewhere.ts";
import { emit, print } from "../figure.ts";
import { maxRss } from "../max_rss.ts";
import { loadWithLlamaCpp, loadWithTransformers, type PeerLoad } from "../peers/load.ts";
import { MODEL_SHAPES } from "../shapes.ts";
import { writeRandomCheckpoint } from "./random_checkpoint.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";

/** Result of one of our loads. */
interface Load {
  readonly seconds: number;
  /** Most memory of the process; on a software adapter the GPU's is in it. */
  readonly bytes: number;
  /** Memory of the weights on the device. */
  readonly weights: number;
  /** Memory of the process before the load, after device and checkpoint were opened once. */
  readonly idle: number;
}

const [, , QWEN] = MODEL_SHAPES;
/** Most host memory of a load, without one tensor, as a multiple of the quantized size. */
const ALLOWED = 1.3;

const script = fileURLToPath(import.meta.url);
const { device, rest: [mode, path] } = takeDevice(Deno.args);

/** Loads a file in a process of its own. */
const loadElsewhere = (path: string, env: Readonly<Record<string, string>>) =>
  elsewhere<Load>([script, "--load", path, ...deviceArguments(device)], env);

async function loadHere(path: string): Promise<void> {
  // Memory of the driver, the checkpoint's header and the tokenizer does not count as weights.
  (await openExecutor({ device })).close();
  (await openCheckpoint(path)).close();
  const idle = maxRss();
  const loading = startStopwatch();
  const model = await loadModel(path, { device, quantize: "nf4" });
  const seconds = loading();
  // Before any program exists the plan holds the weights alone.
  const load: Load = { seconds, bytes: maxRss(), weights: model.meter.predictedBytes, idle };
  model.close();
  print(JSON.stringify(load));
}

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

async function largestTensor(path: string): Promise<number> {
  const { tensors, close } = await openCheckpoint(path);
  close();
  return [...tensors.values()].reduce((most, { bytes }) => Math.max(most, bytes), 0);
}

async function compare(name: string, path: string): Promise<void> {
  const cache = await Deno.makeTempDir({ prefix: "whence_load_cache_" });
  const tensor = await largestTensor(path);
  try {
    for (const time of ["first load", "second load"]) {
      const { seconds, bytes, weights, idle } = await loadElsewhere(path, { WHENCE_CACHE: cache });
      const within = (bytes - idle - tensor) / weights;
      emit({ what: `${name}: ${time}, to NF4`, value: seconds, unit: "s", note: `${gib(weights)} on the device` });
      emit({
        what: `${name}: ${time}, most memory`,
        value: bytes / 2 ** 30,
        unit: "GiB",
        note:
          `${gib(idle)} before; beyond it and the largest tensor (${gib(tensor)}) ${
            within.toFixed(2)
          } × the weights, ` +
          `where ${ALLOWED} are allowed`,
      });
    }
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

function emitPeer(name: string, peer: string, { seconds, bytes, version }: PeerLoad): void {
  emit({ what: `${name}: ${peer}`, value: seconds, unit: "s", note: `${version}; most memory ${gib(bytes)}` });
}

async function large(): Promise<void> {
  const name = `${QWEN.name} shape, random bf16`;
  const directory = await Deno.makeTempDir({ prefix: "whence_load_" });
  try {
    await elsewhere([script, "--write", directory]);
    await compare(name, directory);
    emitPeer(name, "transformers, in bf16", await loadWithTransformers(directory, "bf16"));
    emitPeer(name, "transformers, to NF4 by bitsandbytes", await loadWithTransformers(directory, "nf4"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (mode === "--write") print(JSON.stringify(writeRandomCheckpoint(path, QWEN, "bf16")));
else if (mode === "--load") await loadHere(path);
else {
  const name = "SmolLM2-135M, GGUF Q4_1";
  // Fills the page cache.
  await loadElsewhere(SMOLLM2_GGUF, { WHENCE_WEIGHTS_CACHE: "off" });
  await compare(name, SMOLLM2_GGUF);
  emitPeer(name, "llama.cpp, as it is", await loadWithLlamaCpp(SMOLLM2_GGUF));
  emitPeer(name, "transformers, to f32", await loadWithTransformers(SMOLLM2_GGUF, "f32"));
  await large();
}
