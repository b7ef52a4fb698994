import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { locateModel } from "../../../src/model/load/locate_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

Deno.test("locateModel() finds the embedded models by their names, the biography model by default", async () => {
  const found = [await locateModel(), await locateModel("embedded"), await locateModel("chains")];
  assert.deepEqual(found.map(({ path }) => basename(path)), ["biography", "biography", "chains"]);
  assert.deepEqual(found.map(({ id }) => id), ["embedded", "embedded", "chains"]);
});

Deno.test("locateModel() prefers a directory that exists to the embedded model of its name", () =>
  inScratch(async (directory) => {
    const script = new URL("../../../src/model/load/locate_model.ts", import.meta.url);
    Deno.mkdirSync(join(directory, "chains"));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", `import { locateModel } from "${script}"; console.log((await locateModel("chains")).path);`],
      cwd: directory,
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "chains");
  }));
