import assert from "node:assert/strict";
import { compareWeights } from "../../../src/explain/weights/compare_weights.ts";
import { loadModel } from "../../../src/model/model.ts";
import { loadWeightPair } from "../../../src/model/pair/weight_pair.ts";
import { assertClose } from "../../support/closeness.ts";
import { EMBEDDED_DIRECTORY, safetensorsHeader, withModelCopy } from "../../support/model_copy.ts";

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

Deno.test("compareWeights() names every part, certifies the sum, and measures what keeping all weights wins", async () => {
  await withModelCopy(async (other) => {
    // The embedded model with other values in one norm, whose elements are 16-bit floats.
    const file = `${other}/model.safetensors`;
    const bytes = Deno.readFileSync(file);
    const { header, data } = safetensorsHeader(bytes);
    const [first, end] = header["model.layers.1.post_attention_layernorm.weight"].data_offsets;
    const norm = new DataView(bytes.buffer, data + first, end - first);
    for (let at = 0; at < norm.byteLength; at += 8) norm.setUint16(at, norm.getUint16(at, true) ^ 0x08, true);
    Deno.writeFileSync(file, bytes);
    const source = EMBEDDED_DIRECTORY;
    const pair = await loadWeightPair({ source }, { source: other }, { device: "cpu", cache: "off" });
    try {
      assert.deepEqual(pair.changed, ["layers.1.post_norm"]);
      const record = await compareWeights(pair, { prompt: "Michael works as a", target: " software" }, { keep: 1 });
      const [one] = record.shares;
      assert.deepEqual([one.layer, one.matrix, one.head], [1, "post_norm", null]);
      const change = total(record.score.other) - total(record.score.first);
      assert.ok(Math.abs(one.share - change) < 0.01 * Math.abs(change), `${one.share}, ${change}`);
      assert.equal(record.completeness.met, true);
      assert.deepEqual(record.kept!.weights, ["layers.1.post_norm"]);
      assert.ok(Math.abs(record.kept!.measured + change) < 1e-5, `${record.kept!.measured}, ${change}`);
      const model = await loadModel(other, { device: "cpu" });
      const ids = record.prompt.tokens.map(({ id }) => id);
      const [scores] = await model.score([await model.embed(ids)], record.target.tokens.map(({ id }) => id));
      model.close();
      assertClose(record.score.other, scores, { absolute: 1e-5, relative: 0 });
      await assert.rejects(compareWeights(pair, { prompt: "a", target: " b" }, { keep: -1 }), /keep must be/);
    } finally {
      pair.close();
    }
  });
});
