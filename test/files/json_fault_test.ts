import assert from "node:assert/strict";
import { jsonFault, levelsOf, MOST_LEVELS } from "../../src/files/json_fault.ts";
import { randomValues } from "../support/random.ts";

const FAULTS: [text: string, fault: string][] = [
  ["", "nothing"],
  [" \n", "nothing"],
  ["{", "an end in line 1"],
  ["[1,\n2", "an end in line 2"],
  ['{"a":1,}', '"}" in line 1, column 8'],
  ['{"a" 1}', '"1}" in line 1, column 6'],
  ["[1 2]", '"2]" in line 1, column 4'],
  ["nul", '"nul" in line 1, column 1'],
  ["01", '"01" in line 1, column 1'],
  ['"a\nb"', '"\\"a" in line 1, column 1'],
  ['{"a":1}\n\n  {', '"{" in line 3, column 3'],
  ["{'a':1}", `"'a':1}" in line 1, column 2`],
  ["[}", '"}" in line 1, column 2'],
  ["1,2", '",2" in line 1, column 2'],
  ['["\\x"]', '"\\"\\\\x\\"]" in line 1, column 2'],
  ["[NaN]", '"NaN]" in line 1, column 2'],
];

for (const [text, fault] of FAULTS) {
  Deno.test(`jsonFault() finds where ${JSON.stringify(text)} stops to be JSON`, () => {
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(jsonFault(text), fault);
  });
}

Deno.test("jsonFault() finds an end in each start of a valid text that ends between tokens", () => {
  const tokens = ['{"a"', ":", "[1", ",", "-2.5e+3", ",", "true", ",", '"x\\u0041\\n"', ",", "{", "}", "]", ","];
  for (let count = 1; count <= tokens.length; count++) {
    assert.equal(jsonFault(tokens.slice(0, count).join(" \n")), `an end in line ${count}`);
  }
});

Deno.test("jsonFault() ends, and names a place within, for any text", () => {
  let used = 0;
  const drawn = randomValues(100_000, 5);
  const draw = (below: number) => Math.floor((drawn[used++] + 1) / 2 * below);
  const letters = [...'[]{},:"\\ue0.-+tn \n\u0000é'];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: draw(20) }, () => letters[draw(letters.length)]).join("");
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    if (!valid) assert.match(jsonFault(text), /^(nothing|an end in line \d+|".*" in line \d+, column \d+)$/);
  }
});

Deno.test("jsonFault() and levelsOf() take long and deep texts", () => {
  for (const text of ["[".repeat(1e6), `["${"a".repeat(2e7)}"`, `["${"\\n".repeat(5e6)}"`, `[${" ".repeat(2e7)}`]) {
    assert.equal(jsonFault(text), "an end in line 1");
  }
  assert.equal(levelsOf("[".repeat(1e6)), MOST_LEVELS + 1);
  assert.equal(levelsOf('{"a[[[": ["\\"{{", {}]}'), 3);
  assert.equal(levelsOf("1"), 0);
});
