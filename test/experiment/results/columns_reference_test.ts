import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { columnsReference } from "../../../src/experiment/results/columns_reference.ts";
import { resultColumns } from "../../../src/experiment/results/result_columns.ts";
import { TOKEN_COLUMNS } from "../../../src/experiment/results/token_columns.ts";
import { formattedMarkdown } from "../../cli/attribute/formatted_markdown.ts";

const PAGE = fileURLToPath(new URL("../../../docs/results.md", import.meta.url));

Deno.test("docs/results.md is what deno task columns writes", async () => {
  assert.equal(await Deno.readTextFile(PAGE), await formattedMarkdown(columnsReference()), "run deno task columns");
});

Deno.test("no two columns of a table have one name", () => {
  for (const columns of [resultColumns(), TOKEN_COLUMNS]) {
    const names = columns.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  }
});
