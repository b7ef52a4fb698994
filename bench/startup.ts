/**
 * `deno run -A bench/startup.ts [--device NAME]`: seconds of one attribution with the embedded model, from the start of
 * the process to its end, and of its parts: the first start, when the driver has compiled nothing yet, and the second.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startStopwatch } from "../src/time/stopwatch.ts";
import { takeDevice } from "./device.ts";
import { emit, print } from "./figure.ts";
import { EXAMPLE } from "./model/subject.ts";
import type { StartParts } from "./startup_parts.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Runs a script in a process of its own that keeps what the driver compiles in a directory, and returns its output. */
async function start(args: readonly string[], cache: string): Promise<{ output: string; seconds: number }> {
  const seconds = startStopwatch();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", ...args],
    cwd: ROOT,
    // Of Mesa and of NVIDIA.
    env: { MESA_SHADER_CACHE_DIR: cache, __GL_SHADER_DISK_CACHE_PATH: cache },
    stderr: "inherit",
  }).output();
  assert.equal(code, 0);
  return { output: new TextDecoder().decode(stdout), seconds: seconds() };
}

/** Starts twice, the second time with what the first left in the driver's cache. */
async function startTwice(args: readonly string[]): Promise<{ output: string; seconds: number }[]> {
  const cache = await Deno.makeTempDir({ prefix: "whence_driver_cache_" });
  try {
    return [await start(args, cache), await start(args, cache)];
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

function emitParts(name: string, parts: StartParts): void {
  const { imports, model, modules, pipelines, first, second, count, wgsl, gpuSeconds: [onGpu, again] } = parts;
  const row = (part: string, value: number, note?: string) =>
    emit({ what: `${name}, ${part}`, value, unit: "s", note });
  row("imports", imports);
  row("model", model);
  if (count > 0) {
    row("modules", modules, `${count} of ${(wgsl / 1000).toFixed(0)} kB`);
    row("pipelines", pipelines);
  }
  // Without the launches that the driver compiles beside the making of modules.
  row(
    "first launches",
    Math.max(0, first - second - modules - pipelines),
    "the rest that the second attribution lacks",
  );
  row(
    "work",
    second,
    onGpu === null ? undefined : `GPU ${onGpu.toFixed(2)} s the first time, ${again!.toFixed(2)} again`,
  );
}

const { prompt, target } = EXAMPLE;
const { device } = takeDevice(Deno.args);
print("The first answer");
const whole = await startTwice([
  "src/cli/main.ts",
  "attribute",
  ...["--device", device, "--prompt", prompt, "--target", target],
]);
const parts = await startTwice(["bench/startup_parts.ts", device, prompt, target]);
for (const [i, time] of ["first start", "second start"].entries()) {
  emit({ what: `${time}: the whole process`, value: whole[i].seconds, unit: "s" });
  emitParts(time, JSON.parse(parts[i].output));
}
