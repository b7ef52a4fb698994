import assert from "node:assert/strict";
import { join } from "node:path";
import { ifThere, isFile, requireFile, statIfThere } from "../../src/files/existing_file.ts";
import { inScratch } from "../support/in_scratch.ts";

Deno.test("statIfThere() is null for a missing file and names a path that cannot be one", () =>
  inScratch((directory) => {
    assert.equal(statIfThere(join(directory, "none")), null);
    assert.equal(statIfThere(directory)?.isDirectory, true);
    assert.throws(() => statIfThere("a\0b"), {
      name: "TypeError",
      message: "Cannot read a\\u0000b as a name of a file must have no NUL: got one",
    });
    assert.throws(() => statIfThere(join(directory, "a".repeat(300))), {
      message: /^Cannot read \S+ as its name must be one that the file system has room for: got a longer one$/,
    });
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
