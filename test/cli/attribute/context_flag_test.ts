import assert from "node:assert/strict";
import { textOf } from "../../../src/cli/attribute/attribute_flags.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { runCli } from "../../support/run_cli.ts";

Deno.test("--context reads files, called as they are without their folders where that tells them apart", () =>
  inScratch((folder) => {
    for (const name of ["a", "b"]) {
      Deno.mkdirSync(`${folder}/${name}`);
      for (const file of ["x.txt", `${name}.txt`]) Deno.writeTextFileSync(`${folder}/${name}/${file}`, `In ${name}.`);
    }
    const named = (...files: string[]) =>
      textOf({ prompt: "Why?", context: files.map((file) => `${folder}/${file}`) }).context;
    assert.deepEqual(named("a/a.txt", "b/b.txt"), [{ name: "a.txt", text: "In a." }, { name: "b.txt", text: "In b." }]);
    assert.deepEqual(named("a/x.txt", "b/x.txt"), [
      { name: `${folder}/a/x.txt`, text: "In a." },
      { name: `${folder}/b/x.txt`, text: "In b." },
    ]);
    return Promise.resolve();
  }));

Deno.test("attribute --context prints which target tokens depend on it, and names a file that is not there", () =>
  inScratch(async (folder) => {
    const file = `${folder}/job.txt`;
    Deno.writeTextFileSync(file, "Michael works as a software engineer.\n");
    const args = ["attribute", "--device", "cpu", "--prompt", "{context} In his free time, he enjoys"];
    const target = ["--target", " painting, traveling", "--method", "coarse-to-fine", "--dependence", "kl"];
    const [found, missing] = await Promise.all([
      runCli([...args, ...target, "--context", file]),
      runCli([...args, ...target, "--context", `${folder}/none.txt`]),
    ]);
    assert.equal(found.code, 0, found.stderr);
    assert.match(
      found.stdout,
      /context: 1 document of \d+ tokens; \d of 3 target tokens depend on it, by kl of at least/,
    );
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /none\.txt/);
  }));
