import assert from "node:assert/strict";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { CACHE_STATES, decodeLogitsGraph, decodeTokenGraph } from "../../../src/model/graphs/decode_graph.ts";
import { rotationRows, rotationTable } from "../../../src/model/graphs/rotation.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import { CONFIG, MODEL, uploadWeights } from "../../support/small_decoder.ts";

const D = CONFIG.hiddenSize;
const CAPACITY = 6;
const ROWS = randomValues(5 * D, 1);

/** Inputs of rows `first` … `first + count − 1`. */
const inputsOf = (first: number, count: number) => ({
  x: ROWS.slice(first * D, (first + count) * D),
  rotation: rotationTable(CONFIG, first, count),
  position: Uint32Array.of(first),
});

Deno.test("decodeLogitsGraph() continues a cache as if all rows were read at once, and decodeTokenGraph() takes the largest", async () => {
  const executor = createReferenceExecutor();
  await uploadWeights(executor);
  const logitsAfter = async (...counts: number[]) => {
    executor.dropStates(CACHE_STATES);
    let first = 0;
    let logits = new Float64Array();
    for (const count of counts) {
      const program = await executor.compile(decodeLogitsGraph(MODEL, count, CAPACITY));
      logits = Float64Array.from((await program.run(inputsOf(first, count))).outputs.logits);
      first += count;
    }
    return logits;
  };
  const whole = await logitsAfter(5);
  assertClose(await logitsAfter(3, 1, 1), whole, { absolute: 1e-12, relative: 1e-12 });
  executor.dropStates(CACHE_STATES);
  const program = await executor.compile(decodeTokenGraph(MODEL, 5, CAPACITY));
  const { token } = (await program.run(inputsOf(0, 5))).outputs;
  assert.deepEqual([...token], [whole.indexOf(Math.max(...whole))]);
});

Deno.test("rotationRows() gives each position as the last of its table", () => {
  const rows = rotationRows(CONFIG, 4);
  assert.deepEqual(rows.slice(2 * CONFIG.headSize, 3 * CONFIG.headSize), rotationTable(CONFIG, 2, 1));
  assert.deepEqual(rows, rotationTable(CONFIG, 0, 4));
});
