import assert from "node:assert/strict";
import { fillTemplate, matchTemplate } from "../../src/units/slots.ts";

Deno.test("fillTemplate() tells the span of each value", () => {
  const { text, spans } = fillTemplate("{a} {{and}} {b}{a}", { a: "x👍", b: "" });
  assert.equal(text, "x👍 {and} x👍");
  assert.deepEqual(spans.map(({ name, start, end }) => [name, text.slice(start, end)]), [["a", "x👍"], ["a", "x👍"]]);
});

Deno.test("matchTemplate() finds the values of fillTemplate()", () => {
  const template = "Q: {question}?\nHint: {hint}\nA:";
  const values = { question: "Where is {it}", hint: "not here" };
  const { text, spans } = fillTemplate(template, values);
  assert.deepEqual(matchTemplate(template, text), spans);
  assert.deepEqual(matchTemplate("{all}", "any\ntext"), [{ name: "all", start: 0, end: 8 }]);
  assert.deepEqual(matchTemplate("no slot", "no slot"), []);
});

Deno.test("matchTemplate() takes each text as early as it comes, the last one at the end", () => {
  const spans = matchTemplate("{a}, {b}.", "x, y, z. w.");
  assert.deepEqual(spans.map(({ start, end }) => "x, y, z. w.".slice(start, end)), ["x", "y, z. w"]);
});

Deno.test("templates that are malformed or do not match are refused", () => {
  for (const template of ["{a", "a}", "{}", "{{a}"]) assert.throws(() => matchTemplate(template, "a"), SyntaxError);
  assert.throws(() => fillTemplate("{a}", {}), /slot a must have a value: got none/);
  assert.throws(() => fillTemplate("{toString}", {}), /slot toString must have a value: got none/);
  assert.throws(() => matchTemplate("{a}{b}", "xy"), /a text must stand between slots: got none behind a/);
  for (
    const [template, text] of [["a {b}", "a "], ["{a}!", "x?"], ["x", "xx"], ["a {b} c {d}", "a b"], ["ab{x}ba", "aba"]]
  ) {
    assert.throws(() => matchTemplate(template, text), /the text must match/);
  }
});
