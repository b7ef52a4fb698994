import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { attribute } from "../../../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../../../src/explain/methods/attribution_options.ts";
import { checkRecord } from "../../../../src/explain/record/check_record.ts";
import { loadModel } from "../../../../src/model/model.ts";
import { recordTable } from "../../../../src/report/table/record_table.ts";
import { assertClose } from "../../../support/closeness.ts";
import { idText, withIds } from "../../../support/id_tokenizer.ts";

const GOLDEN = fileURLToPath(new URL("../../../golden/", import.meta.url));
const { ids, prompt, reasoning, cases } = JSON.parse(Deno.readTextFileSync(`${GOLDEN}chains/flashtrace.json`));
const { direct, total } = cases.find(({ model }: { model: string }) => model === "qwen3").mended;
const REASONING = idText(ids.slice(prompt, prompt + reasoning));
const TEXT = {
  prompt: idText(ids.slice(0, prompt)),
  target: `${REASONING} ${idText(ids.slice(prompt + reasoning))}`,
};
// As the package's own test in test/attribution/chains.
const TOLERANCE = { absolute: 2e-6, relative: 2e-5 };

async function traced(options: AttributionOptions) {
  const model = await loadModel(`${GOLDEN}architectures/qwen3`, { device: "reference" });
  try {
    return checkRecord(await attribute(withIds(model), TEXT, options));
  } finally {
    model.close();
  }
}

const THROUGH = { method: "flashtrace", through: `spans:0-${REASONING.length}`, hops: 2, freeze: [] } as const;

Deno.test("attribute() by flashtrace gives the package's values for spans of the target", async () => {
  const record = await traced(THROUGH);
  assertClose(record.sequenceAttribution, total, TOLERANCE);
  assert.deepEqual([record.tokenAttribution, record.through, record.score.baseline], [null, undefined, null]);
  assert.match(recordTable(record), /^FlashTrace, 2 hops\n[^]* flow\n[^]*not defined: sizes of flows/);
});

Deno.test("attribute() by flashtrace without hops is what the answer reads itself, frozen tokens without a share", async () => {
  const { sequenceAttribution } = await traced({ ...THROUGH, hops: 0, freeze: ["first"] });
  assertClose(sequenceAttribution, [0, ...direct.slice(1)], TOLERANCE);
});

Deno.test("attribute() by flashtrace refuses hops through nothing", async () => {
  await assert.rejects(traced({ method: "flashtrace", hops: 2 }), {
    name: "RangeError",
    message: "Cannot use hops: expected only with a through other than none, got through none",
  });
});
