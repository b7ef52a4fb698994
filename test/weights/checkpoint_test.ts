import assert from "node:assert/strict";
import { openCheckpoint } from "../../src/checkpoint/open.ts";
import { testGguf } from "../checkpoint/gguf_golden.ts";
import { testAgainstTransformers } from "../model/token_golden.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

testGguf("SmolLM2", SMOLLM2_GGUF, "smollm2.json");

testAgainstTransformers("SmolLM2", "tokens_smollm2.json", async () => {
  const { tokenizer, close } = await openCheckpoint(SMOLLM2_GGUF);
  close();
  return tokenizer!;
});

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
