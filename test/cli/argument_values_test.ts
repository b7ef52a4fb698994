import assert from "node:assert/strict";
import { bytes, oneOf, readArgument, wholeNumber } from "../../src/cli/argument_values.ts";

Deno.test("wholeNumber() takes what lies within its bounds", () => {
  assert.equal(wholeNumber("n", undefined, 1, 9), undefined);
  assert.deepEqual(["1", "9", "5e0"].map((text) => wholeNumber("n", text, 1, 9)), [1, 9, 5]);
  for (const text of ["", "0", "10", "1.5", "1e300", "-1", "NaN", "Infinity", "x"]) {
    assert.throws(() => wholeNumber("n", text, 1, 9), {
      name: "UsageError",
      message: `Cannot use --n as it must be a whole number from 1 to 9: got ${JSON.stringify(text)}`,
    });
  }
});

Deno.test("bytes() takes sizes that can be counted", () => {
  assert.deepEqual(["1B", "2KiB", "1.5GiB", "7"].map((text) => bytes("m", text)), [1, 2048, 1.5 * 2 ** 30, 7]);
  for (const text of ["0B", "1e5", "2GB", "", "9".repeat(400), "99999999GiB"]) {
    assert.throws(() => bytes("m", text), { name: "UsageError", message: /a size like 512MiB or 2GiB: got "/ });
  }
});

Deno.test("oneOf() knows its own words alone", () => {
  assert.equal(oneOf("d", "a", ["a", "b"]), "a");
  for (const text of ["c", "__proto__", "toString"]) {
    assert.throws(() => oneOf("d", text, ["a", "b"]), { name: "UsageError", message: /one of a, b: got "/ });
  }
});

Deno.test("readArgument() says what is wrong with a file, as wrong usage", () => {
  for (const path of ["/nonexistent", "/tmp", "a\0b", "a".repeat(300), "/dev/null/x"]) {
    assert.throws(() => readArgument(path), { name: "UsageError", message: /^Cannot read \S+ as / });
  }
});
