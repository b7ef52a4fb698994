import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import { loadModel } from "../../../src/model/model.ts";
import { withChatModel } from "../../support/chat_model.ts";

const PROMPT = "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys";
const OPTIONS = { method: "input-x-gradient", through: "reasoning" } as const;

Deno.test("attribute() finds the reasoning by the markers of the model's own template", () =>
  withChatModel(async (directory) => {
    const path = `${directory}/tokenizer_config.json`;
    const config = JSON.parse(await Deno.readTextFile(path));
    const chat_template = `{# '[/THINK]' ends the reasoning #}${config.chat_template}`;
    await Deno.writeTextFile(path, JSON.stringify({ ...config, chat_template }));
    const model = await loadModel(directory, { device: "cpu" });
    try {
      const target = "[THINK] painting, traveling[/THINK] volunteering";
      const { through, prompt } = await attribute(model, { prompt: PROMPT, target, chat: true }, OPTIONS);
      assert.deepEqual([through!.spans.map(({ text }) => text), through!.answer.text], [
        [" painting, traveling"],
        " volunteering",
      ]);
      // The template's tokens are frozen, and have no share.
      prompt.tokens.forEach(({ frozen }, i) => assert.ok(!frozen || through!.total[i] === 0));
      assert.ok(Math.abs(through!.total.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
    } finally {
      model.close();
    }
  }));

Deno.test("attribute() through the reasoning refuses a target without any before it attributes", async () => {
  const model = await loadModel(undefined, { device: "cpu" });
  try {
    await assert.rejects(attribute(model, { prompt: PROMPT, target: " painting" }, OPTIONS), {
      name: "RangeError",
      message: 'Cannot follow chains as the target must hold the end of its reasoning, </think>: got " painting"',
    });
    assert.equal(model.meter.backwardRows, 0);
  } finally {
    model.close();
  }
});
