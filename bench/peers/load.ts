import { fileURLToPath } from "node:url";
import { lastJson } from "../elsewhere.ts";
import { PYTHON } from "./python.ts";

/** A model load of another program. */
export interface PeerLoad {
  readonly seconds: number;
  /** Most memory of the process. */
  readonly bytes: number;
  /** Name of the program. */
  readonly version: string;
}

/** Directory of node-llama-cpp: the one that setup.sh makes, or another. */
const LLAMA_CPP = Deno.env.get("WHENCE_PEERS_LLAMA_CPP") ??
  fileURLToPath(new URL("../../.cache/peers/node_modules/node-llama-cpp/dist/index.js", import.meta.url));

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * transformers on the CPU; f32 and bf16 are read as they are, nf4 is quantized by bitsandbytes at load.
 *
 * @param path a directory or a GGUF file
 */
export function loadWithTransformers(path: string, type: "f32" | "bf16" | "nf4"): Promise<PeerLoad> {
  return lastJson(PYTHON, [script("run_load.py"), path, type]);
}

/** llama.cpp on the CPU, by way of node-llama-cpp's prebuilt binaries. */
export function loadWithLlamaCpp(path: string): Promise<PeerLoad> {
  return lastJson("node", [script("run_llama_cpp.mjs"), LLAMA_CPP, path]);
}
