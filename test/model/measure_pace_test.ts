import assert from "node:assert/strict";
import { loadFirstBlock } from "../../src/model/load_first_block.ts";
import { measurePace } from "../../src/model/measure_pace.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { MODEL } from "../support/small_decoder.ts";

/** A model on a clock of its own that takes `pace` multiplications a second, and longer for its first run. */
function clocked(pace: number) {
  let [seconds, work, runs] = [0, 0, 0];
  const model = {
    config: MODEL.config,
    meter: {
      get work() {
        return work;
      },
    },
    embed: (ids: readonly number[]) => Promise.resolve(new Float32Array(ids.length)),
    score(prompts: readonly unknown[]) {
      work += 1e6 * prompts.length;
      seconds += (1e6 * prompts.length) / pace + (runs++ === 0 ? 100 : 0);
      return Promise.resolve([]);
    },
  } as unknown as LanguageModel;
  return { model, seconds: () => seconds, runs: () => runs };
}

for (const [what, pace, runs] of [["slow", 1e6, 2], ["fast", 1e12, 4]] as const) {
  Deno.test(`measurePace() finds the pace of a ${what} device without the compiling of its kernels`, async () => {
    const { model, seconds, runs: counted } = clocked(pace);
    const found = await measurePace(model, seconds);
    assert.ok(Math.abs(found / pace - 1) < 1e-3, String(found));
    assert.equal(counted(), runs);
  });
}

Deno.test("loadFirstBlock() loads a model of one block that scores at the sizes of the whole one", async () => {
  const model = await loadFirstBlock("embedded", { device: "reference" });
  try {
    assert.equal(model.config.layers, 1);
    let seconds = 0;
    assert.ok(await measurePace(model, () => seconds++) > 0);
  } finally {
    model.close();
  }
});

Deno.test("loadModel() tells the share of the weights that is loaded, up to the whole", async () => {
  const shares: number[] = [];
  (await loadModel(undefined, { device: "reference", onLoad: (share) => shares.push(share) })).close();
  assert.ok(shares.every((share, i) => share > (shares[i - 1] ?? 0)));
  assert.ok(Math.abs(shares.at(-1)! - 1) < 1e-12);
});
