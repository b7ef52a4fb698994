import assert from "node:assert/strict";
import { join } from "node:path";
import { parseJson, parseJsonObject, parseUniqueKeys, readJsonObject } from "../../src/files/json_object.ts";
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

Deno.test("parseJson() says where a text is no JSON, in words of ours", () => {
  assert.deepEqual(parseJson("[1]", "it"), [1]);
  assert.throws(() => parseJson('{"a": tru}', "it"), {
    name: "SyntaxError",
    message: 'Cannot read it as it must be JSON: got "tru}" in line 1, column 7',
  });
});

Deno.test("parseJson() refuses more levels than may be walked", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.equal(JSON.stringify(parseJson(nested(512), "it")), nested(512));
  for (const levels of [513, 1e6]) {
    assert.throws(() => parseJson(nested(levels), "it"), {
      name: "SyntaxError",
      message: "Cannot read it as its JSON must have at most 512 levels: got more",
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
