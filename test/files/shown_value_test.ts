import assert from "node:assert/strict";
import { shownNames, shownText, shownValue } from "../../src/files/shown_value.ts";

Deno.test("shownValue() is the value's JSON, cut to a length that a message can hold", () => {
  assert.equal(shownValue({ a: [1, "b"] }), '{"a":[1,"b"]}');
  assert.equal(shownValue(undefined), "nothing");
  assert.equal(shownValue("x".repeat(1000)).length, 120);
});

Deno.test("shownValue() stands a value that JSON cannot write", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assert.match(shownValue(circle), /nested too deeply/);
});

Deno.test("shownText() and shownNames() cut what a message cannot hold, and say so", () => {
  assert.equal(shownText("a".repeat(120)), "a".repeat(120));
  assert.equal(shownText("a".repeat(121)), `${"a".repeat(120)}…`);
  assert.equal(shownNames(["a", "b"], 2), "a, b");
  assert.equal(shownNames(["a", "b", "c", "d"], 2), "a, b and 2 more");
  assert.ok(shownNames(new Array(1e5).fill("x".repeat(1000))).length < 3000);
});
