import assert from "node:assert/strict";
import { cutText } from "../../../src/report/text/cut_text.ts";

Deno.test("cutText() keeps what fits, and else ends in …, no character halved and no space before it", () => {
  assert.equal(cutText("abcd", 4), "abcd");
  assert.equal(cutText("abcde", 4), "abc…");
  assert.equal(cutText("🙂🙂🙂🙂", 4), "🙂🙂🙂🙂");
  assert.equal(cutText("a🙂🙂🙂🙂", 3), "a🙂…");
  assert.equal(cutText("ab cd", 4), "ab…");
});
