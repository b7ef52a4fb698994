/** Compilers of WGSL, which differ in what kernels with subgroups must say: Deno's and Chrome's. */
type ShaderCompiler = "naga" | "tint";

/** Behaviour of a device with subgroups, as tried. */
export interface SubgroupTrial {
  readonly compiler: ShaderCompiler;
  /** Lanes of a subgroup. */
  readonly size: number;
  /** Differences from what kernels rely on, in words; kernels do without subgroups if there are any. */
  readonly faults: readonly string[];
}

/** True of code that may not run where subgroups are missing. */
function usesSubgroups(code: string): boolean {
  return /\bsubgroup(?:[A-Z]|_(?:id|size|invocation_id)\b)/.test(code);
}

/**
 * Returns a kernel's code as a compiler wants it: Tint demands `enable subgroups;`, which naga rejects; naga complains
 * of the diagnostic by which kernels tell Tint that they know better.
 */
export function codeFor(compiler: ShaderCompiler, code: string): string {
  if (!usesSubgroups(code)) return code;
  return compiler === "tint" ? `enable subgroups;\n${code}` : code.replaceAll(`${DIAGNOSTIC}\n`, "");
}

const DIAGNOSTIC = "@diagnostic(off, subgroup_uniformity)";

/** Lanes that read from each other. */
const EIGHT = 8;
/** Nine eights of threads: whole subgroups of 8 lanes, and a last one that is partly idle of 16, 32 and 64. */
const THREADS = 72;
/** A thread in the last subgroup, whatever its size. */
const RAISED = 66;
const WORDS = 8;
const UNTOUCHED = 999;

/**
 * Tries what the kernels do: they number threads by subgroup and lane, broadcast from the first eight lanes, ask if any
 * lane has work, and shuffle among eights of lanes that branch and loop apart.
 */
export const SUBGROUP_PROBE = `
@group(0) @binding(0) var<storage, read_write> seen: array<u32>;
var<workgroup> crossed: array<u32, ${THREADS}>;

// The branch and the loop are the same for the eight lanes that read from each other.
${DIAGNOSTIC}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  var shuffled = ${UNTOUCHED}u;
  if (thread / 8u % 2u == 0u) {
    for (var i = 0u; i < 1u + thread / 8u; i++) {
      shuffled = subgroupShuffle(16u * thread + i, lane - lane % 8u + 3u);
    }
  }
  crossed[thread] = subgroupShuffle(thread, lane ^ 1u);
  workgroupBarrier();
  let at = ${WORDS}u * thread;
  seen[at] = subgroup * size + lane;
  seen[at + 1u] = shuffled;
  seen[at + 2u] = crossed[${THREADS - 1}u - thread];
  seen[at + 3u] = subgroupBroadcast(thread, 5u);
  seen[at + 4u] = u32(subgroupAny(thread == ${RAISED}u));
  seen[at + 5u] = size;
}`;

/**
 * Runs the probe on a device that grants subgroups.
 *
 * @param smallest lanes of a subgroup that its adapter reports
 */
export async function trySubgroups(device: GPUDevice, smallest: number): Promise<SubgroupTrial> {
  for (const compiler of ["naga", "tint"] as const) {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label: "subgroups", code: codeFor(compiler, SUBGROUP_PROBE) });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
    if (await device.popErrorScope() !== null) continue;
    const seen = await runProbe(device, pipeline);
    return { compiler, size: seen[5], faults: [...sizeFaults(smallest, Deno.build.os), ...subgroupFaults(seen)] };
  }
  return { compiler: "naga", size: 0, faults: ["the probe does not compile"] };
}

async function runProbe(device: GPUDevice, pipeline: GPUComputePipeline): Promise<Uint32Array> {
  const size = 4 * WORDS * THREADS;
  const buffer = device.createBuffer({ size, usage: 0x80 | 0x4 }); // STORAGE | COPY_SRC
  const staging = device.createBuffer({ size, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
  const encoder = device.createCommandEncoder({ label: "subgroups" });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer } }],
    }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(0x1);
  const seen = new Uint32Array(staging.getMappedRange().slice(0));
  buffer.destroy();
  staging.destroy();
  return seen;
}

/** Compares the words of the probe with those that kernels rely on. */
export function subgroupFaults(seen: Uint32Array): string[] {
  const size = seen[5];
  if (size < EIGHT || size % EIGHT !== 0) return [`subgroups of ${size} lanes`];
  const of = (thread: number) => Math.floor(thread / size);
  const wanted: readonly [string, (thread: number) => number][] = [
    ["number", (thread) => thread],
    ["shuffle", (thread) => {
      const eight = thread >> 3;
      return eight % 2 === 0 ? 16 * (8 * eight + 3) + eight : UNTOUCHED;
    }],
    ["workgroup memory", (thread) => (THREADS - 1 - thread) ^ 1],
    ["broadcast", (thread) => of(thread) * size + 5],
    ["any", (thread) => of(thread) === of(RAISED) ? 1 : 0],
    ["size", () => size],
  ];
  return wanted.flatMap(([name, expected], word) => {
    for (let thread = 0; thread < THREADS; thread++) {
      const got = seen[WORDS * thread + word];
      if (got !== expected(thread)) return [`${name} of thread ${thread} is ${got}, not ${expected(thread)}`];
    }
    return [];
  });
}

/**
 * Finds sizes too small for eight lanes that read from each other. A driver may give each kernel a size of its own, so
 * that the adapter's word counts; but Metal's is 4 to 64 of GPUs that have 32, so that there the probe's does.
 */
export function sizeFaults(smallest: number, system: typeof Deno.build.os): string[] {
  return smallest >= EIGHT || system === "darwin" ? [] : [`the adapter reports subgroups of ${smallest} lanes`];
}
