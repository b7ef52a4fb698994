import assert from "node:assert/strict";
import { FILTERS, TESTS } from "../../../src/jinja/library/environment.ts";
import { render } from "../templates_golden.ts";

/** Names of Jinja2 3.1's filters and tests. */
const JINJA_FILTERS =
  "abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format " +
  "groupby indent int items join last length list lower map max min pprint random reject rejectattr replace reverse " +
  "round safe select selectattr slice sort string striptags sum title tojson trim truncate unique upper urlencode " +
  "urlize wordcount wordwrap xmlattr";
const JINJA_TESTS =
  "!= < <= == > >= boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt " +
  "in integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper";

Deno.test("the tables know all of Jinja2's filters and tests by name, and no others", () => {
  assert.deepEqual([...FILTERS.keys()].toSorted(), JINJA_FILTERS.split(" "));
  assert.deepEqual([...TESTS.keys()].toSorted(), JINJA_TESTS.split(" "));
});

for (
  const [source, message] of [
    ["{{ 'a'.encode() }}", "the attribute str.encode"],
    ["{{ 'a' | urlencode }}", "the filter urlencode"],
    ["{{ dict.fromkeys('a') }}", "the function dict.fromkeys"],
    ["{{ 'a'.translate({}) }}", "the attribute str.translate"],
    ["{{ ('a' | safe).upper() }}", "the attribute Markup.upper"],
    ["{{ 'a'.upper }}", "printing a value of type function"],
    ["{{ [1] | map('string') }}", "printing a value of type iterator"],
  ] as const
) {
  Deno.test(`${source} is refused by name, with its line`, () => {
    assert.throws(() => render(`\n${source}`), { reason: "missing", message, line: 2 });
  });
}

Deno.test("the sandbox refuses what changes values", () => {
  assert.throws(() => render("{% set a = [] %}{{ a.append(1) }}"), { reason: "fails", message: /is unsafe/ });
  assert.equal(
    render("{{ [].append is defined }}{{ {}.update is defined }}{{ ''.__class__ is defined }}"),
    "FalseFalseFalse",
  );
});

Deno.test("methods take their arguments by place or name, as Python's do", () => {
  assert.equal(render("{{ 'a,b,c'.split(',', maxsplit=1) }}{{ 'abc'.startswith(('x', 'a')) }}"), "['a', 'b,c']True");
  assert.throws(() => render("{{ 'a'.replace('a', new='b') }}"), { message: /unexpected keyword argument 'new'/ });
  assert.throws(() => render("{{ 'a'.upper(1) }}"), { message: /takes at most 0 arguments: got 1/ });
});

Deno.test("tojson writes what Python's json.dumps does", () => {
  const value = { b: [1, 1.5, null], a: "é\u2028<" };
  assert.equal(render("{{ v | tojson }}", { v: value }), '{"b": [1, 1.5, null], "a": "é\u2028<"}');
  assert.equal(
    render("{{ v | tojson(indent=1, sort_keys=true, ensure_ascii=true) }}", { v: value }).split("\n")[1],
    ' "a": "\\u00e9\\u2028<",',
  );
});
