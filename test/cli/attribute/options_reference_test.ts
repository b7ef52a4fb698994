import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { optionsReference } from "../../../src/cli/attribute/options_reference.ts";
import { allMethods } from "../../../src/explain/methods/method_table.ts";
import { formattedMarkdown } from "./formatted_markdown.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("docs/options.md is what deno task options writes", async () => {
  const committed = await Deno.readTextFile(`${ROOT}docs/options.md`);
  assert.equal(committed, await formattedMarkdown(optionsReference()), "run deno task options");
});

Deno.test("optionsReference() has a section for each method, with a row for each of its options", () => {
  const text = optionsReference();
  for (const { name, options } of allMethods()) {
    const [, section] = text.split(`### \`${name}\`\n`);
    const rows = section.split("\n##")[0];
    for (const option of Object.keys(options)) assert.ok(rows.includes(`| \`${option}\` |`), `${name} ${option}`);
  }
});
