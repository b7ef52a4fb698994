import assert from "node:assert/strict";
import { assertFiniteRecord } from "../../../src/explain/record/assert_finite_record.ts";
import { sampledRecord } from "../../report/record_sample.ts";

Deno.test("assertFiniteRecord() takes a record of finite numbers", () => {
  assertFiniteRecord(sampledRecord());
});

Deno.test("assertFiniteRecord() names the first number that is not finite", () => {
  const record = sampledRecord();
  const matrix = record.tokenAttribution!.map((row, t) => row.map((value, i) => t === 1 && i === 2 ? Infinity : value));
  assert.throws(() => assertFiniteRecord({ ...record, tokenAttribution: matrix }), {
    name: "RangeError",
    message: "Cannot report the record as tokenAttribution[1][2] must be finite: got Infinity",
  });
});
