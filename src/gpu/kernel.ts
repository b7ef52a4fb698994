import { checked, type Gpu } from "./device.ts";
import { preprocess, type PreprocessorValues } from "./preprocess.ts";
import { codeFor } from "./subgroups.ts";

/** A compute shader specialised by constants; equal code means one pipeline. */
export interface Kernel {
  /** The .wgsl file's stem and its constants; every error names it. */
  readonly label: string;
  readonly code: string;
}

/**
 * A value that a kernel is specialised by: booleans and integers become WGSL constants of type bool and u32; a text is
 * part of the label alone.
 */
export type Constant = number | boolean | string | { readonly f32: number };

/**
 * Joins WGSL sources under a header of constants, with their `//@` lines expanded.
 *
 * @param label the .wgsl file's stem
 * @param sources shader texts, library functions first
 * @param constants are part of the label; booleans and integers have values in `//@` lines as well
 * @param text values of other names in `//@` lines
 */
export function specialize(
  label: string,
  sources: readonly string[],
  constants: Readonly<Record<string, Constant>>,
  text: PreprocessorValues = {},
): Kernel {
  const key = JSON.stringify([label, constants, text, sources.map(sourceNumber)]);
  let kernel = specialized.get(key);
  if (kernel === undefined) specialized.set(key, kernel = expand(label, sources, constants, text));
  return kernel;
}

function expand(
  label: string,
  sources: readonly string[],
  constants: Readonly<Record<string, Constant>>,
  text: PreprocessorValues,
): Kernel {
  const header = Object.entries(constants).flatMap(([name, value]) => {
    if (typeof value === "string") return [];
    if (typeof value === "boolean") return `const ${name}: bool = ${value};`;
    if (typeof value === "number") return `const ${name}: u32 = ${value}u;`;
    return `const ${name}: f32 = ${wgslFloat(value.f32)};`;
  });
  const shown = Object.entries(constants).map(([name, value]) =>
    `${name}=${typeof value === "object" ? value.f32 : value}`
  );
  const values: Record<string, number | boolean> = { ...text };
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value === "number" || typeof value === "boolean") values[name] = value;
  }
  return {
    label: `${label}(${shown.join(",")})`,
    code: [...header, preprocess(sources.join("\n"), values)].join("\n"),
  };
}

// Expanding a shader takes milliseconds, and all layers of a model have the same ones.
const specialized = new Map<string, Kernel>();
const sourceNumbers = new Map<string, number>();

/** Returns a number that stands for a text, a short one for a long. */
function sourceNumber(source: string): number {
  const number = sourceNumbers.get(source) ?? sourceNumbers.size;
  sourceNumbers.set(source, number);
  return number;
}

function wgslFloat(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** Compiles each distinct kernel once, whoever asks and however often. */
export interface PipelineCache {
  /** True if the kernel was asked for before. */
  has(kernel: Kernel): boolean;
  get(kernel: Kernel): Promise<GPUComputePipeline>;
}

/** Makes the pipeline cache of a device. */
export function createPipelineCache(gpu: Gpu): PipelineCache {
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  return {
    has: ({ code }) => pipelines.has(code),
    get(kernel) {
      let pipeline = pipelines.get(kernel.code);
      if (pipeline === undefined) {
        pipeline = compile(gpu, kernel);
        pipelines.set(kernel.code, pipeline);
      }
      return pipeline;
    },
  };
}

async function compile(gpu: Gpu, kernel: Kernel): Promise<GPUComputePipeline> {
  const label = `kernel ${kernel.label}`;
  const code = codeFor(gpu.subgroupTrial?.compiler ?? "naga", kernel.code);
  try {
    return await checked(gpu, label, () =>
      gpu.device.createComputePipeline({
        label: kernel.label,
        layout: "auto",
        compute: {
          module: gpu.device.createShaderModule({ label: kernel.label, code }),
          entryPoint: "main",
        },
      }));
  } catch (error) {
    if (error instanceof Error) error.message += `\n${numbered(code)}`;
    throw error;
  }
}

function numbered(code: string): string {
  return code.split("\n").map((line, i) => `${String(i + 1).padStart(4)} ${line}`).join("\n");
}

/** One workgroup a tile; a plain list of `count` items of `size` a workgroup, folded into two dimensions. */
export function grid(count: number, size: number): [number, number, number] {
  const groups = Math.ceil(count / size);
  // 65535 is WebGPU's guaranteed maxComputeWorkgroupsPerDimension.
  const x = Math.min(groups, 65535);
  return [x, Math.ceil(groups / x), 1];
}
