import assert from "node:assert/strict";
import { type OpName, OPS } from "../../src/ops/op_table.ts";
import { ATTENTION_CASES } from "./attention/attention_cases.ts";
import { BLOCK_CASES } from "./block/block_cases.ts";
import { HEAD_CASES } from "./head/head_cases.ts";
import { RULE_CASES } from "./rules/rule_cases.ts";

Deno.test("each op has the name of its row", () => {
  assert.deepEqual(Object.values(OPS).map(({ name }) => name), Object.keys(OPS));
});

Deno.test("every op but the matrix products has a case", () => {
  const cases = [...ATTENTION_CASES, ...BLOCK_CASES, ...HEAD_CASES, ...RULE_CASES];
  const covered = new Set<OpName>([...cases.map((one) => one.op), "linear", "linearTransposed", "decodeLinear"]);
  assert.deepEqual(Object.keys(OPS).filter((op) => !covered.has(op as OpName)), []);
});
