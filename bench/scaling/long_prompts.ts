import { deviceArguments, type MeasuredDevice } from "../device.ts";
import { elsewhere } from "../elsewhere.ts";
import { emit, print } from "../figure.ts";
import { subject } from "../model/subject.ts";
import { type Cost, emitExponents } from "./emit_exponents.ts";
import type { LongPrompt } from "./long_prompt.ts";

const SIZES = [512, 1024, 2048, 4096];

/** Measures input × gradient of a prompt of so many tokens, in a process of its own. */
export function measureLongPrompt(tokens: number, device: MeasuredDevice): Promise<LongPrompt> {
  return elsewhere(["bench/scaling/long_prompt.ts", String(tokens), ...deviceArguments(device)]);
}

/** Measures wall-clock seconds and bytes of input × gradient of a question about longer and longer documents. */
export async function measureLongPrompts(device: MeasuredDevice): Promise<void> {
  const { name, golden } = subject(device);
  if (golden === null) {
    print("Long prompts need SmolLM2, as the embedded model has no room for them: run `deno task weights`");
    return;
  }
  const costs: Cost[] = [];
  for (const size of SIZES) {
    const { prompt, target, seconds, gpuSeconds, bytes, weights, process } = await measureLongPrompt(size, device);
    const what = `${name}: input × gradient, ${prompt.length} prompt tokens, ${target.length} target tokens`;
    const onGpu = gpuSeconds === null ? "" : `, ${gpuSeconds.toFixed(2)} s on the GPU`;
    emit({ what, value: seconds, unit: "s", note: `wall clock${onGpu}` });
    const note = `${mebibytes(bytes)} of it in buffers, ${mebibytes(weights)} of these weights`;
    emit({ what: `${what}, most memory of the process`, value: process / 2 ** 20, unit: "MiB", note });
    costs.push({ seconds, bytes: bytes - weights });
  }
  emitExponents({ model: name, size: "tokens of a pasted document", clock: "by the wall clock" }, SIZES, costs);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
