/**
 * `node bench/peers/run_llama_cpp.mjs NODE_LLAMA_CPP FILE.gguf`: loads the file with llama.cpp, by way of the package at that
 * path, and prints seconds, most memory in bytes and the version as JSON. In Node, for which its binaries are built.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";

const [package_, modelPath] = process.argv.slice(2);
const { getLlama } = await import(pathToFileURL(package_).href);
const llama = await getLlama({ gpu: false, build: "never", skipDownload: true });
const began = performance.now();
// A mapped file would be read only as it is used.
await llama.loadModel({ modelPath, useMmap: false });
const seconds = (performance.now() - began) / 1000;
const bytes = 1024 * process.resourceUsage().maxRSS;
const version = `llama.cpp ${llama.llamaCppRelease.release}, weights as in the file, not mapped`;
process.stdout.write(JSON.stringify({ seconds, bytes, version }) + "\n", () => process.exit(0));
