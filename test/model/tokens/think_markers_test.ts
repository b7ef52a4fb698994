import assert from "node:assert/strict";
import { thinkMarkers } from "../../../src/model/tokens/think_markers.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { EMBEDDED_DIRECTORY } from "../../support/model_copy.ts";

Deno.test("thinkMarkers() finds the markers by which a template cuts reasoning off", () => {
  const qwen = "{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}";
  assert.deepEqual(thinkMarkers(qwen), { open: "<think>", close: "</think>" });
  const magistral = "{{ '[THINK]' + block['thinking'] + '[/THINK]' }}";
  assert.deepEqual(thinkMarkers(magistral), { open: "[THINK]", close: "[/THINK]" });
  const seed = "{%- set think_end_token = '</seed:think>' %}";
  assert.deepEqual(thinkMarkers(seed), { open: "<seed:think>", close: "</seed:think>" });
});

Deno.test("thinkMarkers() takes <think> where a template knows no reasoning", () => {
  assert.deepEqual(thinkMarkers("{{ messages[0].content }}"), { open: "<think>", close: "</think>" });
});

Deno.test("loadTokenizer() takes the markers from the default of several templates", async () => {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(EMBEDDED_DIRECTORY + name));
  const templates = [
    { name: "tools", template: "[/THINK]" },
    { name: "default", template: "{{ messages[0].content.split('</seed:think>')[-1] }}" },
  ];
  const config = { ...await read("tokenizer_config.json"), chat_template: templates };
  const { thinkMarkers: found } = await loadTokenizer({ tokenizer: await read("tokenizer.json"), config });
  assert.equal(found.close, "</seed:think>");
});
