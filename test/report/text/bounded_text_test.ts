import assert from "node:assert/strict";
import { boundedText } from "../../../src/report/text/bounded_text.ts";

Deno.test("boundedText() cuts what is longer than 10,000 characters and counts the rest", () => {
  assert.equal(boundedText("a".repeat(10_000)), "a".repeat(10_000));
  assert.equal(boundedText("a".repeat(22_345)), `${"a".repeat(10_000)}… and 12,345 characters more`);
});
