import assert from "node:assert/strict";
import { withDocuments } from "../../../src/explain/context/documents.ts";

Deno.test("withDocuments() puts documents before the prompt, each with the blank line behind it", () => {
  const { prompt, documents } = withDocuments("Why?", ["One.\n", { name: "b", text: "Two.\r\n\r\n" }]);
  assert.equal(prompt, "One.\n\nTwo.\n\nWhy?");
  assert.deepEqual(documents, [{ name: "document 1", start: 0, end: 6 }, { name: "b", start: 6, end: 12 }]);
});

Deno.test("withDocuments() puts documents in their place in the prompt, without a line behind the last", () => {
  const { prompt, documents } = withDocuments("Read: {context} Why?", ["One.", { text: "Two." }]);
  assert.equal(prompt, "Read: One.\n\nTwo. Why?");
  assert.deepEqual(documents, [{ name: "document 1", start: 6, end: 12 }, { name: "document 2", start: 12, end: 16 }]);
});

Deno.test("withDocuments() leaves a prompt without documents as it is, braces too", () => {
  assert.deepEqual(withDocuments("Say }{ {x}", []), { prompt: "Say }{ {x}", documents: [] });
});
