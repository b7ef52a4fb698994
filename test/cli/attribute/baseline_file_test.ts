import assert from "node:assert/strict";
import { join } from "node:path";
import { fillBaselineFile } from "../../../src/cli/attribute/baseline_file.ts";
import { UsageError } from "../../../src/cli/arguments.ts";
import { inScratch } from "../../support/in_scratch.ts";

/** Fills in a file of these lines. */
async function filled(directory: string, text: string): Promise<unknown> {
  const file = join(directory, "baselines.txt");
  await Deno.writeTextFile(file, text);
  return (await fillBaselineFile({ baseline: `samples:${file}`, steps: 5 })).baseline;
}

Deno.test("fillBaselineFile() takes a baseline a line, without blank ones", () =>
  inScratch(async (directory) => {
    assert.deepEqual(await filled(directory, "zero\n\ntext:Michael works\r\n"), {
      samples: ["zero", "text:Michael works"],
    });
  }));

Deno.test("fillBaselineFile() leaves other baselines alone, a list in the place of a file too", async () => {
  for (const given of [{ baseline: "zero" }, { baseline: 'samples:["zero","mean"]' }, {}]) {
    assert.equal(await fillBaselineFile(given), given);
  }
});

Deno.test("fillBaselineFile() refuses a missing file, a single line and a line that is no baseline", () =>
  inScratch(async (directory) => {
    const missing = fillBaselineFile({ baseline: `samples:${join(directory, "none")}` });
    await assert.rejects(
      missing,
      (error: Error) => error instanceof UsageError && /none as it must exist: got nothing/.test(error.message),
    );
    const latin = join(directory, "latin.txt");
    Deno.writeFileSync(latin, Uint8Array.of(...new TextEncoder().encode("zero\ntext:"), 0xe9));
    await assert.rejects(fillBaselineFile({ baseline: `samples:${latin}` }), /latin\.txt as it must be UTF-8: got /);
    await assert.rejects(filled(directory, "zero\n"), /two lines at least: got 1/);
    await assert.rejects(filled(directory, "zero\nmedian\n"), /line 2 must be .*: got "median"/);
  }));
