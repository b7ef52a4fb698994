import assert from "node:assert/strict";
import { hubIdText, isCommit, parseDatasetId, parseHubId } from "../../../src/checkpoint/hub/hub_id.ts";

const named: Record<string, ReturnType<typeof parseHubId>> = {
  "Qwen/Qwen2.5-1.5B-Instruct": { name: "Qwen/Qwen2.5-1.5B-Instruct", revision: "main", file: null },
  "org/name@v1.0": { name: "org/name", revision: "v1.0", file: null },
  "org/name@refs/pr/7": { name: "org/name", revision: "refs/pr/7", file: null },
  "o/n:n-q4_0.gguf": { name: "o/n", revision: "main", file: "n-q4_0.gguf" },
  "o/n@dev:sub folder/N.GGUF": { name: "o/n", revision: "dev", file: "sub folder/N.GGUF" },
};

for (const [text, id] of Object.entries(named)) {
  Deno.test(`parseHubId() reads ${text}, and hubIdText() writes it`, () => {
    assert.deepEqual(parseHubId(text), id);
    assert.equal(hubIdText(id!), text);
  });
}

Deno.test("parseHubId() leaves paths and other words alone", () => {
  const paths = [
    "gpt2",
    "models/sub/name",
    "./org/name",
    "../name",
    "/org/name",
    "~/name",
    "C:\\models\\name",
    "org/",
    "",
  ];
  const names = [
    "org/na--me",
    "org/..",
    "org/na..me",
    "org/name.git",
    "org/name-",
    "org/na me",
    ".org/name",
    "org/näme",
  ];
  for (const text of [...paths, ...names]) assert.equal(parseHubId(text), null, text);
});

for (const revision of ["", "..", "a/../b", "/a", "a//b", "a\\b", "a b", "a^", "a\u0000"]) {
  Deno.test(`parseHubId() rejects the revision ${JSON.stringify(revision)}`, () => {
    assert.throws(() => parseHubId(`org/name@${revision}`), {
      name: "RangeError",
      message: /its revision must be a branch, a tag or a commit: got/,
    });
  });
}

for (const file of ["", "../x.gguf", "/etc/x.gguf", "a/../x.gguf", "C:/x.gguf", "..\\x.gguf", "model.safetensors"]) {
  Deno.test(`parseHubId() rejects the file ${JSON.stringify(file)}`, () => {
    assert.throws(() => parseHubId(`org/name:${file}`), {
      name: "RangeError",
      message: /its file must be a \.gguf file in the repository: got/,
    });
  });
}

Deno.test("parseDatasetId() takes any file in the repository, and needs one", () => {
  const id = { name: "org/facts", revision: "v1", file: "data/a b.jsonl.gz", dataset: true } as const;
  assert.deepEqual(parseDatasetId("org/facts@v1:data/a b.jsonl.gz"), id);
  for (const text of ["org/facts", "facts.jsonl", "./a/b:c.csv", "C:/data/x.csv"]) {
    assert.equal(parseDatasetId(text), null);
  }
  assert.throws(() => parseDatasetId("org/facts:../x.csv"), /its file must be one in the repository: got "..\/x.csv"$/);
});

Deno.test("isCommit() knows whole hashes alone", () => {
  assert.equal(isCommit("0123456789abcdef0123456789abcdef01234567"), true);
  for (const text of ["0123456", "main", "0123456789ABCDEF0123456789ABCDEF01234567", ""]) {
    assert.equal(isCommit(text), false);
  }
});
