import { fileURLToPath } from "node:url";
import { lastJson } from "../elsewhere.ts";
import { EXAMPLE } from "../model/subject.ts";

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
/** Python of the environment that setup.sh makes, or another one. */
export const PYTHON = Deno.env.get("WHENCE_PEERS_PYTHON") ?? path(".cache/peers/bin/python");
/** Directory of SmolLM2 in f32 that setup.sh makes, or another one. */
export const MODEL = Deno.env.get("WHENCE_PEERS_MODEL") ?? path("weights/smollm2_f32");

/** The type that a peer computes in: f32, which is exact enough to be compared, or bf16, which its users take. */
export type Compute = "float32" | "bfloat16";

/** Names Captum and its arithmetic, with the versions of requirements.txt. */
export function captumName(compute: Compute): string {
  return `Captum 0.9.0, bitsandbytes 0.50.2, ${compute === "float32" ? "f32" : "bf16"} compute`;
}

/** One attribution: wall-clock seconds without loading, and the most memory of the process. */
export interface Run {
  readonly seconds: number;
  readonly bytes: number;
}

/** Output of run_captum.py. */
export interface CaptumResult extends Run {
  /** [T][L] */
  readonly token: number[][];
  /** [L] */
  readonly sequence: number[];
}

/** Runs run_captum.py on the example. */
export function runCaptum(method: string, compute: Compute, ...options: string[]): Promise<CaptumResult> {
  return runPython("run_captum.py", method, MODEL, EXAMPLE.prompt, EXAMPLE.target, compute, ...options);
}

/** Runs a script of bench/peers in the peers' environment and reads the JSON that it prints last. */
export function runPython<T>(script: string, ...args: string[]): Promise<T> {
  return lastJson(PYTHON, [path(`bench/peers/${script}`), ...args]);
}

/** Largest |a − b|, nats. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot compare as both must have ${b.length} entries: got ${a.length}`);
  }
  return a.reduce((top, value, i) => Math.max(top, Math.abs(value - b[i])), 0);
}
