import assert from "node:assert/strict";
import { newBudget } from "../../../src/jinja/budget.ts";
import { compareTexts, splitLines, splitSpaces, strip } from "../../../src/jinja/values/code_points.ts";
import { dateText } from "../../../src/jinja/values/date_text.ts";
import { exponentText, fixedText, floatText, generalText, roundTo } from "../../../src/jinja/values/float_text.ts";
import { formatBraces } from "../../../src/jinja/values/format_braces.ts";
import { formatPercent } from "../../../src/jinja/values/format_percent.ts";
import { capitalize, title } from "../../../src/jinja/values/letter_case.ts";
import { represent } from "../../../src/jinja/values/text.ts";
import { dict, range, tuple } from "../../../src/jinja/values/value.ts";
import { render } from "../templates_golden.ts";

Deno.test("floatText() writes floats as Python's repr", () => {
  const texts = [1, -0, 0.1, 1e15, 1e16, 1.5e-5, 1e-4, 123456789.125, 5e-324, NaN, -Infinity].map(floatText);
  const wanted = ["1.0", "-0.0", "0.1", "1000000000000000.0", "1e+16", "1.5e-05", "0.0001", "123456789.125", "5e-324"];
  assert.deepEqual(texts, [...wanted, "nan", "-inf"]);
});

Deno.test("fixedText(), exponentText(), generalText() and roundTo() round exact ties to even", () => {
  assert.deepEqual([0.5, 1.5, 2.5].map((value) => fixedText(value, 0)), ["0", "2", "2"]);
  assert.equal(fixedText(2.675, 2), "2.67");
  assert.equal(exponentText(9.99, 1), "1.0e+01");
  assert.equal(generalText(100000, 6), "100000");
  assert.deepEqual([roundTo(2.5, 0), roundTo(-0.125, 2), roundTo(1250, -2)], [2, -0.12, 1200]);
});

Deno.test("strip() and splitSpaces() take Python's white space, not JavaScript's", () => {
  assert.equal(strip("\x1c\x85 \ufeffa\u3000", "both"), "\ufeffa");
  assert.equal(strip("xxaxx", "left", "x"), "axx");
  assert.equal(strip("😀a😀", "right", "😀"), "😀a");
  assert.deepEqual(splitSpaces(" a\x1fb  c ", 1), ["a", "b  c "]);
  assert.deepEqual(splitLines("a\r\nb\x85c\u2028"), ["a", "b", "c"]);
});

Deno.test("compareTexts() orders by code points, not by units of UTF-16", () => {
  assert.ok(compareTexts("\uffff", "😀") < 0);
  assert.ok(compareTexts("\ud7ff", "\ue000") < 0);
});

Deno.test("title() and capitalize() know letters of several characters, and final sigmas", () => {
  assert.deepEqual(["ßa", "ΑΣ", "ﬁx"].map(capitalize), ["Ssa", "Ας", "Fix"]);
  assert.equal(title("it's ΟΔΟΣ"), "It'S Οδος");
});

Deno.test("represent() writes containers as Python does", () => {
  const value = [tuple([1n]), dict([["it's", null], [1n, true]]), range(0n, 3n, 1n), 'say "x"', "\u200b\n"];
  assert.equal(represent(value), `[(1,), {"it's": None, 1: True}, range(0, 3), 'say "x"', '\\u200b\\n']`);
});

Deno.test("equal keys of a dict are one, whatever their type", () => {
  assert.equal(represent(dict([[1n, "a"], [1, "b"], [true, "c"]])), "{1: 'c'}");
});

Deno.test("dateText() writes dates in the C locale, with glibc's flags", () => {
  const date = new Date(2024, 11, 30, 0, 5, 7);
  assert.equal(
    dateText("%a %-d %B %Y, %I:%M %p, %G-W%V, %j, %U", date),
    "Mon 30 December 2024, 12:05 AM, 2025-W01, 365, 52",
  );
  assert.throws(() => dateText("%s", date), { reason: "missing", message: /the directive %s/ });
});

Deno.test("formatBraces() and formatPercent() write numbers as Python and C do", () => {
  const given = { positional: [1234567n, 3.14159, "é"], named: new Map() };
  assert.equal(
    formatBraces("{0:,} {1:+.2f} {2:*^5} {0:x} {{}}", given, newBudget()),
    "1,234,567 +3.14 **é** 12d687 {}",
  );
  assert.equal(
    formatPercent("%05d|%-6.1f|%e|%%", tuple([-42n, 2.25, 12345.678]), newBudget()),
    "-0042|2.2   |1.234568e+04|%",
  );
  assert.throws(() => formatBraces("{} {0}", given, newBudget()), { reason: "fails", message: /cannot mix/ });
});

Deno.test("arithmetic follows Python: signs of remainders, floors, whole numbers of any size", () => {
  assert.equal(
    render("{{ -7 % 3 }} {{ -7 // 2 }} {{ -7.5 % 2 }} {{ 4 / 2 }} {{ 2 ** 70 }}"),
    "2 -4 0.5 2.0 1180591620717411303424",
  );
  assert.throws(() => render("{{ 3 ** 9999999 }}"), { reason: "bound" });
});

Deno.test("parts and formats count characters, not units of UTF-16", () => {
  assert.equal(
    render("{{ 'a😀b'[::-1] }}{{ 'a😀b'[1] }}{{ '%3s|' % '😀' }}{{ '{:>3}'.format('😀') }}"),
    "b😀a😀  😀|  😀",
  );
});
