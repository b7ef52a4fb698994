import assert from "node:assert/strict";
import { identifyModel } from "../../src/model/identify_model.ts";
import { loadModel } from "../../src/model/model.ts";

for (const quantize of ["none", "nf4"] as const) {
  Deno.test(`identifyModel() tells what a model loaded with quantize ${quantize} tells`, async () => {
    const model = await loadModel("chains", { device: "cpu", quantize });
    const { fingerprint, identity } = model;
    model.close();
    assert.deepEqual(await identifyModel("chains", { quantize }), { fingerprint, identity });
  });
}

Deno.test("identifyModel() finds nothing where no model is, and asks no hub", async () => {
  assert.equal(await identifyModel("./no/such/model.gguf", {}), null);
  assert.equal(await identifyModel("nobody-here/no-such-model", {}), null);
});
