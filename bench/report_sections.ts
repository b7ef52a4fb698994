import { MODEL_SHAPES } from "./shapes.ts";

/** A script of bench/ and the seconds that it may take. */
export interface Section {
  readonly title: string;
  readonly args: readonly string[];
  readonly limit: number;
}

/** The sections by name, in order of importance, so that a run cut short has most of it. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  peak: { title: "Peaks of the adapter", args: ["bench/peak.ts"], limit: 60 },
  products: { title: "Matrix products, 256 rows", args: ["bench/kernels/linear_bench.ts", "256"], limit: 300 },
  peers: { title: "Matrix products against other libraries", args: ["bench/peers/products.ts"], limit: 300 },
  model: { title: "A model on the example", args: ["bench/model/throughput.ts"], limit: 300 },
  "gauss-legendre-50": attribution("gauss-legendre-50", 3),
  "gauss-legendre-50-sum": attribution("gauss-legendre-50-sum", 3),
  "feature-ablation": attribution("feature-ablation", 3),
  adaptive: attribution("adaptive", 1),
  startup: { title: "The first answer, by parts", args: ["bench/startup.ts"], limit: 300 },
  captum: { title: "Attributions against Captum", args: ["bench/peers/captum.ts"], limit: 900 },
  scaling: { title: "Scaling", args: ["bench/scaling.ts"], limit: 600 },
  load: { title: "Loads, first and second, beside other programs'", args: ["bench/model/load.ts"], limit: 900 },
  large: { title: "A model of Qwen2.5-1.5B's shape", args: ["bench/model/large.ts"], limit: 600 },
  larger: { title: "A model of Qwen2.5-7B's shape", args: ["bench/model/large.ts", "7B"], limit: 900 },
  "few-rows": {
    title: "Matrix products, 1 and 31 rows, by the kernels of path points (decoding has its own for one row)",
    args: ["bench/kernels/linear_bench.ts", "1", "31"],
    limit: 300,
  },
  "single-row": {
    title: "Products of a decode step: one row",
    args: ["bench/kernels/single_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    limit: 300,
  },
  ops: {
    title: "Ops between the products, and log-softmax over the vocabulary",
    args: ["bench/kernels/op_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    limit: 600,
  },
  attention: { title: "Attention", args: ["bench/kernels/attention_bench.ts"], limit: 300 },
  "token-matrix": attribution("token-matrix", 1),
  "token-matrix-captum": {
    title: "Token matrix at equal accuracy against Captum",
    args: ["bench/peers/token_matrix.ts"],
    // Captum's run and the converged reference take minutes each; both are kept in .cache/peers.
    limit: 5400,
  },
  tuning: { title: "What the tuner chooses", args: ["bench/kernels/tuning.ts"], limit: 600 },
  "many-rows": { title: "Matrix products, 1,024 rows", args: ["bench/kernels/linear_bench.ts", "1024"], limit: 600 },
};

function attribution(name: string, rounds: number): Section {
  const args = ["bench/attribution/attribution.ts", name, String(rounds)];
  return { title: `Whole attribution: ${name}`, args, limit: 300 };
}
