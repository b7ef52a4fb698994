import assert from "node:assert/strict";
import { configText } from "../../../src/cli/inspect/config_text.ts";
import { parseConfig } from "../../../src/model/load/model_config.ts";

/** Reads a configuration in the golden folder of architectures. */
async function textOf(name: string): Promise<string> {
  const file = new URL(`../../golden/architectures/${name}/config.json`, import.meta.url);
  return configText(parseConfig(JSON.parse(await Deno.readTextFile(file)), name));
}

Deno.test("configText() has a line for each key, in two columns", async () => {
  const text = await textOf("gemma3");
  assert.match(text, /^architecture {6}gemma3_text \(Gemma 3 270M and 1B\)$/m);
  for (const line of text.trimEnd().split("\n")) assert.match(line, /^.{18}\S/);
});

Deno.test("configText() tells neighbouring layers of one kind in one line", async () => {
  const layers = (await textOf("gemma3")).split("\n").filter((line) => /^layers? .* attends/.test(line));
  assert.deepEqual(layers, [
    "layers 0-1        attends to the latest 6 positions, rope 1",
    "layer 2           attends to all positions, rope 0",
  ]);
});
