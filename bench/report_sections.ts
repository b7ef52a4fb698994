import { deviceArguments, type MeasuredDevice, USUAL_DEVICE } from "./device.ts";
import { MODEL_SHAPES } from "./shapes.ts";

/** A script of bench/ and the seconds that it may take. */
export interface Section {
  readonly title: string;
  readonly args: readonly string[];
  readonly limit: number;
  /** Devices that it measures: any that it is told, or WebGPU alone, whose kernels it runs. */
  readonly devices: "any" | "webgpu";
  /** True if its figures are what users ask for first: RESULTS.md gives their range over the machines. */
  readonly compared?: true;
}

/** The sections by name, in order of importance, so that a run cut short has most of it. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  peak: kernels("Peaks of the adapter", ["bench/peak.ts"], 60),
  products: kernels("Matrix products, 256 rows", ["bench/kernels/linear_bench.ts", "256"], 300),
  peers: { ...kernels("Matrix products against other libraries", ["bench/peers/products.ts"], 300), compared: true },
  model: { title: "A model on the example", args: ["bench/model/throughput.ts"], limit: 300, devices: "any" },
  "path-points": {
    title: "Passes of path points against PyTorch's products",
    args: ["bench/peers/path_points.ts"],
    limit: 300,
    devices: "any",
    compared: true,
  },
  "gauss-legendre-50": attribution("gauss-legendre-50", 3),
  "gauss-legendre-50-sum": attribution("gauss-legendre-50-sum", 3),
  "feature-ablation": attribution("feature-ablation", 3),
  secant: {
    title: "The secant in turn with Gauss–Legendre 50",
    args: ["bench/attribution/secant.ts"],
    limit: 600,
    devices: "any",
    compared: true,
  },
  adaptive: { ...attribution("adaptive", 1), compared: true },
  startup: { title: "The first answer, by parts", args: ["bench/startup.ts"], limit: 300, devices: "any" },
  captum: {
    title: "Attributions against Captum, in f32 and in bf16",
    args: ["bench/peers/captum.ts"],
    limit: 1800,
    devices: "any",
    compared: true,
  },
  scaling: { title: "Scaling", args: ["bench/scaling.ts", "example"], limit: 600, devices: "any" },
  "long-prompts": {
    title: "A question about a pasted document: input × gradient",
    args: ["bench/scaling.ts", "long"],
    limit: 3600,
    devices: "any",
    compared: true,
  },
  "long-prompt-pytorch": {
    title: "A question about a pasted document against PyTorch",
    args: ["bench/peers/long_prompt.ts"],
    limit: 900,
    devices: "any",
    compared: true,
  },
  load: {
    title: "Loads, first and second, beside other programs'",
    args: ["bench/model/load.ts"],
    limit: 900,
    devices: "any",
  },
  large: { title: "A model of Qwen2.5-1.5B's shape", args: ["bench/model/large.ts"], limit: 600, devices: "any" },
  larger: { title: "A model of Qwen2.5-7B's shape", args: ["bench/model/large.ts", "7B"], limit: 900, devices: "any" },
  "few-rows": kernels(
    "Matrix products, 1 and 31 rows, by the kernels of path points (decoding has its own for one row)",
    ["bench/kernels/linear_bench.ts", "1", "31"],
    300,
  ),
  "single-row": kernels(
    "Products of a decode step: one row",
    ["bench/kernels/single_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    300,
  ),
  ops: kernels(
    "Ops between the products, and log-softmax over the vocabulary",
    ["bench/kernels/op_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    600,
  ),
  attention: kernels("Attention", ["bench/kernels/attention_bench.ts"], 300),
  "token-matrix": attribution("token-matrix", 1),
  "token-matrix-captum": {
    title: "Token matrix at equal accuracy against Captum",
    args: ["bench/peers/token_matrix.ts"],
    // Captum takes minutes for each of its runs, and the converged reference as many, once: it is kept in .cache/peers.
    limit: 5400,
    devices: "any",
    compared: true,
  },
  tuning: kernels("What the tuner chooses", ["bench/kernels/tuning.ts"], 600),
  "many-rows": kernels("Matrix products, 1,024 rows", ["bench/kernels/linear_bench.ts", "1024"], 600),
};

/**
 * Finds the sections to run on a device: those that are named, or all that measure it.
 *
 * @throws {RangeError} if there is no such section, or it does not measure the device
 */
export function chooseSections(names: readonly string[], device: MeasuredDevice): string[] {
  const measuring = Object.keys(SECTIONS).filter((name) => measures(SECTIONS[name], device));
  const wrong = names.find((name) => !measuring.includes(name));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot run ${wrong} on ${device} as it must be one of ${measuring.join(", ")}`);
  }
  return names.length > 0 ? [...names] : measuring;
}

/** Arguments of a section's script on a device. */
export function sectionArguments({ args, devices }: Section, device: MeasuredDevice): string[] {
  return [...args, ...devices === "any" ? deviceArguments(device) : []];
}

function measures({ devices }: Section, device: MeasuredDevice): boolean {
  return devices === "any" || device === USUAL_DEVICE;
}

function attribution(name: string, rounds: number): Section {
  const args = ["bench/attribution/attribution.ts", name, String(rounds)];
  return { title: `Whole attribution: ${name}`, args, limit: 300, devices: "any" };
}

function kernels(title: string, args: readonly string[], limit: number): Section {
  return { title, args, limit, devices: "webgpu" };
}
