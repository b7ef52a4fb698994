import assert from "node:assert/strict";
import { shownValue } from "../../src/files/shown_value.ts";

Deno.test("shownValue() is the value's JSON, cut to a length that a message can hold", () => {
  assert.equal(shownValue({ a: [1, "b"] }), '{"a":[1,"b"]}');
  assert.equal(shownValue(undefined), "undefined");
  assert.equal(shownValue("x".repeat(1000)).length, 120);
});

Deno.test("shownValue() stands a value that JSON cannot write", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assert.match(shownValue(circle), /nested too deeply/);
});
