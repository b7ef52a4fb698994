import assert from "node:assert/strict";
import { attribute } from "../../../../src/explain/attribute.ts";
import { loadModel } from "../../../../src/model/model.ts";

Deno.test("gradient methods join the tokens of one character by units tokens, and leave them apart by pieces", async () => {
  const model = await loadModel(undefined, { device: "cpu" });
  try {
    const text = { prompt: "Olga 京 paints", target: " in" };
    for (const method of ["input-x-gradient", "saliency"] as const) {
      const { units, prompt, sequenceAttribution } = await attribute(model, text, { method, units: "tokens" });
      const joined = units!.prompt.findIndex(({ text }) => text.trim() === "京");
      const { tokens } = units!.prompt[joined];
      assert.ok(tokens.length > 1, "its bytes are tokens");
      assert.equal(units!.prompt.length, prompt.tokens.length - tokens.length + 1);
      const own = tokens.map((i) => sequenceAttribution[i]);
      const expected = method === "saliency" ? Math.hypot(...own) : own.reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(units!.sequence[joined] - expected) <= 1e-6 * Math.abs(expected));
      const apart = await attribute(model, text, { method, units: "pieces" });
      assert.deepEqual([apart.units, apart.sequenceAttribution], [undefined, sequenceAttribution]);
    }
  } finally {
    model.close();
  }
});
