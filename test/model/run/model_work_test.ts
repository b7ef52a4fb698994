import assert from "node:assert/strict";
import { meanAttended, workOf } from "../../../src/model/run/model_work.ts";
import { MODEL } from "../../support/small_decoder.ts";

const { config } = MODEL;
const ROWS = { forward: 1, backward: 0, attended: 0, head: 0 };

Deno.test("workOf() counts each number of a linear layer once a row, and those of the head once a row of the head", () => {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, layers, vocabularySize: V } = config;
  const block = D * headSize * (heads + 2 * kvHeads) + heads * headSize * D + 3 * D * F;
  assert.equal(workOf(config, ROWS), layers * block);
  assert.equal(workOf(config, { ...ROWS, backward: 4 }), 5 * layers * block);
  assert.equal(workOf(config, { ...ROWS, head: 3 }) - workOf(config, ROWS), 3 * D * V);
  assert.equal(workOf(config, { ...ROWS, blocks: 1 }), block);
});

Deno.test("workOf() counts attention's products with the positions that are seen, a window at most", () => {
  const attention = (sizes: typeof config, attended: number) =>
    workOf(sizes, { ...ROWS, attended }) - workOf(sizes, ROWS);
  const each = 2 * config.layers * config.heads * config.headSize;
  const whole = { ...config, layerKinds: config.layerKinds.map((kind) => ({ ...kind, window: null })) };
  assert.equal(attention(whole, 100), 100 * each);
  const windowed = { ...config, layerKinds: config.layerKinds.map((kind) => ({ ...kind, window: 10 })) };
  assert.equal(attention(windowed, 100), 10 * each);
});

Deno.test("meanAttended() is the mean of the positions up to each row's own", () => {
  assert.equal(meanAttended(0, 1), 1);
  assert.equal(meanAttended(5, 3), (6 + 7 + 8) / 3);
});
