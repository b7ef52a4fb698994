import assert from "node:assert/strict";
import { findDuplicateKey } from "../../src/files/duplicate_key.ts";

const unique = [
  "{}",
  "[]",
  '"a"',
  '{"a": "a", "b": ["a", "a", {"a": 1}], "c": {"a": {"a": 2}}}',
  '[{"a": 1}, {"a": 1}]',
  '{"a\\"": 1, "a": 2, "a\\\\": 3, "": 4}',
  '{"a": "b", "b": "a\\":", "__proto__": 1}',
];

for (const json of unique) {
  Deno.test(`findDuplicateKey() finds none in ${json}`, () => {
    JSON.parse(json);
    assert.equal(findDuplicateKey(json), undefined);
  });
}

const duplicate: [json: string, key: string][] = [
  ['{"a": 1, "a": 1}', "a"],
  ['{"a" \n:1,"b":{"c":[{"d":0,"d":0}]}}', "d"],
  ['{"b": {"a": 1}, "a": [], "a": "x"}', "a"],
  ['{"é": 1, "\\u00e9": 2}', "é"],
  ['{"": 1, "": 2}', ""],
  ['{"a\\\\": "x", "a\\\\" : {}}', "a\\"],
  ['{"__proto__": 1, "__proto__": 2}', "__proto__"],
];

for (const [json, key] of duplicate) {
  Deno.test(`findDuplicateKey() finds the one in ${json}`, () => {
    JSON.parse(json);
    assert.equal(findDuplicateKey(json), key);
  });
}
