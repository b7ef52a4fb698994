import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { requireOwnDirectory } from "../../../src/experiment/run/own_directory.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { fakeContext, planOf, readTree, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

type Contents = Readonly<Record<string, string>>;

const MANIFEST = JSON.stringify({ schema: "whence.manifest/1", name: "trial", later: 1 });

async function fill(directory: string, contents: Contents): Promise<void> {
  for (const [name, text] of Object.entries(contents)) {
    await Deno.mkdir(dirname(join(directory, name)), { recursive: true });
    await Deno.writeTextFile(join(directory, name), text);
  }
}

const strangers: Record<string, { contents: Contents; got: string }> = {
  "somebody's table": { contents: { "results.csv": "a\n" }, got: "results.csv and no manifest.json" },
  "somebody's file in the making": { contents: { ".notes.tmp": "" }, got: ".notes.tmp and no manifest.json" },
  "a file among the records": { contents: { "cells/.notes.tmp": "" }, got: "cells/.notes.tmp and no manifest.json" },
  "another cells folder": { contents: { "cells/a/b.json": "" }, got: "cells/a and no manifest.json" },
  "the lock of another program": { contents: { "lock": "pid 12\n" }, got: "lock and no manifest.json" },
  "a directory": { contents: { "src/a.ts": "" }, got: "src and no manifest.json" },
  "another experiment": {
    contents: { "manifest.json": MANIFEST.replace("trial", "other"), "results.csv": "a\n" },
    got: "results of other",
  },
  "a manifest of something else": {
    contents: { "manifest.json": '{"name": "trial"}' },
    got: "a manifest.json of some",
  },
  "a manifest that is no object": { contents: { "manifest.json": "null" }, got: "a manifest.json of something else" },
  "a manifest that is cut off": {
    contents: { "manifest.json": MANIFEST.slice(0, 30) },
    got: "a manifest.json of some",
  },
};

for (const [what, { contents, got }] of Object.entries(strangers)) {
  Deno.test(`runExperiment() refuses a directory with ${what}, and changes nothing there`, () =>
    inScratch(async (directory) => {
      await fill(directory, contents);
      const before = await readTree(directory);
      await assert.rejects(runExperiment(planOf(SWEEP), fakeContext(), directory), (error: Error) => {
        assert.ok(error.message.includes(`must be new, empty or hold results of trial: got ${got}`), error.message);
        return true;
      });
      assert.deepEqual(await readTree(directory), before);
      assert.deepEqual(
        Array.from(Deno.readDirSync(directory), ({ name }) => name).toSorted(),
        [...new Set(Object.keys(contents).map((name) => name.split("/")[0]))].toSorted(),
      );
    }));
}

const owned: Record<string, Contents> = {
  "nothing": {},
  "a manifest of an earlier version": { "manifest.json": MANIFEST.replace("/1", "/0"), "notes.txt": "mine" },
  "what a run leaves that was killed before its manifest": {
    "lock": "process 1 on host",
    ".manifest.json.0123abcd.tmp": "{",
    "cells/a.json": "{}",
    "cells/.b.json.0123abcd.tmp": "{",
    "plots/a.bar.svg": "",
    "plots/.a.bar.png.0123abcd.tmp": "",
  },
};

for (const [what, contents] of Object.entries(owned)) {
  Deno.test(`requireOwnDirectory() takes a directory with ${what}`, () =>
    inScratch(async (directory) => {
      await fill(directory, contents);
      requireOwnDirectory(directory, "trial");
      requireOwnDirectory(join(directory, "missing"), "trial");
    }));
}

Deno.test("requireOwnDirectory() refuses a file", () =>
  inScratch(async (directory) => {
    await fill(directory, { out: "" });
    assert.throws(() => requireOwnDirectory(join(directory, "out"), "trial"), /got a file; name another directory/);
  }));

Deno.test("runExperiment() writes the manifest before it opens a model", () =>
  inScratch(async (directory) => {
    const plan = planOf(SWEEP);
    const open = () => {
      const { name, ended, cells } = JSON.parse(Deno.readTextFileSync(join(directory, "manifest.json")));
      assert.deepEqual([name, ended, cells.length], ["trial", null, plan.cells.length]);
      return Promise.reject(new Error("Cannot open it"));
    };
    await assert.rejects(runExperiment(plan, { open }, directory), { message: "Cannot open it" });
  }));

Deno.test("runExperiment() keeps the start of an endless error, and its length", () =>
  inScratch(async (directory) => {
    const open = () => Promise.reject(new Error("1, ".repeat(1e5)));
    await assert.rejects(runExperiment(planOf(SWEEP), { open }, directory), /… and 290,000 characters more$/);
    assert.ok(Deno.statSync(join(directory, "manifest.json")).size < 300_000);
  }));
