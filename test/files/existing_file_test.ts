import assert from "node:assert/strict";
import { join } from "node:path";
import { ifThere, isFile, readIfThere, requireFile } from "../../src/files/existing_file.ts";
import { inScratch } from "../support/in_scratch.ts";

Deno.test("readIfThere() is null for a missing file and fails for an unreadable one", () =>
  inScratch((directory) => {
    assert.equal(readIfThere(join(directory, "none")), null);
    assert.throws(() => readIfThere(directory));
  }));

Deno.test("isFile() tells a file from a directory and from nothing", () =>
  inScratch((directory) => {
    const path = join(directory, "a");
    Deno.writeTextFileSync(path, "");
    assert.deepEqual([path, directory, join(directory, "none")].map(isFile), [true, false, false]);
  }));

Deno.test("ifThere() passes on every error but a missing file", () => {
  assert.equal(ifThere(() => 1), 1);
  const fail = () =>
    ifThere(() => {
      throw new RangeError("no");
    });
  assert.throws(fail, { name: "RangeError", message: "no" });
});

Deno.test("requireFile() refuses a directory and a missing file", () =>
  inScratch((directory) => {
    assert.throws(() => requireFile(directory), { name: "TypeError", message: /must be a file: got a directory/ });
    assert.throws(() => requireFile(join(directory, "none")), Deno.errors.NotFound);
  }));
