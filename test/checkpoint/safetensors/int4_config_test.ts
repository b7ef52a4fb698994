import assert from "node:assert/strict";
import { INT4_METHODS, readInt4Config } from "../../../src/checkpoint/safetensors/int4_config.ts";

const read = (method: string, keys: Record<string, unknown>) => readInt4Config({ method, keys }, "config.json");

Deno.test("readInt4Config() reads GPTQ, whose format says what is added to a zero point", () => {
  assert.deepEqual(INT4_METHODS, ["gptq", "awq"]);
  const keys = { bits: 4, group_size: 128 };
  assert.deepEqual(read("gptq", keys), { method: "gptq", groupSize: 128, zeroOffset: 1 });
  const second = read("gptq", { ...keys, checkpoint_format: "gptq_v2" });
  assert.deepEqual(second, { method: "gptq", groupSize: 128, zeroOffset: 0 });
});

Deno.test("readInt4Config() reads AWQ by the names of both of its writers", () => {
  const expected = { method: "awq", groupSize: 64, zeroOffset: 0 };
  assert.deepEqual(read("awq", { bits: 4, group_size: 64, version: "GEMM" }), expected);
  assert.deepEqual(read("awq", { w_bit: 4, q_group_size: 64 }), expected);
});

Deno.test("readInt4Config() passes over other methods", () => assert.equal(read("bitsandbytes", {}), null));

const WRONG: [method: string, keys: Record<string, unknown>, message: RegExp][] = [
  ["gptq", { bits: 8, group_size: 128 }, /GPTQ's bits must be 4: got 8/],
  ["gptq", { bits: "4", group_size: 128 }, /GPTQ's bits must be 4: got "4"/],
  ["awq", { bits: "4", group_size: 128 }, /AWQ's bits must be 4: got "4"/],
  ["gptq", { bits: 4, group_size: "128" }, /group_size must be -1 or a number of inputs: got "128"/],
  ["gptq", { bits: 4, checkpoint_format: "x".repeat(1e6) }, /^.{0,300}$/],
  ["gptq", { bits: 4, group_size: 0 }, /group_size must be -1 or a number of inputs: got 0/],
  [
    "gptq",
    { bits: 4, group_size: 128, is_marlin_format: true },
    /checkpoint_format must be gptq or gptq_v2: got marlin/,
  ],
  ["awq", { bits: 4, group_size: 64, version: "gemv" }, /AWQ's version must be gemm: got gemv/],
];
for (const [method, keys, message] of WRONG) {
  Deno.test(`readInt4Config() refuses ${method} of ${JSON.stringify(keys).slice(0, 80)}`, () => {
    assert.throws(() => read(method, keys), { name: "SyntaxError", message });
  });
}
