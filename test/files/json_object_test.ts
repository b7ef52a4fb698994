import assert from "node:assert/strict";
import { join } from "node:path";
import { parseJsonObject, parseUniqueKeys, readJsonObject } from "../../src/files/json_object.ts";
import { inScratch } from "../support/in_scratch.ts";

Deno.test("readJsonObject() reads a file's object, and names the file where it has none", () =>
  inScratch((directory) => {
    const path = join(directory, "a.json");
    Deno.writeTextFileSync(path, '{"a": [1]}');
    assert.deepEqual(readJsonObject(path), { a: [1] });
    Deno.writeTextFileSync(path, "{");
    assert.throws(() => readJsonObject(path), { name: "SyntaxError", message: /a\.json as it must be JSON: got / });
    assert.throws(() => readJsonObject(join(directory, "none")), Deno.errors.NotFound);
  }));

Deno.test("parseJsonObject() refuses JSON of other kinds", () => {
  for (const text of ["[]", "null", "1", '"a"']) {
    assert.throws(() => parseJsonObject(text, "it"), {
      name: "SyntaxError",
      message: `Cannot read it as it must be a JSON object: got ${text}`,
    });
  }
});

Deno.test("parseUniqueKeys() refuses a key twice", () => {
  assert.deepEqual(parseUniqueKeys('{"a": {"b": 1}, "b": 2}', "it"), { a: { b: 1 }, b: 2 });
  assert.throws(
    () => parseUniqueKeys('{"a": 1, "a": 2}', "it"),
    /Cannot read it as its keys must be unique: got "a" twice/,
  );
});
