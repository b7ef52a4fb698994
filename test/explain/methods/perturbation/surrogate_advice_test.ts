import assert from "node:assert/strict";
import { attribute } from "../../../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../../../src/explain/methods/attribution_options.ts";
import { loadModel } from "../../../../src/model/model.ts";

async function explain(prompt: string, options: AttributionOptions) {
  const model = await loadModel();
  try {
    const record = await attribute(model, { prompt, target: " in Rome" }, options);
    return { advice: record.advice.join("\n"), surrogate: record.surrogate! };
  } finally {
    model.close();
  }
}

Deno.test("context-cite of few units counts its different coalitions and says that they repeat", async () => {
  const { advice, surrogate } = await explain("She lives", { method: "context-cite", units: "words", samples: 8 });
  assert.equal(surrogate.samples, 8);
  // Two words have four coalitions.
  assert.ok(surrogate.distinct! <= 4, `${surrogate.distinct}`);
  assert.equal(/different coalitions for 2 units/.test(advice), surrogate.distinct! <= 2);
});

Deno.test("a surrogate names the units that no coalition tells apart", async () => {
  const prompt = "Olga works as a painter. She lives";
  const { advice, surrogate } = await explain(prompt, { method: "context-cite", samples: 2, heldOut: 0, seed: 3 });
  assert.ok(surrogate.unvaried!.length > 0);
  assert.match(advice, new RegExp(`says nothing of units? ${surrogate.unvaried!.join(", ")}: all 2 coalitions`));
});

Deno.test("a surrogate of many different coalitions gives no such advice", async () => {
  const prompt = "Olga works as a painter. She lives";
  const { advice, surrogate } = await explain(prompt, { method: "lime", samples: 200 });
  assert.deepEqual(surrogate.unvaried, []);
  assert.doesNotMatch(advice, /coalitions/);
});
