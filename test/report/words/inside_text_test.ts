import assert from "node:assert/strict";
import type { RecordInside } from "../../../src/explain/record/record_inside.ts";
import { insideText } from "../../../src/report/words/inside_text.ts";
import { sampleRecord } from "../record_sample.ts";

/** Two layers of two parts and the stream, three positions. */
const VALUES = [[1, 0, 0], [0, -2, 0.5], [3, 3, 3], [0.25, 0, 0], [0, 0, 4], [3, 3, 3]];
const INSIDE: RecordInside = {
  by: "layers",
  firstLayer: 5,
  parts: ["attention", "mlp", "residual"],
  shape: [2, 3, 3],
  values: btoa(String.fromCharCode(...new Uint8Array(Float32Array.from(VALUES.flat()).buffer))),
  cuts: [[9, 9], [9, 9]],
  disagreement: 0.0001,
};

Deno.test("insideText() names the parts that most passes through, signed, and how the cuts agree", () => {
  const text = insideText({ ...sampleRecord(), inside: INSIDE });
  assert.equal(
    text,
    "most through layer 6 mlp +4 nats, layer 5 mlp −1.5 nats, layer 5 attention +1 nats, " +
      "layer 6 attention +0.25 nats; all cuts agree to 0.01 %",
  );
  assert.equal(insideText(sampleRecord()), null);
});
