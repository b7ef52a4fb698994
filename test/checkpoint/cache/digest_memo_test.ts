import assert from "node:assert/strict";
import { rememberedDigest } from "../../../src/checkpoint/cache/digest_memo.ts";
import { openFile, sha256 } from "../../../src/files/open_file.ts";
import { inScratch } from "../../support/in_scratch.ts";

const LATER = 60_000;
const OTHER = `sha256:${"7".repeat(64)}`;

/** A file, its digest as computed, and as remembered at a time. */
function scene(directory: string) {
  const path = `${directory}/model.safetensors`;
  const memo = `${directory}/digests`;
  const withFile = async (use: (file: ReturnType<typeof openFile>) => string | Promise<string>) => {
    const file = openFile(path);
    try {
      return await use(file);
    } finally {
      file.close();
    }
  };
  return {
    memo,
    write: (text: string) => Deno.writeTextFileSync(path, text),
    digest: () => withFile((file) => sha256([file])),
    remembered: (now?: number) => withFile((file) => rememberedDigest([file], memo, now)),
  };
}

/** Puts another digest into the memo, so that it can be told whether it is used. */
function forge(memo: string): void {
  const [{ name }] = Deno.readDirSync(memo);
  const path = `${memo}/${name}`;
  Deno.writeTextFileSync(path, JSON.stringify({ ...JSON.parse(Deno.readTextFileSync(path)), digest: OTHER }));
}

Deno.test("rememberedDigest() remembers the digest of a file that has not changed, and computes that of one that has", () =>
  inScratch(async (directory) => {
    const { memo, write, digest, remembered } = scene(directory);
    write("weights");
    const now = Date.now() + LATER;
    assert.equal(await remembered(now), await digest());
    assert.equal(await remembered(now), await digest());
    forge(memo);
    assert.equal(await remembered(now), OTHER);
    write("weightz");
    assert.equal(await remembered(now), await digest());
  }));

Deno.test("rememberedDigest() keeps nothing of a file that has just changed", () =>
  inScratch(async (directory) => {
    const { memo, write, digest, remembered } = scene(directory);
    write("weights");
    assert.equal(await remembered(), await digest());
    assert.throws(() => [...Deno.readDirSync(memo)], Deno.errors.NotFound);
  }));

Deno.test("rememberedDigest() leaves a damaged memo alone", () =>
  inScratch(async (directory) => {
    const { memo, write, digest, remembered } = scene(directory);
    write("weights");
    const now = Date.now() + LATER;
    await remembered(now);
    const [{ name }] = Deno.readDirSync(memo);
    for (const text of ["", "{", JSON.stringify({ key: "of another file", digest: OTHER })]) {
      Deno.writeTextFileSync(`${memo}/${name}`, text);
      assert.equal(await remembered(now), await digest());
    }
  }));
