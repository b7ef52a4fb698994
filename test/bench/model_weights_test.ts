import assert from "node:assert/strict";
import { benchArguments, checkSome, weightBytes, WEIGHTS } from "../../bench/kernels/model_weights.ts";

Deno.test("benchArguments() takes numbers as rows and words as parts of names, of which one is enough", () => {
  const { rows, matches } = benchArguments(["1", "1024", "SmolLM2", "qkv"]);
  assert.deepEqual(rows, [1, 1024]);
  const names = WEIGHTS.map(({ name }) => name).filter(matches);
  assert.equal(names.length, 7);
  assert.ok(names.every((name) => name.startsWith("SmolLM2-135M") || name.endsWith("qkv")));
  assert.equal(WEIGHTS.filter(({ name }) => benchArguments([]).matches(name)).length, WEIGHTS.length);
});

Deno.test("weightBytes() counts the scales of NF4", () => {
  const size = { name: "w", inner: 128, outputs: 3 } as const;
  assert.equal(weightBytes({ ...size, format: "nf4" }), 3 * (64 + 2 * 4));
  assert.equal(weightBytes({ ...size, format: "bf16" }), 3 * 256);
});

Deno.test("checkSome() refuses a result that is off by more than rounding", () => {
  const [rows, columns, terms] = [3, 5, 7];
  const term = (row: number, column: number, i: number) => Math.sin(row + 2 * column + 3 * i);
  const result = Float32Array.from(
    { length: rows * columns },
    (_, at) =>
      Array.from({ length: terms }, (_, i) => term(Math.floor(at / columns), at % columns, i)).reduce((a, b) => a + b),
  );
  checkSome(result, columns, terms, term);
  result[8] += 1e-5;
  assert.throws(() => checkSome(result, columns, terms, term), /\[8\] must be /);
});
