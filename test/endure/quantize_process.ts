// A load of quantized weights in a process of its own, for disturbances.ts: says on stdout the digest of what it got,
// and each hint. Takes the cache's directory.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import type { QuantizedMatrix } from "../../src/checkpoint/cache/quantized_cache.ts";
import { openQuantizedWeights } from "../../src/model/load/quantize/quantized_weights.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const [directory] = Deno.args;
const checkpoint = await openCheckpoint(fileURLToPath(new URL("../golden/quant/types.gguf", import.meta.url)));
const matrices = [...checkpoint.tensors.values()].filter(({ name }) => name.includes("_proj"))
  .map(({ name, shape: [rows, columns] }): QuantizedMatrix => ({ name, shape: [rows, columns] }));
const weights = await openQuantizedWeights(checkpoint, matrices, {
  directory,
  least: 0,
  onHint: (text) => say(`hint ${text}`),
});
const hash = createHash("sha256");
for (const _ of matrices) {
  const { codes, absmax } = await weights.next();
  hash.update(codes).update(new Uint8Array(absmax.buffer, absmax.byteOffset, absmax.byteLength));
}
weights.close("keep");
checkpoint.close();
say(`digest ${hash.digest("hex")}`);
