/**
 * `deno run -A bench/startup_parts.ts DEVICE PROMPT TARGET`: explains the target twice with the embedded model and
 * prints the parts of the first time as JSON. It imports nothing but by itself when it is timed.
 */

/** Seconds of a first attribution in a process, by parts. */
export interface StartParts {
  readonly imports: number;
  /** Load of the model. */
  readonly model: number;
  /** The first attribution, with all that is made for it. */
  readonly first: number;
  /** The same attribution again. */
  readonly second: number;
  /** Seconds of `createShaderModule` and `createComputePipeline`, within the first attribution. */
  readonly modules: number;
  readonly pipelines: number;
  /** Characters of all modules. */
  readonly wgsl: number;
  /** Number of modules. */
  readonly count: number;
  /** Of each attribution, by timestamps; null if the device has none. */
  readonly gpuSeconds: readonly (number | null)[];
}

/** Makes a method of a device add its seconds. */
function timed(name: "createShaderModule" | "createComputePipeline", add: (seconds: number, code: string) => void) {
  // deno-lint-ignore no-explicit-any
  const device = GPUDevice.prototype as any;
  const create = device[name];
  device[name] = function (descriptor: { readonly code?: string }) {
    const began = performance.now();
    const made = create.call(this, descriptor);
    add((performance.now() - began) / 1000, descriptor.code ?? "");
    return made;
  };
}

async function measure(device: string, prompt: string, target: string): Promise<StartParts> {
  let [modules, pipelines, wgsl, count] = [0, 0, 0, 0];
  timed(
    "createShaderModule",
    (seconds, code) => [modules, wgsl, count] = [modules + seconds, wgsl + code.length, count + 1],
  );
  timed("createComputePipeline", (seconds) => pipelines += seconds);
  const since = (began: number) => (performance.now() - began) / 1000;
  const [{ loadModel }, { attribute }, { EMBEDDED }] = await Promise.all([
    import("../src/model/model.ts"),
    import("../src/explain/attribute.ts"),
    import("../src/model/load/embedded.ts"),
  ]);
  // The clock starts with the process.
  const imports = since(0);
  const loading = performance.now();
  const model = await loadModel(EMBEDDED, { device: device as "webgpu" });
  const loaded = since(loading);
  const times: number[] = [];
  const gpuSeconds: (number | null)[] = [];
  for (let i = 0; i < 2; i++) {
    const [began, before] = [performance.now(), model.meter.gpuSeconds];
    await attribute(model, { prompt, target });
    times.push(since(began));
    const after = model.meter.gpuSeconds;
    gpuSeconds.push(before === null || after === null ? null : after - before);
  }
  model.close();
  return { imports, model: loaded, first: times[0], second: times[1], modules, pipelines, wgsl, count, gpuSeconds };
}

if (import.meta.main) {
  const [device, prompt, target] = Deno.args;
  const parts = await measure(device, prompt, target);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(parts) + "\n"));
}
