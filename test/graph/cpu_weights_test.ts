import assert from "node:assert/strict";
import { weightForms } from "../../src/graph/cpu_weights.ts";
import type { WeightFormat } from "../../src/ops/formats/format_table.ts";

const formsOf = (format: WeightFormat, rows: number, columns: number, room: number) => {
  const { parts, bytes, expanded } = weightForms({ rows, columns }, [{ format, rows }], room);
  return { forms: parts.map(({ form }) => form), bytes, expanded };
};

Deno.test("a weight is held as values where there is room for them, else as it is stored", () => {
  assert.deepEqual(formsOf("nf4", 4, 128, 2048), { forms: ["values"], bytes: 2048, expanded: 2048 });
  // A code of 4 bits an element and a scale for 64.
  assert.deepEqual(formsOf("nf4", 4, 128, 2047), { forms: ["nf4"], bytes: 256 + 32, expanded: 0 });
  assert.deepEqual(formsOf("int4_32", 4, 128, 0), { forms: ["int4_32"], bytes: 256 + 128, expanded: 0 });
  assert.deepEqual(formsOf("bf16", 4, 128, 0), { forms: ["bf16"], bytes: 1024, expanded: 0 });
});

Deno.test("values of f32 take no room of their own, and rows that end within a word or a block are values", () => {
  assert.deepEqual(formsOf("f32", 4, 128, 0), { forms: ["values"], bytes: 2048, expanded: 0 });
  assert.deepEqual(formsOf("nf4", 4, 66, 0), { forms: ["values"], bytes: 1056, expanded: 0 });
  assert.deepEqual(formsOf("q8_0", 4, 31, 0), { forms: ["values"], bytes: 496, expanded: 0 });
});

Deno.test("stacked weights keep their parts, or become one", () => {
  const segments = [{ format: "nf4", rows: 2 }, { format: "bf16", rows: 3 }] as const;
  const info = { rows: 5, columns: 64 };
  assert.deepEqual(weightForms(info, segments, 0).parts, [
    { rowStart: 0, rows: 2, form: "nf4" },
    { rowStart: 2, rows: 3, form: "bf16" },
  ]);
  assert.deepEqual(weightForms(info, segments, 5 * 64 * 4).parts, [{ rowStart: 0, rows: 5, form: "values" }]);
});
