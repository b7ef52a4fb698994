import assert from "node:assert/strict";
import { MOST_NESTING, MOST_SOURCE, MOST_TREE_DEPTH } from "../../../src/jinja/budget.ts";
import { tokenize } from "../../../src/jinja/syntax/lexer.ts";
import { parseTemplate } from "../../../src/jinja/syntax/parse_statement.ts";
import { planScopes } from "../../../src/jinja/syntax/scopes.ts";
import { openStream } from "../../../src/jinja/syntax/token_stream.ts";
import { compileTemplate } from "../../../src/jinja/template.ts";
import { render } from "../templates_golden.ts";

const parse = (source: string) => parseTemplate(openStream(tokenize(source)));

Deno.test("tokenize() makes line feeds of all line ends, and drops the last", () => {
  const [data, end] = tokenize("a\r\nb\rc\n\n");
  assert.deepEqual([data.text, end.line], ["a\nb\nc\n", 4]);
});

Deno.test("tokenize() takes white space by the signs of tags", () => {
  assert.equal(render("a \n {%- if true -%} \n b {% endif %}"), "ab ");
  assert.equal(render("a\n  {% if true %}\n  b\n  {% endif %}\nc"), "a\n  b\nc");
  assert.equal(render("a\n  {%+ if true +%}\n  b{% endif %}"), "a\n  \n  b");
  assert.equal(render("{{ 1 }}\n{{ 2 -}} \n x"), "1\n2x");
});

Deno.test("tokenize() counts lines past strings, comments and white space that is taken away", () => {
  const lines = ["{# a", " b #}", '{{ "x', 'y" }}', "  ", "  {%- if 1 %}", "{% endif %}", "{{ nothing() }}"];
  assert.throws(() => render(lines.join("\n")), { line: 8, message: "'nothing' is undefined" });
});

for (
  const [source, line, message] of [
    ["\n{{ (1 }}", 2, /unexpected '}', expected '\)'/],
    ["{% if true %}\n", 1, /Unexpected end of template. Looking for elif or else or endif/],
    ["\n\n{% unknown %}", 3, /unknown tag 'unknown'/],
    ["{{ 1 | nothing }}", 1, /No filter named 'nothing'/],
    ["\n{% include 'x' %}", 2, /the tag include/],
    ["{% break %}", 1, /'break' outside loop/],
    ["{{ 'abc }}", 1, /unexpected char/],
  ] as const
) {
  Deno.test(`compileTemplate() names the line of ${JSON.stringify(source)}`, () => {
    assert.throws(() => compileTemplate(source), { line, message });
  });
}

const DEEP: Readonly<Record<string, [source: string, bound: number]>> = {
  brackets: [`{{ ${"(".repeat(1e5)}1${")".repeat(1e5)} }}`, MOST_NESTING],
  signs: [`{{ ${"- ".repeat(1e5)}1 }}`, MOST_NESTING],
  blocks: [`${"{% if 1 %}".repeat(2e4)}${"{% endif %}".repeat(2e4)}`, MOST_NESTING],
  operators: [`{{ ${"1 + ".repeat(1e5)}1 }}`, MOST_TREE_DEPTH],
  attributes: [`{{ a${".b".repeat(1e5)} }}`, MOST_TREE_DEPTH],
  filters: [`{{ a${" | upper".repeat(1e5)} }}`, MOST_TREE_DEPTH],
  characters: [" ".repeat(MOST_SOURCE + 1), MOST_SOURCE],
};

for (const [things, [source, bound]] of Object.entries(DEEP)) {
  Deno.test(`compileTemplate() stops at ${bound} ${things}`, () => {
    assert.throws(() => compileTemplate(source), { reason: "bound", message: new RegExp(`^at most ${bound} `) });
  });
}

Deno.test("planScopes() gives a scope the names that it assigns, from its start", () => {
  const body = parse("{% for i in [1] %}{{ text }}{% endfor %}{% set text = 1 %}{{ other }}");
  const { root, of } = planScopes(body);
  assert.deepEqual([...root], [["text", "none"], ["other", "context"]]);
  assert.deepEqual([...of.get(body[0])!.body], [["loop", "parameter"], ["i", "parameter"]]);
});
