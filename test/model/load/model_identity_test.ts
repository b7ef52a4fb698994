import assert from "node:assert/strict";
import { modelIdentity } from "../../../src/model/load/model_identity.ts";

const MODEL = {
  fingerprint: "sha256:00",
  quantize: "none",
  config: { rope_theta: 10000 },
  tokenizer: { tokenizer: { model: {} }, config: { chat_template: "a" }, generation: { eos_token_id: 1 } },
} as const;

const OTHERS: readonly (readonly [what: string, other: Parameters<typeof modelIdentity>[0]])[] = [
  ["weights", { ...MODEL, fingerprint: "sha256:01" }],
  ["quantization at load", { ...MODEL, quantize: "nf4" }],
  ["configuration", { ...MODEL, config: { rope_theta: 500 } }],
  ["tokenizer", { ...MODEL, tokenizer: { ...MODEL.tokenizer, tokenizer: { model: { type: "BPE" } } } }],
  ["chat template", { ...MODEL, tokenizer: { ...MODEL.tokenizer, config: { chat_template: "b" } } }],
  ["defaults of generation", { ...MODEL, tokenizer: { ...MODEL.tokenizer, generation: { eos_token_id: 2 } } }],
  ["lack of a tokenizer", { ...MODEL, tokenizer: null }],
];

for (const [what, other] of OTHERS) {
  Deno.test(`modelIdentity() differs with the ${what}`, () => {
    assert.equal(modelIdentity({ ...MODEL }), modelIdentity(MODEL));
    assert.notEqual(modelIdentity(other), modelIdentity(MODEL));
  });
}
