import assert from "node:assert/strict";
import { join } from "node:path";
import { readIfThere } from "../../src/files/text_file.ts";
import { writeWholeDirectory } from "../../src/files/whole_directory.ts";
import { inScratch } from "../support/in_scratch.ts";

const FILES = ["a", "b"].map((name) => ({ name, bytes: new TextEncoder().encode(name.repeat(3)) }));

Deno.test("writeWholeDirectory() makes a directory with all its files", () =>
  inScratch(async (directory) => {
    await writeWholeDirectory(join(directory, "x", "made"), FILES);
    assert.deepEqual(FILES.map(({ name }) => readIfThere(join(directory, "x", "made", name))), ["aaa", "bbb"]);
    assert.deepEqual(Array.from(Deno.readDirSync(join(directory, "x")), ({ name }) => name), ["made"]);
  }));

Deno.test("writeWholeDirectory() keeps what is there, also what another process makes meanwhile", () =>
  inScratch(async (directory) => {
    const path = join(directory, "made");
    await Promise.all(Array.from({ length: 4 }, () => writeWholeDirectory(path, FILES)));
    await writeWholeDirectory(path, [{ name: "a", bytes: new Uint8Array() }]);
    assert.equal(readIfThere(join(path, "a")), "aaa");
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["made"]);
  }));

Deno.test("writeWholeDirectory() leaves nothing behind where it fails", () =>
  inScratch(async (directory) => {
    const wrong = [...FILES, { name: "no/such/folder", bytes: new Uint8Array() }];
    await assert.rejects(writeWholeDirectory(join(directory, "made"), wrong), Deno.errors.NotFound);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  }));
