import assert from "node:assert/strict";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { expandNestedAbsmax } from "../../src/quant/double_quant.ts";
import { compressAbsmax } from "../quant/compress_absmax.ts";
import { readQuantized } from "../../src/model/load/quantize/quantize_tensor.ts";
import { testGguf } from "../checkpoint/gguf/gguf_golden.ts";
import { testAgainstPython } from "../model/tokens/strings_golden.ts";
import { testAgainstTransformers } from "../model/tokens/token_golden.ts";
import { readGolden, sha256Of } from "../quant/golden.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

testGguf("SmolLM2", SMOLLM2_GGUF, "smollm2.json");

testAgainstTransformers("SmolLM2", "tokens_smollm2.json", async () => {
  const { tokenizer, close } = await openCheckpoint(SMOLLM2_GGUF);
  close();
  return tokenizer!;
});

testAgainstPython("SmolLM2 in a GGUF file", "smollm2", async () => {
  const { tokenizer, close } = await openCheckpoint(SMOLLM2_GGUF);
  close();
  return tokenizer!;
}, 60);

const { nf4 } = readGolden<{ nf4: Record<string, Record<"codes" | "absmax" | "nestedAbsmax", string>> }>(
  "smollm2.json",
);

for (const [name, expected] of Object.entries(nf4)) {
  Deno.test(`quantizeNf4() and compressAbsmax() give bitsandbytes' bytes for SmolLM2's ${name}`, async () => {
    const checkpoint = await openCheckpoint(SMOLLM2_GGUF);
    const [rows, columns] = checkpoint.tensors.get(name)!.shape;
    const { codes, absmax } = await readQuantized(checkpoint, { name, shape: [rows, columns] });
    checkpoint.close();
    const expanded = expandNestedAbsmax(compressAbsmax(absmax));
    assert.deepEqual(
      await Promise.all([codes, absmax, expanded].map((values) => sha256Of(values as Uint8Array<ArrayBuffer>))),
      [expected.codes, expected.absmax, expected.nestedAbsmax],
    );
  });
}

Deno.test("SmolLM2's tensors are all there, finite and of the types that its name says", async () => {
  const checkpoint = await openCheckpoint(SMOLLM2_GGUF);
  const formats: Record<string, number> = {};
  for (const { name, format } of checkpoint.tensors.values()) {
    formats[format] = (formats[format] ?? 0) + 1;
    await checkpoint.read(name);
  }
  assert.deepEqual(formats, { Q8_0: 1, Q4_1: 210, F32: 61 });
  checkpoint.close();
});
