import assert from "node:assert/strict";
import { newBudget, RENDER_BOUNDS } from "../../../src/jinja/budget.ts";
import { render } from "../templates_golden.ts";

Deno.test("a loop's names end with each turn, and those around it come back", () => {
  assert.equal(
    render("{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 5 %}{{ x }} {% endfor %}{{ x }}"),
    "16 17 1",
  );
});

Deno.test("a name that a scope assigns later has no value before, not even the chat's", () => {
  assert.equal(render("{% for i in [1] %}[{{ text }}]{% endfor %}{% set text = 2 %}", { text: "given" }), "[]");
});

Deno.test("else runs where no turn of a loop came to its end", () => {
  assert.equal(render("{% for i in [1] %}{% continue %}{% else %}none{% endfor %}"), "none");
  assert.equal(
    render("{% for i in [1, 2] %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}"),
    "12",
  );
});

Deno.test("a loop looks one item ahead only when it is asked to", () => {
  const source =
    "{% set ns = namespace(on=true) %}{% for i in range(5) if ns.on %}{{ i }}{% set ns.on = i < 2 %}{% endfor %}";
  assert.equal(render(source), "012");
});

Deno.test("macros see the names where they stand, and call blocks give them their body", () => {
  assert.equal(render("{% macro m(a, b=2) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{% set c = 3 %}{{ m(1) }}"), "123");
  assert.equal(render("{% macro m() %}<{{ caller(1) }}>{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}"), "<1>");
});

const ENDLESS: Readonly<Record<string, [source: string, bound: number | RegExp]>> = {
  "loops within loops": [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    RENDER_BOUNDS.steps,
  ],
  "an output of gigabytes": [
    "{% set s = 'x' * 1000000 %}{% for i in range(99999) %}{{ s }}{% endfor %}",
    RENDER_BOUNDS.characters,
  ],
  "a text that doubles": [
    "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    RENDER_BOUNDS.characters,
  ],
  "a text of many spaces": ["{{ '%999999999999d' % 1 }}", RENDER_BOUNDS.characters],
  "a macro that calls itself": ["{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", RENDER_BOUNDS.depth],
  "a macro that calls itself twice": [
    "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    RENDER_BOUNDS.steps,
  ],
  "a list that holds itself forty times over": [
    "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == [ns.x] }}{{ ns.x }}",
    /at most (?:5000000 steps|4000000 characters of text)/,
  ],
  "lists too deep to be printed": [
    "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
    /less deep/,
  ],
  "a search in a long text, many times": [
    "{% set s = 'a' * 3000000 %}{% for i in range(99999) %}{{ s.find('b') }}{% endfor %}",
    RENDER_BOUNDS.steps,
  ],
};

for (const [thing, [source, bound]] of Object.entries(ENDLESS)) {
  Deno.test(`a rendering is stopped at ${thing}`, () => {
    const message = typeof bound === "number" ? new RegExp(`^at most ${bound} `) : bound;
    assert.throws(() => render(source), { reason: "bound", message });
  });
}

Deno.test("newBudget() counts texts by their length, and throws beyond a bound", () => {
  const budget = newBudget({ steps: 10, characters: 100, depth: 2 });
  budget.made("x".repeat(96));
  budget.enter();
  budget.enter();
  assert.throws(() => budget.enter(), { message: "at most 2 levels of calls" });
  assert.throws(() => budget.spend(5), { message: "at most 10 steps" });
  assert.throws(() => budget.grow(101), { message: "at most 100 characters of text" });
});
