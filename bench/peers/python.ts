import { fileURLToPath } from "node:url";
import { EXAMPLE } from "../model/subject.ts";

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
/** Python of the environment that setup.sh makes, or another one. */
export const PYTHON = Deno.env.get("WHENCE_PEERS_PYTHON") ?? path(".cache/peers/bin/python");
const MODEL = Deno.env.get("WHENCE_PEERS_MODEL") ?? path("weights/smollm2_f32");

/** The versions of requirements.txt, in words. */
export const CAPTUM = "Captum 0.9.0, bitsandbytes 0.50.2, f32 compute";

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

/** Runs run_captum.py on the example, in f32. */
export async function runCaptum(method: string, ...options: string[]): Promise<CaptumResult> {
  const script = path("bench/peers/run_captum.py");
  const args = [script, method, MODEL, EXAMPLE.prompt, EXAMPLE.target, "float32", ...options];
  const command = new Deno.Command(PYTHON, { args, stdout: "piped", stderr: "piped" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (code !== 0) throw new Error(`Cannot run Captum as run_captum.py must succeed: got ${text(stderr).slice(-2000)}`);
  return JSON.parse(text(stdout).split("\n").at(-1)!);
}

/** Largest |a − b|, nats. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot compare as both must have ${b.length} entries: got ${a.length}`);
  }
  return a.reduce((top, value, i) => Math.max(top, Math.abs(value - b[i])), 0);
}
