import assert from "node:assert/strict";
import { join } from "node:path";
import {
  readIfThere,
  removeTemporaries,
  writeAtomic,
  writeIfChanged,
} from "../../../src/experiment/run/atomic_file.ts";
import { withDirectory } from "../../explain/fake_model.ts";

Deno.test("writeAtomic() replaces a file and leaves nothing else behind", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.json");
    await writeAtomic(path, "long old text");
    await writeAtomic(path, new TextEncoder().encode("new"));
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["a.json"]);
  }));

Deno.test("writeAtomic() keeps the old file where it fails", () =>
  withDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "a.json"));
    await assert.rejects(writeAtomic(join(directory, "a.json"), "x"));
    assert.ok((await Deno.stat(join(directory, "a.json"))).isDirectory);
  }));

Deno.test("writeIfChanged() leaves a file with the same content alone", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a");
    assert.equal(await writeIfChanged(path, "x"), true);
    assert.equal(await writeIfChanged(path, "x"), false);
    assert.equal(await writeIfChanged(path, "y"), true);
    assert.equal(await readIfThere(path), "y");
  }));

Deno.test("removeTemporaries() removes half-written files only", () =>
  withDirectory(async (directory) => {
    for (const name of [".a.json.tmp", "a.json", ".hidden"]) await Deno.writeTextFile(join(directory, name), "");
    await removeTemporaries(directory);
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name).sort(), [".hidden", "a.json"]);
  }));

Deno.test("readIfThere() is null for a missing file and fails for an unreadable one", () =>
  withDirectory(async (directory) => {
    assert.equal(await readIfThere(join(directory, "none")), null);
    await assert.rejects(readIfThere(directory));
  }));
