import assert from "node:assert/strict";
import { escapeHtml } from "../../../src/report/text/escape_html.ts";

Deno.test("escapeHtml() replaces what HTML cannot hold", () => {
  assert.equal(escapeHtml("a\u0000\ud83d<'\n"), "a\ufffd\ufffd&lt;&#39;\n");
});
