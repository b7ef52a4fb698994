import assert from "node:assert/strict";
import { join } from "node:path";
import { readIfThere } from "../../src/files/text_file.ts";
import { openWholeFile, partialPath, removePartials, writeIfChanged, writeWhole } from "../../src/files/whole_file.ts";
import { inScratch } from "../support/in_scratch.ts";

function namesIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}

Deno.test("writeWhole() replaces a file and leaves nothing else behind", () =>
  inScratch(async (directory) => {
    const path = join(directory, "a.json");
    await writeWhole(path, "long old text");
    await writeWhole(path, new TextEncoder().encode("new"));
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(namesIn(directory), ["a.json"]);
  }));

Deno.test("writeWhole() keeps what is there where it fails, and leaves nothing else behind", () =>
  inScratch(async (directory) => {
    await Deno.mkdir(join(directory, "a.json"));
    await assert.rejects(writeWhole(join(directory, "a.json"), "x"));
    assert.ok((await Deno.stat(join(directory, "a.json"))).isDirectory);
    assert.deepEqual(namesIn(directory), ["a.json"]);
  }));

Deno.test("writeWhole() makes the directory of the file", () =>
  inScratch(async (directory) => {
    await writeWhole(join(directory, "a", "b", "c"), "x");
    assert.equal(readIfThere(join(directory, "a", "b", "c")), "x");
  }));

Deno.test("writeWhole() leaves one of the contents where several are written at once", () =>
  inScratch(async (directory) => {
    const path = join(directory, "a");
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(contents.map((content) => writeWhole(path, content)));
    assert.ok(contents.includes(readIfThere(path)!));
    assert.deepEqual(namesIn(directory), ["a"]);
  }));

Deno.test("openWholeFile() shows the file at keep(), and nothing at discard()", () =>
  inScratch((directory) => {
    const path = join(directory, "a");
    const first = openWholeFile(path);
    first.write(new TextEncoder().encode("first"));
    assert.equal(readIfThere(path), null);
    first.keep();
    first.discard();
    assert.equal(readIfThere(path), "first");
    const second = openWholeFile(path);
    second.write(new TextEncoder().encode("second"));
    second.discard();
    second.keep();
    assert.equal(readIfThere(path), "first");
    assert.deepEqual(namesIn(directory), ["a"]);
  }));

Deno.test("writeIfChanged() leaves a file with the same content alone", () =>
  inScratch(async (directory) => {
    const path = join(directory, "a");
    assert.equal(await writeIfChanged(path, "x"), true);
    assert.equal(await writeIfChanged(path, "x"), false);
    assert.equal(await writeIfChanged(path, "y"), true);
    assert.equal(readIfThere(path), "y");
  }));

Deno.test("removePartials() removes half-written files only, those of earlier versions included", () =>
  inScratch(async (directory) => {
    const partial = partialPath(join(directory, "a.json"));
    for (const name of [".a.json.tmp", "a.json", ".hidden"]) await Deno.writeTextFile(join(directory, name), "");
    await Deno.writeTextFile(partial, "");
    await removePartials(directory);
    assert.deepEqual(namesIn(directory), [".hidden", "a.json"]);
  }));
