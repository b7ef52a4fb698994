import assert from "node:assert/strict";
import { openModel } from "../../../src/experiment/run/open_model.ts";
import { resolveOptions } from "../../../src/explain/methods/resolve_options.ts";

Deno.test("openModel() opens a model whose attributions carry its fingerprint", async () => {
  const model = await openModel({ source: "embedded", quantize: "none", device: "auto" });
  try {
    const options = resolveOptions({ method: "input-x-gradient" });
    const record = await model.attribute({ prompt: "Michael works", target: " as" }, options);
    assert.equal(record.model.fingerprint, model.fingerprint);
    assert.match(model.fingerprint, /^sha256:[0-9a-f]{64}$/);
  } finally {
    model.close();
  }
});
