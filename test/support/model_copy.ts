import { fileURLToPath } from "node:url";

/** Directory of the embedded model. */
export const EMBEDDED_DIRECTORY: string = fileURLToPath(
  new URL("../../experiments/models/biography/", import.meta.url),
);

/** Runs `check` on a copy of the embedded model that it may damage. */
export async function withModelCopy(check: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "whence-model-" });
  try {
    for (const name of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
      await Deno.copyFile(`${EMBEDDED_DIRECTORY}${name}`, `${directory}/${name}`);
    }
    await check(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Reads the JSON header of a safetensors file, and the offset of its data. */
export function safetensorsHeader(bytes: Uint8Array<ArrayBuffer>) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), data: 8 + length };
}
