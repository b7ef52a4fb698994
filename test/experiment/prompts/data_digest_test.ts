import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { parquetWriteBuffer } from "npm:hyparquet-writer@0.17";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { openDigest } from "../../../src/experiment/prompts/data_digest.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { ONE } from "./planned_rows.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Files of more than one part of a stream. */
const ROWS = Array.from({ length: 3000 }, (_, i) => ({ prompt: `prompt ${i} ${"x".repeat(60)}`, target: " t" }));
const CSV = `prompt,target\n${ROWS.map(({ prompt, target }) => `${prompt},${target}\n`).join("")}`;
const JSONL = ROWS.map((row) => `${JSON.stringify(row)}\n`).join("");
const COLUMNS = (["prompt", "target"] as const).map((name) => ({ name, data: ROWS.map((row) => row[name]) }));
const FILES: Readonly<Record<string, Uint8Array>> = {
  "a.jsonl": bytesOf(JSONL),
  "a.csv": bytesOf(CSV),
  "a.csv.gz": gzipSync(CSV),
  "a.parquet": new Uint8Array(parquetWriteBuffer({ columnData: COLUMNS })),
};

/** Reads the prompts of a file, and returns the digests after something has been done to it. */
async function digestsOf(name: string, prompts: string, then: (path: string) => void) {
  let digests: unknown;
  await inScratch(async (directory) => {
    const path = join(directory, name);
    Deno.writeFileSync(path, FILES[name]);
    const config = parseConfig(`name: trial\nprompts: ${prompts}\n${ONE}\n`, join(directory, "f.yaml"));
    const { files } = await readPrompts(config);
    then(path);
    digests = files.map((file) => file.finish());
  });
  return digests;
}

for (const [name, content] of Object.entries(FILES)) {
  const expected = [{ file: name, bytes: content.length, hash: hashOf(content) }];
  Deno.test(`readPrompts() has the digest of ${name}, of all of it where only the first row is read`, async () => {
    assert.deepEqual(await digestsOf(name, name, () => {}), expected);
    assert.deepEqual(await digestsOf(name, `{ file: ${name}, limit: 1 }`, () => {}), expected);
    assert.deepEqual(await digestsOf(name, `[{ file: ${name} }, { file: ${name}, name: b }]`, () => {}), expected);
  });
}

for (const name of ["a.jsonl", "a.csv", "a.csv.gz"]) {
  Deno.test(`readPrompts() reads ${name} once: the digest is that of the bytes whose rows were taken`, async () => {
    const overwrite = (path: string) => Deno.writeFileSync(path, new Uint8Array(FILES[name].length));
    assert.deepEqual(await digestsOf(name, name, overwrite), [
      { file: name, bytes: FILES[name].length, hash: hashOf(FILES[name]) },
    ]);
  });
}

Deno.test("openDigest() reads what has not passed, and takes nothing when it has ended", () =>
  inScratch((directory) => {
    const path = join(directory, "a");
    Deno.writeTextFileSync(path, "abcdef");
    const digest = openDigest("named", path);
    digest.pass(bytesOf("ab"));
    const found = digest.finish();
    assert.deepEqual(found, { file: "named", bytes: 6, hash: hashOf(bytesOf("abcdef")) });
    digest.pass(bytesOf("g"));
    assert.equal(digest.finish(), found);
    assert.throws(
      () => openDigest("named", join(directory, "b")).finish(),
      /Cannot open .*b as it must be an existing file: got none/,
    );
    return Promise.resolve();
  }));
