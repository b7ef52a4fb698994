import { existsSync } from "node:fs";
import { join } from "node:path";

/** Returns the folder of ONNX Runtime in Deno's cache of packages, which lies in a folder for each registry. */
export function onnxFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  const folders = [...Deno.readDirSync(npmCache)].map(({ name }) => join(npmCache, name, "onnxruntime-node"));
  const found = folders.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`Cannot find ONNX Runtime as it must lie in ${npmCache}`);
  return found;
}
